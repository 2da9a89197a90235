#include "probes/stun/stun.hpp"

#include "support/catch.hpp"
#include "support/scripted_network.hpp"
#include "support/shared_clock.hpp"
#include "wire/stun.hpp"

using namespace ringback;
using namespace ringback::test;
using namespace std::chrono_literals;
namespace codec = ringback::wire::stun;

namespace {

Endpoint endpoint(const char* text) { return Endpoint::parse(text).value(); }
Address address(const char* text) { return Address::parse(text).value(); }

const auto one = endpoint("198.51.100.1:3478");
const auto two = endpoint("198.51.100.2:3478");
const auto six = endpoint("[2001:db8:9::1]:3478");
const auto mapped = endpoint("203.0.113.9:50000");

codec::TransactionId id_of(const Sent& sent) { return codec::parse(sent.payload).value().transaction; }

/// A server behind a translator that maps to `mapped`.
UdpPeer server(Endpoint seen = mapped, Duration after = 20ms) {
  return [=](const Sent& sent) { return std::vector{answer(sent, codec::build_binding_success(id_of(sent), seen), after)}; };
}
UdpPeer silent() { return [](const Sent&) { return std::vector<Arrival>{}; }; }
/// Loses the first `count` requests.
UdpPeer lossy(int count, UdpPeer peer) {
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

}  // namespace

TEST_CASE("every server is asked side by side from one socket, and the probe ends with the last answer") {
  House house;
  const auto evidence = house.observe().value();
  REQUIRE(evidence.observations.size() == 2);
  for (const auto& seen : evidence.observations) {
    CHECK(seen.mapped == mapped);
    CHECK(seen.round_trip == 20ms);
    CHECK(seen.sent == 1);
    CHECK(seen.local == Endpoint{address("192.168.1.2"), house.network.sent[0].from.port});
    CHECK_FALSE(seen.interface);
    CHECK_FALSE(seen.trouble);
    CHECK_FALSE(seen.alg_rewrote);
    CHECK(seen.rejected.empty());
  }
  CHECK(evidence.observations[0].server == one);
  CHECK(evidence.observations[1].server_name == "198.51.100.2");
  CHECK(house.network.opened.size() == 1);
  CHECK(house.network.sent[0].from == house.network.sent[1].from);
  CHECK(house.elapsed() <= 25ms);
}

TEST_CASE("a request is never shorter than the longest answer to it") {
  House house;
  REQUIRE(house.observe());
  CHECK(house.network.sent[0].payload.size() >= codec::full_answer_size(Family::ipv4));
}

TEST_CASE("a lost request is repeated soon, and its round trip is that of the repetition") {
  House house;
  house.network.udp(one, lossy(2, server()));
  const auto seen = house.observe().value().observations[0];
  CHECK(seen.mapped == mapped);
  CHECK(seen.sent == 3);
  CHECK(seen.round_trip == 20ms);
}

TEST_CASE("a dead server does not make a healthy run slow") {
  House house;
  house.network.udp(two, silent());
  const auto evidence = house.observe().value();
  CHECK(evidence.observations[0].mapped);
  CHECK_FALSE(evidence.observations[1].mapped);
  CHECK(evidence.observations[1].trouble == "no answer to 3 requests in 330 ms");
  CHECK(house.elapsed() == 20ms + 3 * 20ms + 250ms);
}

TEST_CASE("when nobody answers, silence is concluded within two seconds, after seven requests to each") {
  House house;
  house.network.udp(one, silent());
  house.network.udp(two, silent());
  const auto evidence = house.observe().value();
  CHECK(house.elapsed() == 1800ms);
  CHECK(evidence.observations[0].sent == 7);
  CHECK(evidence.observations[0].trouble == "no answer to 7 requests in 1800 ms");
}

TEST_CASE("the deadline ends it earlier") {
  House house;
  house.network.udp(one, silent());
  house.network.udp(two, silent());
  const auto evidence = house.observe(500ms).value();
  CHECK(house.elapsed() == 500ms);
  CHECK(evidence.observations[0].sent == 4);
}

TEST_CASE("a dead family does not shorten the other, and each has its own socket") {
  House house;
  house.plan.servers = {{"stun.example", 3478}};
  house.plan.legs.push_back({.family = Family::ipv6, .interface = "eth0", .source = address("2001:db8:1::2")});
  house.network.name("stun.example", {std::vector{address("2001:db8:9::1"), address("198.51.100.1")}});
  const auto evidence = house.observe().value();
  REQUIRE(evidence.observations.size() == 2);
  CHECK(evidence.observations[0].mapped == mapped);
  CHECK(evidence.observations[1].server == six);
  CHECK(evidence.observations[1].trouble);
  CHECK(evidence.observations[1].local.address == address("2001:db8:1::2"));
  CHECK(evidence.observations[1].sent == 5);
  CHECK(house.elapsed() <= 1005ms);   // the line works: a second of silence is enough
  CHECK(house.network.opened.size() == 2);
  CHECK(house.network.resolved.size() == 1);
}

TEST_CASE("a translator with a mapping for each destination shows itself") {
  House house;
  house.network.udp(two, server(endpoint("203.0.113.9:50001")));
  const auto seen = house.observe().value().observations;
  CHECK(seen[0].local == seen[1].local);
  CHECK(seen[0].mapped != seen[1].mapped);
}

TEST_CASE("an unreachable port is known at once") {
  House house;
  house.network.udp(one, [](const Sent& sent) { return std::vector{port_unreachable(sent)}; });
  house.network.udp(two, [](const Sent& sent) { return std::vector{icmp_error(sent, address("192.168.1.1"), 3, 13)}; });
  const auto seen = house.observe().value().observations;
  CHECK(seen[0].trouble == "port unreachable from 198.51.100.1");
  CHECK(seen[1].trouble == "ICMP type 3 code 13 from 192.168.1.1");
  CHECK(seen[0].sent == 1);
  CHECK(house.elapsed() < 50ms);
}

TEST_CASE("an ICMP error that says nothing of the server does not stop the asking") {
  House house;
  house.network.udp(one, [first = true](const Sent& sent) mutable {
    if (std::exchange(first, false)) return std::vector{icmp_error(sent, address("10.0.0.1"), 11, 0)};
    return server()(sent);
  });
  const auto seen = house.observe().value().observations[0];
  CHECK(seen.mapped == mapped);
  CHECK_FALSE(seen.trouble);
}

TEST_CASE("a kernel without a way there is a trouble of that server alone") {
  House house;
  house.network.host.unroutable = {Prefix::parse("198.51.100.2/32").value()};
  const auto seen = house.observe().value().observations;
  CHECK(seen[0].mapped);
  CHECK(seen[1].trouble == "send to 198.51.100.2:3478: Network is unreachable");
  CHECK(house.elapsed() <= 25ms);
}

TEST_CASE("a socket that cannot be opened is a trouble, not a crash") {
  House house;
  house.network.refuse_udp = [](const io::UdpOptions&) { return Error{Errc::failed, "open udp 192.168.1.2:0: Cannot assign requested address"}; };
  const auto seen = house.observe().value().observations;
  REQUIRE(seen.size() == 2);
  CHECK(seen[0].trouble == "open udp 192.168.1.2:0: Cannot assign requested address");
  CHECK(seen[0].sent == 0);
}

TEST_CASE("answers that nobody honest gives are named, and the honest one that follows is believed") {
  struct Row {
    const char* what;
    std::function<Arrival(const Sent&)> lie;
    const char* why;
  };
  const auto changed = [](const Sent& sent, auto change) {
    auto message = codec::parse(codec::build_binding_success(id_of(sent), endpoint("6.6.6.6:6"))).value();
    change(message);
    return answer(sent, codec::build(message), 5ms);
  };
  const Row rows[] = {
      {"another source", [](const Sent& sent) { return answer_from(endpoint("198.51.100.1:99"), codec::build_binding_success(id_of(sent), one), 5ms); },
       "from 198.51.100.1:99, which was not asked"},
      {"a stranger", [](const Sent&) { return answer_from(endpoint("6.6.6.6:1"), io::Bytes(3), 5ms); }, "from 6.6.6.6:1, which was not asked"},
      {"garbage", [](const Sent& sent) { return answer(sent, io::Bytes(3), 5ms); }, "from 198.51.100.1:3478: 3 bytes are too few"},
      {"another transaction", [=](const Sent& sent) { return changed(sent, [](auto& m) { m.transaction[0] ^= std::byte{1}; }); },
       "a transaction id that was not sent to it"},
      {"our own request back", [](const Sent& sent) { return answer(sent, sent.payload, 5ms); }, "not the answer to a Binding request"},
      {"another method", [=](const Sent& sent) { return changed(sent, [](auto& m) { m.method = 3; }); }, "not the answer to a Binding request"},
      {"no address", [=](const Sent& sent) { return changed(sent, [](auto& m) { m.xor_mapped_address.reset(); }); }, "a success without a mapped address"},
      {"0.0.0.0", [=](const Sent& sent) { return changed(sent, [](auto& m) { m.xor_mapped_address = endpoint("0.0.0.0:5"); }); },
       "mapped address 0.0.0.0:5, which nobody can have"},
      {"port 0", [=](const Sent& sent) { return changed(sent, [](auto& m) { m.xor_mapped_address = endpoint("6.6.6.6:0"); }); }, "mapped address 6.6.6.6:0"},
      {"multicast", [=](const Sent& sent) { return changed(sent, [](auto& m) { m.xor_mapped_address = endpoint("224.0.0.1:5"); }); }, "224.0.0.1:5"},
      {"loopback", [=](const Sent& sent) { return changed(sent, [](auto& m) { m.xor_mapped_address = endpoint("127.0.0.1:5"); }); }, "127.0.0.1:5"},
      {"something that must be understood",
       [](const Sent& sent) {
         auto bytes = codec::build_binding_success(id_of(sent), endpoint("6.6.6.6:6"));
         for (const int byte : {0x7f, 0xff, 0, 0}) bytes.push_back(std::byte(byte));
         bytes[3] = std::byte{16};
         return answer(sent, std::move(bytes), 5ms);
       },
       "attribute 0x7fff, which must be understood"},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    House house;
    house.network.udp(one, [&](const Sent& sent) {
      auto arrivals = server()(sent);
      arrivals.push_back(row.lie(sent));
      return arrivals;
    });
    const auto seen = house.observe().value().observations[0];
    CHECK(seen.mapped == mapped);
    REQUIRE(seen.rejected.size() == 1);
    CHECK(seen.rejected[0].find(row.why) != std::string::npos);
  }
}

TEST_CASE("a flood of lies fills nothing without end") {
  House house;
  house.network.udp(one, [](const Sent& sent) {
    auto arrivals = server()(sent);
    for (int i = 0; i < 1000; ++i) arrivals.push_back(answer(sent, io::Bytes(3), 5ms));
    return arrivals;
  });
  const auto seen = house.observe().value().observations[0];
  CHECK(seen.mapped == mapped);
  CHECK(seen.rejected.size() == 8);
}

TEST_CASE("a second answer that contradicts the first is named, an equal one is not") {
  House house;
  house.network.udp(two, server(mapped, 60ms));
  house.network.udp(one, [](const Sent& sent) {
    return std::vector{answer(sent, codec::build_binding_success(id_of(sent), mapped), 5ms), answer(sent, codec::build_binding_success(id_of(sent), mapped), 6ms),
                       answer(sent, codec::build_binding_success(id_of(sent), endpoint("6.6.6.6:6")), 7ms)};
  });
  const auto seen = house.observe().value().observations[0];
  CHECK(seen.mapped == mapped);
  CHECK(seen.rejected == std::vector<std::string>{"a second answer, with mapped address 6.6.6.6:6"});
}

TEST_CASE("something that rewrites payloads is seen by the two forms of the address, and the encoded one is believed") {
  House house;
  house.network.udp(one, [](const Sent& sent) {
    codec::Message message{.type = codec::Class::success, .transaction = id_of(sent), .mapped_address = endpoint("192.168.1.2:40000"), .xor_mapped_address = mapped};
    return std::vector{answer(sent, codec::build(message))};
  });
  house.network.udp(two, [](const Sent& sent) {
    return std::vector{answer(sent, codec::build({.type = codec::Class::success, .transaction = id_of(sent), .mapped_address = mapped}))};
  });
  const auto seen = house.observe().value().observations;
  CHECK(seen[0].alg_rewrote);
  CHECK(seen[0].mapped == mapped);
  CHECK_FALSE(seen[1].alg_rewrote);  // an old server, which has the plain form alone
  CHECK(seen[1].mapped == mapped);
}

TEST_CASE("an error answer is an answer: it is named and not asked again") {
  House house;
  house.network.udp(one, [](const Sent& sent) { return std::vector{answer(sent, codec::build_binding_error(id_of(sent), 400, "Bad\r\nRequest"))}; });
  const auto seen = house.observe().value().observations[0];
  CHECK_FALSE(seen.mapped);
  CHECK(seen.trouble == "error 400 Bad??Request");
  CHECK(seen.sent == 1);
  CHECK(house.elapsed() <= 25ms);
}

TEST_CASE("where the default route leads elsewhere, the socket is bound to the interface and the evidence says so") {
  House house;
  house.plan.legs[0].bind = true;
  const auto seen = house.observe().value().observations[0];
  CHECK(house.network.opened[0].interface == "eth0");
  CHECK(seen.interface == "eth0");
}

TEST_CASE("without a known source, the kernel is asked which one it takes") {
  House house;
  house.plan.legs[0].source.reset();
  house.network.host.default_ipv4 = RouteLookup{.source = address("192.168.1.77"), .interface = "eth0"};
  const auto seen = house.observe().value().observations[0];
  CHECK_FALSE(house.network.opened[0].local);
  CHECK(seen.local.address == address("192.168.1.77"));
}

TEST_CASE("of a name with many addresses two are asked, and an address under two names once") {
  House house;
  house.plan.servers = {{"a.example", 3478}, {"b.example", 3478}, {"b.example", 19302}};
  house.network.name("a.example", {std::vector{one.address, two.address, address("198.51.100.3")}});
  house.network.name("b.example", {std::vector{two.address}});
  const auto seen = house.observe(1s).value().observations;
  REQUIRE(seen.size() == 3);
  CHECK(seen[0].server == one);
  CHECK(seen[1].server == two);
  CHECK(seen[1].server_name == "a.example");
  CHECK(seen[2].server == Endpoint{two.address, 19302});
}

TEST_CASE("a name that nobody answers for holds the others up for little") {
  House house;
  house.plan.servers = {{"dead.example", 3478}, {"198.51.100.1", 3478}};
  house.network.name("dead.example", {std::vector{two.address}, 30s});
  const auto evidence = house.observe().value();
  CHECK(evidence.observations.size() == 1);
  REQUIRE(evidence.unresolved.size() == 1);
  CHECK(evidence.unresolved[0] == "dead.example: resolve dead.example: no answer by the deadline");
  CHECK(house.elapsed() <= 600ms + 25ms);
}

TEST_CASE("a slow resolver gets a second chance when no name is known yet, a name that does not exist does not") {
  House house;
  house.plan.servers = {{"slow.example", 3478}, {"nowhere.example", 3478}};
  house.network.name("slow.example", {std::vector{one.address}, 1100ms});
  const auto evidence = house.observe().value();
  REQUIRE(evidence.observations.size() == 1);
  CHECK(evidence.observations[0].mapped == mapped);
  CHECK(evidence.unresolved == std::vector<std::string>{"nowhere.example: resolve nowhere.example: Name or service not known"});
  CHECK(std::ranges::count(house.network.resolved, "nowhere.example") == 1);
}

TEST_CASE("when no name resolves, the probe says which and why, and asks nobody") {
  House house;
  house.plan.servers = {{"dead.example", 3478}};
  house.network.name("dead.example", {std::vector{one.address}, 30s});
  const auto evidence = house.observe().value();
  CHECK(evidence.observations.empty());
  CHECK(evidence.unresolved.size() == 1);
  CHECK(house.elapsed() <= 2s);
  CHECK(house.network.sent.empty());
}

TEST_CASE("without a server or a route the probe could not work") {
  House house;
  house.plan.legs.clear();
  CHECK(house.observe().error().code == Errc::no_route);
  house.plan.servers.clear();
  CHECK(house.observe().error().code == Errc::no_route);
}
