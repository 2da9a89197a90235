#include "wire/dhcpv6.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "wire/printable.hpp"

namespace ringback::wire::dhcpv6 {
namespace {

constexpr std::uint8_t message_reply = 7, message_information_request = 11;
constexpr std::size_t most = 16;

/// RFC 8415 §21, RFC 3646, RFC 6334, RFC 7291, RFC 7598.
enum Option : std::uint16_t {
  option_request = 6, elapsed_time = 8, dns_servers = 23, aftr_name = 64, pcp_server = 86, s46_map_e = 94, s46_map_t = 95, s46_lw = 96
};

void take_addresses(Reader value, std::vector<Address>& into) {
  while (value.left() >= 16 && into.size() < most) into.push_back(value.address(Family::ipv6));
}

/// Uncompressed labels, RFC 8415 §10.
std::optional<std::string> domain_name(Reader value) {
  std::string name;
  while (value.left() > 0) {
    const auto length = value.u8();
    if (length == 0) return name.empty() || value.left() > 0 ? std::nullopt : std::optional(name);
    if (length > 63) return std::nullopt;
    const auto label = as_text(value.bytes(length));
    // A host's name (RFC 6334 §3, RFC 1123 §2.1): what is none might read like a sentence in a report.
    const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; };
    if (!value.ok() || !std::ranges::all_of(label, fits)) return std::nullopt;
    name += std::string(label) + ".";
    if (name.size() > 253) return std::nullopt;
  }
  return std::nullopt;
}

void take(std::uint16_t option, ByteView value, Reply& into) {
  switch (option) {
    case dns_servers: return take_addresses(Reader(value), into.resolvers);
    case pcp_server: return take_addresses(Reader(value), into.pcp_servers);
    case aftr_name: into.aftr_name = domain_name(Reader(value)); return;
    case s46_map_e: into.map_e = true; return;
    case s46_map_t: into.map_t = true; return;
    case s46_lw: into.lw4o6 = true; return;
    default: return;
  }
}

}  // namespace

Bytes build_information_request(std::uint32_t transaction) {
  Writer writer;
  writer.u32(std::uint32_t{message_information_request} << 24 | (transaction & 0xFFFFFF));
  writer.u16(elapsed_time).u16(2).u16(0);
  writer.u16(option_request).u16(12).u16(dns_servers).u16(aftr_name).u16(pcp_server).u16(s46_map_e).u16(s46_map_t).u16(s46_lw);
  return writer.take();
}

Expected<Reply> parse_reply(ByteView datagram) {
  Reader reader(datagram);
  const auto head = reader.u32();
  if (!reader.ok()) return failure(Errc::malformed, fmt::format("{} bytes are no DHCPv6 message", datagram.size()));
  if (head >> 24 != message_reply) return failure(Errc::malformed, fmt::format("DHCPv6 message {} is no Reply", head >> 24));
  Reply reply{.transaction = head & 0xFFFFFF};
  while (reader.left() > 0) {
    const auto option = reader.u16();
    const std::size_t size = reader.u16();
    const auto value = reader.bytes(size);
    if (!reader.ok()) return failure(Errc::malformed, fmt::format("option {} of {} bytes ends after the message", option, size));
    take(option, value, reply);
  }
  return reply;
}

}  // namespace ringback::wire::dhcpv6
