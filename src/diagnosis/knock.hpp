#pragma once
/// One knock: what the card saw, what left, what the vantage point got, and what that means (the table of DESIGN.md, "Inbound").
#include "diagnosis/local.hpp"

namespace ringback::diagnosis {

enum class AtCard { unknown, nothing, arrived };
enum class Left { unknown, nothing, syn_ack, reset, datagram, echo_reply, unreachable };
enum class Got { unknown, nothing, answer, refusal };

struct Sight {
  AtCard card = AtCard::unknown;
  Left left = Left::unknown;
  Got got = Got::unknown;
};

/// Nothing counts as "nothing" unless the capture ran on the right card, lost no packet, and watched long enough.
[[nodiscard]] Sight read_knock(const Case& c, const inbound::Knock& knock);

/// What one service over one family comes to, with its reasons.
struct Judgement {
  ServiceVerdict verdict;
  std::string title;       ///< empty: the code's own
  std::string detail;
  std::vector<Remedy> remedies;  ///< empty: the code's own
  Pointers evidence;
  bool this_visitor_alone = false;  ///< this host's filter turns this very visitor away, and others it lets in
  bool upstream = false;   ///< nothing arrived: where it stopped follows from the access
};

[[nodiscard]] Judgement judge_knock(const Case& c, const Service& service, const inbound::Knock& knock, std::size_t index);

}  // namespace ringback::diagnosis
