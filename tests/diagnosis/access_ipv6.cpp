/// What kind of IPv6 a household has, and what its router advertises.
#include "build.hpp"
#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::build;
using Catch::Contains;

TEST_CASE("the kind of IPv6 follows from the addresses and from what answers") {
  const auto kind = [](const std::function<void(Evidence&)>& change) { return std::string(to_string(diagnose(with(plain_nat(), change)).connection.ipv6.kind)); };
  CHECK(kind([](auto&) {}) == "none");  // link-local alone, and no router offers more
  CHECK(kind([](auto& e) { native_ipv6(e); }) == "native");
  CHECK(kind([](auto& e) { native_ipv6(e, false); }) == "broken");
  CHECK(kind([](auto& e) { eth0(e).addresses.pop_back(); }) == "none");
  CHECK(kind([](auto& e) { native_ipv6(e), e.stun.reset(); }) == "unknown");
  CHECK(kind([](auto& e) {
          eth0(e).addresses.push_back({.address = ip("fd00:1::10"), .prefix_length = 64});
        }) == "local-only");
  const auto answers_to = [](Evidence& e, const char* own) {
    for (const auto* server : {"2001:4860:4864:5:8000::1", "2a01:4f8:1:2::7"}) ask_stun(e, server, own, own);
  };
  CHECK(kind([&](auto& e) {
          eth0(e).addresses.push_back({.address = ip("2002:5db8:141e::10"), .prefix_length = 64});
          answers_to(e, "[2002:5db8:141e::10]:5");
        }) == "tunnel");
  CHECK(kind([](auto& e) {
          eth0(e).addresses.push_back({.address = ip("2002:5db8:141e::10"), .prefix_length = 64});
        }) == "unknown");   // whether it is broken was not tried
  CHECK(kind([&](auto& e) {
          e.host->interfaces.push_back({.index = 3, .name = "he", .kind = "sit", .mtu = 1480, .up = true, .tunnel = true,
                                        .addresses = {{.address = ip("2001:470:1:2::2"), .prefix_length = 64}}});
          e.host->ipv6 = host::Uplink{.interface = "eth0", .default_interface = "he", .through_tunnel = true};
          answers_to(e, "[2001:470:1:2::2]:5");
        }) == "tunnel");
  CHECK(kind([&](auto& e) {
          e.host->interfaces.push_back({.index = 3, .name = "teredo", .kind = "tun", .mtu = 1280, .up = true, .tunnel = true,
                                        .addresses = {{.address = ip("2001:0:4136:e378:8000:63bf:3fff:fdd2"), .prefix_length = 32}}});
          e.host->ipv6 = host::Uplink{.interface = "eth0", .default_interface = "teredo", .through_tunnel = true};
          answers_to(e, "[2001:0:4136:e378:8000:63bf:3fff:fdd2]:5");
        }) == "tunnel");
  CHECK(kind([](auto& e) { e.host.reset(); }) == "unknown");
  const auto with_local = [](Evidence& e, unsigned silent) {
    native_ipv6(e, false);
    for (auto& own : eth0(e).addresses)
      if (own.address == ip(stable) || own.address == ip(temporary)) own.address = ip(own.temporary ? "fd00:1::20" : "fd00:1::10");
    std::erase_if(e.stun->observations, [](const auto& o) { return o.server.address.is_v6(); });
    for (unsigned i = 0; i < silent; ++i) ask_stun(e, i == 0 ? "2001:4860:4864:5:8000::1" : "2a01:4f8:1:2::7", "[fd00:1::10]:5", std::nullopt);
  };
  CHECK(kind([&](auto& e) { with_local(e, 2); }) == "local-only");
  CHECK(kind([&](auto& e) { with_local(e, 1); }) == "unknown");   // what translates addresses shows by answers alone
  CHECK(kind([&](auto& e) {
          with_local(e, 0);
          e.web->observations.push_back({.kind = web::Kind::connectivity, .url = "http://connectivity.example/", .family = Family::ipv6,
                                         .server = at("[2a01:4f8:1:2::7]:80"), .local = at("[fd00:1::10]:5"), .status = 204, .as_expected = true});
        }) == "native");
  CHECK(kind([](auto& e) {
          native_ipv6(e, false);
          eth0(e).addresses.push_back({.address = ip("2a02:9:9:9::10"), .prefix_length = 64});
        }) == "unknown");   // of several prefixes one alone may be dead
}

TEST_CASE("a translator of prefixes leaves ports as they are, one of addresses does not") {
  const auto translated = [](const char* outside, bool changes_ports) {
    auto e = plain_nat();
    eth0(e).addresses.push_back({.address = ip("fd00:1:2:3::10"), .prefix_length = 64});
    e.host->ipv6 = host::Uplink{.interface = "eth0", .gateway = ip("fe80::1"), .default_interface = "eth0"};
    for (unsigned i = 0; i < 2; ++i) {
      const auto local = fmt::format("[fd00:1:2:3::10]:{}", 50003), mapped = fmt::format("[{}]:{}", outside, changes_ports ? 41000 + i : 50003U);
      ask_stun(e, i == 0 ? "2001:4860:4864:5:8000::1" : "2a01:4f8:1:2::7", local.c_str(), mapped.c_str());
    }
    const auto d = diagnose(e);
    CHECK(to_string(d.connection.ipv6.kind) == "native");
    return fmt::format("{}", fmt::join(d.connection.because, "\n"));
  };
  CHECK_THAT(translated("2a02:8070:1:2::10", false), Contains("NPTv6"));
  CHECK_THAT(translated("2a02:8070:1:2::10", true), Contains("NAT66") && Contains("at another port each time"));
  CHECK_THAT(translated("2a02:8070:1:1::77:1:9", false), Contains("NAT66") && !Contains("another port"));
}

TEST_CASE("an address whose prefix the router advertises no more is not one that stays") {
  const auto advertising = [](const std::vector<link::OfferedPrefix>& prefixes, bool managed = false) {
    auto e = plain_nat();
    native_ipv6(e);
    for (auto& address : eth0(e).addresses)
      if (address.address == ip(stable)) address.valid_left = std::chrono::seconds(80000);
    name(e, {public_ipv4}, {stable});
    e.link = link::Evidence{.interface = "eth0", .solicitations = 1,
                            .advertisements = {{.router = ip("fe80::1"), .router_lifetime_s = 1800, .managed = managed, .prefixes = prefixes}}};
    for (auto& o : e.stun->observations)   // from the stable address nobody outside is reached
      if (o.mapped && o.mapped->address == ip(stable)) o.mapped.reset();
    return e;
  };
  const auto offered = [](const char* prefix, std::optional<unsigned> preferred = 3600U) {
    return link::OfferedPrefix{.prefix = Prefix::parse(prefix).value(), .on_link = true, .autonomous = true, .valid_s = 7200U, .preferred_s = preferred};
  };
  const auto stays = [](const Evidence& e) { return !diagnose(e).connection.ipv6.stable_addresses.empty(); };
  const auto moved = advertising({offered("2a02:8070:9:9::/64")});
  CHECK_FALSE(stays(moved));
  CHECK(found(diagnose(moved), "dns.aaaa-old-prefix")->confidence == Confidence::likely);
  CHECK(stays(advertising({offered("2a02:8070:1:2::/64")})));
  CHECK(stays(advertising({offered("2a02:8070:9:9::/64"), offered("2a02:8070:1:2::/64")})));
  CHECK_FALSE(stays(advertising({offered("2a02:8070:1:2::/64", 0U)})));            // taken back (RFC 4861 §6.2.5)
  CHECK(stays(advertising({})));                                                    // the router says nothing of prefixes
  CHECK(stays(advertising({offered("fd00:1::/64")})));                              // nothing has taken its place
  CHECK(stays(advertising({offered("2a02:8070:9:9::/64")}, true)));                 // addresses by DHCPv6
  CHECK(stays(with(moved, [](auto& e) { for (auto& a : eth0(e).addresses) a.valid_left.reset(); })));   // written by hand
  CHECK(stays(with(moved, [](auto& e) { e.link->interface = "eth1"; })));
  CHECK(stays(with(moved, [](auto& e) { e.link->advertisements[0].router = ip("fe80::2"); })));         // another router's prefix
  CHECK(stays(with(moved, [](auto& e) { ask_stun(e, "2a01:9::1", fmt::format("[{}]:5", stable).c_str(), fmt::format("[{}]:5", stable).c_str()); })));
  CHECK(stays(with(moved, [](auto& e) { add(e, connected(Family::ipv6)); })));                          // somebody came to it
}

TEST_CASE("a router that offers no way out is no fault of this host's") {
  const auto heard = [](std::vector<link::Advertisement> advertisements) {
    auto e = plain_nat();
    native_ipv6(e, false);
    e.host->ipv6.reset();
    e.link = link::Evidence{.interface = "eth0", .solicitations = 3, .advertisements = std::move(advertisements)};
    return diagnose(e);
  };
  const link::OfferedPrefix ours{.prefix = Prefix::parse("2a02:8070:1:2::/64").value(), .on_link = true, .autonomous = true, .valid_s = 7200U, .preferred_s = 3600U};
  const auto mute = heard({{.router = ip("fe80::1"), .router_lifetime_s = 0, .prefixes = {ours}}});
  CHECK(mute.connection.ipv6.kind == Ipv6Kind::broken);
  CHECK_FALSE(fmt::format("{}", fmt::join(mute.connection.because, "\n")).find("no default router") == std::string::npos);
  for (const auto& remedy : found(mute, "ipv6.broken")->remedies) CHECK(remedy.title != "Get the way to the IPv6 internet (the default route) back");
  // A border router of another network on this link (Thread) is not where the address came from.
  CHECK(found(heard({{.router = ip("fe80::7"), .router_lifetime_s = 0}}), "ipv6.broken")->remedies.at(0).title == "Get the way to the IPv6 internet (the default route) back");
  const auto ignored = heard({{.router = ip("fe80::1"), .router_lifetime_s = 1800}});
  CHECK(found(ignored, "ipv6.broken")->remedies.at(0).title == "Get the way to the IPv6 internet (the default route) back");
}
