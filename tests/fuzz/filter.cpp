/// A ruleset as JSON, a zero byte, and its listing: reading and walking neither crashes nor hangs.
#include <cstddef>
#include <cstdint>

#include "probes/filter/walk.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ringback;
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const auto zero = all.find('\0');
  const auto listing = filter::parse_listing(zero == std::string_view::npos ? std::string_view() : all.substr(zero + 1));
  const auto ruleset = filter::parse_ruleset(all.substr(0, zero), listing);
  if (!ruleset) return 0;
  for (const auto family : {Family::ipv4, Family::ipv6})
    for (const auto protocol : {Protocol::tcp, Protocol::udp, Protocol::icmp}) {
      filter::Packet packet{.family = family, .protocol = protocol, .port = 443, .interface = "eth0"};
      packet.destinations = {family == Family::ipv4 ? Address::v4(0xc0a80105) : Address::v6({0x20, 0x01, 0x0d, 0xb8})};
      static_cast<void>(filter::walk_both_ways(*ruleset, packet));
      packet.sender = family == Family::ipv4 ? Address::v4(0xb90a141e) : Address::v6({0x2a, 0x0b, 0x00, 0x01});
      static_cast<void>(filter::walk_both_ways(*ruleset, packet));
    }
  return 0;
}
