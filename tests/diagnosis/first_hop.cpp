/// Who stands at the first hop, and that no home router is spoken of where there is none.
#include "support/catch.hpp"

#include "advice.hpp"

using namespace ringback;
using namespace ringback::build;
using Catch::Contains;

namespace {

/// A host that is the carrier's customer itself, by this interface and address; the carrier translates.
Evidence straight_at_carrier(Interface interface, const char* gateway) {
  auto e = home();
  const auto own = interface.addresses[0].address;
  e.host->interfaces[1] = std::move(interface);
  e.host->ipv4 = host::Uplink{.interface = eth0(e).name, .gateway = ip(gateway), .default_interface = eth0(e).name};
  e.host->lookups = {{.destination = ip("8.8.8.8"), .source = own, .gateway = ip(gateway), .interface = eth0(e).name}};
  ask_stun(e, "74.125.250.129", (own.to_string() + ":50001").c_str(), "93.184.20.30:40001");
  ask_stun(e, "77.72.169.210", (own.to_string() + ":50002").c_str(), "93.184.20.30:40002");
  return e;
}

Evidence mobile_modem() {
  return straight_at_carrier({.index = 2, .name = "wwan0", .kind = "wwan", .mtu = 1500, .up = true,
                              .addresses = {{.address = ip("10.64.3.4"), .prefix_length = 30}}}, "10.64.3.5");
}

Evidence modem_in_shared_range() {
  return straight_at_carrier({.index = 2, .name = "eth0", .mac = mac("52:54:00:12:34:56"), .mtu = 1500, .up = true,
                              .addresses = {{.address = ip("100.66.1.2"), .prefix_length = 24}}}, "100.66.1.1");
}

/// Rented, or with PPPoE of its own.
Evidence public_host() {
  return straight_at_carrier({.index = 2, .name = "eth0", .mac = mac("52:54:00:12:34:56"), .mtu = 1500, .up = true,
                              .addresses = {{.address = ip(public_ipv4), .prefix_length = 24}}}, "93.184.20.1");
}

std::string because_of(const Evidence& e) { return fmt::format("{}", fmt::join(diagnose(e).connection.because, "\n")); }

/// All that a reader gets to see.
std::string every_sentence(const Diagnosis& d) {
  auto result = fmt::format("{}\n", fmt::join(d.connection.because, "\n"));
  for (const auto& f : d.findings) result += fmt::format("{}\n{}\n{}\n", f.title, f.detail, in_words(f.remedies));
  return result;
}

}  // namespace

TEST_CASE("whose the public address is, is told by who stands at the hop where it answers") {
  const auto told = [](Evidence e, unsigned hop) {
    owned_at(e, hop);
    return because_of(e);
  };
  auto behind_router = home();
  seen_as(behind_router);
  CHECK_THAT(told(behind_router, 1), Contains("answers at the first hop: the home router owns it."));
  CHECK_THAT(told(behind_router, 2), Contains("answers at hop 2 (router number 2 on the way), beyond the home router: it is not the home router's."));

  const auto foreign_range = with(behind_router, [](auto& e) {
    eth0(e).addresses[0].address = ip(other_ipv4);
    e.host->ipv4->gateway = ip("93.184.99.1");
  });
  CHECK_THAT(told(foreign_range, 1), Contains("this host's gateway owns it.") && Contains("This host's gateway has the public IPv4 address itself"));
  CHECK_THAT(told(foreign_range, 1), !Contains("home router"));
  CHECK_THAT(told(foreign_range, 2), Contains("beyond this host's gateway"));
  // What speaks as home routers do is one, wherever its network is numbered.
  CHECK_THAT(told(with(foreign_range, [](auto& e) { nat_pmp(e, public_ipv4); }), 1), Contains("the home router owns it."));

  for (const unsigned hop : {1U, 2U, 3U})
    for (const auto& e : {mobile_modem(), modem_in_shared_range()}) CHECK_THAT(told(e, hop), Contains("so it is the provider's."));
}

TEST_CASE("a line that ends in this host is known by its link, which has no hardware addresses") {
  const auto ends_here = [](const Evidence& e) { return diagnosis::line_ends_here(e, diagnosis::gather_facts(e)); };
  CHECK(ends_here(mobile_modem()));
  CHECK(ends_here(with(mobile_modem(), [](auto& e) { eth0(e).kind = "ppp", eth0(e).tunnel = true; })));   // a modem's, which is not told from a VPN's
  CHECK(ends_here(with(mobile_modem(), [](auto& e) { eth0(e).kind = ""; })));
  CHECK_FALSE(ends_here(home()));
  CHECK_FALSE(ends_here(public_host()));
  CHECK_FALSE(ends_here(with(mobile_modem(), [](auto& e) { eth0(e).kind = "lowpan"; })));
  CHECK_FALSE(ends_here(Evidence{}));
  auto clat = home();   // the inner side of a translator has none either, and says nothing: the cable does
  native_ipv6(clat);
  clat.host->interfaces.push_back({.index = 3, .name = "clat", .kind = "tun", .up = true, .tunnel = true,
                                   .addresses = {{.address = ip("192.0.0.1"), .prefix_length = 32}}});
  clat.host->ipv4 = host::Uplink{.interface = "clat", .default_interface = "clat", .through_tunnel = true};
  CHECK_FALSE(ends_here(clat));
}

TEST_CASE("a modem's private address is the carrier's: nothing at home translates, and no forward helps") {
  for (const auto owner : {0U, 1U, 2U, 3U}) {
    INFO(owner);
    const auto d = diagnose(with(mobile_modem(), [&](auto& e) {
      if (owner > 0) owned_at(e, owner);
      way_out(e, {"10.64.0.1", "192.168.99.1"});
      add(e, knock(Family::ipv4));
    }));
    CHECK(to_string(d.connection.ipv4.kind) == "cgnat");
    CHECK(d.connection.confidence == Confidence::likely);
    CHECK(d.connection.ipv4.nat_layers == 1U);
    CHECK(shown(verdict(d, Family::ipv4)) == "no provider ipv4.cgnat likely");
  }
}

TEST_CASE("where no home router stands, none is to be restarted, opened or blamed") {
  const auto both = [](Evidence e, inbound::Result six) {
    native_ipv6(e);
    e.host->ipv6->interface = e.host->ipv6->default_interface = e.inbound->capture.interface = eth0(e).name;
    auto k = knock(Family::ipv6);
    k.result = six;
    add(e, knock(Family::ipv4)), add(e, k);
    return e;
  };
  const std::vector<Evidence> cases{mobile_modem(), modem_in_shared_range(), public_host(), both(mobile_modem(), inbound::Result::timeout),
                                    both(modem_in_shared_range(), inbound::Result::refused), both(public_host(), inbound::Result::unreachable),
                                    with(mobile_modem(), [](auto& e) { native_ipv6(e, false), e.host->ipv6->interface = "wwan0"; })};
  for (const auto& e : cases) {
    const auto all = every_sentence(diagnose(e));
    INFO(all);
    CHECK_THAT(all, !Contains("the home router", Catch::CaseSensitive::No));
    CHECK_FALSE(diagnosis::has_home_router(judged(e)));
  }
  // Behind one it is named.
  auto behind = plain_nat();
  add(behind, knock(Family::ipv4));
  CHECK_THAT(every_sentence(diagnose(behind)), Contains("the home router"));
  CHECK(diagnosis::has_home_router(judged(behind)));
}
