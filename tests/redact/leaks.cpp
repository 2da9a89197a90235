/// The last look before a redacted report is written.
#include "redact/leaks.hpp"

#include "evidence/evidence.hpp"
#include "redact/redact.hpp"
#include "support/catch.hpp"

using namespace ringback;
using redaction::first_of;

TEST_CASE("a value is found wherever it stands as a word") {
  const std::set<std::string, std::less<>> values{"93.184.1.2", "2a02:9008::12", "dc:a6:32:77:00:01", "home.meier.net"};
  for (const auto* text : {"\"93.184.1.2\"", "from 93.184.1.2.", "93.184.1.2:443", "[2a02:9008::12]:443", "2A02:9008::12/64", "dc:a6:32:77:00:01",
                           "https://home.meier.net/x", "Home.Meier.Net.", "nas.home.meier.net", "wan93.184.1.2", "x93.184.1.2y", "93.184.1.2.3", "host93-184-1-2",
                           "93,184,1,2", "93[.]184[.]1[.]2", "(93 184 1 2)", "wan2a02:9008::12", "DC A6 32 77 00 01", "wlDC-A6-32-77-00-01"})
    CHECK(first_of(values, text));
  CHECK(first_of(values, "from 93.184.1.2") == 5);
  for (const auto* text : {"193.184.1.2", "93.184.1.21", "93.184.1.3", "93184.1.2", "93,184,1.2", "2a02:9008::123", "home.meier.network", "xhome.meier.net", "", "meier.net"})
    CHECK_FALSE(first_of(values, text));
  CHECK_FALSE(first_of({}, "93.184.1.2"));
}

TEST_CASE("what has a mask is known by its value, and nothing else is") {
  Evidence evidence;
  evidence.request.names = {"Home.Meier.net", "name1.zone1.example"};
  auto& host = evidence.host.emplace();
  host.interfaces = {{.name = "eth0", .mac = MacAddress{{0xdc, 0xa6, 0x32, 0x77, 0, 1}}, .addresses = {}}};
  for (const auto* text : {"93.184.1.2", "192.168.1.20", "2a02:9008::12"})
    host.interfaces.front().addresses.push_back({.address = Address::parse(text).value(), .prefix_length = 24});
  const auto redacted = redact(evidence);
  REQUIRE(redacted);
  CHECK(redacted->hidden == std::set<std::string, std::less<>>{"2a02:9008::12", "93.184.1.2", "dc:a6:32:77:00:01", "home.meier.net"});
  const auto again = redact(redacted->evidence);
  REQUIRE(again);
  CHECK(again->hidden.empty());
}
