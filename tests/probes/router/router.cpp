#include "probes/router/router.hpp"

#include "support/catch.hpp"
#include "support/fixture.hpp"
#include "support/scripted_network.hpp"
#include "wire/reader.hpp"
#include "wire/ssdp.hpp"

using namespace ringback;
using namespace ringback::test;
using namespace std::chrono_literals;
using router::Reply;

namespace {

Address address(const char* text) { return Address::parse(text).value(); }
const auto gateway = address("192.168.178.1");
const Endpoint port_mapping{gateway, 5351};
const Endpoint search{gateway, 1900};
const Endpoint multicast{wire::ssdp::multicast_group, 1900};

bool is_nat_pmp(const Sent& sent) { return sent.payload[0] == std::byte{0}; }
io::Bytes fixture(const char* name) { return fixture_bytes(std::string("wire/") + name); }

/// What miniupnpd answers on port 5351.
std::vector<Arrival> miniupnpd(const Sent& sent) {
  return {answer(sent, fixture(is_nat_pmp(sent) ? "nat_pmp/miniupnpd-address.bin" : "pcp/miniupnpd-announce.bin"), 2ms)};
}
std::vector<Arrival> silent(const Sent&) { return {}; }
std::vector<Arrival> closed(const Sent& sent) { return {port_unreachable(sent, 1ms)}; }

std::string search_target(const Sent& sent) {
  const auto text = wire::as_text(sent.payload);
  const auto start = text.find("\r\nST: ") + 6;
  return std::string(text.substr(start, text.find("\r\n", start) - start));
}
io::Bytes ssdp_answer(const std::string& target, const std::string& location) {
  return to_bytes("HTTP/1.1 200 OK\r\nST: " + target + "\r\nLOCATION: " + location + "\r\n\r\n");
}
/// Answers every search from `from` with the location, once for each target.
UdpPeer device(const std::string& location, const Address& from = gateway, Duration after = 50ms) {
  return [=](const Sent& sent) { return std::vector{answer_from({from, 1900}, ssdp_answer(search_target(sent), location), after)}; };
}

std::string action_of(const io::HttpRequest& request) {
  for (const auto& header : request.headers)
    if (header.starts_with("SOAPACTION")) return header.substr(header.find('#') + 1, header.rfind('"') - header.find('#') - 1);
  return {};
}

struct House {
  FakeClock clock;
  ScriptedNetwork network{clock};
  ScriptedRandom random;
  Instant start = clock.now();
  Leg leg{.family = Family::ipv4, .interface = "eth0", .gateway = gateway, .source = address("192.168.178.50")};
  std::map<std::string, HttpAnswer> actions;   ///< instead of what miniupnpd answers

  House() {
    network.host.default_ipv4 = RouteLookup{.source = address("192.168.178.50"), .interface = "eth0"};  // everything is on this link
  }
  void give_miniupnpd() {
    network.udp(port_mapping, miniupnpd);
    network.udp(search, device("http://192.168.178.1:5000/rootDesc.xml"));
    network.udp(multicast, device("http://192.168.178.1:5000/rootDesc.xml"));
    give_http();
  }
  void give_http() {
    network.http("http://192.168.178.1:5000/rootDesc.xml", [](const auto&) { return http_ok(fixture_text("wire/igd/miniupnpd-description.xml"), "text/xml"); });
    network.http("http://192.168.178.1:5000/ctl/", [this](const io::HttpRequest& request) { return control(request); });
  }
  HttpAnswer control(const io::HttpRequest& request) {
    const auto action = action_of(request);
    if (const auto given = actions.find(action); given != actions.end()) return given->second;
    if (action == "GetExternalIPAddress") return http_ok(fixture_text("wire/igd/miniupnpd-external-address.xml"));
    if (action == "GetStatusInfo") return http_ok(fixture_text("wire/igd/miniupnpd-status.xml"));
    if (action == "GetFirewallStatus") return http_ok(fixture_text("wire/igd/miniupnpd-firewall.xml"));
    for (const char* index : {"0", "1", "2"})
      if (request.body.find(std::string("<NewPortMappingIndex>") + index) != std::string::npos)
        return http_ok(fixture_text(std::string("wire/igd/miniupnpd-mapping-") + index + ".xml"));
    return http_status(500, fixture_text("wire/igd/miniupnpd-mapping-end.xml"));
  }
  router::Gateway ask(unsigned distance = 1, Duration within = 10s) {
    return router::observe_gateway(gateway, distance, leg, {network, clock, random}, {start + within});
  }
  Duration elapsed() const { return clock.now() - start; }
};

std::string soap(const std::string& action, const std::string& inside) { return "<E><B><" + action + "Response>" + inside + "</" + action + "Response></B></E>"; }
std::string fault(int code) { return "<E><B><Fault><detail><UPnPError><errorCode>" + std::to_string(code) + "</errorCode></UPnPError></detail></Fault></B></E>"; }

}  // namespace

TEST_CASE("a router that speaks everything is read completely, and quickly") {
  House house;
  house.give_miniupnpd();
  const auto seen = house.ask();
  CHECK(seen.address == gateway);
  CHECK(seen.distance == 1);
  CHECK(seen.nat_pmp.reply == Reply::answered);
  CHECK(seen.nat_pmp.version == 0);
  CHECK(seen.nat_pmp.result_code == 0);
  CHECK(seen.nat_pmp.external_address == address("85.214.10.20"));
  CHECK(seen.nat_pmp.round_trip == 2ms);
  CHECK(seen.pcp.reply == Reply::answered);
  CHECK(seen.pcp.version == 2);
  CHECK_FALSE(seen.pcp.external_address);
  CHECK(seen.pcp.epoch_s > 0);
  CHECK(seen.rejected.empty());

  REQUIRE(seen.igds.size() == 1);
  const auto& igd = seen.igds[0];
  CHECK(igd.responder == gateway);
  CHECK(igd.location == "http://192.168.178.1:5000/rootDesc.xml");
  CHECK(igd.friendly_name == "Lab router");
  CHECK(igd.troubles.empty());
  REQUIRE(igd.connections.size() == 1);
  CHECK(igd.connections[0].service_type == "urn:schemas-upnp-org:service:WANIPConnection:2");
  CHECK(igd.connections[0].control_url == "http://192.168.178.1:5000/ctl/IPConn");
  CHECK(igd.connections[0].external_text == "85.214.10.20");
  CHECK(igd.connections[0].external_address == address("85.214.10.20"));
  CHECK(igd.connections[0].status == "Connected");
  CHECK_FALSE(igd.connections[0].upnp_error);
  CHECK(igd.ipv6_firewall == router::Ipv6Firewall{true, true});
  REQUIRE(igd.mappings.size() == 3);
  CHECK(igd.mappings[1] == router::Mapping{Protocol::udp, 6882, address("192.168.178.50"), 8080, true, 604799, ""});
  CHECK(house.elapsed() < 400ms);
  for (const auto& request : house.network.requests) {
    CHECK(request.connect_to == Endpoint{gateway, 5000});
    CHECK(request.local == address("192.168.178.50"));
  }
}

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

TEST_CASE("of a dark router the silence is concluded within 0.9 seconds") {
  House house;
  const auto seen = house.ask();
  CHECK(seen.nat_pmp.reply == Reply::silent);
  CHECK(seen.pcp.reply == Reply::silent);
  CHECK(seen.igds.empty());
  CHECK(house.elapsed() <= 900ms);
  CHECK(std::ranges::count(house.network.sent, port_mapping, &Sent::to) == 6);
  CHECK(std::ranges::count(house.network.sent, search, &Sent::to) == 10);
  CHECK(std::ranges::count(house.network.sent, multicast, &Sent::to) == 10);
}

TEST_CASE("the deadline ends it earlier, and what was not asked is not called silence without a word") {
  House house;
  const auto seen = house.ask(1, 50ms);
  CHECK(house.elapsed() == 50ms);
  CHECK(seen.nat_pmp.rejected.empty());
  CHECK(seen.pcp.rejected == std::vector<std::string>{"not asked: the deadline came first"});
}

TEST_CASE("a closed port refuses both protocols at once") {
  House house;
  house.network.udp(port_mapping, closed);
  const auto seen = house.ask();
  CHECK(seen.nat_pmp.reply == Reply::refused);
  CHECK(seen.pcp.reply == Reply::refused);
  CHECK(std::ranges::count(house.network.sent, port_mapping, &Sent::to) == 1);
}

TEST_CASE("a gateway behind the home router is asked by unicast alone, and nobody else may answer for it") {
  House house;
  house.network.udp(search, [](const Sent& sent) {
    return std::vector{answer_from({address("192.168.178.77"), 1900}, ssdp_answer(search_target(sent), "http://192.168.178.77/x"))};
  });
  const auto seen = house.ask(2);
  CHECK(seen.distance == 2);
  CHECK(std::ranges::count(house.network.sent, multicast, &Sent::to) == 0);
  CHECK(seen.igds.empty());
  CHECK(seen.rejected == std::vector<std::string>{"from 192.168.178.77, which is neither the gateway nor on this link"});
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

TEST_CASE("search answers that lead elsewhere or come from elsewhere are named and not followed") {
  struct Row {
    const char* what;
    Address from;
    std::string answer;
    const char* why;
  };
  const std::string target = "urn:schemas-upnp-org:device:InternetGatewayDevice:1";
  const auto text = [](const io::Bytes& bytes) { return std::string(wire::as_text(bytes)); };
  const Row rows[] = {
      {"elsewhere", gateway, text(ssdp_answer(target, "http://192.168.178.99:80/x")), "its location leads to 192.168.178.99:80"},
      {"this host", gateway, text(ssdp_answer(target, "http://127.0.0.1:80/x")), "its location leads to 127.0.0.1:80"},
      {"a name", gateway, text(ssdp_answer(target, "http://evil.example/x")), "does not name an address"},
      {"another scheme", gateway, text(ssdp_answer(target, "file:///etc/passwd")), "is not http"},
      {"another target", gateway, text(ssdp_answer("upnp:rootdevice", "http://192.168.178.1/x")), "search target \"upnp:rootdevice\""},
      {"garbage", gateway, "\x01\x02", "is no SSDP answer"},
      {"not on this link", address("9.9.9.9"), text(ssdp_answer(target, "http://9.9.9.9/x")), "from 9.9.9.9, which is neither the gateway nor on this link"},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    House house;
    house.network.host.lookups[address("9.9.9.9")] = RouteLookup{.gateway = gateway, .interface = "eth0"};
    house.network.udp(multicast, [&](const Sent&) { return std::vector{answer_from({row.from, 1900}, to_bytes(row.answer))}; });
    const auto seen = house.ask();
    CHECK(seen.igds.empty());
    CHECK(house.network.requests.empty());
    REQUIRE(seen.rejected.size() == 1);
    CHECK(seen.rejected[0].find(row.why) != std::string::npos);
  }
}

TEST_CASE("a second device on the link is read too, as what it is") {
  House house;
  house.give_miniupnpd();
  house.network.udp(multicast, [](const Sent& sent) {
    auto arrivals = device("http://192.168.178.1:5000/rootDesc.xml")(sent);
    arrivals.push_back(device("http://192.168.178.2:80/d.xml", address("192.168.178.2"), 80ms)(sent)[0]);
    return arrivals;
  });
  house.network.http("http://192.168.178.2:80/d.xml", [](const auto&) { return http_status(404); });
  const auto seen = house.ask();
  REQUIRE(seen.igds.size() == 2);
  CHECK(seen.igds[0].responder == gateway);
  CHECK(seen.igds[1].responder == address("192.168.178.2"));
  CHECK(seen.igds[1].troubles == std::vector<std::string>{"device description: HTTP status 404"});
}

TEST_CASE("a crowd of locations is read up to four") {
  House house;
  house.network.udp(multicast, [](const Sent& sent) {
    std::vector<Arrival> arrivals;
    for (int i = 0; i < 50; ++i)
      arrivals.push_back(answer_from(search, ssdp_answer(search_target(sent), "http://192.168.178.1:5000/" + std::to_string(i))));
    return arrivals;
  });
  house.network.http("http://192.168.178.1:5000/", [](const auto&) { return http_ok("<root><device/></root>"); });
  CHECK(house.ask().igds.size() == 4);
}

TEST_CASE("an empty external address is an answer, and a fault is another") {
  struct Row {
    HttpAnswer answer;
    std::optional<std::string> text;
    std::optional<Address> address;
    std::optional<unsigned> error;
    const char* trouble;
  };
  const auto text = [](const std::string& value) { return http_ok(soap("GetExternalIPAddress", "<NewExternalIPAddress>" + value + "</NewExternalIPAddress>")); };
  const Row rows[] = {
      {http_ok(fixture_text("wire/igd/miniupnpd-external-address-empty.xml")), "", {}, {}, nullptr},
      {text("0.0.0.0"), "0.0.0.0", Address{}, {}, nullptr},
      {text(" 100.64.3.4\n"), " 100.64.3.4?", address("100.64.3.4"), {}, nullptr},
      {text("not connected"), "not connected", {}, {}, nullptr},
      {http_status(500, fault(501)), {}, {}, 501, nullptr},
      {http_ok(soap("GetExternalIPAddress", "")), {}, {}, {}, nullptr},
      {http_status(401), {}, {}, {}, "GetExternalIPAddress: HTTP status 401"},
      {http_ok("<html>login</html>"), {}, {}, {}, "neither its result nor a UPnP fault"},
      {http_ok(std::string(20000, 'x')), {}, {}, {}, "more than 16384 bytes"},
      {http_failure(Errc::refused, "connection refused"), {}, {}, {}, "connection refused"},
  };
  for (const auto& row : rows) {
    INFO((row.trouble ? row.trouble : row.text.value_or("-")));
    House house;
    house.give_miniupnpd();
    house.actions.insert_or_assign("GetExternalIPAddress", row.answer);
    const auto seen = house.ask();
    REQUIRE(seen.igds.size() == 1);
    REQUIRE(seen.igds[0].connections.size() == 1);
    const auto& connection = seen.igds[0].connections[0];
    CHECK(connection.external_text == row.text);
    CHECK(connection.external_address == row.address);
    CHECK(connection.upnp_error == row.error);
    CHECK(connection.status == "Connected");
    CHECK(seen.igds[0].troubles.empty() == (row.trouble == nullptr));
    if (row.trouble && !seen.igds[0].troubles.empty()) CHECK(seen.igds[0].troubles[0].find(row.trouble) != std::string::npos);
  }
}

TEST_CASE("a FRITZ!Box with DS-Lite: two descriptions, an empty address, a firewall for IPv6") {
  House house;
  house.network.udp(search, [](const Sent& sent) {
    const auto target = search_target(sent);
    return std::vector{answer(sent, ssdp_answer(target, target.ends_with("2") ? "http://192.168.178.1:49000/igd2desc.xml" : "http://192.168.178.1:49000/igddesc.xml"), 20ms)};
  });
  house.network.http("http://192.168.178.1:49000/igd", [](const io::HttpRequest& request) {
    const auto action = action_of(request);
    if (request.method == "GET") return http_ok(fixture_text("wire/igd/fritzbox-description.xml"));
    if (action == "GetExternalIPAddress") return http_ok(soap(action, "<NewExternalIPAddress></NewExternalIPAddress>"));
    if (action == "GetStatusInfo") return http_ok(soap(action, "<NewConnectionStatus>Connected</NewConnectionStatus>"));
    if (action == "GetFirewallStatus") return http_ok(soap(action, "<FirewallEnabled>1</FirewallEnabled><InboundPinholeAllowed>0</InboundPinholeAllowed>"));
    return http_status(500, fault(713));
  });
  const auto seen = house.ask();
  REQUIRE(seen.igds.size() == 2);
  for (const auto& igd : seen.igds) {
    CHECK(igd.model == "FRITZ!Box 7590");
    REQUIRE(igd.connections.size() == 1);
    CHECK(igd.connections[0].external_text == "");
    CHECK(igd.connections[0].status == "Connected");
    CHECK(igd.ipv6_firewall == router::Ipv6Firewall{true, false});
    CHECK(igd.troubles.empty());
  }
  CHECK(seen.nat_pmp.reply == Reply::silent);
}

TEST_CASE("control URLs and URLBase must stay with the device") {
  House house;
  house.give_miniupnpd();
  house.network.http("http://192.168.178.1:5000/rootDesc.xml", [](const auto&) {
    return http_ok("<root><URLBase>http://10.0.0.9/</URLBase><device><serviceList>"
                   "<service><serviceType>urn:schemas-upnp-org:service:WANPPPConnection:1</serviceType><controlURL>http://10.0.0.9/x</controlURL></service>"
                   "<service><serviceType>urn:schemas-upnp-org:service:WANIPv6FirewallControl:1</serviceType><controlURL>gopher://x/</controlURL></service>"
                   "<service><serviceType>urn:schemas-upnp-org:service:WANIPConnection:1</serviceType><controlURL>ctl/IPConn</controlURL></service>"
                   "</serviceList></device></root>");
  });
  const auto seen = house.ask();
  REQUIRE(seen.igds.size() == 1);
  CHECK(seen.igds[0].troubles == std::vector<std::string>{
      "URLBase leads to 10.0.0.9:80", "control URL of urn:schemas-upnp-org:service:WANPPPConnection:1 leads to 10.0.0.9:80",
      "control URL of urn:schemas-upnp-org:service:WANIPv6FirewallControl:1: URL \"gopher://x/\": is not http"});
  REQUIRE(seen.igds[0].connections.size() == 1);
  CHECK(seen.igds[0].connections[0].control_url == "http://192.168.178.1:5000/ctl/IPConn");
  CHECK(seen.igds[0].connections[0].external_text == "85.214.10.20");
  for (const auto& request : house.network.requests) CHECK(request.connect_to.address == gateway);
}

TEST_CASE("a mapping list is read to its end, its fault, its repetition or its bound") {
  struct Row {
    const char* what;
    std::function<HttpAnswer(int)> entry;
    std::size_t mappings;
    int requests;
    const char* trouble;
  };
  const auto mapping = [](int port, const std::string& protocol = "TCP", const std::string& client = "192.168.178.50", const std::string& enabled = "1") {
    return http_ok(soap("GetGenericPortMappingEntry",
                        "<NewExternalPort>" + std::to_string(port) + "</NewExternalPort><NewProtocol>" + protocol + "</NewProtocol><NewInternalPort>80</NewInternalPort>"
                        "<NewInternalClient>" + client + "</NewInternalClient><NewEnabled>" + enabled + "</NewEnabled>"
                        "<NewPortMappingDescription>a &lt;b&gt; &amp; c</NewPortMappingDescription><NewLeaseDuration>0</NewLeaseDuration>"));
  };
  const auto end = http_status(500, fault(713));
  const Row rows[] = {
      {"empty", [&](int) { return end; }, 0, 1, nullptr},
      {"two", [&](int i) { return i < 2 ? mapping(i + 1) : end; }, 2, 3, nullptr},
      {"ended by 714", [&](int i) { return i < 2 ? mapping(i + 1) : http_status(500, fault(714)); }, 2, 3, nullptr},
      {"forbidden", [&](int) { return http_status(500, fault(606)); }, 0, 1, "mapping 0: error 606"},
      {"one entry for ever", [&](int) { return mapping(1); }, 1, 4, nullptr},
      {"endless", [&](int i) { return mapping(i + 1); }, 128, 128, "the mapping list was read to 128 entries"},
      {"a wrong protocol", [&](int i) { return i == 0 ? mapping(1, "SCTP") : i == 1 ? mapping(2, "udp") : end; }, 1, 3, "mapping 0: NewProtocol is \"SCTP\""},
      {"a client by name", [&](int i) { return i == 0 ? mapping(1, "TCP", "pc") : end; }, 0, 2, "mapping 0: NewInternalClient is \"pc\""},
      {"a port too large", [&](int i) { return i == 0 ? mapping(70000) : end; }, 0, 2, "mapping 0: NewExternalPort is \"70000\""},
      {"enabled or not", [&](int i) { return i == 0 ? mapping(1, "TCP", "192.168.178.50", "maybe") : end; }, 0, 2, "mapping 0: NewEnabled is \"maybe\""},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    House house;
    house.give_miniupnpd();
    int asked = 0;
    house.network.http("http://192.168.178.1:5000/ctl/", [&](const io::HttpRequest& request) {
      if (action_of(request) != "GetGenericPortMappingEntry") return house.control(request);
      auto reply = row.entry(asked++);
      reply.after = 1ms;
      return reply;
    });
    const auto seen = house.ask();
    REQUIRE(seen.igds.size() == 1);
    CHECK(seen.igds[0].mappings.size() == row.mappings);
    CHECK(asked == row.requests);
    if (!seen.igds[0].mappings.empty()) CHECK(seen.igds[0].mappings[0].description == "a <b> & c");
    CHECK(seen.igds[0].troubles.empty() == (row.trouble == nullptr));
    if (row.trouble && !seen.igds[0].troubles.empty()) CHECK(seen.igds[0].troubles[0].find(row.trouble) != std::string::npos);
  }
}

TEST_CASE("a firewall that does not answer as the standard says is a trouble, not a firewall") {
  for (const auto& [reply, why] : {std::pair{http_status(500, fault(401)), "GetFirewallStatus: error 401"},
                                   std::pair{http_ok(soap("GetFirewallStatus", "<FirewallEnabled>2</FirewallEnabled>")), "FirewallEnabled is \"2\""},
                                   std::pair{http_ok(soap("GetFirewallStatus", "<FirewallEnabled>1</FirewallEnabled>")), "InboundPinholeAllowed is \"\""}}) {
    INFO(why);
    House house;
    house.give_miniupnpd();
    house.actions.insert_or_assign("GetFirewallStatus", reply);
    const auto seen = house.ask();
    CHECK_FALSE(seen.igds[0].ipv6_firewall);
    REQUIRE(seen.igds[0].troubles.size() == 1);
    CHECK(seen.igds[0].troubles[0].find(why) != std::string::npos);
  }
}

TEST_CASE("a device that hangs is left alone after one request") {
  House house;
  house.give_miniupnpd();
  house.network.http("http://192.168.178.1:5000/rootDesc.xml", [](const auto&) { return http_failure(Errc::failed, "never", 30s); });
  auto seen = house.ask();
  REQUIRE(seen.igds.size() == 1);
  CHECK(seen.igds[0].troubles.size() == 1);
  CHECK(house.elapsed() < 1500ms);

  House other;
  other.give_miniupnpd();
  other.actions.insert_or_assign("GetExternalIPAddress", http_failure(Errc::failed, "never", 30s));
  seen = other.ask();
  CHECK(other.network.requests.size() == 3);  // the description, the firewall, and the one that hung
  CHECK(seen.igds[0].connections.size() == 1);
  CHECK(other.elapsed() < 1500ms);
}

TEST_CASE("a slow device is read for three seconds at most, and the deadline holds too") {
  House house;
  house.give_miniupnpd();
  const auto slow = [&](const io::HttpRequest& request) {
    auto reply = house.control(request);
    reply.after = 900ms;
    return reply;
  };
  house.network.http("http://192.168.178.1:5000/ctl/", slow);
  house.ask();
  CHECK(house.elapsed() <= 3300ms);

  House cut;
  cut.give_miniupnpd();
  cut.network.http("http://192.168.178.1:5000/ctl/", slow);
  const auto seen = cut.ask(1, 1s);
  CHECK(cut.elapsed() <= 1s);
  CHECK(seen.nat_pmp.reply == Reply::answered);
  REQUIRE(seen.igds.size() == 1);
  CHECK_FALSE(seen.igds[0].troubles.empty());
}

TEST_CASE("a device description that is hostile or a redirect is a trouble") {
  for (const auto& [reply, why] : {std::pair{http_status(302), "HTTP status 302"}, std::pair{http_ok(std::string(200000, ' ')), "more than 131072 bytes"},
                                   std::pair{http_ok("<!DOCTYPE x><root/>"), "document type"}, std::pair{http_ok(""), "not XML"}}) {
    INFO(why);
    House house;
    house.give_miniupnpd();
    house.network.http("http://192.168.178.1:5000/rootDesc.xml", [&answered = reply](const auto&) { return answered; });
    const auto seen = house.ask();
    REQUIRE(seen.igds.size() == 1);
    REQUIRE(seen.igds[0].troubles.size() == 1);
    CHECK(seen.igds[0].troubles[0].find(why) != std::string::npos);
    CHECK(seen.igds[0].connections.empty());
  }
}

TEST_CASE("sockets are bound to where the router is") {
  House house;
  house.leg.bind = true;
  house.ask();
  REQUIRE(house.network.opened.size() == 3);
  for (const auto& options : house.network.opened) {
    CHECK(options.interface == "eth0");
    CHECK(options.local == Endpoint{address("192.168.178.50"), 0});
  }
  House unknown;
  unknown.leg.source.reset();
  unknown.give_miniupnpd();
  unknown.ask();
  const auto pcp = std::ranges::find_if(unknown.network.sent, [](const Sent& sent) { return sent.payload.size() == 24; });
  REQUIRE(pcp != unknown.network.sent.end());
  CHECK(wire::as_text(pcp->payload).ends_with("\xc0\xa8\xb2\x32"));  // the source that the kernel would take
}

TEST_CASE("sockets that cannot be opened and a kernel without a route are named") {
  House house;
  house.network.refuse_udp = [](const io::UdpOptions&) { return Error{Errc::failed, "open udp: no"}; };
  auto seen = house.ask();
  CHECK(seen.nat_pmp.rejected == std::vector<std::string>{"open udp: no"});
  CHECK(seen.pcp.rejected == std::vector<std::string>{"open udp: no"});
  CHECK(seen.rejected == std::vector<std::string>{"open udp: no"});
  CHECK(house.elapsed() < 200ms);

  House cut;
  cut.network.host.unroutable = {Prefix::parse("0.0.0.0/0").value()};
  seen = cut.ask();
  CHECK(seen.nat_pmp.reply == Reply::silent);
  CHECK(seen.nat_pmp.rejected.size() == 3);
  CHECK(cut.elapsed() <= 900ms);
}

TEST_CASE("the probe asks the gateway of the IPv4 leg, and without one it could not work") {
  House house;
  house.give_miniupnpd();
  const io::World world{house.network, house.clock, house.random};
  RouterPlan plan{{{.family = Family::ipv6, .interface = "eth0", .gateway = address("fe80::1")}, house.leg}};
  const auto seen = router::observe(plan, world, {house.start + 10s}).value();
  REQUIRE(seen.gateways.size() == 1);
  CHECK(seen.gateways[0].address == gateway);
  plan.legs.pop_back();
  CHECK(router::observe(plan, world, {house.start + 20s}).error().code == Errc::no_route);
}
