#pragma once
/// Packets for the tracker, written as a sentence: visitor.syn(0ms), host.syn_ack(1ms).
#include "arrivals/judge.hpp"

namespace ringback::test {

using namespace std::chrono_literals;
using arrivals::Time;

inline Address address(const char* text) { return Address::parse(text).value(); }
inline Endpoint endpoint(const char* text) { return Endpoint::parse(text).value(); }

inline const Endpoint visitor = endpoint("203.0.112.7:40000"), server = endpoint("192.168.1.5:443"), wireguard = endpoint("192.168.1.5:51820");

/// A capture of one service, fed packet by packet.
class Capture {
 public:
  explicit Capture(arrivals::Watch watch = {}, arrivals::Home home = {}) : tracker(watch, std::move(home)) {}

  Capture& tcp(Time at, const Endpoint& from, const Endpoint& to, wire::TcpFlags flags, std::uint32_t sequence,
               std::uint32_t acknowledgement = 0) {
    wire::Packet packet{.source = from.address, .destination = to.address, .hop_limit = hop_limit(from)};
    packet.transport = {.protocol = wire::ip_tcp, .source = from.port, .destination = to.port, .flags = flags};
    packet.transport.sequence = sequence;
    packet.transport.acknowledgement = acknowledgement;
    return see(at, packet);
  }
  Capture& udp(Time at, const Endpoint& from, const Endpoint& to) {
    wire::Packet packet{.source = from.address, .destination = to.address, .hop_limit = hop_limit(from)};
    packet.transport = {.protocol = wire::ip_udp, .source = from.port, .destination = to.port};
    return see(at, packet);
  }
  Capture& unreachable(Time at, const Address& by, const Endpoint& from, const Endpoint& to, std::uint8_t protocol, std::uint8_t code,
                       Ttl hops_left = 64) {
    wire::Packet packet{.source = by, .destination = from.address, .hop_limit = hops_left};
    packet.transport = {.protocol = wire::ip_icmp, .icmp_type = 3, .icmp_code = code};
    packet.quoted = wire::Quoted{from.address, to.address, {.protocol = protocol, .source = from.port, .destination = to.port}};
    return see(at, packet);
  }
  Capture& see(Time at, const wire::Packet& packet) {
    tracker.see({.at = at, .outgoing = outgoing, .interface = interface, .packet = packet});
    return *this;
  }
  [[nodiscard]] arrivals::Attempt only() const {
    const auto all = tracker.attempts();
    return all.size() == 1 ? all.front() : arrivals::Attempt{};
  }

  arrivals::Tracker tracker;
  std::optional<bool> outgoing;
  std::string interface;
  Ttl near = 64, far = 52;

 private:
  /// Visitors have passed routers, the host has not.
  [[nodiscard]] Ttl hop_limit(const Endpoint& from) const { return from.port == 443 || from.port == 51820 ? near : far; }
};

inline constexpr wire::TcpFlags syn{.syn = true}, syn_ack{.syn = true, .ack = true}, ack{.ack = true}, rst{.rst = true},
    rst_ack{.ack = true, .rst = true};

}  // namespace ringback::test
