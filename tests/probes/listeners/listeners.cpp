#include "probes/listeners/listeners.hpp"

#include "support/catch.hpp"
#include "support/scripted_network.hpp"

using namespace ringback;
using namespace ringback::test;

namespace {
Listener bound(Protocol protocol, const char* local) { return {.protocol = protocol, .local = Endpoint::parse(local).value()}; }

struct Host {
  FakeClock clock;
  ScriptedNetwork network{clock};
  ScriptedRandom random;
  Expected<listeners::Evidence> look() { return listeners::observe({network, clock, random}, {clock.now() + std::chrono::seconds(10)}); }
};
}  // namespace

TEST_CASE("listeners are sorted, and the workers of one socket address are one listener") {
  Host host;
  const auto web = bound(Protocol::tcp, "0.0.0.0:443");
  const auto shell = bound(Protocol::tcp, "[::]:22");
  const auto tunnel = bound(Protocol::udp, "0.0.0.0:51820");
  host.network.host.listeners = std::vector{tunnel, web, web, shell, web};
  CHECK(host.look().value().listeners == std::vector{shell, web, tunnel});
}

TEST_CASE("of too many listeners those that a stranger could reach are kept") {
  Host host;
  std::vector<Listener> all;
  for (unsigned i = 0; i < 1024; ++i) all.push_back({.protocol = Protocol::tcp, .local = {Address::v4(0x7f000001), static_cast<Port>(1 + i)}});
  all.push_back(bound(Protocol::udp, "0.0.0.0:51820"));
  host.network.host.listeners = all;
  const auto kept = host.look().value().listeners;
  CHECK(kept.size() == 1024);
  CHECK(kept[0] == all.back());
}

TEST_CASE("a kernel that does not tell is an error, not an empty list") {
  Host host;
  host.network.host.listeners = failure(Errc::unsupported, "list udp sockets: Protocol not supported");
  CHECK(host.look().error().code == Errc::unsupported);
}

TEST_CASE("sockets that are not listed by the deadline are an error, not an empty list") {
  Host host;
  const auto start = host.clock.now();
  host.network.host.listeners = std::vector{bound(Protocol::tcp, "0.0.0.0:443")};
  host.network.host.reading = std::chrono::minutes(1);
  CHECK(host.look().error().code == Errc::timed_out);
  CHECK(host.clock.now() == start + std::chrono::seconds(10));
}
