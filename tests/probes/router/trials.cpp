/// What is opened on a router for a moment, and closed again whatever happens.
#include "probes/router/trials.hpp"

#include "probes/router/house.hpp"
#include "support/catch.hpp"
#include "wire/pcp.hpp"

using namespace ringback;
using namespace ringback::test;
using router::Reply;
namespace pcp = ringback::wire::pcp;
using wire::Writer;

namespace {

constexpr Port port = 41000;

struct Asked {
  std::uint8_t opcode = 0;
  std::uint32_t lifetime = 0;
  io::Bytes nonce;
};

Asked asked(const Sent& sent) {
  wire::Reader reader(sent.payload);
  Asked result;
  reader.skip(1);
  result.opcode = reader.u8();
  reader.skip(2);
  result.lifetime = reader.u32();
  reader.skip(16);
  const auto nonce = reader.bytes(12);
  result.nonce.assign(nonce.begin(), nonce.end());
  return result;
}

io::Bytes map_answer(const io::Bytes& nonce, std::uint8_t result, std::uint32_t lifetime) {
  Writer writer;
  writer.u8(2).u8(0x81).u8(0).u8(result).u32(lifetime).u32(77).zeros(12).bytes(nonce).u8(6).zeros(3).u16(port).u16(port + 1);
  return writer.zeros(10).u16(0xFFFF).address(address("85.214.10.20")).take();
}

/// A PCP server that grants, or answers with this result.
UdpPeer pcp_server(std::uint8_t result = pcp::success) {
  return [=](const Sent& sent) {
    const auto question = asked(sent);
    return std::vector{answer(sent, map_answer(question.nonce, result, question.lifetime), 2ms)};
  };
}

std::optional<router::MappingTrial> attempt(House& house, Duration within = 10s) {
  return router::try_mapping(gateway, house.leg, port, {house.network, house.clock, house.random}, {house.start + within});
}

}  // namespace

TEST_CASE("a mapping tells the external address, is short, and is closed with the nonce that opened it") {
  House house;
  house.network.udp(port_mapping, pcp_server());
  const auto trial = attempt(house).value();
  CHECK(trial.exchange.reply == Reply::answered);
  CHECK(trial.exchange.result_code == 0U);
  CHECK(trial.exchange.external_address == address("85.214.10.20"));
  CHECK(trial.external_port == port + 1);
  CHECK(trial.internal_port == port);
  CHECK(trial.closed);
  REQUIRE(house.network.sent.size() == 2);
  const auto opened = asked(house.network.sent[0]), closed = asked(house.network.sent[1]);
  CHECK(opened.lifetime == router::trial_lifetime_s);
  CHECK(closed.lifetime == 0);
  CHECK(opened.nonce == closed.nonce);
  REQUIRE(house.network.last_words.size() == 1);   // what would have been said, had the user interrupted
  CHECK(house.network.last_words[0].bytes == house.network.sent[1].payload);
  CHECK(house.network.last_words[0].to == port_mapping);
  CHECK(house.network.last_words[0].local == address("192.168.178.50"));
}

TEST_CASE("a translator before the PCP server shows itself: ADDRESS_MISMATCH") {
  House house;
  house.network.udp(port_mapping, pcp_server(pcp::address_mismatch));
  const auto trial = attempt(house).value();
  CHECK(trial.exchange.result_code == 12U);
  CHECK_FALSE(trial.exchange.external_address);
  CHECK(trial.closed);                          // nothing was opened
  CHECK(house.network.sent.size() == 1);
}

TEST_CASE("where the answer got lost the mapping is closed all the same, for it may be there") {
  House house;
  const auto trial = attempt(house).value();
  CHECK(trial.exchange.reply == Reply::silent);
  CHECK_FALSE(trial.closed);
  CHECK(std::ranges::count_if(house.network.sent, [](const Sent& sent) { return asked(sent).lifetime == 0; }) == 3);
}

TEST_CASE("an answer with somebody else's nonce is not ours") {
  House house;
  house.network.udp(port_mapping, [](const Sent& sent) { return std::vector{answer(sent, map_answer(io::Bytes(12), 0, 120), 2ms)}; });
  const auto trial = attempt(house).value();
  CHECK(trial.exchange.reply == Reply::silent);
  CHECK_FALSE(trial.exchange.external_address);
}

TEST_CASE("nothing is opened that there is no time to close") {
  House house;
  house.network.udp(port_mapping, pcp_server());
  CHECK_FALSE(attempt(house, 1s));
  CHECK(house.network.sent.empty());
}

TEST_CASE("the anycast address is asked who translates, and changes nothing") {
  const Endpoint anycast{pcp::anycast_ipv4, pcp::server_port};
  House house;
  house.network.udp(anycast, [](const Sent& sent) { return std::vector{answer(sent, Writer().u8(2).u8(0x80).u16(0).u32(0).u32(1234).zeros(12).take(), 5ms)}; });
  const auto heard = router::ask_anycast(house.leg, {house.network, house.clock, house.random}, {house.start + 10s});
  CHECK(heard.reply == Reply::answered);
  CHECK(heard.epoch_s == 1234U);
  CHECK(asked(house.network.sent.at(0)).opcode == pcp::announce);
  House silent;
  CHECK(router::ask_anycast(silent.leg, {silent.network, silent.clock, silent.random}, {silent.start + 10s}).reply == Reply::silent);
  CHECK(silent.elapsed() <= 500ms);
  House unreachable;
  unreachable.network.udp(anycast, [](const Sent& sent) { return std::vector{icmp_error(sent, gateway, 3, 0)}; });
  CHECK(router::ask_anycast(unreachable.leg, {unreachable.network, unreachable.clock, unreachable.random}, {unreachable.start + 10s}).reply == Reply::silent);
  CHECK(unreachable.network.sent.size() == 1);   // nobody is there to be asked again
}

TEST_CASE("without leave nothing is opened on a router that speaks everything") {
  House house;
  house.give_miniupnpd();
  const auto seen = house.ask();
  CHECK_FALSE(seen.pcp_map);
  CHECK_FALSE(seen.igds.at(0).pinhole);
  for (const auto& request : house.network.requests) CHECK(request.body.find("AddPinhole") == std::string::npos);
  CHECK(house.network.last_words.empty());
}

TEST_CASE("with leave a pinhole is opened and closed, and an error is kept with its number") {
  House house;
  house.give_miniupnpd();
  const MomentaryOpening opening{port, address("2a00:1:2:3::5")};
  const auto look = [&] { return router::observe_gateway(gateway, 1, house.leg, {house.network, house.clock, house.random}, {house.start + 20s}, opening); };
  SECTION("granted") {
    house.actions.emplace("AddPinhole", http_ok(soap("AddPinhole", "<UniqueID>17</UniqueID>")));
    house.actions.emplace("DeletePinhole", http_ok(soap("DeletePinhole", "")));
    const auto pinhole = look().igds.at(0).pinhole.value();
    CHECK(pinhole.unique_id == 17U);
    CHECK(pinhole.closed);
    REQUIRE_FALSE(house.network.last_words.empty());
    const auto& words = house.network.last_words.front().bytes;
    const std::string text(reinterpret_cast<const char*>(words.data()), words.size());
    CHECK(text.find("<UniqueID>17</UniqueID>") != std::string::npos);
    CHECK(text.starts_with("POST "));
  }
  SECTION("refused") {
    house.actions.emplace("AddPinhole", http_status(500, fault(606)));
    const auto pinhole = look().igds.at(0).pinhole.value();
    CHECK(pinhole.upnp_error == 606U);
    CHECK(pinhole.closed);
    for (const auto& request : house.network.requests) CHECK(request.body.find("DeletePinhole") == std::string::npos);
  }
}

TEST_CASE("a FRITZ!Box is asked what it knows of its line's IPv6") {
  House house;
  house.network.udp(search, device("http://192.168.178.1:49000/igddesc.xml"));
  house.network.http("http://192.168.178.1:49000/igddesc.xml", [](const auto&) { return http_ok(fixture_text("wire/igd/fritzbox-description.xml"), "text/xml"); });
  house.network.http("http://192.168.178.1:49000/", [&](const io::HttpRequest& request) { return request.method == "POST" ? house.control(request) : http_status(404); });
  house.network.http("http://192.168.178.1:49000/igddesc.xml", [](const auto&) { return http_ok(fixture_text("wire/igd/fritzbox-description.xml"), "text/xml"); });
  house.actions.emplace("X_AVM_DE_GetExternalIPv6Address",
                        http_ok(soap("X_AVM_DE_GetExternalIPv6Address", "<NewExternalIPv6Address>2a02:810d::1</NewExternalIPv6Address><NewPrefixLength>64</NewPrefixLength>")));
  house.actions.emplace("X_AVM_DE_GetIPv6Prefix",
                        http_ok(soap("X_AVM_DE_GetIPv6Prefix", "<NewIPv6Prefix>2a02:810d:0:1::</NewIPv6Prefix><NewPrefixLength>62</NewPrefixLength>"
                                                               "<NewValidLifetime>7200</NewValidLifetime><NewPreferedLifetime>3600</NewPreferedLifetime>")));
  const auto seen = house.ask();
  REQUIRE_FALSE(seen.igds.empty());
  const auto avm = seen.igds[0].avm.value();
  CHECK(avm.external_address == "2a02:810d::1");
  CHECK(avm.prefix == "2a02:810d:0:1::");
  CHECK(avm.prefix_length == 62U);
  CHECK(avm.valid_s == 7200U);
  CHECK(avm.preferred_s == 3600U);
}
