/// What comes from port 5351 of a router: whatever the octets are, nothing crashes, and no octets are an answer of both protocols.
#include <cstdlib>

#include "wire/nat_pmp.hpp"
#include "wire/pcp.hpp"
#include "wire/printable.hpp"

using namespace ringback::wire;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

template <class Parsed>
void check_error(const Parsed& parsed) {
  if (parsed) return;
  const auto& what = parsed.error().what;
  require(!what.empty() && printable(what, what.size()) == what);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto datagram = std::as_bytes(std::span(data, size));
  const auto nat_pmp = nat_pmp::parse_response(datagram);
  const auto pcp = pcp::parse_response(datagram);
  check_error(nat_pmp);
  check_error(pcp);
  require(!nat_pmp || !pcp);
  if (nat_pmp) {
    require(size >= 8 && nat_pmp->opcode < 128);
    require(nat_pmp->public_address.has_value() == (nat_pmp->opcode == 0 && nat_pmp->result_code == nat_pmp::success));
  }
  if (pcp) require(size >= 24 && size <= 1100 && pcp->version != 0 && pcp->opcode < 128);
  return 0;
}
