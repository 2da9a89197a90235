#include "wire/nat_pmp.hpp"

#include <fmt/format.h>

namespace ringback::wire::nat_pmp {

Bytes build_address_request() { return Writer().u8(0).u8(0).take(); }

Expected<Response> parse_response(ByteView datagram) {
  Reader reader(datagram);
  const auto version = reader.u8();
  const auto opcode = reader.u8();
  Response response;
  response.result_code = reader.u16();
  response.epoch_s = reader.u32();
  if (!reader.ok()) return failure(Errc::malformed, fmt::format("{} bytes are too few for a NAT-PMP answer", datagram.size()));
  if (version != 0) return failure(Errc::malformed, fmt::format("version {} is not NAT-PMP", version));
  if (opcode < 128) return failure(Errc::malformed, fmt::format("opcode {} is a request, not an answer", opcode));
  response.opcode = opcode & 0x7F;
  if (response.opcode == 0 && response.result_code == success) {
    response.public_address = reader.address(Family::ipv4);
    if (!reader.ok() || reader.left() != 0)
      return failure(Errc::malformed, fmt::format("an address answer of {} bytes instead of 12", datagram.size()));
  }
  return response;
}

}  // namespace ringback::wire::nat_pmp
