/// Whoever runs a vantage point says where it knocks from. Which of what he says is asked whether it gets here?
#include "net/prefix.hpp"
#include "probes/inbound/knocker.hpp"
#include "support/catch.hpp"
#include "support/scripted_network.hpp"
#include "support/shared_clock.hpp"

using namespace ringback;
using namespace ringback::inbound;
using namespace ringback::test;
using namespace std::chrono_literals;

namespace {

Address address(const char* text) { return Address::parse(text).value(); }

struct Row {
  const char* what;
  const char* server;
  const char* knocker;
  bool asked;
};

constexpr Row rows[] = {
    {"the server itself", "185.10.20.29", "185.10.20.29", true},
    {"its second address", "185.10.20.29", "185.10.20.30", true},
    {"another network", "185.10.20.29", "185.10.21.30", false},
    {"the LAN", "185.10.20.29", "192.168.1.1", false},
    {"the router's other side", "185.10.20.29", "93.184.20.30", false},
    {"this host", "185.10.20.29", "127.0.0.1", false},
    {"the carrier's network", "185.10.20.29", "100.64.0.1", false},
    {"the other family", "185.10.20.29", "2a01:4f8:1::30", false},
    {"a server in the LAN, itself", "192.168.1.7", "192.168.1.7", true},
    {"a server in the LAN, a neighbour", "192.168.1.7", "192.168.1.1", false},
    {"a server next door, a neighbour of ours", "198.41.7.9", "198.41.7.8", false},
    {"its second IPv6 address", "2a01:4f8:1::29", "2a01:4f8:1:9::30", true},
    {"another /48", "2a01:4f8:1::29", "2a01:4f8:2::30", false},
    {"a link-local one", "2a01:4f8:1::29", "fe80::1", false},
    {"a unique local one", "2a01:4f8:1::29", "fd00::1", false},
    {"our own link", "2003:db:1:1::29", "2003:db:1:2::1", false},
    {"another link of this home, by a neighbour of the same carrier", "2003:db:1:ffff::29", "2003:db:1:3::1", false},
    {"6to4, its own", "2002:b90a:141d::1", "2002:b90a:141d::2", true},
    {"6to4 of a private address", "2002:b90a:141d::1", "2002:c0a8:101::1", false},
    {"6to4 of a private address, said by another server", "2a01:4f8:1::29", "2002:a00:1::1", false},
    {"a translator, the IPv4 /24", "64:ff9b::b90a:141d", "64:ff9b::b90a:141e", true},
    {"a translator, another IPv4 network", "64:ff9b::b90a:141d", "64:ff9b::b90a:151e", false},
    {"a translator, a private address", "64:ff9b::b90a:141d", "64:ff9b::c0a8:101", false},
    {"a carrier's own translator, a private address", "2a01:4f8:1:64::b90a:141d", "2a01:4f8:1:64::c0a8:101", false},
    {"Teredo, a private address turned over", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:0:4136:e378:8000:63bf:3f57:fefe", false},
    {"Teredo, somebody else of the same relay", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:0:4136:e378:8000:63bf:3fff:fdd3", false},
    {"IPv4 in IPv6's clothes", "2a01:4f8:1::29", "::ffff:192.168.1.1", false},
    {"how it sees us", "93.184.20.29", "93.184.20.30", false},
};

Vantage vantage_at(const char* server) {
  const auto at = address(server);
  Vantage vantage{.url = "http://vantage", .family = at.family(), .server = Endpoint{at, 8370}};
  vantage.local = at.is_v4() ? address("192.168.1.10") : address("2003:db:1:2::10");
  vantage.seen_as = at.is_v4() ? address("93.184.20.30") : address("2003:db:1:2::10");
  return vantage;
}

Interface eth0() {
  const auto on = [](const char* text, unsigned length) { return InterfaceAddress{.address = address(text), .prefix_length = length}; };
  return {.name = "eth0", .addresses = {on("192.168.1.10", 24), on("198.41.7.10", 24), on("2003:db:1:2::10", 64)}};
}

}  // namespace

TEST_CASE("an address is asked because a vantage point names it only where it is the vantage point's own") {
  const std::vector<Prefix> links{Prefix(address("192.168.1.10"), 24), Prefix(address("198.41.7.10"), 24),
                                  Prefix(address("2003:db:1:2::10"), 64)};
  for (const auto& row : rows) {
    INFO(row.what);
    CHECK(may_be_asked(address(row.knocker), vantage_at(row.server), links) == row.asked);
  }
}

TEST_CASE("nobody else is sent a packet") {
  for (const auto& row : rows) {
    INFO(row.what);
    const auto vantage = vantage_at(row.server);
    SharedClock clock;
    ScriptedNetwork network{clock};
    ScriptedRandom random;
    network.host.interfaces = std::vector<Interface>{eth0()};
    const Knock knock{.vantage = vantage.url, .id = "k0", .source = Endpoint{address(row.knocker), 40123}, .result = Result::timeout};
    const Leg leg{.family = vantage.family, .interface = "eth0"};
    const auto answers = knocker_answers(vantage, {knock}, leg, {network, clock, random}, {clock.now() + 10s});
    CHECK(network.connected.size() == (row.asked ? 1 : 0));
    CHECK(answers.has_value() == row.asked);
  }
}
