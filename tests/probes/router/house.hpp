#pragma once
/// A household whose router answers as miniupnpd does, or as a test says.
#include "probes/router/router.hpp"
#include "support/fixture.hpp"
#include "support/scripted_network.hpp"
#include "wire/reader.hpp"
#include "wire/ssdp.hpp"

namespace ringback::test {

using namespace std::chrono_literals;

inline Address address(const char* text) { return Address::parse(text).value(); }
inline const auto gateway = address("192.168.178.1");
inline const Endpoint port_mapping{gateway, 5351};
inline const Endpoint search{gateway, 1900};
inline const Endpoint multicast{wire::ssdp::multicast_group, 1900};

inline bool is_nat_pmp(const Sent& sent) { return sent.payload[0] == std::byte{0}; }
inline io::Bytes fixture(const char* name) { return fixture_bytes(std::string("wire/") + name); }

/// What miniupnpd answers on port 5351.
inline std::vector<Arrival> miniupnpd(const Sent& sent) {
  return {answer(sent, fixture(is_nat_pmp(sent) ? "nat_pmp/miniupnpd-address.bin" : "pcp/miniupnpd-announce.bin"), 2ms)};
}
inline std::vector<Arrival> silent(const Sent&) { return {}; }
inline std::vector<Arrival> closed(const Sent& sent) { return {port_unreachable(sent, 1ms)}; }

inline std::string search_target(const Sent& sent) {
  const auto text = wire::as_text(sent.payload);
  const auto start = text.find("\r\nST: ") + 6;
  return std::string(text.substr(start, text.find("\r\n", start) - start));
}
inline io::Bytes ssdp_answer(const std::string& target, const std::string& location) {
  return to_bytes("HTTP/1.1 200 OK\r\nST: " + target + "\r\nLOCATION: " + location + "\r\n\r\n");
}
/// Answers every search from `from` with the location, once for each target.
inline UdpPeer device(const std::string& location, const Address& from = gateway, Duration after = 50ms) {
  return [=](const Sent& sent) { return std::vector{answer_from({from, 1900}, ssdp_answer(search_target(sent), location), after)}; };
}

inline std::string action_of(const io::HttpRequest& request) {
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

inline std::string soap(const std::string& action, const std::string& inside) { return "<E><B><" + action + "Response>" + inside + "</" + action + "Response></B></E>"; }
inline std::string fault(int code) { return "<E><B><Fault><detail><UPnPError><errorCode>" + std::to_string(code) + "</errorCode></UPnPError></detail></Fault></B></E>"; }

}  // namespace ringback::test
