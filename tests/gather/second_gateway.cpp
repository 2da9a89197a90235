/// Which hop behind the home router is asked whether it is a router of the household as well.
#include "gather/household.hpp"
#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::test;

namespace {

/// Behind the home router comes `second`, and beyond it all is silent. It is asked NAT-PMP, like any gateway.
bool is_asked(const char* second, const std::function<void(Household&)>& change = [](auto&) {}) {
  Household home;
  home.options.third_party = true;
  home.network.udp_anywhere([hop = ip(second)](const Sent& sent) -> std::vector<Arrival> {
    if (!sent.hop_limit || *sent.hop_limit > 2) return {};
    return {icmp_error(sent, *sent.hop_limit == 1 ? test::router : hop, 11, 0, 2ms)};
  });
  change(home);
  home.run();
  return std::ranges::any_of(home.network.sent, [&](const Sent& sent) { return sent.to == Endpoint{ip(second), 5351}; });
}

}  // namespace

TEST_CASE("a private hop behind the home router is asked what it is, and no other address of the internet's") {
  CHECK(is_asked("192.168.178.1"));
  CHECK(is_asked("10.20.0.1"));
  CHECK_FALSE(is_asked("84.132.0.1"));
  CHECK_FALSE(is_asked("192.0.0.1"));
}

TEST_CASE("a hop in the carriers' range is asked where it may be at home, and where others than the home may be asked") {
  const char* hop = "100.70.0.1";
  CHECK(is_asked(hop));
  CHECK_FALSE(is_asked(hop, [](auto& home) { home.options.third_party = false; }));
  // This host is the carrier's own customer.
  CHECK_FALSE(is_asked(hop, [](auto& home) { home.network.host.default_ipv4->source = ip("100.66.1.2"); }));
  // An overlay network has taken the range: somebody else's machine would answer.
  CHECK_FALSE(is_asked(hop, [&](auto& home) {
    home.network.host.lookups[ip(hop)] = RouteLookup{.source = ip("100.101.102.103"), .interface = "tailscale0"};
  }));
}
