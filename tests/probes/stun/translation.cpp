#include "probes/stun/translation.hpp"

#include <set>

#include "probes/stun/house.hpp"
#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::test;

namespace {

const auto first = endpoint("198.51.100.1:3478"), other = endpoint("198.51.100.2:3479");
const auto own = address("192.168.1.2"), outside = address("203.0.113.9");

/// A translator in front of a server with a second address: where it maps what, and what it lets in.
struct Translator {
  FakeClock clock;
  ScriptedNetwork network{clock};
  ScriptedRandom random;
  Instant start = clock.now();
  std::function<Endpoint(const Sent&)> maps = [](const Sent& sent) { return Endpoint{outside, sent.from.port}; };
  bool lets_other_address_in = false, lets_other_port_in = false, has_other = true;
  StunPlan plan{.servers = {}, .legs = {{.family = Family::ipv4, .interface = "eth0", .gateway = address("192.168.1.1"), .source = own}}};
  stun::Evidence evidence{.observations = {{.server = first, .local = {own, 40000}, .mapped = Endpoint{outside, 40000}}}};

  Translator() {
    network.udp_anywhere([this](const Sent& sent) { return serve(sent); });
  }
  std::vector<Arrival> serve(const Sent& sent) {
    const auto request = codec::parse(sent.payload).value();
    const auto change = request.change_request.value_or(codec::ChangeRequest{});
    if ((change.address && !lets_other_address_in) || (!change.address && change.port && !lets_other_port_in)) return {};
    const Endpoint from{change.address ? other.address : sent.to.address, change.port ? other.port : sent.to.port};
    codec::Message success{.type = codec::Class::success, .transaction = request.transaction, .xor_mapped_address = maps(sent)};
    if (has_other) success.other_address = other;
    return {answer_from(from, codec::build(success), 20ms)};
  }
  const stun::Evidence& observe(Duration within = 10s) {
    stun::observe_translation(plan, {network, clock, random}, {start + within}, evidence);
    return evidence;
  }
  Duration elapsed() const { return clock.now() - start; }
};

}  // namespace

TEST_CASE("forty sockets at ports from everywhere show which outside ports there are") {
  Translator house;
  house.has_other = false;
  const auto& seen = house.observe();
  REQUIRE(seen.ports.size() == 40);
  std::set<Port> ports;
  for (const auto& sample : seen.ports) {
    CHECK(sample.local.address == own);
    CHECK(sample.local.port >= 1024);
    CHECK(sample.mapped == Endpoint{outside, sample.local.port});
    ports.insert(sample.local.port);
  }
  CHECK(ports.size() > 30);
  CHECK(seen.behaviours.empty());
  CHECK(house.network.sent.size() == 40);
  CHECK(house.elapsed() < 80ms);
}

TEST_CASE("a translator's behaviour is told by a server with a second address: RFC 5780") {
  Translator house;
  SECTION("it maps by where we send to, and lets in what was asked alone") {
    house.maps = [](const Sent& sent) { return Endpoint{outside, static_cast<Port>(sent.from.port ^ (sent.to == first ? 0U : sent.to.port))}; };
    const auto& seen = house.observe();
    REQUIRE(seen.behaviours.size() == 1);
    const auto& b = seen.behaviours[0];
    CHECK(b.server == first);
    CHECK(b.other == other);
    CHECK(b.local.address == own);
    CHECK(b.mapped != b.mapped_at_other_address);
    CHECK(b.mapped != b.mapped_at_other_port);
    CHECK(b.filter_tried);
    CHECK_FALSE(b.heard_from_other_address);
    CHECK_FALSE(b.heard_from_other_port);
    CHECK(house.elapsed() < 700ms);
  }
  SECTION("it keeps one mapping, and lets everybody in") {
    house.lets_other_address_in = house.lets_other_port_in = true;
    const auto& b = house.observe().behaviours.at(0);
    CHECK(b.mapped == b.mapped_at_other_address);
    CHECK(b.mapped == b.mapped_at_other_port);
    CHECK(b.heard_from_other_address);
    CHECK(b.heard_from_other_port);
    CHECK(house.elapsed() < 150ms);
  }
}

TEST_CASE("the socket that filters are asked of has spoken to the server's first address alone") {
  Translator house;
  house.observe();
  for (const auto& sent : house.network.sent) {
    const auto change = codec::parse(sent.payload).value().change_request;
    if (!change) continue;
    for (const auto& another : house.network.sent)
      if (another.from == sent.from) CHECK(another.to == first);
  }
}

TEST_CASE("what was lost is asked again") {
  Translator house;
  int lost = 0;
  house.network.udp_anywhere([&](const Sent& sent) { return lost++ % 3 == 0 ? std::vector<Arrival>{} : house.serve(sent); });
  const auto& seen = house.observe();
  CHECK(std::ranges::count_if(seen.ports, [](const auto& sample) { return sample.mapped.has_value(); }) >= 38);
}

TEST_CASE("a server that says nothing any more is left, and the deadline is kept") {
  Translator house;
  house.network.udp_anywhere([](const Sent&) { return std::vector<Arrival>{}; });
  house.observe();
  CHECK(house.elapsed() <= 600ms);
  Translator late;
  late.network.udp_anywhere([](const Sent&) { return std::vector<Arrival>{}; });
  late.observe(50ms);
  CHECK(late.elapsed() <= 50ms);
}

TEST_CASE("answers from elsewhere, and other addresses that no server can have, lead nowhere") {
  Translator house;
  SECTION("from elsewhere") {
    house.network.udp_anywhere([](const Sent& sent) {
      const auto id = codec::parse(sent.payload).value().transaction;
      return std::vector{answer_from(endpoint("198.51.100.66:3478"), codec::build_binding_success(id, endpoint("203.0.113.1:1")))};
    });
    for (const auto& sample : house.observe().ports) CHECK_FALSE(sample.mapped);
  }
  for (const char* bad : {"192.168.1.7:80", "127.0.0.1:3479", "224.0.0.1:3479", "198.51.100.1:3479"}) {
    Translator odd;
    odd.network.udp_anywhere([&](const Sent& sent) {
      const auto id = codec::parse(sent.payload).value().transaction;
      codec::Message success{.type = codec::Class::success, .transaction = id, .xor_mapped_address = endpoint("203.0.113.9:5"), .other_address = endpoint(bad)};
      return std::vector{answer(sent, codec::build(success))};
    });
    CHECK(odd.observe().behaviours.empty());
    for (const auto& sent : odd.network.sent) CHECK(sent.to == first);
  }
}

TEST_CASE("without a translator, or without an answer, there is nothing to ask") {
  Translator house;
  house.evidence.observations[0].mapped = Endpoint{own, 40000};
  CHECK(house.observe().ports.empty());
  Translator silent;
  silent.evidence.observations[0].mapped.reset();
  CHECK(silent.observe().ports.empty());
  Translator tunnel;
  tunnel.plan.legs[0].gateway.reset();
  CHECK(tunnel.observe().ports.empty());
  CHECK(house.network.sent.empty());
}
