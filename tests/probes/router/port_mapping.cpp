#include "probes/router/house.hpp"
#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::test;
using router::Reply;

TEST_CASE("the two protocols of port 5351 are asked one after the other where the first is answered") {
  House house;
  house.give_miniupnpd();
  house.ask();
  std::vector<Sent> asked;
  for (const auto& sent : house.network.sent)
    if (sent.to == port_mapping) asked.push_back(sent);
  REQUIRE(asked.size() == 2);
  CHECK(asked[0].payload == io::Bytes(2));
  CHECK(asked[1].payload.size() == 24);
  CHECK(asked[1].at - asked[0].at >= 2ms);
  CHECK(asked[1].at - asked[0].at <= 4ms);
}

TEST_CASE("a closed port refuses both protocols at once") {
  House house;
  house.network.udp(port_mapping, closed);
  const auto seen = house.ask();
  CHECK(seen.nat_pmp.reply == Reply::refused);
  CHECK(seen.pcp.reply == Reply::refused);
  CHECK(std::ranges::count(house.network.sent, port_mapping, &Sent::to) == 1);
}

TEST_CASE("what comes back on port 5351 is told apart") {
  using wire::Writer;
  struct Row {
    const char* what;
    UdpPeer peer;
    Reply nat_pmp, pcp;
    std::optional<unsigned> nat_pmp_version, nat_pmp_result, pcp_version, pcp_result;
    const char* rejected;   ///< part of the first rejection of NAT-PMP; null: none
  };
  const auto bytes = [](io::Bytes payload) { return [=](const Sent& sent) { return std::vector{answer(sent, payload, 1ms)}; }; };
  const Row rows[] = {
      {"a carrier-grade address: the router is not connected", [](const Sent& sent) {
         return std::vector{answer(sent, fixture(is_nat_pmp(sent) ? "nat_pmp/miniupnpd-address-network-failure.bin" : "pcp/miniupnpd-announce.bin"))};
       }, Reply::answered, Reply::answered, 0, 3, 2, 0, nullptr},
      {"PCP alone: version 2 says that version 0 is not known", bytes(Writer().u8(2).u8(128).u8(0).u8(1).u32(0).u32(5).zeros(12).take()),
       Reply::answered, Reply::answered, 2, 1, 2, 1, nullptr},
      {"NAT-PMP alone", [](const Sent& sent) {
         if (is_nat_pmp(sent)) return std::vector{answer(sent, fixture("nat_pmp/miniupnpd-address.bin"))};
         return std::vector{answer(sent, Writer().u8(0).u8(128).u16(1).u32(77).take())};
       }, Reply::answered, Reply::answered, 0, 0, 0, 1, nullptr},
      {"only NAT-PMP answers at all", [](const Sent& sent) { return is_nat_pmp(sent) ? miniupnpd(sent) : silent(sent); },
       Reply::answered, Reply::silent, 0, 0, {}, {}, nullptr},
      {"only PCP answers at all", [](const Sent& sent) { return is_nat_pmp(sent) ? silent(sent) : miniupnpd(sent); },
       Reply::silent, Reply::answered, {}, {}, 2, 0, nullptr},
      {"garbage", bytes(io::Bytes(1)), Reply::malformed, Reply::malformed, {}, {}, {}, {}, "1 bytes are too few"},
      {"an echo", [](const Sent& sent) { return std::vector{answer(sent, sent.payload)}; }, Reply::malformed, Reply::malformed, {}, {}, {}, {}, "2 bytes"},
      {"an answer to something else", bytes(Writer().u8(0).u8(129).u16(0).u32(0).u16(1).u16(1).u32(0).take()), Reply::malformed, Reply::malformed, {}, {}, {}, {},
       "an answer to opcode 1"},
      {"a stranger's answer", [](const Sent&) {
         return std::vector{answer_from({address("192.168.178.66"), 5351}, fixture("nat_pmp/miniupnpd-address.bin"), 1ms)};
       }, Reply::silent, Reply::silent, {}, {}, {}, {}, "from 192.168.178.66:5351, which was not asked"},
      {"another port of the gateway", [](const Sent&) {
         return std::vector{answer_from({gateway, 5350}, fixture("nat_pmp/miniupnpd-address.bin"), 1ms)};
       }, Reply::silent, Reply::silent, {}, {}, {}, {}, "from 192.168.178.1:5350"},
      {"an unreachable that the gateway did not send", [](const Sent& sent) { return std::vector{icmp_error(sent, address("10.9.9.9"), 3, 3, 1ms)}; },
       Reply::silent, Reply::silent, {}, {}, {}, {}, "ICMP type 3 code 3 from 10.9.9.9"},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    House house;
    house.network.udp(port_mapping, row.peer);
    const auto seen = house.ask();
    CHECK(seen.nat_pmp.reply == row.nat_pmp);
    CHECK(seen.pcp.reply == row.pcp);
    CHECK(seen.nat_pmp.version == row.nat_pmp_version);
    CHECK(seen.nat_pmp.result_code == row.nat_pmp_result);
    CHECK(seen.pcp.version == row.pcp_version);
    CHECK(seen.pcp.result_code == row.pcp_result);
    CHECK(seen.nat_pmp.rejected.empty() == (row.rejected == nullptr));
    if (row.rejected && !seen.nat_pmp.rejected.empty()) CHECK(seen.nat_pmp.rejected[0].find(row.rejected) != std::string::npos);
    CHECK(seen.nat_pmp.rejected.size() <= 8);
    CHECK(house.elapsed() <= 900ms);
  }
}

TEST_CASE("an unusable external address is kept as it came") {
  House house;
  house.network.udp(port_mapping, [](const Sent& sent) { return std::vector{answer(sent, wire::Writer().u8(0).u8(128).u16(0).u32(1).u32(0).take())}; });
  CHECK(house.ask().nat_pmp.external_address == Address{});
}
