#pragma once
/// One conversation with one vantage point over one family: ask it to knock, and follow its lines and the card until all is known.
#include "probes/inbound/asking.hpp"
#include "probes/inbound/card.hpp"

namespace ringback::inbound {

/// The knocks over this leg, cut into requests: the services, in the first request an ICMP echo as the control, and then what ought to
/// stay closed.
[[nodiscard]] std::vector<std::vector<Knock>> rounds_for(const std::vector<Service>& services, const std::vector<Service>& exposure,
                                                         const std::string& url, const Leg& leg);

/// Returns by the deadline. `source` is bound where it is given: the address to be knocked on.
[[nodiscard]] SessionResult converse(const std::string& url, const Leg& leg, const std::optional<Address>& source,
                                     const std::vector<Service>& services, const std::vector<Service>& exposure, const Card& card,
                                     const io::World& world, Deadline deadline);

}  // namespace ringback::inbound
