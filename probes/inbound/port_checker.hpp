#pragma once
/// A public port checker as the vantage point (echoip's GET /port/N): it tries TCP ports of whoever asks, and tells "reachable" or not.
/// It announces nothing, so what the card shows proves less; a UDP service cannot be asked for.
#include "probes/inbound/asking.hpp"
#include "probes/inbound/card.hpp"

namespace ringback::inbound {

/// Returns by the deadline.
[[nodiscard]] SessionResult ask_port_checker(const std::string& url, const Leg& leg, const std::optional<Address>& source,
                                             const std::vector<Service>& services, const Card& card, const io::World& world, Deadline deadline);

}  // namespace ringback::inbound
