#include "wire/pcp.hpp"

#include <fmt/format.h>

namespace ringback::wire::pcp {
namespace {

constexpr std::size_t header_size = 24;
constexpr std::size_t largest = 1100;  // RFC 6887 §7

}  // namespace

Bytes build_announce_request(const Address& client) {
  Writer writer;
  writer.u8(version).u8(announce).u16(0).u32(0);
  if (client.is_v4()) writer.zeros(10).u16(0xFFFF);
  return writer.address(client).take();
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
  return response;
}

}  // namespace ringback::wire::pcp
