#pragma once
/// What this host itself does with a visitor: its sockets and its packet filter.
#include "diagnosis/case.hpp"

namespace ringback::diagnosis {

enum class Listening { unknown, yes, nowhere, elsewhere };

struct Sockets {
  Listening state = Listening::unknown;
  std::string where;     ///< of `elsewhere`: what it is bound to, in words
  std::string program;   ///< empty: unknown
  Pointers evidence;
};

/// Who would take a visitor to one of `targets`? An empty list: any address of this host's interface towards the router.
[[nodiscard]] Sockets sockets_for(const Case& c, const Service& service, Family family, const std::vector<Address>& targets);

struct Filter {
  filter::Action action = filter::Action::unknown;
  const filter::Walk* walk = nullptr;
  Pointers evidence;
};
[[nodiscard]] Filter filter_for(const Case& c, Protocol protocol, Family family, Port port);
/// "the rule \"…\" in chain input of table inet filter"
[[nodiscard]] std::string rule_in_words(const filter::Walk& walk);

/// Something on this host hands packets on to containers or virtual machines: a port may work without a socket here.
[[nodiscard]] bool hands_on(const Evidence& evidence);
/// Filters exist that the walk through nftables does not see.
[[nodiscard]] bool has_unseen_filter(const Evidence& evidence);

}  // namespace ringback::diagnosis
