#include "support/catch.hpp"

#include "evidence/evidence_json.hpp"
#include "evidence/json.hpp"

using namespace ringback;

TEST_CASE("evidence goes to JSON and back without loss") {
  Evidence evidence;
  evidence.request.services = {Service::parse("8443:443/tcp").value()};
  evidence.stun = stun::Evidence{};
  evidence.stun->observations.push_back({.server_name = "stun.example.org",
                                         .server = Endpoint::parse("192.0.2.1:3478").value(),
                                         .mapped = Endpoint::parse("198.51.100.7:40000").value(),
                                         .round_trip = std::chrono::microseconds(1234),
                                         .rejected = {"answer from the wrong source"}});
  CHECK(evidence_from_json(evidence_to_json(evidence), "/evidence").value() == evidence);
}

TEST_CASE("reading names the place of what is wrong and what would be right") {
  const auto error = [](auto change) {
    auto value = evidence_to_json(Evidence{});
    change(value);
    return evidence_from_json(value, "/evidence").error().what;
  };
  CHECK(error([](auto& v) { v["stun"] = 5; }) == "/evidence/stun: expected an object, got 5");
  CHECK(error([](auto& v) { v.erase("request"); }) == "/evidence/request: is missing");
  CHECK(error([](auto& v) { v["surprise"] = 1; }) == "/evidence/surprise: is not a key of this schema");
  CHECK(error([](auto& v) { v["request"]["families"] = {"ipv5"}; }) == "/evidence/request/families/0: expected one of ipv4, ipv6, got \"ipv5\"");
  CHECK(error([](auto& v) { v["request"]["services"] = {"443"}; }).starts_with("/evidence/request/services/0: \"443\" is not a service"));
}
