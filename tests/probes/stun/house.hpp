#pragma once
/// STUN servers, a translator before them, and a host that asks.
#include "probes/stun/stun.hpp"
#include "support/scripted_network.hpp"
#include "support/shared_clock.hpp"
#include "wire/stun.hpp"

namespace ringback::test {

using namespace std::chrono_literals;
namespace codec = ringback::wire::stun;

inline Endpoint endpoint(const char* text) { return Endpoint::parse(text).value(); }
inline Address address(const char* text) { return Address::parse(text).value(); }

inline const auto one = endpoint("198.51.100.1:3478");
inline const auto two = endpoint("198.51.100.2:3478");
inline const auto six = endpoint("[2001:db8:9::1]:3478");
inline const auto mapped = endpoint("203.0.113.9:50000");

inline codec::TransactionId id_of(const Sent& sent) { return codec::parse(sent.payload).value().transaction; }

/// A server behind a translator that maps to `mapped`.
inline UdpPeer server(Endpoint seen = mapped, Duration after = 20ms) {
  return [=](const Sent& sent) { return std::vector{answer(sent, codec::build_binding_success(id_of(sent), seen), after)}; };
}
inline UdpPeer silent() { return [](const Sent&) { return std::vector<Arrival>{}; }; }
/// Loses the first `count` requests.
inline UdpPeer lossy(int count, UdpPeer peer) {
  return [=, lost = 0](const Sent& sent) mutable { return lost++ < count ? std::vector<Arrival>{} : peer(sent); };
}

struct House {
  SharedClock clock;   // names are resolved side by side
  ScriptedNetwork network{clock};
  ScriptedRandom random;
  Instant start = clock.now();
  StunPlan plan{.servers = {{"198.51.100.1", 3478}, {"198.51.100.2", 3478}},
                .legs = {{.family = Family::ipv4, .interface = "eth0", .source = address("192.168.1.2")}}};

  House() {
    network.udp(one, server());
    network.udp(two, server());
  }
  Expected<stun::Evidence> observe(Duration within = 10s) { return stun::observe(plan, {network, clock, random}, {start + within}); }
  Duration elapsed() const { return clock.now() - start; }
};

}  // namespace ringback::test
