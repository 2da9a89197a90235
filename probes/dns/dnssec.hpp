#pragma once
/// ringback's own DNSSEC validation of the names: what it takes is asked for beside the ordinary questions, from one resolver of this
/// network and one public one, and where these leave a doubt from the zones' own servers.
#include "base/guarded_threads.hpp"
#include "probes/dns/zone.hpp"
#include "wire/dnssec.hpp"

namespace ringback::dns {

class SignatureCheck {
 public:
  static constexpr std::size_t most_asked_at_once = 8;  ///< names; of the others what these leave open

  SignatureCheck(const io::World& world, Exchange& exchange, Deadline deadline, const std::vector<Target>& system_resolvers,
                 const std::vector<Target>& public_resolvers, bool ask_zone_servers);

  /// Never blocks. Of each name its A and AAAA records, and DNSKEY and DS of every name that encloses it: where the zones begin is not known
  /// yet. Of very many names the first ones alone: what they prove of a zone mostly is all that there is to know of the others in it.
  void ask(const std::vector<Inquiry>& inquiries);

  /// Of very many names: who is to be asked for the A and AAAA records of the later ones with what proves them, if anybody.
  [[nodiscard]] std::optional<Target> proves_later_names() const;

  /// Never blocks. Of very many names: once what was asked first of that one is there, it is looked at beside what else is waited for.
  void begin_to_judge(const std::vector<Inquiry>& inquiries);

  /// Called when the ordinary questions are settled. Where the answers are there by then, or a resolver that answered anything gives them
  /// within a moment, that is all; an alias costs one round trip more, and a doubt a few.
  [[nodiscard]] std::vector<std::optional<Dnssec>> judge(const std::vector<Inquiry>& inquiries);
  /// Names that nothing was found out of because the time was over: answers were still to come, or there was too much to look at.
  [[nodiscard]] std::size_t left_open(const std::vector<std::optional<Dnssec>>& verdicts, const std::vector<Inquiry>& inquiries) const;

 private:
  struct Judged {
    std::size_t messages = 0;                ///< that were there
    std::vector<wire::dns::Judgement> types; ///< A and AAAA
  };
  struct Batch {
    std::vector<std::string> names;
    std::vector<io::Bytes> messages;
    std::vector<wire::dns::Judgement> judgements;   ///< A and AAAA of each name
    Instant::duration took{};
  };
  struct Source {
    Role role = Role::system;
    std::vector<Target> resolvers;           ///< of which the first is asked; none: the zones' own servers
    std::map<std::string, std::vector<Ticket>> tickets;  ///< by the name that they are asked for
    std::map<std::string, Judged> judged;    ///< by that name
  };

  enum class Chain { to_the_name, above_it };
  void ask_chain(Source& source, const std::string& name, const std::string& proven, Chain chain = Chain::to_the_name);
  void ask_keys(Source& source, const std::string& name, const std::string& proven, Chain chain);
  void ask_for_proof(Source& source, const std::string& name, const wire::dns::Question& question);
  /// False: their answers are still to come.
  [[nodiscard]] bool take_later_names(const std::vector<Inquiry>& inquiries);
  [[nodiscard]] bool ask_further(Source& source, const std::vector<Inquiry>& inquiries);
  [[nodiscard]] std::vector<std::string> worth_more(const Source& source, const std::vector<std::string>& open, Chain chain) const;
  [[nodiscard]] bool ask_chains(Source& source, const std::vector<std::string>& names, Chain chain);
  void settle(const Source& source, Instant until);
  [[nodiscard]] bool has_heard(const Source& source) const;
  [[nodiscard]] bool holds_signatures(Ticket ticket) const;
  [[nodiscard]] bool hold_signatures(const std::vector<Ticket>& tickets) const;   ///< any of them
  // The topmost ones: where no zone lies below them, no more are needed.
  static constexpr std::size_t most_labels_proven = 8;
  /// Those that enclose it and itself, the topmost first, without the root.
  [[nodiscard]] static std::vector<std::string> names_down_to(const std::string& name);

  // dnssec_direct.cpp
  [[nodiscard]] std::vector<Ticket> ask_zone(const Inquiry& inquiry);
  void ask_directly(const Inquiry& inquiry, Source& into, Instant until);

  [[nodiscard]] Dnssec verdict_of(const std::string& name) const;
  void judge_together(Source& source, std::vector<std::string> names);
  [[nodiscard]] Batch batch_of(const Source& source, std::span<const std::string> names) const;
  void look_at(Batch& batch, Instant until) const;
  void take(Source& source, Batch batch);

  io::World world_;
  Exchange& exchange_;
  Deadline deadline_;
  Instant::duration time_left_{};            ///< for judging: whoever signs may have made that to take long
  bool ask_zone_servers_;
  std::vector<Source> sources_;
  std::vector<std::string> anchors_;
  std::string anchor_;                       ///< where they are from
  std::optional<Moment> now_;
  bool later_names_taken_ = false;
  bool tried_to_begin_ = false;
  std::optional<Batch> begun_;               ///< of the first source; the thread's until it is joined
  GuardedThreads beside_;
};

}  // namespace ringback::dns
