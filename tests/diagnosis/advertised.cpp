#include "diagnosis/advertised.hpp"

#include "build.hpp"
#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::build;
using link::Advertisement;
using link::OfferedPrefix;

namespace {

constexpr auto our_prefix = "2a02:8070:1:2::/64", new_prefix = "2a02:8070:9:9::/64";

OfferedPrefix offer(const char* prefix, std::optional<unsigned> preferred = 3600U, std::optional<unsigned> valid = 7200U) {
  return {.prefix = Prefix::parse(prefix).value(), .on_link = true, .autonomous = true, .valid_s = valid, .preferred_s = preferred};
}

OfferedPrefix not_for_addresses(OfferedPrefix offered) {
  offered.autonomous = false;
  return offered;
}

Advertisement by_router(std::vector<OfferedPrefix> prefixes, const char* router = "fe80::1") {
  return {.router = ip(router), .router_lifetime_s = 1800, .prefixes = std::move(prefixes)};
}

Evidence hearing(std::vector<Advertisement> advertisements) {
  auto e = plain_nat();
  native_ipv6(e);
  e.link = link::Evidence{.interface = "eth0", .solicitations = 1, .advertisements = std::move(advertisements)};
  return e;
}

/// As the host makes it of an advertised prefix.
const InterfaceAddress made_of_prefix{.address = ip(stable), .prefix_length = 64, .manage_temporary = true, .valid_left = std::chrono::seconds(80000)};

std::string withdrawal(const Evidence& e, const InterfaceAddress& address = made_of_prefix) { return diagnosis::withdrawn_at(e, address, "eth0"); }

}  // namespace

TEST_CASE("an address is withdrawn where its prefix is taken back, or another one has taken its place") {
  struct Row {
    const char* heard;
    std::vector<Advertisement> advertisements;
    const char* withdrawn_at;
  };
  const auto row = GENERATE(values<Row>({
      {"its prefix", {by_router({offer(our_prefix)})}, ""},
      {"its prefix, for ever", {by_router({offer(our_prefix, std::nullopt, std::nullopt)})}, ""},
      {"its prefix, no longer to be used first", {by_router({offer(our_prefix, 0U)})}, "/evidence/link/advertisements/0/prefixes/0"},
      {"its prefix, over", {by_router({offer(our_prefix, 0U, 0U)})}, "/evidence/link/advertisements/0/prefixes/0"},
      {"taken back by one router, advertised by another", {by_router({offer(our_prefix, 0U)}), by_router({offer(our_prefix)}, "fe80::2")}, ""},
      {"a new one beside the old one that is over", {by_router({offer(new_prefix), offer(our_prefix, 0U)})}, "/evidence/link/advertisements/0/prefixes/1"},
      {"a new one in place of it", {by_router({offer(new_prefix)})}, "/evidence/link/advertisements/0/prefixes"},
      {"a new one that is over itself", {by_router({offer(new_prefix, 0U)})}, ""},
      {"a new one that no addresses are made of", {by_router({not_for_addresses(offer(new_prefix))})}, ""},
      {"one that the internet cannot route", {by_router({offer("fd00:1:2:3::/64")})}, ""},
      {"the prefix of a router that is not the way out", {by_router({offer(new_prefix)}, "fe80::7")}, ""},
      {"no prefix at all", {by_router({})}, ""},
      {"nothing", {}, ""},
  }));
  INFO(row.heard);
  CHECK(withdrawal(hearing(row.advertisements)) == row.withdrawn_at);
}

TEST_CASE("what nobody has to advertise is not withdrawn by silence") {
  const auto moved = hearing({by_router({offer(new_prefix)})});
  REQUIRE_FALSE(withdrawal(moved).empty());
  auto by_hand = made_of_prefix, by_dhcp = made_of_prefix, of_the_home = made_of_prefix, of_ipv4 = made_of_prefix;
  by_hand.valid_left.reset();
  by_dhcp.prefix_length = 128;
  of_the_home.address = ip("fd00:1:2:3::10");
  of_ipv4.address = ip("93.184.20.30");
  for (const auto& address : {by_hand, by_dhcp, of_the_home, of_ipv4}) CHECK(withdrawal(moved, address).empty());
  CHECK(withdrawal(with(moved, [](auto& e) { e.link->advertisements[0].managed = true; })).empty());
  CHECK(withdrawal(with(moved, [](auto& e) { e.link->interface = "wlan0"; })).empty());
  CHECK(withdrawal(with(moved, [](auto& e) { e.link.reset(); })).empty());
}

TEST_CASE("with two ways out the other one's prefix may be the one that was not heard") {
  const auto two = with(hearing({by_router({offer(new_prefix)})}), [](auto& e) {
    for (const char* gateway : {"fe80::1", "fe80::2"})
      e.host->routes.push_back({.destination = Prefix::parse("::/0").value(), .gateway = ip(gateway), .interface = "eth0"});
  });
  CHECK(withdrawal(two).empty());
  CHECK_FALSE(withdrawal(with(two, [](auto& e) { e.host->routes.pop_back(); })).empty());
}

TEST_CASE("of a report with very many advertisements the first ones are looked at") {
  std::vector<Advertisement> many(16, by_router({}));
  many.push_back(by_router({offer(our_prefix, 0U)}));
  CHECK(withdrawal(hearing(many)).empty());
  std::swap(many[0], many[16]);
  CHECK_FALSE(withdrawal(hearing(many)).empty());
}

TEST_CASE("a router that gives this host its address and no way out is told from one that has another network") {
  const auto heard_with = [](unsigned lifetime, const char* prefix, const char* interface) {
    auto e = hearing({by_router({offer(prefix)})});
    e.link->advertisements[0].router_lifetime_s = lifetime;
    e.link->interface = interface;
    return diagnosis::gives_address_but_no_way_out(e, diagnosis::gather_facts(e));
  };
  CHECK(heard_with(0, our_prefix, "eth0") == "/evidence/link/advertisements/0");
  CHECK(heard_with(1800, our_prefix, "eth0").empty());
  CHECK(heard_with(0, new_prefix, "eth0").empty());
  CHECK(heard_with(0, our_prefix, "wlan0").empty());
  const auto nobody = with(hearing({}), [](auto& e) { e.link.reset(); });
  CHECK(diagnosis::gives_address_but_no_way_out(nobody, diagnosis::gather_facts(nobody)).empty());
}

TEST_CASE("what routers offer is told from not having asked them") {
  struct Row {
    const char* heard;
    std::vector<Advertisement> advertisements;
    bool default_router, global_prefix;
  };
  auto no_way_out = by_router({offer("fd00:1:2:3::/64")}, "fe80::7");
  no_way_out.router_lifetime_s = 0;
  const Row rows[] = {{"nobody", {}, false, false},
                      {"a router with a prefix", {by_router({offer(our_prefix)})}, true, true},
                      {"a router with a prefix that is over", {by_router({offer(our_prefix, 0U)})}, true, false},
                      {"a border router of another network", {no_way_out}, false, false},
                      {"both", {no_way_out, by_router({offer(our_prefix)})}, true, true}};
  for (const auto& row : rows) {
    INFO(row.heard);
    const auto offered = diagnosis::advertised(hearing(row.advertisements), "eth0");
    CHECK(offered.asked);
    CHECK(offered.heard == !row.advertisements.empty());
    CHECK(offered.default_router == row.default_router);
    CHECK(offered.global_prefix == row.global_prefix);
    CHECK(offered.at.size() == row.advertisements.size());
  }
  CHECK_FALSE(diagnosis::advertised(hearing({by_router({offer(our_prefix)})}), "wlan0").heard);
  CHECK_FALSE(diagnosis::advertised(with(hearing({}), [](auto& e) { e.link->solicitations = 0; }), "eth0").asked);
}
