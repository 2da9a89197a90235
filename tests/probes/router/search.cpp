#include "probes/router/house.hpp"
#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::test;
using router::Reply;

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

TEST_CASE("a crowd on the link leaves the gateway its room, and is read after it") {
  House house;
  house.give_miniupnpd();
  const auto crowd = [](const Sent& sent) {
    std::vector<Arrival> arrivals;   // all of them sooner than the gateway, each under an address and a location of its own
    for (std::uint32_t i = 0; i < 200; ++i) {
      const auto who = Address::v4(0xc0a8b200 + 10 + i);
      arrivals.push_back(answer_from({who, 1900}, ssdp_answer(search_target(sent), "http://" + who.to_string() + ":80/d.xml"), 1ms));
    }
    arrivals.push_back(device("http://192.168.178.1:5000/rootDesc.xml")(sent)[0]);
    return arrivals;
  };
  house.network.udp(multicast, crowd);
  const auto seen = house.ask();
  REQUIRE(seen.igds.size() == 5);
  CHECK(seen.igds[0].responder == gateway);
  CHECK_FALSE(seen.igds[0].connections.empty());
  for (std::size_t i = 1; i < seen.igds.size(); ++i) CHECK(seen.igds[i].responder != gateway);
  CHECK(house.network.requests[0].connect_to.address == gateway);
  CHECK(house.elapsed() < 5s);   // nobody of the crowd answers HTTP
}

TEST_CASE("one host that answers hundreds of times neither hides the gateway nor holds the search up") {
  House house;
  house.give_miniupnpd();
  const auto hostile = address("192.168.178.66");
  house.network.udp(multicast, [&](const Sent& sent) {
    std::vector<Arrival> arrivals;
    for (int i = 0; i < 5000; ++i)
      arrivals.push_back(answer_from({hostile, 1900}, ssdp_answer(search_target(sent), "http://192.168.178.66:80/" + std::to_string(i)), i * 1ms));
    arrivals.push_back(device("http://192.168.178.1:5000/rootDesc.xml", gateway, 300ms)(sent)[0]);
    return arrivals;
  });
  house.network.udp(search, silent);   // this router answers the multicast alone
  house.network.http("http://192.168.178.66:80/", [](const auto&) { return http_status(404); });
  const auto seen = house.ask();
  REQUIRE(seen.igds.size() == 5);
  CHECK(seen.igds[0].responder == gateway);
  CHECK(seen.igds[0].mappings.size() == 3);
  CHECK(house.elapsed() < 1500ms);
}

TEST_CASE("a gateway that refuses the first unicast search is sent no more of them: it has few ICMP errors to give") {
  House house;
  const Endpoint ssdp{gateway, 1900};
  house.network.udp(ssdp, [](const Sent& sent) { return std::vector{port_unreachable(sent)}; });
  house.ask();
  CHECK(std::ranges::count(house.network.sent, ssdp, &Sent::to) == 1);
  CHECK(std::ranges::count(house.network.sent, multicast, &Sent::to) > 1);
}

TEST_CASE("a gateway that is silent to unicast is asked for every search target, twice") {
  House house;
  const Endpoint ssdp{gateway, 1900};
  house.ask();
  CHECK(std::ranges::count(house.network.sent, ssdp, &Sent::to) == 2 * static_cast<std::ptrdiff_t>(std::size(wire::ssdp::gateway_targets)));
}
