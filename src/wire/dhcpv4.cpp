#include "wire/dhcpv4.hpp"

#include <fmt/format.h>

namespace ringback::wire::dhcpv4 {
namespace {

constexpr std::uint8_t boot_request = 1, boot_reply = 2, ethernet = 1;
constexpr std::uint32_t magic_cookie = 0x63825363;   // RFC 2131 §3
constexpr std::size_t before_options = 240, most = 16;
constexpr std::uint8_t message_inform = 8, message_acknowledgement = 5;

/// RFC 2132, RFC 8925 §3.1, RFC 7291 §4. What a server moves to the fields "sname" and "file" for want of room (option 52) is not read: the
/// few options asked for fit.
enum Option : std::uint8_t {
  pad = 0, router = 3, domain_name_server = 6, message_type = 53, server_identifier = 54, parameter_list = 55,
  ipv6_only_preferred = 108, pcp_server = 158, end = 255
};

void take_addresses(Reader value, std::vector<Address>& into) {
  while (value.left() >= 4 && into.size() < most) into.push_back(value.address(Family::ipv4));
}

/// RFC 7291 §4: lists of addresses, one for each server, with the length of each in front.
void take_pcp_servers(Reader value, std::vector<Address>& into) {
  while (value.left() > 0) {
    const auto list = value.bytes(value.u8());
    if (!value.ok()) return;
    take_addresses(Reader(list), into);
  }
}

void take(std::uint8_t option, ByteView value, Acknowledgement& into) {
  switch (option) {
    case router: return take_addresses(Reader(value), into.routers);
    case domain_name_server: return take_addresses(Reader(value), into.resolvers);
    case pcp_server: return take_pcp_servers(Reader(value), into.pcp_servers);
    case server_identifier:
      if (value.size() == 4) into.server = Reader(value).address(Family::ipv4);
      return;
    case ipv6_only_preferred:
      if (value.size() == 4) into.ipv6_only_wait_s = Reader(value).u32();
      return;
    default: return;
  }
}

}  // namespace

Bytes build_inform(std::uint32_t transaction, const Address& client, const std::optional<MacAddress>& mac) {
  Writer writer;
  writer.u8(boot_request).u8(ethernet).u8(mac ? 6 : 0).u8(0).u32(transaction).u32(0).address(client).zeros(12);
  if (mac) writer.bytes(std::as_bytes(std::span(mac->bytes)));
  writer.zeros(before_options - 4 - writer.size()).u32(magic_cookie);
  writer.u8(message_type).u8(1).u8(message_inform);
  writer.u8(parameter_list).u8(4).u8(router).u8(domain_name_server).u8(ipv6_only_preferred).u8(pcp_server);
  writer.u8(end);
  // RFC 1542 §2.1: relays may drop what is shorter than a BOOTP message of old.
  if (writer.size() < 300) writer.zeros(300 - writer.size());
  return writer.take();
}

Expected<Acknowledgement> parse_acknowledgement(ByteView datagram) {
  if (datagram.size() < before_options) return failure(Errc::malformed, fmt::format("{} bytes are no DHCP message", datagram.size()));
  Reader reader(datagram);
  if (reader.u8() != boot_reply) return failure(Errc::malformed, "no answer of a DHCP server");
  reader.skip(3);
  Acknowledgement result{.transaction = reader.u32()};
  reader.skip(before_options - 4 - 8);
  if (reader.u32() != magic_cookie) return failure(Errc::malformed, "the magic cookie of RFC 2131 §3 is missing");
  std::optional<std::uint8_t> type;
  while (reader.left() > 0) {
    const auto option = reader.u8();
    if (option == end) break;
    if (option == pad) continue;
    const std::size_t size = reader.u8();
    const auto value = reader.bytes(size);
    if (!reader.ok()) return failure(Errc::malformed, fmt::format("option {} of {} bytes ends after the message", option, size));
    if (option == message_type && size == 1) type = Reader(value).u8();
    take(option, value, result);
  }
  if (type != message_acknowledgement) return failure(Errc::malformed, "no DHCPACK");
  return result;
}

}  // namespace ringback::wire::dhcpv4
