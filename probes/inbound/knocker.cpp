#include "probes/inbound/knocker.hpp"

#include <algorithm>

#include "net/embedded_address.hpp"
#include "net/prefix.hpp"
#include "net/special_purpose.hpp"

namespace ringback::inbound {
namespace {

// Nine attempts at the address that it knocks from have been made by then: lost by chance, there and back, once in a million at a loss
// of 12 %.
constexpr milliseconds answering_time{2600};
constexpr milliseconds listing_time{500};   // of this host's interfaces

constexpr unsigned home_length = 48;   // the widest IPv6 prefix that a home is given (RFC 6177 §2)

/// What carriers and hosters hand out at the least: a /24 in IPv4, a /48 in IPv6 (RFC 6177).
bool is_of_the_same_network(const Address& knocker, const Address& server) {
  if (knocker.family() != server.family() || classify(knocker) != classify(server)) return false;
  switch (classify(server)) {
    case AddressClass::teredo: return false;                                              // its /48 is a relay's and not somebody's
    case AddressClass::nat64_well_known: return Prefix(server, 96 + 24).contains(knocker);  // RFC 6052 §2.2: the IPv4 /24
    default: return Prefix(server, server.is_v4() ? 24 : 48).contains(knocker);
  }
}

/// A carrier's translator may have a prefix of its own, which nothing tells apart from an ordinary one; the IPv4 address stands in the last
/// four octets then (RFC 6052 §2.2).
bool may_lead_to_a_private_one(const Address& address) {
  if (address.is_v4()) return false;
  switch (classify(Address::from_bytes(address.bytes().last(4)))) {
    case AddressClass::private_use:
    case AddressClass::shared:
    case AddressClass::link_local:
    case AddressClass::loopback: return true;
    default: return false;
  }
}

bool is_of_this_home(const Address& knocker, const Vantage& vantage, const std::vector<Prefix>& links) {
  const auto near = [&](const std::optional<Address>& own) {
    return own && own->family() == knocker.family() && Prefix(*own, own->is_v4() ? 32 : home_length).contains(knocker);
  };
  return near(vantage.seen_as) || near(vantage.local) ||
         std::ranges::any_of(links, [&](const Prefix& link) { return link.contains(knocker); });
}

std::optional<std::vector<Prefix>> links_of(io::Network& network, Deadline deadline) {
  const auto interfaces = network.interfaces(deadline);
  if (!interfaces) return std::nullopt;
  std::vector<Prefix> links;
  for (const auto& interface : *interfaces)
    for (const auto& own : interface.addresses) links.emplace_back(own.address, own.prefix_length);
  return links;
}

}  // namespace

bool may_be_asked(const Address& knocker, const Vantage& vantage, const std::vector<Prefix>& links) {
  if (!vantage.server || vantage.seen_as == knocker) return false;
  if (knocker == vantage.server->address) return true;   // it has answered our questions already
  return is_on_the_internet(knocker) && !may_lead_to_a_private_one(knocker) && is_of_the_same_network(knocker, vantage.server->address) &&
         !is_of_this_home(knocker, vantage, links);
}

std::optional<bool> knocker_answers(const Vantage& vantage, const std::vector<Knock>& knocks, const Leg& leg, const io::World& world,
                                    Deadline deadline) {
  const auto sent = std::ranges::find_if(knocks, [](const Knock& k) { return k.source.has_value(); });
  const auto got_through = [](const Knock& k) { return !k.arrivals.empty() || k.result == Result::connected; };
  if (sent == knocks.end() || std::ranges::any_of(knocks, got_through)) return std::nullopt;
  const auto links = links_of(world.network, deadline.or_earlier(world.clock.now() + listing_time));
  if (!links || !may_be_asked(sent->source->address, vantage, *links)) return std::nullopt;
  io::TcpOptions options{.local = vantage.local, .interface = {}};
  if (leg.bind) options.interface = leg.interface;
  const auto until = deadline.or_earlier(world.clock.now() + answering_time);
  const auto made = world.network.connect_tcp({sent->source->address, vantage.server->port}, options, until);
  if (made || made.error().code == Errc::refused) return true;
  return made.error().code == Errc::timed_out || made.error().code == Errc::no_route ? std::optional(false) : std::nullopt;
}

}  // namespace ringback::inbound
