#include "watch/wait.hpp"

#include "support/catch.hpp"
#include "support/scripted_network.hpp"

using namespace ringback;
using namespace ringback::test;
using namespace std::chrono_literals;

namespace {

/// An IPv4 TCP segment as the card shows it.
io::CapturedPacket segment(Instant at, bool outgoing, const char* from, const char* to, unsigned flags, std::uint32_t sequence,
                           std::uint32_t acknowledgement) {
  const auto source = Endpoint::parse(from).value(), destination = Endpoint::parse(to).value();
  std::vector<std::uint8_t> b{0x45, 0, 0, 40, 0, 0, 0x40, 0, 52, 6, 0, 0};
  const auto add32 = [&](std::uint32_t v) {
    for (const unsigned shift : {24U, 16U, 8U, 0U}) b.push_back(static_cast<std::uint8_t>(v >> shift));
  };
  add32(source.address.v4_host_order());
  add32(destination.address.v4_host_order());
  add32(std::uint32_t{source.port} << 16U | destination.port);
  add32(sequence);
  add32(acknowledgement);
  add32(0x50000000U | flags << 16U | 1000U);
  add32(0);
  io::CapturedPacket packet{.at = at, .outgoing = outgoing, .interface = "eth0", .bytes = {}, .original_length = 40};
  for (const auto byte : b) packet.bytes.push_back(static_cast<std::byte>(byte));
  return packet;
}

struct Heard : watch::Audience {
  std::vector<watch::Told> told;
  std::vector<arrivals::Attempt> passed_over;
  bool stays = true;
  bool arrived(const watch::Told& one) override { told.push_back(one); return stays; }
  bool ignored(const arrivals::Attempt& one) override { passed_over.push_back(one); return stays; }
};

constexpr unsigned syn = 2, syn_ack = 0x12, ack = 0x10;
constexpr const char *visitor = "203.0.112.7:40000", *here = "192.168.1.5:443", *neighbour = "192.168.1.9:40000";

filter::Evidence rules(filter::Action action) {
  filter::Evidence evidence{.readable = true};
  evidence.walks = {{.protocol = Protocol::tcp,
                     .family = Family::ipv4,
                     .port = 443,
                     .action = action,
                     .table = "inet filter",
                     .chain = "input",
                     .rule = "tcp dport 443 drop"}};
  return evidence;
}

struct Scene {
  FakeClock clock;
  ScriptedNetwork network{clock};
  ScriptedRandom random;
  Heard heard;
  bool stop = false;
  std::function<Expected<filter::Evidence>()> read_rules = [] { return rules(filter::Action::drop); };

  Instant in(Duration after) const { return clock.now() + after; }
  watch::Waited run(watch::WaitOptions options, io::Capture* card = nullptr) {
    Evidence state;
    state.request.services = {options.service};
    state.host.emplace();
    state.host->interfaces = {
        {.index = 2, .name = "eth0", .up = true, .addresses = {{.address = Address::parse("192.168.1.5").value(), .prefix_length = 24}}}};
    network.host.listeners = std::vector<Listener>{{.protocol = Protocol::tcp, .local = Endpoint::parse("0.0.0.0:443").value()}};
    state.listeners =
        listeners::Evidence{{{.protocol = Protocol::tcp, .local = Endpoint::parse("0.0.0.0:443").value(), .program = "nginx"}}};
    state.filter = rules(filter::Action::drop);
    arrivals::HostJudge judge(std::move(state), std::chrono::duration_cast<arrivals::Time>(clock.now().time_since_epoch()));
    auto capture = network.open_capture({.interface = "any", .filter = watch::filter_expression(options.service)}).value();
    return watch::wait_for_arrivals(options, card != nullptr ? *card : *capture, judge, {network, clock, random}, 0ns, [this] { return read_rules(); },
                                    [this] { return stop; }, heard);
  }
};

const Service https = Service::parse("443/tcp").value();

}  // namespace

TEST_CASE("a visitor who is answered ends a watch for one, and the program has its name from before the privileges were gone") {
  Scene scene;
  scene.network.arrives(segment(scene.in(1s), false, visitor, here, syn, 100, 0));
  scene.network.arrives(segment(scene.in(1001ms), true, here, visitor, syn_ack, 500, 101));
  scene.network.arrives(segment(scene.in(1040ms), false, visitor, here, ack, 101, 501));
  const auto waited = scene.run({.service = https, .count = 1});
  CHECK(waited.ended == watch::Ended::by_count);
  REQUIRE(scene.heard.told.size() == 1);
  CHECK(scene.heard.told.front().program == "nginx");
  REQUIRE_FALSE(waited.verdict.outcomes.empty());
  CHECK(waited.verdict.outcomes.front().verdict.reachable == Reachable::yes);
  CHECK(arrivals::exit_status(waited.verdict.outcomes) == 0);
}

/// A card where these come, in their order.
class Flooded : public io::Capture {
 public:
  Flooded(FakeClock& clock, std::vector<io::CapturedPacket> packets) : clock_(clock), packets_(std::move(packets)) {}
  Expected<std::optional<io::CapturedPacket>> next(Deadline deadline) override {
    const bool comes = next_ < packets_.size() && packets_[next_].at <= deadline.at;
    clock_.sleep_until(comes ? packets_[next_].at : deadline.at);
    return comes ? std::optional(std::move(packets_[next_++])) : std::nullopt;
  }
  io::CaptureCounters counters() override { return {.received = next_}; }

 private:
  FakeClock& clock_;
  std::vector<io::CapturedPacket> packets_;
  std::size_t next_ = 0;
};

TEST_CASE("in a flood of more than are followed nobody is said to be kept out, and a visitor who gets in is not missed") {
  for (const bool visited : {false, true}) {
    Scene scene;
    scene.read_rules = [] { return rules(filter::Action::accept); };
    std::vector<io::CapturedPacket> packets;
    const auto flood = [&](Duration from, unsigned network) {
      for (unsigned i = 0; i < 5000; ++i) {
        const auto sender = Endpoint{Address::v4(network + i), 40000}.to_string();
        packets.push_back(segment(scene.in(from + microseconds(i * 50)), false, sender.c_str(), here, syn, i, 0));
      }
    };
    flood(1s, 0x09000000);
    if (visited) {
      packets.push_back(segment(scene.in(1260ms), false, visitor, here, syn, 100, 0));
      packets.push_back(segment(scene.in(1261ms), true, here, visitor, syn_ack, 500, 101));
    }
    flood(1300ms, 0x09100000);
    if (visited) packets.push_back(segment(scene.in(1560ms), false, visitor, here, ack, 101, 501));
    Flooded card(scene.clock, std::move(packets));
    const auto waited = scene.run({.service = https, .ipv6 = false, .duration = 8s}, &card);
    const auto& outcome = waited.verdict.outcomes.at(0);
    INFO(outcome.detail);
    CHECK(waited.verdict.counts.untracked > 5000);
    CHECK(outcome.verdict.reachable == (visited ? Reachable::yes : Reachable::unknown));
    CHECK((outcome.detail.find("passed over") != std::string::npos) == !visited);
    CHECK(arrivals::exit_status(waited.verdict.outcomes) == (visited ? 0 : 3));
  }
}

TEST_CASE("silence is told twice: while it lasts, and when it is settled") {
  Scene scene;
  scene.network.arrives(segment(scene.in(1s), false, visitor, here, syn, 100, 0));
  scene.network.arrives(segment(scene.in(2s), false, visitor, here, syn, 100, 0));
  const auto waited = scene.run({.service = https, .count = 1});
  REQUIRE(scene.heard.told.size() == 2);
  CHECK_FALSE(scene.heard.told[0].attempt.settled);
  CHECK(scene.heard.told[1].attempt.tries == 2);
  CHECK(waited.verdict.outcomes.front().verdict.cause == "inbound.host-firewall");
}

TEST_CASE("the home network proves nothing, is mentioned once, and is counted") {
  Scene scene;
  for (unsigned i = 0; i < 5; ++i) scene.network.arrives(segment(scene.in(i * 100ms), false, neighbour, here, syn, i, 0));
  const auto waited = scene.run({.service = https, .duration = 2s});
  CHECK(waited.ended == watch::Ended::by_time);
  CHECK(scene.heard.told.empty());
  CHECK(scene.heard.passed_over.size() == 1);
  CHECK(waited.verdict.counts.lan == 5);
  CHECK(arrivals::exit_status(waited.verdict.outcomes) == 3);
  CHECK_FALSE(waited.verdict.to_try.empty());
}

TEST_CASE("a hairpin that has the router's own public address is no visitor, once the router told it, or by its way") {
  for (const bool told : {true, false}) {
    Scene scene;
    auto hairpin = [&](Duration after, bool outgoing, const char* from, const char* to, unsigned flags, std::uint32_t a, std::uint32_t b) {
      auto packet = segment(scene.in(after), outgoing, from, to, flags, a, b);
      packet.bytes[8] = std::byte{static_cast<unsigned char>(outgoing ? 64 : told ? 50 : 63)};   // the hop limit, RFC 791 §3.1
      scene.network.arrives(std::move(packet));
    };
    hairpin(1s, false, visitor, here, syn, 100, 0);
    hairpin(1001ms, true, here, visitor, syn_ack, 500, 101);
    hairpin(1040ms, false, visitor, here, ack, 101, 501);
    watch::WaitOptions options{.service = https, .count = 1, .duration = 3s};
    if (told) {
      router::Gateway gateway{.address = Address::parse("192.168.1.1").value()};
      gateway.nat_pmp.external_address = Endpoint::parse(visitor)->address;
      options.router = router::Evidence{.gateways = {gateway}};
    }
    const auto waited = scene.run(options);
    CHECK(waited.ended == watch::Ended::by_time);   // it does not count
    CHECK(scene.heard.told.empty());
    REQUIRE(scene.heard.passed_over.size() == 1);
    CHECK(scene.heard.passed_over.front().origin == (told ? arrivals::Origin::router : arrivals::Origin::near));
    CHECK(waited.verdict.counts.router + waited.verdict.counts.near == 1);
    CHECK(waited.verdict.outcomes.front().verdict.reachable == Reachable::unknown);
    CHECK(waited.verdict.to_try.empty() == !told);   // what could have been a visitor did not end before this host
  }
}

TEST_CASE("a signal ends the watch with its verdict, and a reader that has gone ends it, too") {
  Scene scene;
  SECTION("signal") {
    scene.stop = true;
    CHECK(scene.run({.service = https}).ended == watch::Ended::by_signal);
  }
  SECTION("reader") {
    scene.heard.stays = false;
    scene.network.arrives(segment(scene.in(1s), false, neighbour, here, syn, 1, 0));
    CHECK(scene.run({.service = https}).ended == watch::Ended::by_reader);
  }
}

TEST_CASE("a flood does not bury the lines, and is counted") {
  Scene scene;
  for (unsigned i = 0; i < 200; ++i) {
    const auto from = fmt::format("203.0.{}.7:40000", i);
    if (i == 113) continue;   // documentation, RFC 5737
    scene.network.arrives(segment(scene.in(1s), false, from.c_str(), here, syn, i, 0));
    scene.network.arrives(segment(scene.in(1001ms), true, here, from.c_str(), 0x14, 0, i + 1));
  }
  const auto waited = scene.run({.service = https, .duration = 3s});
  CHECK(scene.heard.told.size() == 20);
  CHECK(waited.verdict.outcomes.front().tally.refused == 199);
}

TEST_CASE("packets that the capture lost are said to be lost") {
  Scene scene;
  scene.network.counters.dropped = 7;
  const auto waited = scene.run({.service = https, .duration = 1s});
  CHECK(waited.verdict.dropped == 7);
  CHECK(std::ranges::any_of(waited.verdict.notes, [](const auto& note) { return note.find("lost 7 packets") != std::string::npos; }));
}

TEST_CASE("a rule that is removed during the watch is not blamed for what comes after, nor in the end for what came before") {
  Scene scene;
  const auto removed = scene.in(5s);
  scene.read_rules = [&] { return rules(scene.clock.now() < removed ? filter::Action::drop : filter::Action::accept); };
  const auto comes = [&](Duration after, bool answered, const char* from) {
    scene.network.arrives(segment(scene.in(after), false, from, here, syn, 100, 0));
    if (!answered) return;
    scene.network.arrives(segment(scene.in(after + 1ms), true, here, from, syn_ack, 500, 101));
    scene.network.arrives(segment(scene.in(after + 40ms), false, from, here, ack, 101, 501));
  };
  comes(1s, false, visitor);
  SECTION("nobody tries again: it is not known whether visitors get in now") {
    const auto waited = scene.run({.service = https, .duration = 10s});
    REQUIRE_FALSE(scene.heard.told.empty());
    CHECK(scene.heard.told.back().judged.cause == "inbound.host-firewall");   // at that moment it was so
    CHECK(scene.heard.told.back().judged.confidence == Confidence::certain);
    const auto& verdict = waited.verdict.outcomes.front();
    CHECK(verdict.verdict.reachable == Reachable::unknown);
    CHECK(verdict.detail.find("changed since") != std::string::npos);
    CHECK(verdict.remedies.empty());
    CHECK(arrivals::exit_status(waited.verdict.outcomes) == 3);
  }
  SECTION("the visitor tries again and gets in") {
    comes(6s, true, "203.0.112.7:40001");
    const auto waited = scene.run({.service = https, .count = 2});
    CHECK(waited.verdict.outcomes.front().verdict.reachable == Reachable::yes);
  }
}

TEST_CASE("a rule that is added during the watch is named") {
  Scene scene;
  const auto added = scene.in(5s);
  scene.read_rules = [&] { return rules(scene.clock.now() < added ? filter::Action::accept : filter::Action::drop); };
  scene.network.arrives(segment(scene.in(6s), false, visitor, here, syn, 100, 0));
  const auto waited = scene.run({.service = https, .count = 1});
  CHECK(waited.verdict.outcomes.front().detail.find("tcp dport 443 drop") != std::string::npos);
  CHECK(waited.verdict.outcomes.front().verdict.confidence == Confidence::certain);
}

TEST_CASE("who got in proves nothing any more once a rule is added that certainly stops the next one; silence alone takes nothing back") {
  for (const bool added : {false, true}) {
    Scene scene;
    const auto changed = scene.in(5s);
    scene.read_rules = [&] { return rules(added && scene.clock.now() >= changed ? filter::Action::drop : filter::Action::accept); };
    scene.network.arrives(segment(scene.in(1s), false, visitor, here, syn, 100, 0));
    scene.network.arrives(segment(scene.in(1001ms), true, here, visitor, syn_ack, 500, 101));
    scene.network.arrives(segment(scene.in(1040ms), false, visitor, here, ack, 101, 501));
    scene.network.arrives(segment(scene.in(6s), false, "203.0.112.7:40001", here, syn, 100, 0));
    const auto waited = scene.run({.service = https, .count = 2});
    const auto& outcome = waited.verdict.outcomes.front();
    CHECK(outcome.verdict.reachable == (added ? Reachable::no : Reachable::yes));
    CHECK((outcome.detail.find("Earlier in the watch visitors got in.") != std::string::npos) == added);
  }
}

TEST_CASE("rules that cannot be read again are said to be old") {
  Scene scene;
  scene.read_rules = [] { return failure(Errc::timed_out, "it took too long"); };
  scene.network.arrives(segment(scene.in(60s), false, visitor, here, syn, 100, 0));
  const auto waited = scene.run({.service = https, .count = 1});
  const auto& verdict = waited.verdict.outcomes.front();
  CHECK(verdict.verdict.confidence == Confidence::likely);
  CHECK(verdict.detail.find("as they stood when the watch began") != std::string::npos);
  CHECK(std::ranges::any_of(waited.verdict.notes, [](const auto& note) { return note.find("it took too long") != std::string::npos; }));
}

TEST_CASE("reading the rules takes no more than a tenth of the time, however many come") {
  Scene scene;
  unsigned readings = 0;
  scene.read_rules = [&] {
    ++readings;
    scene.clock.sleep_until(scene.clock.now() + 100ms);
    return rules(filter::Action::drop);
  };
  for (unsigned i = 0; i < 200; ++i)
    scene.network.arrives(segment(scene.in(i * 50ms), false, fmt::format("203.0.112.7:{}", 40000 + i).c_str(), here, syn, i, 0));
  scene.run({.service = https, .duration = 20s});
  CHECK(readings > 5);
  CHECK(readings < 22);
}

TEST_CASE("what does not count is told once of each kind, or each time") {
  for (const bool all : {false, true}) {
    Scene scene;
    for (unsigned i = 0; i < 5; ++i) scene.network.arrives(segment(scene.in(i * 100ms), false, neighbour, here, syn, i, 0));
    scene.run({.service = https, .duration = 2s, .tells_all = all});
    CHECK(scene.heard.passed_over.size() == (all ? 5 : 1));
  }
}
