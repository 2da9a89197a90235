#include "build.hpp"
#include "diagnosis/pointers.hpp"
#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::build;
using Catch::Contains;

namespace {

/// The addresses that the internet can route, in place of the ones of native_ipv6().
Evidence having(std::vector<InterfaceAddress> addresses, const char* outgoing) {
  auto e = plain_nat();
  native_ipv6(e);
  std::erase_if(eth0(e).addresses, [](const auto& own) { return own.address == ip(stable) || own.address == ip(temporary); });
  for (auto& own : addresses) eth0(e).addresses.push_back(std::move(own));
  for (auto& lookup : e.host->lookups)
    if (lookup.source && lookup.source->is_v6()) lookup.source = ip(outgoing);
  return e;
}

const InterfaceAddress that_stays{.address = ip(stable), .prefix_length = 64, .valid_left = std::chrono::seconds(7200)};
const InterfaceAddress that_dies{.address = ip(temporary), .prefix_length = 64, .temporary = true, .valid_left = std::chrono::seconds(7200)};

InterfaceAddress deprecated(InterfaceAddress address) {
  address.deprecated = true;
  return address;
}

InterfaceAddress without_end(InterfaceAddress address) {
  address.valid_left.reset();
  return address;
}

std::string no_stable_of(const Evidence& e) {
  const auto d = diagnose(e);
  const auto* f = found(d, "address.no-stable-ipv6");
  return f == nullptr ? "" : fmt::format("{}: {}", to_string(f->confidence), f->detail);
}

}  // namespace

TEST_CASE("that no address stays is said with what each of them is") {
  CHECK(no_stable_of(having({that_dies}, temporary)) == fmt::format("certain: The global IPv6 addresses of this host: {} (temporary).", temporary));
  CHECK(no_stable_of(having({deprecated(that_stays), that_dies}, temporary)) ==
        fmt::format("certain: The global IPv6 addresses of this host: {} (deprecated, gone in 2 h), {} (temporary).", stable, temporary));
  const auto moved = with(having({that_stays, that_dies}, temporary), [](auto& e) {
    e.link = link::Evidence{.interface = "eth0", .solicitations = 1,
                            .advertisements = {{.router = ip("fe80::1"), .router_lifetime_s = 1800,
                                                .prefixes = {{.prefix = Prefix::parse("2a02:8070:1:2::/64").value(), .valid_s = 7200U, .preferred_s = 0U}}}}};
  });
  CHECK_THAT(no_stable_of(moved), Catch::StartsWith("likely: ") && Contains(std::string(stable) + " (of a prefix that the router advertises no more, gone in 2 h)"));
}

TEST_CASE("the end of an address that is no longer used is told in the unit that leaves a small number") {
  const std::pair<long, const char*> rows[] = {{-5, "gone in 0 s"}, {119, "gone in 119 s"}, {600, "gone in 10 min"}, {7200, "gone in 2 h"}, {172800, "gone in 2 days"}};
  for (const auto& [left, told] : rows) {
    auto own = deprecated(that_stays);
    own.valid_left = std::chrono::seconds(left);
    CHECK_THAT(no_stable_of(having({own, that_dies}, temporary)), Contains(fmt::format("{} (deprecated, {})", stable, told)));
  }
}

TEST_CASE("an address that stays is not denied") {
  CHECK(no_stable_of(having({that_stays, that_dies}, temporary)).empty());
  // It is only never chosen for outgoing connections, which some do on purpose.
  CHECK(no_stable_of(having({deprecated(without_end(that_stays)), that_dies}, temporary)).empty());
  // Duplicate address detection still runs.
  auto tried = that_stays;
  tried.tentative = true;
  CHECK(no_stable_of(having({tried, that_dies}, temporary)).empty());
  // Another machine has it.
  tried.tentative = false, tried.dad_failed = true;
  CHECK_THAT(no_stable_of(having({tried, that_dies}, temporary)), Contains(temporary) && !Contains(stable));
  CHECK(no_stable_of(having({}, temporary)).empty());   // no address is no address that dies
  CHECK(no_stable_of(with(having({that_dies}, temporary), [](auto& e) { e.request.families = {Family::ipv4}; })).empty());
}

TEST_CASE("a temporary address that outgoing connections use is told, with the one that stays") {
  const auto d = diagnose(having({that_stays, that_dies}, temporary));
  const auto* habit = found(d, "address.temporary-preferred");
  REQUIRE(habit);
  CHECK(habit->detail == fmt::format("Outgoing connections leave from {}, a temporary address; {} stays.", temporary, stable));
  CHECK(habit->severity == Severity::info);
  CHECK(habit->evidence.size() == 2);
  CHECK(d.connection.ipv6.publish_left == std::chrono::seconds(7200));
}

TEST_CASE("nobody is told to avoid a temporary address that nothing uses, or that has no better one beside it") {
  CHECK_FALSE(found(diagnose(having({that_stays, that_dies}, stable)), "address.temporary-preferred"));
  CHECK_FALSE(found(diagnose(having({that_stays}, stable)), "address.temporary-preferred"));
  CHECK_FALSE(found(diagnose(having({that_dies}, temporary)), "address.temporary-preferred"));
  CHECK_FALSE(found(diagnose(having({deprecated(that_stays), that_dies}, temporary)), "address.temporary-preferred"));
  CHECK_FALSE(found(diagnose(with(having({that_stays, that_dies}, temporary), [](auto& e) { e.host->lookups.clear(); })), "address.temporary-preferred"));
}

TEST_CASE("how long the address to publish is good for is known where it has an end") {
  CHECK(diagnose(having({that_stays}, stable)).connection.ipv6.publish_left == std::chrono::seconds(7200));
  CHECK_FALSE(diagnose(having({without_end(that_stays)}, stable)).connection.ipv6.publish_left);
  CHECK_FALSE(diagnose(having({that_dies}, temporary)).connection.ipv6.publish_left);
}
