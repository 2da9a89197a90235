#pragma once
/// A ruleset of fixtures/filter, as nft printed it.
#include "probes/filter/walk.hpp"
#include "support/catch.hpp"
#include "support/fixture.hpp"

namespace ringback::test {

inline filter::Ruleset ruleset(const std::string& name) {
  auto parsed = filter::parse_ruleset(fixture_text("filter/" + name + ".json"), filter::parse_listing(fixture_text("filter/" + name + ".txt")));
  if (!parsed) FAIL(name << ": " << parsed.error().what);
  return std::move(*parsed);
}

inline Address ip(const char* text) { return Address::parse(text).value(); }

/// From a stranger to this host, 192.168.1.5 and 2001:db8::5, in by eth0. "443/tcp", "53/udp", or "icmp".
inline filter::Packet knock(const std::string& service, Family family = Family::ipv4) {
  filter::Packet packet{.family = family, .interface = "eth0"};
  packet.destinations = {family == Family::ipv4 ? ip("192.168.1.5") : ip("2001:db8::5")};
  packet.own = {ip("192.168.1.5"), ip("2001:db8::5")};
  packet.route_back = true;
  const auto slash = service.find('/');
  packet.protocol = service.ends_with("tcp") ? Protocol::tcp : service.ends_with("udp") ? Protocol::udp : Protocol::icmp;
  if (slash != std::string::npos) packet.port = static_cast<Port>(std::stoi(service.substr(0, slash)));
  return packet;
}

}  // namespace ringback::test
