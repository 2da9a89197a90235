#include "report/details.hpp"
#include "support/catch.hpp"

using namespace ringback;
using Catch::Contains;
using Catch::EndsWith;
using std::chrono::seconds;

namespace {

Address address(const char* text) { return Address::parse(text).value(); }

const auto stays = address("2001:db8:1:2::10");
const auto dies = address("2001:db8:1:2:9c4e:1:2:3");

Ipv6Connection native() { return {.kind = Ipv6Kind::native, .stable_addresses = {stays}, .publish = stays, .outgoing = stays}; }

std::string said_of(const Ipv6Connection& ipv6) { return sentence(ipv6, 3); }

}  // namespace

TEST_CASE("which address a name should lead to is said with the reason why it stays") {
  struct Row {
    std::optional<IdentifierKind> kind;
    const char* why;
  };
  const auto row = GENERATE(values<Row>({
      {IdentifierKind::eui64, "because it stays: it is made from the hardware address"},
      {IdentifierKind::stable_opaque, "because it stays as long as the prefix does"},
      {IdentifierKind::dhcpv6, "because the router gives it to this host and to no other"},
      {IdentifierKind::token, "because it stays: its last half was chosen by hand"},
      {IdentifierKind::fixed, "because it stays: it was written by hand"},
      {IdentifierKind::unknown, "because it stays"},
      {std::nullopt, "because it stays"},
  }));
  auto ipv6 = native();
  ipv6.publish_kind = row.kind;
  CHECK_THAT(said_of(ipv6), EndsWith(std::string("; this host has 2001:db8:1:2::10; a name should lead to it, ") + row.why));
}

TEST_CASE("the end of the address that a name should lead to is said, in the unit that leaves a small number") {
  struct Row {
    seconds left;
    const char* roughly;
  };
  const auto row = GENERATE(values<Row>({{seconds(-5), "0 s"},
                                         {seconds(0), "0 s"},
                                         {seconds(119), "119 s"},
                                         {seconds(120), "2 min"},
                                         {seconds(1800), "30 min"},
                                         {seconds(7199), "119 min"},
                                         {seconds(7200), "2 h"},
                                         {seconds(2 * 86400 - 1), "47 h"},
                                         {seconds(2 * 86400), "2 days"},
                                         {seconds(0xfffffffe), "49710 days"}}));
  auto ipv6 = native();
  ipv6.publish_left = row.left;
  CHECK_THAT(said_of(ipv6), EndsWith(std::string("because it stays (the router has to renew it within ") + row.roughly + ")"));
}

TEST_CASE("an address without an end is not said to have one") { CHECK_THAT(said_of(native()), !Contains("renew")); }

TEST_CASE("where outgoing connections use another address, both are told apart, and no list repeats them") {
  auto ipv6 = native();
  ipv6.publish_kind = IdentifierKind::eui64;
  ipv6.temporary_addresses = {dies};
  ipv6.outgoing = dies;
  ipv6.outgoing_left = seconds(10800);
  const auto said = said_of(ipv6);
  CHECK_THAT(said, EndsWith("; a name should lead to 2001:db8:1:2::10, because it stays: it is made from the hardware address; outgoing connections use "
                            "2001:db8:1:2:9c4e:1:2:3, which is temporary: another takes its place, and it is gone within days, in 3 h already where the router does not renew it"));
  CHECK_THAT(said, !Contains("this host has"));
  ipv6.outgoing_left.reset();
  CHECK_THAT(said_of(ipv6), EndsWith("which is temporary"));
  ipv6.stable_addresses.push_back(address("2001:db8:1:2::443"));
  ipv6.outgoing = address("2001:db8:1:2::443");
  CHECK_THAT(said_of(ipv6), Contains("this host has 2001:db8:1:2::10, 2001:db8:1:2::443;") && Contains("temporary addresses") &&
                                EndsWith("outgoing connections use 2001:db8:1:2::443"));
}

TEST_CASE("an address is named again where others stand between it and what is said of it") {
  auto ipv6 = native();
  ipv6.temporary_addresses = {dies};
  CHECK_THAT(said_of(ipv6), EndsWith("2001:db8:1:2:9c4e:1:2:3; a name should lead to 2001:db8:1:2::10, because it stays"));
  ipv6 = native();
  ipv6.stable_addresses.push_back(address("2001:db8:1:2::443"));
  CHECK_THAT(said_of(ipv6), EndsWith("; a name should lead to 2001:db8:1:2::10, because it stays"));
}

TEST_CASE("what outgoing connections use need not be known") {
  auto ipv6 = native();
  ipv6.outgoing.reset();
  CHECK_THAT(said_of(ipv6), EndsWith("; a name should lead to it, because it stays"));
}

TEST_CASE("without an address that stays nothing is said of what a name should lead to") {
  auto ipv6 = native();
  ipv6.publish.reset();
  ipv6.stable_addresses.clear();
  ipv6.temporary_addresses = {dies};
  ipv6.outgoing = dies;
  CHECK_THAT(said_of(ipv6), !Contains("a name should lead to"));
}
