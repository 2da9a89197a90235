#include "probes/link/link.hpp"

#include "support/catch.hpp"
#include "support/scripted_network.hpp"
#include "wire/reader.hpp"

using namespace ringback;
using namespace ringback::test;
using namespace std::chrono_literals;
using wire::Writer;

namespace {

Address address(const char* text) { return Address::parse(text).value(); }
const auto router_address = address("fe80::1");
const auto own_ipv4 = address("192.168.1.20");

io::Bytes ipv6(const Address& source, const Address& destination, std::uint8_t protocol, Ttl hop_limit, const io::Bytes& payload) {
  Writer writer;
  writer.u32(0x60000000).u16(static_cast<std::uint16_t>(payload.size())).u8(protocol).u8(static_cast<std::uint8_t>(hop_limit));
  return writer.address(source).address(destination).bytes(payload).take();
}

io::Bytes ipv4(const Address& source, const Address& destination, const io::Bytes& payload) {
  Writer writer;
  writer.u16(0x4500).u16(static_cast<std::uint16_t>(20 + payload.size())).u32(0).u8(64).u8(17).u16(0).address(source).address(destination);
  return writer.bytes(payload).take();
}

io::Bytes udp(Port from, Port to, const io::Bytes& payload) {
  return Writer().u16(from).u16(to).u16(static_cast<std::uint16_t>(8 + payload.size())).u16(0).bytes(payload).take();
}

io::Bytes advertisement(std::uint16_t lifetime) {
  Writer writer;
  writer.u8(134).u8(0).u16(0).u8(64).u8(0xC0).u16(lifetime).u64(0);
  writer.u8(3).u8(4).u8(64).u8(0xC0).u32(0xFFFFFFFF).u32(3600).u32(0).address(address("2a00:1:2:3::"));
  writer.u8(25).u8(3).u16(0).u32(1800).address(address("2a00:1:2:3::53"));
  writer.u8(38).u8(2).u16(1800).u64(0x0064ff9b00000000).u32(0);
  return writer.take();
}

/// The transaction is the request's own, or another client's.
io::Bytes acknowledgement(std::uint32_t transaction) {
  Writer writer;
  writer.u8(2).u8(1).u8(6).u8(0).u32(transaction).zeros(228).u32(0x63825363).u8(53).u8(1).u8(5).u8(108).u8(4).u32(300).u8(255);
  return writer.take();
}

io::Bytes reply(std::uint32_t transaction) {
  return Writer().u32(0x07000000 | transaction).u16(64).u16(6).u8(4).text("aftr").u8(0).take();
}

std::uint32_t number_at(const io::Bytes& bytes, std::size_t at) { return wire::Reader(std::span(bytes).subspan(at)).u32(); }

struct House {
  FakeClock clock;
  ScriptedNetwork network{clock};
  ScriptedRandom random;
  Instant start = clock.now();
  LinkPlan plan{"eth0", own_ipv4, MacAddress{{2, 0, 0, 0, 0, 1}}, true};

  void sees(io::Bytes bytes, Duration after, bool outgoing = false) {
    network.arrives({.at = clock.now() + after, .outgoing = outgoing, .interface = "eth0", .bytes = std::move(bytes)});
  }
  void give_router(std::uint16_t lifetime = 1800, const Address& source = router_address, Ttl hop_limit = 255) {
    network.routers = [=, this](const std::string& interface) -> Expected<void> {
      CHECK(interface == "eth0");
      sees(ipv6(source, address("ff02::1"), 58, hop_limit, advertisement(lifetime)), 3ms);
      return {};
    };
  }
  void give_dhcp(std::uint32_t other_transaction = 0) {
    network.udp_anywhere([=, this](const Sent& sent) {
      if (sent.to.port == 67) {
        const auto transaction = number_at(sent.payload, 4) + other_transaction;
        sees(ipv4(address("192.168.1.1"), own_ipv4, udp(67, 68, acknowledgement(transaction))), 2ms);
      } else if (sent.to.port == 547) {
        const auto transaction = (number_at(sent.payload, 0) + other_transaction) & 0xFFFFFF;
        sees(ipv6(router_address, address("fe80::2"), 17, 64, udp(547, 546, reply(transaction))), 2ms);
      }
      return std::vector<Arrival>{};
    });
  }
  Expected<link::Evidence> ask(Duration within = 10s) { return link::observe(plan, {network, clock, random}, {start + within}); }
  Duration elapsed() const { return clock.now() - start; }
};

}  // namespace

TEST_CASE("what routers and DHCP servers of the link offer is read, and ends the probe") {
  House house;
  house.give_router();
  house.give_dhcp();
  const auto seen = house.ask().value();
  REQUIRE(seen.advertisements.size() == 1);
  CHECK(seen.advertisements[0].router == router_address);
  CHECK(seen.advertisements[0].router_lifetime_s == 1800);
  CHECK(seen.advertisements[0].managed);
  CHECK(seen.advertisements[0].other_configuration);
  REQUIRE(seen.advertisements[0].prefixes.size() == 1);
  CHECK(seen.advertisements[0].prefixes[0].on_link);
  CHECK(seen.advertisements[0].prefixes[0].autonomous);
  CHECK_FALSE(seen.advertisements[0].prefixes[0].valid_s);   // forever
  CHECK(seen.advertisements[0].prefixes[0].preferred_s == 3600U);
  REQUIRE(seen.advertisements[0].resolvers.size() == 1);
  CHECK(seen.advertisements[0].resolvers[0] == address("2a00:1:2:3::53"));
  REQUIRE(seen.advertisements[0].nat64.size() == 1);
  REQUIRE(seen.dhcpv4.size() == 1);
  CHECK(seen.dhcpv4[0].ipv6_only_wait_s == 300U);
  REQUIRE(seen.dhcpv6.size() == 1);
  CHECK(seen.dhcpv6[0].aftr_name == "aftr.");
  CHECK(seen.rejected.empty());
  CHECK(seen.troubles.empty());
  CHECK(house.elapsed() < 10ms);
}

TEST_CASE("every question stays on the link, and no port of a DHCP client is taken") {
  House house;
  CHECK(house.ask());
  CHECK(house.network.opened.size() == 2);
  for (const auto& options : house.network.opened) {
    CHECK(options.interface == "eth0");
    CHECK((!options.local || options.local->port == 0));
  }
  for (const auto& sent : house.network.sent) CHECK((sent.to.address == address("255.255.255.255") || sent.to.address == address("ff02::1:2")));
}

TEST_CASE("a silent link is left after three questions each") {
  House house;
  const auto seen = house.ask().value();
  CHECK(seen.solicitations == 3);
  CHECK(seen.dhcpv4_requests == 3);
  CHECK(seen.dhcpv6_requests == 3);
  CHECK(seen.advertisements.empty());
  CHECK(house.elapsed() == 600ms);
  House advertised;
  advertised.give_router();
  CHECK(advertised.ask().value().solicitations == 1);
  CHECK(advertised.elapsed() == 400ms);
}

TEST_CASE("the deadline comes first") {
  House house;
  CHECK(house.ask(100ms).value().solicitations == 1);
  CHECK(house.elapsed() == 100ms);
}

TEST_CASE("advertisements from elsewhere are not believed, and named") {
  for (const auto& [source, hop_limit] : {std::pair{address("2a00:1::1"), Ttl{255}}, std::pair{router_address, Ttl{254}}}) {
    House house;
    house.give_router(1800, source, hop_limit);
    const auto seen = house.ask().value();
    CHECK(seen.advertisements.empty());
    REQUIRE(seen.rejected.size() == 1);
    CHECK(seen.rejected[0].find("not from this link") != std::string::npos);
  }
}

TEST_CASE("what servers say to others is not for us") {
  House house;
  house.give_dhcp(1);
  const auto seen = house.ask().value();
  CHECK(seen.dhcpv4.empty());
  CHECK(seen.dhcpv6.empty());
  CHECK(seen.rejected.empty());
}

TEST_CASE("the last word of a router counts") {
  House house;
  house.network.routers = [&](const std::string&) -> Expected<void> {
    for (const std::uint16_t lifetime : {std::uint16_t{1800}, std::uint16_t{0}})
      house.sees(ipv6(router_address, address("ff02::1"), 58, 255, advertisement(lifetime)), 3ms);
    return {};
  };
  const auto seen = house.ask().value();
  REQUIRE(seen.advertisements.size() == 1);
  CHECK(seen.advertisements[0].router_lifetime_s == 0);
}

TEST_CASE("a flood ends it, and its lists stay short") {
  House house;
  for (std::uint16_t i = 0; i < 2000; ++i) {
    house.sees(ipv6(Address::from_bytes(std::array<std::uint8_t, 16>{0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, static_cast<std::uint8_t>(i >> 8),
                                                                     static_cast<std::uint8_t>(i)}),
                    address("ff02::1"), 58, 255, advertisement(1)), 1ms);
  }
  const auto seen = house.ask().value();
  CHECK(seen.advertisements.size() == 8);
  CHECK(house.elapsed() < 500ms);
}

TEST_CASE("without the privilege the probe cannot work; without one of the questions the others are asked") {
  House house;
  house.network.refuse_capture = [](const auto&) { return Error{Errc::not_permitted, "capture: not permitted"}; };
  CHECK(house.ask().error().code == Errc::not_permitted);
  House mute;
  mute.network.routers = [](const std::string&) -> Expected<void> { return failure(Errc::not_permitted, "solicit: not permitted"); };
  mute.give_dhcp();
  const auto seen = mute.ask().value();
  CHECK(seen.solicitations == 0);
  CHECK(seen.troubles == std::vector<std::string>{"solicit: not permitted"});
  CHECK(seen.dhcpv4.size() == 1);
}

TEST_CASE("over one family alone the other's servers are not asked") {
  House house;
  house.plan.ipv6 = false;
  const auto seen = house.ask().value();
  CHECK(seen.solicitations == 0);
  CHECK(seen.dhcpv6_requests == 0);
  House six;
  six.plan.ipv4.reset();
  CHECK(six.ask().value().dhcpv4_requests == 0);
}
