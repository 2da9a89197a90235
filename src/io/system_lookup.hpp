#pragma once
/// How the programs on this host find names. getaddrinfo(3) knows no deadline, and loads whatever nsswitch.conf(5) names: a process does it that can be
/// killed. It is a child of a child that was forked when the network was made, before any thread: a fork beside other threads inherits locks that nobody
/// will ever release.
#include <span>
#include <vector>

#include "base/clock.hpp"
#include "base/expected.hpp"
#include "base/unique_fd.hpp"
#include "io/child_process.hpp"
#include "io/privilege.hpp"
#include "net/address.hpp"

namespace ringback::io {

class SystemLookups {
 public:
  /// Starts the child, in the network namespace of the calling thread; whether that worked `look_up` says. It becomes `identity`, where there is one, and
  /// keeps no capability and nothing of the environment. It ends with this value, and with the calling thread.
  explicit SystemLookups(const std::optional<Identity>& identity = {});
  SystemLookups(const SystemLookups&) = delete;
  SystemLookups& operator=(const SystemLookups&) = delete;
  ~SystemLookups();

  /// Of each host, in their order, the addresses in the order in which getaddrinfo gives them, each once, 64 at most. Several at a time, in one process,
  /// which hands over each as it comes. Errc::refused: no such name, or it has no address; Errc::timed_out: nothing came by the deadline, or others had no
  /// answer by then and it was not even asked for. From any thread.
  [[nodiscard]] std::vector<Expected<std::vector<Address>>> look_up(std::span<const std::string> hosts, Deadline deadline, const Clock& clock) const;

 private:
  [[nodiscard]] Expected<UniqueFd> begin(std::size_t hosts, Deadline deadline, const Clock& clock) const;

  UniqueFd socket_;
  std::optional<ChildProcess> child_;   ///< ends before its socket is closed
  Error gone_;                          ///< why there is no child
};

}  // namespace ringback::io
