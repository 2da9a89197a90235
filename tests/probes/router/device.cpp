#include "probes/router/house.hpp"
#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::test;
using router::Reply;

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
