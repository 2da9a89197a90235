#pragma once
/// Rules that look at who sends a packet: lists of those who were banned, or who alone may come in.
#include "probes/filter/match.hpp"

namespace ringback::filter {

/// Of a packet whose sender is known (of an answer: to whom it goes).
[[nodiscard]] bool looks_at_sender(const Rule& rule, const Packet& packet);

struct Mention {
  std::optional<std::string> set;      ///< absent: the addresses stand in the rule itself
  std::optional<std::string> element;  ///< which of them holds the sender, as nft writes it; absent: none does
};
/// Of the first match on the sender's address in this rule.
[[nodiscard]] Mention mention_of(const Rule& rule, const Table& table, const Packet& packet, const Journey& journey);

}  // namespace ringback::filter
