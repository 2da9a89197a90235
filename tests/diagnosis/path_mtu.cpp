#include "support/catch.hpp"

#include "advice.hpp"
#include "diagnosis/path_mtu.hpp"

using namespace ringback;
using namespace ringback::build;
using Catch::Contains;

namespace {

struct Tried {
  const char* server;
  unsigned size, sent, answered;
  std::optional<unsigned> told = {};
  std::optional<Ttl> ttl = {};
};

constexpr const char* one = "74.125.250.129:3478";
constexpr const char* two = "77.72.169.210:3478";

/// 443/tcp is reached over IPv4 by a visitor who takes segments of `mss` bytes.
Evidence reached(const std::vector<Tried>& trials, std::optional<unsigned> mss = 1460) {
  auto e = plain_nat();
  for (const auto& t : trials)
    e.path->ipv4.sizes.push_back(
        {.server = at(t.server), .ttl = t.ttl, .size = t.size, .sent = t.sent, .answered = t.answered, .told = t.told});
  auto k = connected(Family::ipv4);
  k.arrivals[0].mss = mss;
  add(e, k);
  return e;
}

const std::vector<Tried> swallowing{{one, 1500, 6, 0}, {one, 1200, 6, 6}, {two, 1500, 6, 0}, {two, 1200, 6, 6},
                                    {one, 1452, 2, 0}, {one, 1400, 2, 2}, {two, 1452, 2, 0}, {two, 1400, 2, 2}};

/// What hops say besides: up to `small` they answer small packets, up to `large` large ones.
std::vector<Tried> and_hops(Ttl small, Ttl large) {
  auto tried = swallowing;
  for (Ttl ttl = 2; ttl <= 8; ++ttl) {
    tried.push_back({one, 1200, 2, ttl <= small ? 2U : 0U, {}, ttl});
    tried.push_back({one, 1500, 2, ttl <= large ? 2U : 0U, {}, ttl});
  }
  return tried;
}

std::string said(const Evidence& e) {
  const auto d = diagnose(e);
  const auto* f = found(d, "inbound.mtu-blackhole");
  return f ? fmt::format("{} {}", to_string(f->severity), to_string(f->confidence)) : "nothing";
}

}  // namespace

TEST_CASE("a black hole is what two servers show, nobody announces and visitors run into") {
  struct Row {
    const char* what;
    std::vector<Tried> trials;
    std::optional<unsigned> mss;
    const char* said;
  };
  const Row rows[] = {
      {"large packets vanish behind the second hop", and_hops(4, 2), 1460, "error certain"},
      {"large packets vanish in the home", and_hops(4, 0), 1460, "error certain"},
      {"every hop that answers gets the large ones, and only the servers do not answer them", and_hops(4, 4), 1460, "nothing"},
      {"no hop answers", and_hops(0, 0), 1460, "error likely"},
      {"the router lowers the segments (MSS clamping)", swallowing, 1360, "nothing"},
      {"segments that just do not pass", swallowing, 1361, "error likely"},
      {"what visitors ask for was not seen", swallowing, {}, "info possible"},
      {"full-size packets pass", {{one, 1500, 1, 1}, {one, 1200, 1, 1}, {two, 1500, 1, 0}, {two, 1200, 1, 0}}, 1460, "nothing"},
      {"a router says that they are too big",
       {{one, 1500, 1, 0, 1492}, {one, 1492, 1, 1}, {one, 1200, 1, 1}, {two, 1500, 1, 0, 1492}},
       1460,
       "nothing"},
      {"one server alone does not answer large requests",
       {{one, 1500, 6, 0}, {one, 1200, 6, 6}, {two, 1500, 6, 0}, {two, 1200, 6, 0}},
       1460,
       "nothing"},
      {"two servers dislike different sizes",
       {{one, 1500, 6, 0}, {one, 1200, 6, 6}, {one, 1280, 2, 0}, {two, 1500, 6, 0}, {two, 1452, 2, 2}, {two, 1200, 6, 6}},
       1460,
       "nothing"},
      {"the same server on two ports",
       {{one, 1500, 6, 0}, {one, 1200, 6, 6}, {"74.125.250.129:19302", 1500, 6, 0}, {"74.125.250.129:19302", 1200, 6, 6}},
       1460,
       "nothing"},
      {"a path that loses half of everything",
       {{one, 1500, 6, 0}, {one, 1200, 6, 3}, {two, 1500, 6, 0}, {two, 1200, 6, 3}},
       1460,
       "nothing"},
      {"asked once", {{one, 1500, 1, 0}, {one, 1200, 1, 1}, {two, 1500, 1, 0}, {two, 1200, 1, 1}}, 1460, "nothing"},
      {"narrow beyond belief", {{one, 1500, 9, 0}, {one, 100, 9, 9}, {two, 1500, 9, 0}, {two, 100, 9, 9}}, 1460, "nothing"},
      {"before the search", {{one, 1500, 6, 0}, {one, 1200, 6, 6}, {two, 1500, 6, 0}, {two, 1200, 6, 6}}, 1460, "error likely"},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    CHECK(said(reached(row.trials, row.mss)) == row.said);
  }
}

TEST_CASE("what does not come in is told from what does not get out") {
  const auto inward = [](const std::vector<Tried>& out, const std::vector<Tried>& in, std::optional<unsigned> mss = 1460) {
    auto e = reached(out, mss);
    std::vector<path::SizeTrial> sizes;
    std::swap(sizes, e.path->ipv4.sizes);
    e = reached(in, mss);
    e.path->ipv4.answer_sizes = std::move(e.path->ipv4.sizes);
    e.path->ipv4.sizes = std::move(sizes);
    return e;
  };
  const std::vector<Tried> passing{{one, 1500, 1, 1}, {one, 1200, 1, 1}};
  CHECK(said(inward(passing, swallowing)) == "info possible");   // what visitors are told to send is not seen here
  CHECK_THAT(found(diagnose(inward(passing, swallowing)), "inbound.mtu-blackhole")->detail, Contains("up to 1400 bytes come in") && Contains("of 1452 bytes"));
  CHECK(said(inward(passing, passing)) == "nothing");
  CHECK(said(inward(passing, swallowing, 1360)) == "info possible");
  CHECK(said(inward({}, swallowing)) == "nothing");                               // whether such requests get out was not seen
  CHECK(said(inward({{one, 1400, 1, 1}}, swallowing)) == "nothing");              // they do not
  CHECK(said(inward(passing, {swallowing[0], swallowing[1]})) == "info possible");   // one server, whose own line may be narrow
  CHECK(said(inward(passing, {{one, 1500, 6, 0, 60}, {one, 1200, 6, 6}, {two, 1500, 6, 0, 60}, {two, 1200, 6, 6}})) == "nothing");   // they were told
}

TEST_CASE("a black hole matters to what is served over TCP and can be reached") {
  CHECK(said(with(reached(swallowing), [](auto& e) { e.inbound->knocks[0] = knock(Family::ipv4); })) == "nothing");
  CHECK(said(with(reached(swallowing), [](auto& e) { e.request.services_named = false; })) == "info likely");
  CHECK(said(with(reached(swallowing), [](auto& e) { e.path->ipv4.mtu = 1400; })) ==
        "nothing");  // the kernel knows, so it sends no larger ones
  auto six = with(reached(swallowing), [](auto& e) { std::swap(e.path->ipv4.sizes, e.path->ipv6.sizes); });
  CHECK(said(six) == "nothing");
}

TEST_CASE("the advice for a black hole has the size that passes, in the words of the network manager") {
  const auto words = [](host::Manager manager, const std::function<void(Evidence&)>& change = [](auto&) {}) {
    auto e = reached(swallowing);
    e.host->system.manager = manager;
    change(e);
    const auto d = diagnose(e);
    return in_words(found(d, "inbound.mtu-blackhole")->remedies);
  };
  CHECK_THAT(words(host::Manager::network_manager), Contains("802-3-ethernet.mtu 1400"));
  CHECK_THAT(words(host::Manager::systemd_networkd), Contains("MTUBytes=1400"));
  CHECK_THAT(words(host::Manager::dhcpcd), Contains("static mtu=1400"));
  CHECK_THAT(words(host::Manager::ifupdown), Contains("post-up ip link set dev eth0 mtu 1400"));
  CHECK_THAT(words(host::Manager::netplan), Contains("mtu: 1400"));
  CHECK_THAT(words(host::Manager::unknown), Contains("sudo ip link set dev eth0 mtu 1400") &&
                                                Contains("write 1360 for IPv4 and 1340 for IPv6") && Contains("tcp_mtu_probing=1"));
  // Less than IPv6 needs would switch it off on this interface (RFC 8200 §5).
  const auto narrow = [](auto& e) {
    for (auto& trial : e.path->ipv4.sizes)
      if (trial.size == 1400) trial.answered = 0;
  };
  CHECK_THAT(words(host::Manager::unknown, narrow), !Contains("ip link set") && Contains("1200 is the largest"));
}
