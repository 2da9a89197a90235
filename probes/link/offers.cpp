#include "probes/link/offers.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "wire/dhcpv4.hpp"
#include "wire/dhcpv6.hpp"
#include "wire/packet.hpp"
#include "wire/router_advertisement.hpp"

namespace ringback::link {
namespace {

constexpr std::size_t most_offers = 8, most_rejected = 8, most_prefixes = 16;

void reject(Evidence& evidence, std::string why) {
  auto& list = evidence.rejected;
  if (list.size() < most_rejected && std::ranges::find(list, why) == list.end()) list.push_back(std::move(why));
}

std::optional<unsigned> unless_forever(std::uint32_t lifetime) {
  return lifetime == wire::lifetime_forever ? std::nullopt : std::optional<unsigned>(lifetime);
}

Advertisement to_advertisement(const Address& router, const wire::RouterAdvertisement& heard) {
  Advertisement result{.router = router, .router_lifetime_s = heard.router_lifetime_s, .managed = heard.managed,
                       .other_configuration = heard.other_configuration, .mtu = heard.mtu, .resolvers = heard.resolvers,
                       .captive_portal = heard.captive_portal};
  for (const auto& offered : heard.prefixes)
    result.prefixes.push_back({offered.prefix, offered.on_link, offered.autonomous, unless_forever(offered.valid_s), unless_forever(offered.preferred_s)});
  for (const auto& offered : heard.nat64) result.nat64.push_back({offered.prefix, offered.lifetime_s});
  return result;
}

/// The latest one of each router, or of each server, counts.
template <class Offer, class Key>
void keep(std::vector<Offer>& list, Offer offer, Key Offer::* key) {
  const auto known = std::ranges::find(list, offer.*key, key);
  if (known != list.end())
    *known = std::move(offer);
  else if (list.size() < most_offers)
    list.push_back(std::move(offer));
}

template <class Offer>
void keep_unmentioned(const std::vector<Offer>& earlier, std::vector<Offer>& latest, Prefix Offer::* key) {
  for (const auto& offer : earlier)
    if (latest.size() < most_prefixes && std::ranges::find(latest, offer.*key, key) == latest.end()) latest.push_back(offer);
}

void take_advertisement(const wire::Packet& packet, Evidence& evidence) {
  const auto from = packet.source.to_string();
  // RFC 4861 §6.1.2: whoever is not on this link cannot send either.
  if (!packet.source.is_link_local() || packet.hop_limit != 255)
    return reject(evidence, fmt::format("router advertisement from {} with hop limit {}: not from this link", from, packet.hop_limit));
  const auto heard = wire::parse_router_advertisement(packet.message);
  if (!heard) return reject(evidence, fmt::format("router advertisement from {}: {}", from, heard.error().what));
  auto advertisement = to_advertisement(packet.source, *heard);
  // RFC 4861 §6.2.3: a router may spread what it offers over several. What the latest one does not repeat stays.
  if (const auto earlier = std::ranges::find(evidence.advertisements, packet.source, &Advertisement::router); earlier != evidence.advertisements.end()) {
    keep_unmentioned(earlier->prefixes, advertisement.prefixes, &OfferedPrefix::prefix);
    keep_unmentioned(earlier->nat64, advertisement.nat64, &OfferedNat64::prefix);
  }
  keep(evidence.advertisements, std::move(advertisement), &Advertisement::router);
}

void take_dhcpv4(const wire::Packet& packet, std::uint32_t transaction, Evidence& evidence) {
  const auto heard = wire::dhcpv4::parse_acknowledgement(packet.payload);
  if (heard && heard->transaction != transaction) return;   // another client's
  if (!heard) return reject(evidence, fmt::format("DHCP from {}: {}", packet.source.to_string(), heard.error().what));
  keep(evidence.dhcpv4, {packet.source, heard->ipv6_only_wait_s, heard->routers, heard->resolvers, heard->pcp_servers}, &Dhcpv4Offer::server);
}

void take_dhcpv6(const wire::Packet& packet, std::uint32_t transaction, Evidence& evidence) {
  const auto heard = wire::dhcpv6::parse_reply(packet.payload);
  if (heard && heard->transaction != transaction) return;
  if (!heard) return reject(evidence, fmt::format("DHCPv6 from {}: {}", packet.source.to_string(), heard.error().what));
  keep(evidence.dhcpv6, {packet.source, heard->aftr_name, heard->map_e, heard->map_t, heard->lw4o6, heard->resolvers, heard->pcp_servers},
       &Dhcpv6Offer::server);
}

}  // namespace

void take_packet(const io::CapturedPacket& captured, const Transactions& ours, Evidence& evidence) {
  if (captured.outgoing || captured.of_vlan) return;   // on a trunk port the guests' network is heard as well
  const auto packet = wire::parse_packet(captured.bytes);
  if (!packet) return reject(evidence, packet.error().what);
  const auto& transport = packet->transport;
  if (transport.protocol == wire::ip_icmpv6 && transport.icmp_type == wire::icmpv6_router_advertisement) return take_advertisement(*packet, evidence);
  if (transport.protocol != wire::ip_udp) return;
  if (transport.source == wire::dhcpv4::server_port && transport.destination == wire::dhcpv4::client_port && ours.dhcpv4)
    return take_dhcpv4(*packet, *ours.dhcpv4, evidence);
  if (transport.source == wire::dhcpv6::server_port && transport.destination == wire::dhcpv6::client_port && ours.dhcpv6)
    return take_dhcpv6(*packet, *ours.dhcpv6, evidence);
}

}  // namespace ringback::link
