#pragma once
/// What every question to port 5351 of a gateway begins with, be it NAT-PMP or PCP.
#include "io/network.hpp"
#include "plan/plan.hpp"

namespace ringback::router {

inline constexpr std::size_t most_rejected = 8;   // noted of one question
inline constexpr std::size_t most_heard = 64;     // whoever floods its socket does not hold up the run

/// A socket of the leg's, for a gateway of this family.
[[nodiscard]] Expected<std::unique_ptr<io::UdpSocket>> open_for_port_mapping(Family family, const Leg& leg, const io::World& world);
/// Our address as the server sees it where nothing translates in between: RFC 6887 §8.1.
[[nodiscard]] Address client_address(const io::UdpSocket& socket, const Address& server, io::Network& network);
/// RFC 792, RFC 4443 §3.1: nothing listens there.
[[nodiscard]] bool is_port_unreachable(const io::IcmpError& error);
/// "ICMP type 3 code 0 from 192.0.2.1"
[[nodiscard]] std::string describe(const io::IcmpError& error);

}  // namespace ringback::router
