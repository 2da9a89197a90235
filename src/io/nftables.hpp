#pragma once
/// The packet filter's rules, through libnftables(3), by a deadline.
///
/// The library cannot be interrupted, and it can take long: it sorts every element of every set (block lists of whole countries), and it
/// begins anew whenever somebody changes the rules meanwhile, without end where that goes on. Its size is known only to whoever has read
/// it, so no look beforehand bounds the time. Therefore it works in a child process, which the deadline kills. The child is forked when the
/// network is made, before any thread is started: a fork beside other threads inherits locks that nobody will ever release.
#include <condition_variable>
#include <mutex>
#include <string>

#include "base/clock.hpp"
#include "base/expected.hpp"
#include "base/unique_fd.hpp"
#include "io/child_process.hpp"
#include "io/privilege.hpp"

namespace ringback::io {

enum class RulesetForm : char { json = 'j', text_with_handles = 't', text_of_ipv4 = '4', text_of_ipv6 = '6' };

/// `nft -j list ruleset` or `nft -a -s list ruleset` (with `ip` or `ip6`: the tables of that family alone), in this process and for as long as it
/// takes. Not from two threads at once: the library keeps the state of its parser and its symbol tables in globals. Among them is the first family
/// whose rules of iptables it translated: of the other one's it leaves out targets that both have (DNAT, REDIRECT), for as long as the process lives.
[[nodiscard]] Expected<std::string> list_ruleset(RulesetForm form);

class RulesetReader {
 public:
  /// Starts the child, in the network namespace of the calling thread. Whether that worked `read` says. It becomes `identity`, where there is
  /// one, and keeps CAP_NET_ADMIN alone: so it still may read when the calling process has given everything up. It ends with this value, and with
  /// the calling thread (prctl(2) PR_SET_PDEATHSIG).
  explicit RulesetReader(const std::optional<Identity>& identity = {});
  RulesetReader(const RulesetReader&) = delete;
  RulesetReader& operator=(const RulesetReader&) = delete;

  /// Errc::not_permitted where the process that made it might not. After Errc::timed_out the child is gone, and every further call is that too.
  [[nodiscard]] Expected<std::string> read(RulesetForm form, Deadline deadline, const Clock& clock);
  /// As a person reads them, with every target of iptables: in front of the whole listing, tables that it does not show in full are listed once more.
  [[nodiscard]] Expected<std::string> read_text(Deadline deadline, const Clock& clock);

 private:
  Expected<std::string> ask(RulesetForm form, Deadline deadline, const Clock& clock);

  std::mutex mutex_;
  std::condition_variable free_again_;
  bool in_use_ = false;       ///< one at a time; guarded by mutex_
  UniqueFd child_socket_;
  std::optional<ChildProcess> child_;   ///< ends before its socket is closed
  bool permitted_ = false;
  Error gone_;               ///< why there is no child
};

}  // namespace ringback::io
