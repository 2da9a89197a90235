/// What iptables-legacy-save may print: reading and walking it neither crashes nor hangs.
#include <cstddef>
#include <cstdint>

#include "probes/filter/legacy.hpp"
#include "probes/filter/walk.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ringback;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto family : {Family::ipv4, Family::ipv6}) {
    auto tables = filter::parse_legacy(text, family);
    if (!tables) continue;
    const filter::Ruleset ruleset{std::move(*tables)};
    for (const auto protocol : {Protocol::tcp, Protocol::udp, Protocol::icmp}) {
      filter::Packet packet{.family = family, .protocol = protocol, .port = 443, .interface = "eth0", .way_back = "eth0"};
      packet.destinations = {family == Family::ipv4 ? Address::v4(0xc0a80105) : Address::v6({0x20, 0x01, 0x0d, 0xb8})};
      static_cast<void>(filter::walk_both_ways(ruleset, packet));
    }
  }
  return 0;
}
