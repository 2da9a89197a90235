#pragma once
/// The address that a vantage point knocks from: does it get here at all?
#include "probes/inbound/asking.hpp"

namespace ringback::inbound {

/// May this address be sent a packet because this vantage point says that it knocks from there? Whoever runs the vantage point chose it, so
/// it has to be the server's own or in the server's network, and on the internet, and not in this home: `links` are the networks that this
/// host is in, by its interfaces.
[[nodiscard]] bool may_be_asked(const Address& knocker, const Vantage& vantage, const std::vector<Prefix>& links);

/// Where not one knock arrived, the vantage point itself may be at fault: an IPv6 of its own that leads nowhere, a second address that
/// nobody routes. Then the address that it knocks from does not answer us either, be it with a reset. nullopt: something arrived, or it was
/// not asked.
[[nodiscard]] std::optional<bool> knocker_answers(const Vantage& vantage, const std::vector<Knock>& knocks, const Leg& leg,
                                                  const io::World& world, Deadline deadline);

}  // namespace ringback::inbound
