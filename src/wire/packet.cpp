#include "wire/packet.hpp"

#include <fmt/format.h>

#include "wire/reader.hpp"

namespace ringback::wire {
namespace {

std::uint8_t u8(ByteView b, std::size_t at) { return std::to_integer<std::uint8_t>(b[at]); }
std::uint16_t u16(ByteView b, std::size_t at) { return static_cast<std::uint16_t>(u8(b, at) << 8 | u8(b, at + 1)); }
std::uint32_t u32(ByteView b, std::size_t at) { return std::uint32_t{u16(b, at)} << 16U | u16(b, at + 2); }

Address address(ByteView b, std::size_t at, std::size_t size) {
  return Address::from_bytes({reinterpret_cast<const std::uint8_t*>(b.data() + at), size});
}

/// An IP header without its transport: where that starts and what it is.
struct Ip {
  Address source, destination;
  Ttl hop_limit = 0;
  std::uint8_t protocol = 0;
  ByteView rest;
};

Expected<Ip> parse_ipv4(ByteView b) {
  if (b.size() < 20) return failure(Errc::malformed, fmt::format("ipv4 packet of {} bytes", b.size()));
  const std::size_t header = (u8(b, 0) & 0x0fU) * 4U;
  if (header < 20 || header > b.size()) return failure(Errc::malformed, fmt::format("ipv4 header of {} bytes", header));
  const std::size_t total = u16(b, 2);
  if (total < header) return failure(Errc::malformed, fmt::format("ipv4 total length {} below its header", total));
  if ((u16(b, 6) & 0x1fffU) != 0) return failure(Errc::unsupported, "a later ipv4 fragment");
  return Ip{address(b, 12, 4), address(b, 16, 4), u8(b, 8), u8(b, 9), b.first(std::min(total, b.size())).subspan(header)};
}

/// RFC 8200 §4: hop-by-hop, routing, fragment and destination options come before the transport header.
Expected<Ip> parse_ipv6(ByteView b) {
  constexpr std::uint8_t hop_by_hop = 0, routing = 43, fragment = 44, authentication = 51, destination_options = 60;
  if (b.size() < 40) return failure(Errc::malformed, fmt::format("ipv6 packet of {} bytes", b.size()));
  const std::size_t length = u16(b, 4);
  Ip ip{address(b, 8, 16), address(b, 24, 16), u8(b, 7), u8(b, 6), b.subspan(40).first(std::min(length, b.size() - 40))};
  for (unsigned headers = 0; headers <= 16; ++headers) {
    const auto kind = ip.protocol;
    if (kind != hop_by_hop && kind != routing && kind != fragment && kind != authentication && kind != destination_options) return ip;
    if (ip.rest.size() < 8) return failure(Errc::malformed, "ipv6 extension header cut short");
    const std::size_t size = kind == fragment ? 8U : kind == authentication ? (u8(ip.rest, 1) + 2U) * 4U : (u8(ip.rest, 1) + 1U) * 8U;
    if (size > ip.rest.size()) return failure(Errc::malformed, fmt::format("ipv6 extension header of {} bytes, {} left", size, ip.rest.size()));
    if (kind == fragment && (u16(ip.rest, 2) & 0xfff8U) != 0) return failure(Errc::unsupported, "a later ipv6 fragment");
    ip.protocol = u8(ip.rest, 0);
    ip.rest = ip.rest.subspan(size);
  }
  return failure(Errc::malformed, "more than 16 ipv6 extension headers");
}

Expected<Ip> parse_ip(ByteView b) {
  if (b.empty()) return failure(Errc::malformed, "an empty packet");
  switch (u8(b, 0) >> 4) {
    case 4: return parse_ipv4(b);
    case 6: return parse_ipv6(b);
    default: return failure(Errc::malformed, fmt::format("ip version {}", u8(b, 0) >> 4));
  }
}

/// RFC 9293 §3.2: kind 0 ends the list, kind 1 fills up, every other one has a length; MSS is kind 2 of four bytes.
std::optional<std::uint16_t> maximum_segment_size(ByteView options) {
  for (std::size_t at = 0; at < options.size() && u8(options, at) != 0;) {
    if (u8(options, at) == 1) {
      ++at;
      continue;
    }
    if (at + 1 >= options.size()) break;
    const std::size_t length = u8(options, at + 1);
    if (length < 2 || at + length > options.size()) break;
    if (u8(options, at) == 2 && length == 4) return u16(options, at + 2);
    at += length;
  }
  return std::nullopt;
}

struct Parsed {
  Transport transport;
  std::size_t header = 0;   ///< bytes of the transport header; may exceed what was captured
};

/// Eight bytes are enough for ports and ICMP; the TCP flags are read where they are there.
Expected<Parsed> parse_transport(std::uint8_t protocol, ByteView b) {
  Parsed result{.transport = {.protocol = protocol}};
  auto& t = result.transport;
  if (protocol != ip_tcp && protocol != ip_udp && protocol != ip_icmp && protocol != ip_icmpv6) return result;
  if (b.size() < 8) return failure(Errc::malformed, fmt::format("transport header of {} bytes", b.size()));
  result.header = 8;
  if (protocol == ip_icmp || protocol == ip_icmpv6) {
    t.icmp_type = u8(b, 0);
    t.icmp_code = u8(b, 1);
    t.icmp_identifier = u16(b, 4);
    return result;
  }
  t.source = u16(b, 0);
  t.destination = u16(b, 2);
  if (protocol == ip_tcp && b.size() >= 20) {
    result.header = (u8(b, 12) >> 4) * 4U;
    if (result.header < 20) return failure(Errc::malformed, fmt::format("tcp header of {} bytes", result.header));
    const auto flags = u8(b, 13);
    t.sequence = u32(b, 4);
    t.acknowledgement = u32(b, 8);
    if ((flags & 0x02) != 0) t.mss = maximum_segment_size(b.first(std::min(result.header, b.size())).subspan(20));
    t.flags = {.syn = (flags & 0x02) != 0, .ack = (flags & 0x10) != 0, .rst = (flags & 0x04) != 0, .fin = (flags & 0x01) != 0};
  }
  return result;
}

bool is_icmp_error(const Transport& t) {
  if (t.protocol == ip_icmp) return t.icmp_type == 3 || t.icmp_type == 11 || t.icmp_type == 12;
  return t.protocol == ip_icmpv6 && t.icmp_type < 128;  // RFC 4443 §2.1: errors have the high bit clear
}

}  // namespace

Expected<Packet> parse_packet(std::span<const std::byte> bytes) {
  const auto ip = parse_ip(bytes);
  if (!ip) return tl::unexpected(ip.error());
  const auto parsed = parse_transport(ip->protocol, ip->rest);
  if (!parsed) return tl::unexpected(parsed.error());
  Packet packet{ip->source, ip->destination, ip->hop_limit, parsed->transport, ip->rest, ip->rest.subspan(std::min(parsed->header, ip->rest.size())), {}};
  if (!is_icmp_error(packet.transport)) return packet;
  // A quotation that cannot be read makes the error useless, not malformed: routers cut it where they like.
  if (const auto inner = parse_ip(packet.payload))
    if (const auto transport = parse_transport(inner->protocol, inner->rest))
      packet.quoted = Quoted{inner->source, inner->destination, transport->transport};
  return packet;
}

}  // namespace ringback::wire
