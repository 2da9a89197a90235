#pragma once
/// A captured IP packet, from the IP header on: RFC 791, RFC 8200, RFC 9293, RFC 768, RFC 792, RFC 4443.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "net/endpoint.hpp"

namespace ringback::wire {

struct TcpFlags {
  bool syn = false, ack = false, rst = false, fin = false;
  bool operator==(const TcpFlags&) const = default;
};

/// What a transport header says. Ports are 0 for ICMP, whose identifier stands in `icmp_identifier`.
struct Transport {
  std::uint8_t protocol = 0;   ///< IANA number: 1, 6, 17, 58, or whatever the chain ends with
  Port source = 0;
  Port destination = 0;
  TcpFlags flags;
  std::uint32_t sequence = 0;         ///< of TCP, where the whole header was captured
  std::uint32_t acknowledgement = 0;  ///< means something with the flag ACK alone
  std::uint8_t icmp_type = 0;
  std::uint8_t icmp_code = 0;
  std::uint16_t icmp_identifier = 0;
  std::optional<std::uint16_t> mss;   ///< the option of a TCP opening (RFC 9293 §3.7.1), as far as it was captured
  bool operator==(const Transport&) const = default;
};

/// The packet that an ICMP error quotes; its transport header may be cut after eight bytes (RFC 792).
struct Quoted {
  Address source;
  Address destination;
  Transport transport;
  bool operator==(const Quoted&) const = default;
};

struct Packet {
  Address source;
  Address destination;
  Ttl hop_limit = 0;
  Transport transport;
  std::span<const std::byte> message;   ///< from the transport header on, as far as it was captured; borrowed from the input
  std::span<const std::byte> payload;   ///< after the transport header, as far as it was captured; borrowed from the input
  std::optional<Quoted> quoted;         ///< of ICMP errors
};

/// IP protocol numbers used here (IANA "Assigned Internet Protocol Numbers").
inline constexpr std::uint8_t ip_icmp = 1, ip_tcp = 6, ip_udp = 17, ip_icmpv6 = 58;

/// Errc::malformed names what is wrong ("ipv4 header of 12 bytes"). Later fragments carry no transport header: Errc::unsupported.
/// IPv6 extension headers are walked, at most 16 of them. Checksums are not checked: cards fill them in after the tap.
[[nodiscard]] Expected<Packet> parse_packet(std::span<const std::byte> bytes);

}  // namespace ringback::wire
