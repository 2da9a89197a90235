#include "probes/router/house.hpp"
#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::test;
using router::Reply;

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

TEST_CASE("a router with an unused WANIPConnection beside the WANPPPConnection that it dials with tells both") {
  House house;
  house.network.udp(search, [](const Sent& sent) {
    return std::vector{answer(sent, ssdp_answer(search_target(sent), "http://192.168.178.1:5000/ppp.xml"), 20ms)};
  });
  const auto service = [](const std::string& type, const std::string& control) {
    return "<service><serviceType>urn:schemas-upnp-org:service:" + type + "</serviceType><controlURL>" + control + "</controlURL></service>";
  };
  const auto description = "<root><device><deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:1</deviceType><friendlyName>Box</friendlyName>"
                           "<serviceList>" + service("WANIPConnection:1", "/ip") + service("WANPPPConnection:1", "/ppp") + "</serviceList></device></root>";
  std::string named_wrongly;
  house.network.http("http://192.168.178.1:5000/", [&](const io::HttpRequest& request) {
    const auto action = action_of(request);
    const bool ppp = request.url.ends_with("/ppp");
    if (request.method == "GET") return http_ok(description);
    for (const auto& header : request.headers)   // each is asked by its own name
      if (header.starts_with("SOAPACTION") && (header.find("WANPPPConnection:1#") != std::string::npos) != ppp) named_wrongly += header;
    if (action == "GetExternalIPAddress") return http_ok(soap(action, ppp ? "<NewExternalIPAddress>93.184.20.30</NewExternalIPAddress>"
                                                                          : "<NewExternalIPAddress></NewExternalIPAddress>"));
    if (action == "GetStatusInfo") return http_ok(soap(action, ppp ? "<NewConnectionStatus>Connected</NewConnectionStatus>"
                                                                   : "<NewConnectionStatus>Unconfigured</NewConnectionStatus>"));
    return http_status(500, fault(713));
  });
  const auto seen = house.ask();
  CHECK(named_wrongly == "");
  REQUIRE(seen.igds.size() == 1);
  const auto& connections = seen.igds[0].connections;
  REQUIRE(connections.size() == 2);
  for (const auto& connection : connections) {
    const bool ppp = connection.service_type == "urn:schemas-upnp-org:service:WANPPPConnection:1";
    CHECK(connection.control_url == (ppp ? "http://192.168.178.1:5000/ppp" : "http://192.168.178.1:5000/ip"));
    CHECK(connection.external_text == (ppp ? "93.184.20.30" : ""));
    CHECK(connection.external_address == (ppp ? std::optional(address("93.184.20.30")) : std::nullopt));
    CHECK(connection.status == (ppp ? "Connected" : "Unconfigured"));
  }
  CHECK((connections[0].external_text == "") != (connections[1].external_text == ""));
}
