#include "wire/ssdp.hpp"

#include "support/catch.hpp"
#include "support/fixture.hpp"

using namespace ringback;
using namespace ringback::wire;

TEST_CASE("a search names its target and asks for an answer within a second") {
  CHECK(as_text(ssdp::build_search("urn:schemas-upnp-org:service:WANIPConnection:1")) ==
        "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\n"
        "ST: urn:schemas-upnp-org:service:WANIPConnection:1\r\n\r\n");
}

TEST_CASE("what miniupnpd answered to each search is read") {
  for (const auto target : ssdp::gateway_targets) {
    auto name = std::string(target.substr(target.find(':', 4) + 1));
    name = name.substr(name.find(':') + 1);
    name[name.rfind(':')] = '-';
    INFO(name);
    const auto answer = ssdp::parse_answer(test::fixture_bytes("wire/ssdp/miniupnpd-" + name + ".txt")).value();
    CHECK(answer.search_target == target);
    CHECK(answer.location == "http://192.168.178.1:5000/rootDesc.xml");
    CHECK(answer.server == "Debian/6.1.0 UPnP/1.1 MiniUPnPd/2.3.1");
  }
}

TEST_CASE("header names in any case, bare line feeds and missing ends are read as well") {
  const auto answer = ssdp::parse_answer(test::to_bytes("HTTP/1.0 200 ok\nlocation:http://10.0.0.1/\t\nSt : upnp\nLocation: second")).value();
  CHECK(answer == ssdp::Answer{"upnp", "http://10.0.0.1/", ""});
}

TEST_CASE("what is no SSDP answer is malformed, and the error says why") {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  struct Row {
    std::string text;
    const char* why;
  };
  const Row rows[] = {
      {"", "\"\" is no SSDP answer"},
      {"NOTIFY * HTTP/1.1\r\nLOCATION: http://10.0.0.1/\r\n\r\n", "is no SSDP answer"},
      {"HTTP/1.1 404 Not Found\r\n\r\n", "is no SSDP answer"},
      {"HTTP/1.1", "is no SSDP answer"},
      {"\x01\xff", "\"??\" is no SSDP answer"},
      {ok + "LOCATION: http://10.0.0.1/\r\n\r\n", "without ST"},
      {ok + "ST: a\r\n\r\nLOCATION: http://10.0.0.1/\r\n", "without LOCATION"},
      {ok + "ST: a\r\nLOCATION: " + std::string(1025, 'x') + "\r\n", "LOCATION of 1025 bytes"},
      {std::string(4097, 'x'), "of 4097 bytes"},
      {ok + [] { std::string many; for (int i = 0; i < 70; ++i) many += "A: b\r\n"; return many; }(), "more than 64 lines"},
  };
  for (const auto& row : rows) {
    INFO(row.why);
    const auto parsed = ssdp::parse_answer(test::to_bytes(row.text));
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == Errc::malformed);
    CHECK(parsed.error().what.find(row.why) != std::string::npos);
  }
}
