/// Names that the home router, or a service beside it, keeps up to date by itself.
#include "advice.hpp"
#include "diagnosis/codes.hpp"
#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::build;
using Catch::Contains;

namespace {

inline const char* const of_router = "2a02:8070:1:2::1";

Evidence leading_to_router(const char* asked = "home.example.org") {
  auto e = plain_nat();
  native_ipv6(e);
  name(e, {public_ipv4}, {of_router});
  e.host->neighbours.push_back({.address = ip(of_router), .interface = "eth0", .mac = e.host->ipv6->gateway_mac});
  e.request.names = {asked};
  auto& about = e.dns->names[0];
  about.name = asked;
  for (auto& each : about.answers) each.question = std::string(asked) + ".";
  return e;
}

std::string advice_on_router(const Evidence& e) {
  const auto d = diagnose(e);
  const auto* f = found(d, "dns.aaaa-router");
  return f == nullptr ? "" : ringback::build::in_words(f->remedies);
}

}  // namespace

TEST_CASE("a router's own updates publish the router: the updater belongs on this host") {
  CHECK_THAT(advice_on_router(leading_to_router()),
             Contains(fmt::format("Set the AAAA record (the name's IPv6 address) of home.example.org to {}.", stable)) &&
                 Contains("A router's own DynDNS publishes the router's address: run the updater on this host instead.") && !Contains("FRITZ!Box"));
}

TEST_CASE("a FRITZ!Box can publish another host's address, and the ways to it are named") {
  const auto boxed = with(leading_to_router(), [](auto& e) { igd(e, public_ipv4).manufacturer = "AVM Berlin"; });
  CHECK_THAT(advice_on_router(boxed), Contains("publishes the box's address for <ip6addr>") && Contains("put <ip6lanprefix> into the update URL") &&
                                          Contains("MyFRITZ! name of this host") && !Contains("A router's own DynDNS"));
}

TEST_CASE("the box keeps a MyFRITZ! name, and no updater of this host is asked for") {
  const auto boxed = with(leading_to_router("x1y2.myfritz.net"), [](auto& e) { igd(e, public_ipv4).manufacturer = "AVM Berlin"; });
  CHECK_THAT(advice_on_router(boxed), Contains("once the box shares a port for it") && Contains("set its IPv6 interface ID to ::5054:ff:fe12:3456") &&
                                          !Contains("<ip6addr>") && !Contains("run the updater on this host"));
}
