#pragma once
/// One PCP question and its answer (RFC 6887 §8), for what is asked once: the anycast address, and a mapping that is tried.
#include "io/network.hpp"
#include "probes/router/evidence.hpp"
#include "wire/pcp.hpp"

namespace ringback::router {

struct PcpAnswer {
  Exchange exchange;
  std::optional<wire::pcp::Response> response;
};

/// Asked again after 150 ms and 350 ms; silence is concluded after 500 ms. `nonce`: of a mapping, whose answer has to carry it (§11.4).
[[nodiscard]] PcpAnswer ask_pcp(io::UdpSocket& socket, const Address& server, const io::Bytes& request, std::uint8_t opcode,
                                const std::optional<wire::pcp::Nonce>& nonce, const io::World& world, Deadline deadline);

}  // namespace ringback::router
