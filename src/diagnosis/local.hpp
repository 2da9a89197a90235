#pragma once
/// What this host itself does with a visitor: its sockets and its packet filter.
#include "diagnosis/case.hpp"

namespace ringback::diagnosis {

enum class Listening { unknown, yes, nowhere, elsewhere, handed_on };

struct Sockets {
  Listening state = Listening::unknown;
  std::string where;     ///< of `elsewhere`: what it is bound to, in words; of `handed_on`: to whom
  std::string program;   ///< empty: unknown
  bool busy = false;     ///< of `yes`: its queue of connections is full, and the kernel drops further attempts
  bool ready = false;    ///< of `yes`: its queue has room
  bool doubtful = false; ///< rules that could not be read may pass the visitor on to another machine, or to another port
  Pointers evidence;
};

/// Who would take a visitor to one of `targets`? An empty list: any address of this host's interface towards the router. A translation of
/// the packet filter (containers, virtual machines, a redirect to another port) is followed.
[[nodiscard]] Sockets sockets_for(const Case& c, const Service& service, Family family, const std::vector<Address>& targets);

struct Filter {
  filter::Action action = filter::Action::unknown;
  const filter::Walk* walk = nullptr;
  Pointers evidence;
  bool singled_out = false;                 ///< it stops this very visitor, and others it does not stop for sure
  bool others_get_in = false;               ///< of `singled_out`: its rules let them in
  bool others_unread = false;               ///< of `singled_out`: what they do with others was not read at all
  const filter::Walk* held_back = nullptr;  ///< the way of the answer, where it surely does not get out
  Pointers held_back_evidence;
};
[[nodiscard]] Filter filter_for(const Case& c, Protocol protocol, Family family, Port port);
/// What it does with this very knock, from its own address, where that was asked of the rules; otherwise with any stranger's.
[[nodiscard]] Filter filter_for(const Case& c, const inbound::Knock& knock, Port port);
/// "the rule \"…\" in chain input of table inet filter"
[[nodiscard]] std::string rule_in_words(const filter::Walk& walk);
/// A sentence for behind that, with a space before it; empty: the rule goes by no mark.
[[nodiscard]] std::string mark_in_words(const filter::Walk& walk);

/// A sentence for behind that, with a space before it, where the rule is one for what this host passes on; empty: it is not.
[[nodiscard]] std::string passed_on_in_words(const filter::Walk& walk);

/// Filters exist that the walk through the rules does not see.
[[nodiscard]] bool has_unseen_filter(const Evidence& evidence);

}  // namespace ringback::diagnosis
