#include "probes/path/sizes.hpp"

#include <fmt/format.h>

#include "probes/path/household.hpp"
#include "wire/stun_binding.hpp"

using namespace ringback;
using namespace ringback::path;
using namespace ringback::test;
using namespace std::chrono_literals;

namespace {

unsigned size_of(const Sent& sent) { return static_cast<unsigned>(sent.payload.size()) + (sent.to.address.is_v4() ? 28 : 48); }

std::vector<test::Arrival> stun_answer(const Sent& sent, Duration after = 20ms) {
  const auto request = wire::stun::parse(sent.payload);
  if (!request) return {};   // towards a hop
  return {answer(sent, wire::stun::build_binding_success(request.value().transaction, endpoint("93.184.20.30", 4000)), after)};
}

/// What a way lets through; whoever narrows it may say so.
struct Narrow {
  unsigned bytes;
  bool says_so = false;
  std::vector<test::Arrival> operator()(const Sent& sent) const {
    if (size_of(sent) <= bytes) return stun_answer(sent);
    if (!says_so) return {};
    const bool v4 = sent.to.address.is_v4();
    auto error = icmp_error(sent, address(v4 ? "198.41.9.1" : "2a00:9::1"), v4 ? 3 : 2, v4 ? 4 : 0);
    std::get<io::IcmpError>(error.what).mtu = bytes;
    return {error};
  }
};

struct Line : Household {
  std::vector<Endpoint> servers{endpoint("8.8.8.1", 3478), endpoint("8.8.8.2", 3478)};
  Direction direction = Direction::out;
  Line() { network.host.interfaces = std::vector{Interface{.name = "eth0", .mtu = 1500}}; }
  std::vector<SizeTrial> measure(milliseconds limit = 10s) {
    began = clock.now();
    return measure_sizes(direction, leg, servers, world(), deadline(limit));
  }
};

const SizeTrial& of(const std::vector<SizeTrial>& trials, const Endpoint& server, unsigned size, std::optional<Ttl> ttl = std::nullopt) {
  for (const auto& trial : trials)
    if (trial.server == server && trial.size == size && trial.ttl == ttl) return trial;
  throw std::runtime_error(fmt::format("{} bytes to {} were not tried", size, server.to_string()));
}

}  // namespace

TEST_CASE("where a full-size packet is answered, one round trip is enough") {
  Line line;
  line.network.udp_anywhere(Narrow{1500});
  const auto trials = line.measure();
  CHECK(of(trials, line.servers[0], 1500).answered == 1);
  CHECK(line.elapsed() == 20ms);
  CHECK(line.network.opened.at(0).dont_fragment);
}

TEST_CASE("where large packets vanish, the largest that passes is found at two servers") {
  for (const auto family : {Family::ipv4, Family::ipv6}) {
    Line line;
    line.leg.family = family;
    if (family == Family::ipv6) line.servers = {endpoint("2a00::1", 3478), endpoint("2a00::2", 19302)};
    line.network.udp_anywhere(Narrow{1452});
    const auto trials = line.measure();
    for (const auto& server : line.servers) {
      CHECK(of(trials, server, 1500).sent == 6);
      CHECK(of(trials, server, 1500).answered == 0);
      CHECK_FALSE(of(trials, server, 1500).told);
      CHECK(of(trials, server, 1200).answered == 6);
      CHECK(of(trials, server, 1460).answered == 0);
      CHECK(of(trials, server, 1452).answered == 2);
    }
    CHECK(line.elapsed() <= 1500ms);
  }
}

TEST_CASE("where large packets vanish, the hops tell how far they get") {
  Line line;
  line.network.udp_anywhere([](const Sent& sent) {
    if (sent.hop_limit && size_of(sent) > 1400 && sent.hop_limit > 2) return std::vector<test::Arrival>{};
    if (sent.hop_limit) return Way{{"192.168.1.1", "198.41.9.1", "198.41.9.2"}}(sent);
    return Narrow{1400}(sent);
  });
  const auto trials = line.measure();
  for (const Ttl ttl : {Ttl{2}, Ttl{3}}) {
    CHECK(of(trials, line.servers[0], 1200, ttl).answered == 2);
    CHECK(of(trials, line.servers[0], 1500, ttl).sent == 2);
    CHECK(of(trials, line.servers[0], 1500, ttl).answered == (ttl == 2 ? 2 : 0));
  }
  CHECK(of(trials, line.servers[0], 1200, Ttl{4}).answered == 0);   // the server's own "port unreachable" is no hop's word
  CHECK(of(trials, line.servers[0], 1400).answered == 2);
}

TEST_CASE("where somebody says \"too big\", his word is followed and proven") {
  Line line;
  line.network.udp_anywhere(Narrow{1492, true});
  const auto trials = line.measure();
  CHECK(of(trials, line.servers[0], 1500).told == 1492);
  CHECK(of(trials, line.servers[0], 1492).answered == 1);
  CHECK(line.elapsed() < 100ms);
}

TEST_CASE("behind one who says so, the way may still swallow") {
  Line line;
  line.network.udp_anywhere([](const Sent& sent) { return size_of(sent) > 1492 ? Narrow{1492, true}(sent) : Narrow{1400}(sent); });
  const auto trials = line.measure();
  CHECK(of(trials, line.servers[0], 1492).sent == 6);
  CHECK(of(trials, line.servers[0], 1492).answered == 0);
  CHECK(of(trials, line.servers[0], 1400).answered == 2);
}

TEST_CASE("servers that answer nothing, or that are no STUN servers, teach nothing and cost a second") {
  Line line;
  line.network.udp(line.servers[0], [](const Sent& sent) { return std::vector{port_unreachable(sent)}; });
  const auto trials = line.measure();
  CHECK(of(trials, line.servers[0], 1500).sent == 1);
  CHECK(of(trials, line.servers[1], 1200).answered == 0);
  CHECK(trials.size() == 4);
  CHECK(line.elapsed() <= 1000ms);
}

TEST_CASE("answers with somebody else's number, or from somebody else, do not count") {
  Line line;
  line.network.udp_anywhere([](const Sent& sent) {
    const auto request = wire::stun::parse(sent.payload).value();
    auto number = request.transaction;
    number[0] ^= std::byte{1};
    return std::vector{answer(sent, wire::stun::build_binding_success(number, endpoint("93.184.20.30", 4000))),
                       answer_from(endpoint("8.8.8.9", 3478), wire::stun::build_binding_success(request.transaction, endpoint("93.184.20.30", 4000))),
                       answer(sent, io::Bytes(sent.payload))};
  });
  for (const auto& trial : line.measure()) CHECK(trial.answered == 0);
}

TEST_CASE("nothing is asked where the interface itself is narrow, without a port, or over the other family") {
  Line line;
  line.network.udp_anywhere(Narrow{1500});
  line.servers = {endpoint("8.8.8.1", 0), endpoint("2a00::1", 3478)};
  CHECK(line.measure().empty());
  line.servers = {endpoint("8.8.8.1", 3478)};
  line.network.host.interfaces = std::vector{Interface{.name = "eth0", .mtu = 1200}};
  CHECK(line.measure().empty());
  CHECK(line.network.sent.empty());
}

TEST_CASE("the deadline ends the measurement") {
  Line line;
  line.network.udp_anywhere(Narrow{1400});
  const auto trials = line.measure(300ms);
  CHECK(of(trials, line.servers[0], 1500).sent == 3);
  CHECK(line.elapsed() <= 300ms);
}

/// A server that fills its answers up where it is asked to (RFC 5780 §7.6), at the far end of a way that brings in up to `bytes`; where it
/// was told of a smaller one it leaves the filling out.
struct Filling {
  unsigned bytes;
  bool is_told = false;
  std::vector<test::Arrival> operator()(const Sent& sent) const {
    const auto request = wire::stun::parse(sent.payload).value();
    auto filled = wire::stun::build_binding_success(request.transaction, endpoint("93.184.20.30", 4000));
    if (size_of(sent) > bytes) return is_told ? std::vector{answer(sent, filled, 20ms)} : std::vector<test::Arrival>{};
    const auto bare = filled.size();
    filled.resize(sent.payload.size());
    wire::stun::fill_up(filled, bare);
    return {answer(sent, filled, 20ms)};
  }
};

TEST_CASE("the way in is measured by answers of the request's own size") {
  for (const auto family : {Family::ipv4, Family::ipv6}) {
    Line line;
    line.direction = Direction::in;
    line.leg.family = family;
    if (family == Family::ipv6) line.servers = {endpoint("2a00::1", 3478), endpoint("2a00::2", 19302)};
    line.network.udp_anywhere(Filling{1500});
    CHECK(of(line.measure(), line.servers[0], 1500).answered == 1);
    CHECK(line.elapsed() == 20ms);
    line.network.udp_anywhere(Filling{1452});
    const auto trials = line.measure();
    CHECK(of(trials, line.servers[1], 1500).sent == 6);
    CHECK(of(trials, line.servers[1], 1500).answered == 0);
    CHECK(of(trials, line.servers[1], 1452).answered == 2);
    CHECK(of(trials, line.servers[1], 1460).answered == 0);
    for (const auto& trial : trials) CHECK_FALSE(trial.ttl);
    CHECK(line.elapsed() <= 1500ms);
  }
}

TEST_CASE("a server that was told of a smaller way says so by its short answer") {
  Line line;
  line.direction = Direction::in;
  line.network.udp_anywhere(Filling{1452, true});
  const auto trials = line.measure();
  CHECK(of(trials, line.servers[0], 1500).answered == 0);
  CHECK(of(trials, line.servers[0], 1500).told == 28U + 32U);
}

TEST_CASE("a server that fills nothing up is left alone: with an error, with a short answer, or with silence") {
  Line line;
  line.direction = Direction::in;
  line.network.udp_anywhere(Narrow{1500});
  for (const auto& trial : line.measure()) CHECK(trial.answered == 0);
  CHECK(line.elapsed() <= 250ms);
  line.network.udp_anywhere([](const Sent& sent) {
    const auto request = wire::stun::parse(sent.payload).value();
    return std::vector{answer(sent, wire::stun::build_binding_error(request.transaction, 420, "", {0x0026}), 20ms)};
  });
  for (const auto& trial : line.measure()) CHECK(trial.answered == 0);
  CHECK(line.elapsed() <= 250ms);
  line.network.udp_anywhere([](const Sent& sent) {   // more than a packet, which came in fragments
    auto filled = Filling{1500}(sent);
    auto& datagram = std::get<io::Datagram>(filled.at(0).what);
    datagram.payload.resize(1532);
    wire::stun::cut_to(datagram.payload, datagram.payload.size());
    return filled;
  });
  for (const auto& trial : line.measure()) CHECK(trial.answered == 0);
  CHECK(line.elapsed() <= 250ms);
  line.network.udp_anywhere([](const Sent&) { return std::vector<test::Arrival>{}; });
  for (const auto& trial : line.measure()) CHECK(trial.answered == 0);
  CHECK(line.elapsed() <= 600ms);
}
