#include "wire/pcp.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ringback::wire::pcp {
namespace {

constexpr std::size_t header_size = 24;
constexpr std::size_t map_size = 36;
constexpr std::size_t largest = 1100;  // RFC 6887 §7

/// RFC 6887 §5: IPv4 as ::ffff:0:0/96.
void write_address(Writer& writer, const Address& address) {
  if (address.is_v4()) writer.zeros(10).u16(0xFFFF);
  writer.address(address);
}

void write_header(Writer& writer, std::uint8_t opcode, std::uint32_t lifetime_s, const Address& client) {
  writer.u8(version).u8(opcode).u16(0).u32(lifetime_s);
  write_address(writer, client);
}

/// RFC 6887 §11.1; protocols by their IANA number.
std::optional<Mapping> read_mapping(Reader& reader) {
  Mapping mapping;
  const auto nonce = reader.bytes(mapping.nonce.size());
  const auto protocol = reader.u8();
  reader.skip(3);
  mapping.internal_port = reader.u16();
  mapping.external.port = reader.u16();
  mapping.external.address = reader.address(Family::ipv6).unmapped();
  if (!reader.ok() || (protocol != 6 && protocol != 17)) return std::nullopt;
  std::ranges::copy(nonce, mapping.nonce.begin());
  mapping.protocol = protocol == 6 ? Protocol::tcp : Protocol::udp;
  return mapping;
}

}  // namespace

Bytes build_announce_request(const Address& client) {
  Writer writer;
  write_header(writer, announce, 0, client);
  return writer.take();
}

Bytes build_map_request(const Address& client, const Mapping& mapping, std::uint32_t lifetime_s) {
  Writer writer;
  write_header(writer, map, lifetime_s, client);
  writer.bytes(mapping.nonce).u8(mapping.protocol == Protocol::tcp ? 6 : 17).zeros(3);
  writer.u16(mapping.internal_port).u16(mapping.external.port);
  write_address(writer, mapping.external.address);
  return writer.take();
}

Expected<Response> parse_response(ByteView datagram) {
  if (datagram.size() < header_size || datagram.size() > largest || datagram.size() % 4 != 0)
    return failure(Errc::malformed, fmt::format("a PCP answer has 24 to 1100 bytes in fours, not {}", datagram.size()));
  Reader reader(datagram);
  Response response;
  response.version = reader.u8();
  const auto opcode = reader.u8();
  reader.skip(1);
  response.result_code = reader.u8();
  response.lifetime_s = reader.u32();
  response.epoch_s = reader.u32();
  if (response.version == 0) return failure(Errc::malformed, "version 0 is not PCP");
  if (opcode < 128) return failure(Errc::malformed, fmt::format("opcode {} is a request, not an answer", opcode));
  response.opcode = opcode & 0x7F;
  reader.skip(12);
  // A version that we do not speak may have laid it out otherwise; a server without MAP answers with the header alone.
  if (response.opcode == map && response.version == version && reader.left() >= map_size) response.mapping = read_mapping(reader);
  return response;
}

}  // namespace ringback::wire::pcp
