#include "support/catch.hpp"

#include "visits.hpp"

using namespace ringback;
using namespace ringback::build;

namespace {

/// The knock over IPv6 did not arrive, and this is what the router says over UPnP, and did when a pinhole was tried.
Diagnosis behind(std::optional<router::Ipv6Firewall> firewall, std::optional<router::PinholeTrial> tried = std::nullopt,
                 const inbound::Knock& six = knock(Family::ipv6)) {
  auto e = dual();
  auto& box = igd(e, public_ipv4);
  box.ipv6_firewall = firewall;
  box.pinhole = std::move(tried);
  add(e, connected(Family::ipv4));
  add(e, six);
  return diagnose(e);
}

constexpr router::Ipv6Firewall forbids{.enabled = true, .pinhole_allowed = false};
constexpr router::Ipv6Firewall allows{.enabled = true, .pinhole_allowed = true};

}  // namespace

TEST_CASE("a router that says that pinholes are not allowed is said to say so, and how to open the port by hand") {
  const auto d = behind(forbids);
  const auto* f = found(d, "router.pinhole-forbidden");
  REQUIRE(f);
  CHECK(f->severity == Severity::info);
  CHECK(f->confidence == Confidence::certain);
  CHECK(f->subject.family == Family::ipv6);
  REQUIRE(f->evidence.size() == 1);
  CHECK_THAT(f->evidence[0], Catch::EndsWith("/igds/0/ipv6_firewall/pinhole_allowed"));
  CHECK_THAT(f->detail, Catch::Contains("does not let programs open ports"));
}

TEST_CASE("a pinhole that was tried and refused tells the same, with the router's error") {
  const auto d = behind(allows, router::PinholeTrial{.upnp_error = 703U, .closed = true});
  const auto* f = found(d, "router.pinhole-forbidden");
  REQUIRE(f);
  CHECK_THAT(f->detail, Catch::Contains("refused to open a port for this host: error 703."));
  REQUIRE(f->evidence.size() == 1);
  CHECK_THAT(f->evidence[0], Catch::EndsWith("/igds/0/pinhole/upnp_error"));
}

TEST_CASE("pinholes are not called forbidden where they are allowed, where nobody knows, or where nobody wants one") {
  CHECK_FALSE(found(behind(std::nullopt), "router.pinhole-forbidden"));
  CHECK_FALSE(found(behind(allows), "router.pinhole-forbidden"));
  CHECK_FALSE(found(behind(router::Ipv6Firewall{.enabled = false, .pinhole_allowed = false}), "router.pinhole-forbidden"));
  CHECK_FALSE(found(behind(allows, router::PinholeTrial{.unique_id = 17U, .closed = true}), "router.pinhole-forbidden"));
  // Asked by the wrong one, no space left, a fault of its own, no answer at all: none of them says that programs may not.
  for (const unsigned trouble : {501U, 606U, 701U, 702U, 708U})
    CHECK_FALSE(found(behind(allows, router::PinholeTrial{.upnp_error = trouble, .closed = true}), "router.pinhole-forbidden"));
  CHECK_FALSE(found(behind(allows, router::PinholeTrial{.error_description = "no answer"}), "router.pinhole-forbidden"));
  CHECK_FALSE(found(behind(forbids, std::nullopt, connected(Family::ipv6)), "router.pinhole-forbidden"));
}
