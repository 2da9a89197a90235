#pragma once
/// One conversation with one vantage point over one family: ask it to knock, and follow its lines and the card until all is known.
#include "probes/inbound/card.hpp"

namespace ringback::inbound {

struct SessionResult {
  Vantage vantage;
  std::vector<Knock> knocks;
};

/// The knocks over this leg, cut into requests: the services, and in the first request an ICMP echo as the control.
[[nodiscard]] std::vector<std::vector<Knock>> rounds_for(const std::vector<Service>& services, const std::string& url, const Leg& leg);

/// HOST and port of a vantage point's URL, "http://HOST[:PORT]".
[[nodiscard]] Expected<HostPort> host_of(const std::string& url);

/// Returns by the deadline. `source` is bound where it is given: the address to be knocked on.
[[nodiscard]] SessionResult converse(const std::string& url, const Leg& leg, const std::optional<Address>& source,
                                     const std::vector<Service>& services, const Card& card, const io::World& world, Deadline deadline);

}  // namespace ringback::inbound
