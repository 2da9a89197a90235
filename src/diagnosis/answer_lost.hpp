#pragma once
/// An answer that left this host and did not get to the visitor, or would take a way that leads nowhere: by which card, and what then helps.
#include "diagnosis/stops_here.hpp"

namespace ringback::diagnosis {

/// Not by the card that the visitor came by: through a VPN, by a second card.
[[nodiscard]] bool answers_leave_elsewhere(const Context& x);

/// So few answers left that the line may have lost them.
[[nodiscard]] bool lost_by_chance(const Context& x);

/// This host answered, and the vantage point got nothing.
[[nodiscard]] Judgement answer_lost(const Context& x);

/// What helps where the kernel's reverse-path filter drops what comes by one card and would be answered by another (RFC 3704 §2.2).
[[nodiscard]] std::vector<Remedy> let_in_by_second_card(const Context& x, const std::string& came_by, const std::string& answered_by);

/// What helps where the routes of this host swallow its answers.
[[nodiscard]] std::vector<Remedy> find_what_swallows(const Context& x);

}  // namespace ringback::diagnosis
