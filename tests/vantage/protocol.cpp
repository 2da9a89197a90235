#include "vantage/protocol.hpp"

#include <fmt/format.h>

#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::vantage;

TEST_CASE("a request names its knocks and perhaps how long each one waits") {
  const auto request = parse_knock_request(
      R"({"knocks":[{"id":"a","protocol":"tcp","port":443},{"id":"B.2_c-d","protocol":"udp","port":51820},{"id":"c","protocol":"icmp"}]})");
  CHECK(request.value() ==
        KnockRequest{{{"a", Protocol::tcp, 443}, {"B.2_c-d", Protocol::udp, 51820}, {"c", Protocol::icmp, 0}}, default_timeout});
  CHECK(parse_knock_request(R"({"timeout_ms":100,"knocks":[{"id":"a","protocol":"tcp","port":1}]})").value().timeout == milliseconds{100});
}

TEST_CASE("keys that are not known are ignored, so that adding one is free") {
  CHECK(parse_knock_request(R"({"knocks":[{"x":{"id":1,"port":"y"},"id":"a","y":[{"protocol":1}],"protocol":"tcp","port":1,"z":[[]]}],)"
                            R"("w":{"timeout_ms":1}})")
            .value() == KnockRequest{{{"a", Protocol::tcp, 1}}, default_timeout});
  CHECK(parse_knock_request(R"({"x":1,"target":"192.0.2.1","knocks":[{"id":"a","protocol":"tcp","port":65535,"address":"192.0.2.1"}]})"));
}

TEST_CASE("a request that has not the right form is told the place and what would be right") {
  struct Row {
    const char* body;
    const char* said;
  };
  const Row rows[] = {
      {"", "the body must be one JSON document in UTF-8"},
      {"{", "the body must be one JSON document in UTF-8"},
      {"{\"knocks\":[]} x", "the body must be one JSON document in UTF-8"},
      {"{\"knocks\":\"\xff\"}", "the body must be one JSON document in UTF-8"},
      {"[]", "the body must be an object like"},
      {"\"knocks\"", "the body must be an object like"},
      {R"([{"knocks":[{"id":"a","protocol":"icmp"}]}])", "the body must be an object like"},
      {R"({"x":{"knocks":[{"id":"a","protocol":"icmp"}]}})", "/knocks must be an array of 1 to 16 knocks"},
      {R"({"x":[[{"id":"a","protocol":"icmp"}]]})", "/knocks must be an array of 1 to 16 knocks"},
      {R"({"knocks":[[{"id":"a","protocol":"icmp"}]]})", "/knocks/0 must be an object"},
      {R"({"knocks":[{"id":"a","protocol":"icmp"}],"knocks":1})", "/knocks must be an array of 1 to 16 knocks"},
      {R"({"knocks":[{"x":{"id":"a","protocol":"icmp"}}]})", "/knocks/0/id must be"},
      {R"({"knocks":[{"id":["a"],"protocol":"icmp"}]})", "/knocks/0/id must be"},
      {R"({"knocks":[{"id":"a","protocol":"icmp","port":{}}]})", "/knocks/0/port must be absent for icmp"},
      {R"({"timeout_ms":[300],"knocks":[{"id":"a","protocol":"icmp"}]})", "/timeout_ms must be"},
      {"{}", "/knocks must be an array of 1 to 16 knocks"},
      {R"({"knocks":{}})", "/knocks must be an array of 1 to 16 knocks"},
      {R"({"knocks":[]})", "/knocks must be an array of 1 to 16 knocks"},
      {R"({"knocks":[7]})", "/knocks/0 must be an object"},
      {R"({"knocks":[{"protocol":"tcp","port":1}]})", "/knocks/0/id must be"},
      {R"({"knocks":[{"id":"","protocol":"tcp","port":1}]})", "/knocks/0/id must be"},
      {R"({"knocks":[{"id":"a b","protocol":"tcp","port":1}]})", "/knocks/0/id must be"},
      {R"({"knocks":[{"id":"a\n","protocol":"tcp","port":1}]})", "/knocks/0/id must be"},
      {R"({"knocks":[{"id":"123456789012345678901234567890123","protocol":"tcp","port":1}]})", "/knocks/0/id must be"},
      {R"({"knocks":[{"id":1,"protocol":"tcp","port":1}]})", "/knocks/0/id must be"},
      {R"({"knocks":[{"id":"a","port":1}]})", R"(/knocks/0/protocol must be "tcp", "udp" or "icmp")"},
      {R"({"knocks":[{"id":"a","protocol":"sctp","port":1}]})", "/knocks/0/protocol must be"},
      {R"({"knocks":[{"id":"a","protocol":"tcp"}]})", "/knocks/0/port must be a whole number from 1 to 65535"},
      {R"({"knocks":[{"id":"a","protocol":"tcp","port":0}]})", "/knocks/0/port must be"},
      {R"({"knocks":[{"id":"a","protocol":"tcp","port":65536}]})", "/knocks/0/port must be"},
      {R"({"knocks":[{"id":"a","protocol":"tcp","port":-1}]})", "/knocks/0/port must be"},
      {R"({"knocks":[{"id":"a","protocol":"tcp","port":1.5}]})", "/knocks/0/port must be"},
      {R"({"knocks":[{"id":"a","protocol":"tcp","port":"443"}]})", "/knocks/0/port must be"},
      {R"({"knocks":[{"id":"a","protocol":"tcp","port":18446744073709551616}]})", "/knocks/0/port must be"},
      {R"({"knocks":[{"id":"a","protocol":"icmp","port":1}]})", "/knocks/0/port must be absent for icmp"},
      {R"({"knocks":[{"id":"a","protocol":"icmp"},{"id":"a","protocol":"udp","port":1}]})",
       "/knocks/1/id must be different from the id of every other knock"},
      {R"({"timeout_ms":99,"knocks":[{"id":"a","protocol":"icmp"}]})", "/timeout_ms must be a whole number from 100 to 10000"},
      {R"({"timeout_ms":10001,"knocks":[{"id":"a","protocol":"icmp"}]})", "/timeout_ms must be"},
      {R"({"timeout_ms":null,"knocks":[{"id":"a","protocol":"icmp"}]})", "/timeout_ms must be"},
  };
  for (const auto& row : rows) {
    INFO(row.body);
    const auto request = parse_knock_request(row.body);
    REQUIRE_FALSE(request);
    CHECK(request.error().code == Errc::invalid_input);
    CHECK(request.error().what.find(row.said) != std::string::npos);
  }
}

TEST_CASE("sixteen knocks are taken, seventeen are not") {
  const auto body = [](unsigned count) {
    std::string knocks;
    for (unsigned i = 0; i < count; ++i) knocks += fmt::format(R"({}{{"id":"{}","protocol":"tcp","port":1}})", i == 0 ? "" : ",", i);
    return "{\"knocks\":[" + knocks + "]}";
  };
  CHECK(parse_knock_request(body(16)));
  CHECK_FALSE(parse_knock_request(body(17)));
}

TEST_CASE("nesting as deep as a body can be is refused like any other wrong form") {
  CHECK_FALSE(parse_knock_request(std::string(16 * 1024, '[')));
  CHECK_FALSE(parse_knock_request(std::string(8 * 1024, '[') + std::string(8 * 1024, ']')));
}

TEST_CASE("lines and bodies look as the protocol says") {
  const auto address = [](std::string_view text) { return Address::parse(text).value(); };
  const std::string nonce(32, 'f');
  CHECK(announce_line({"a", Protocol::tcp, 443, address("192.0.2.9"), address("198.51.100.1"), {40123, 40124, 40125, 40126}, nonce}) ==
        R"({"type":"announce","id":"a","protocol":"tcp","port":443,"target":"192.0.2.9","source":{"address":"198.51.100.1","port":40123},)"
        R"("ports":[40123,40124,40125,40126],"nonce":"ffffffffffffffffffffffffffffffff"})"
        "\n");
  CHECK(announce_line({"c", Protocol::icmp, 0, address("2001:db8::9"), address("2001:db8::1"), {7}, nonce}) ==
        R"({"type":"announce","id":"c","protocol":"icmp","port":0,"target":"2001:db8::9","source":{"address":"2001:db8::1","port":7},)"
        R"("nonce":"ffffffffffffffffffffffffffffffff"})"
        "\n");
  CHECK(result_line("a", {Result::connected, {}, {}}, milliseconds{12}) ==
        "{\"type\":\"result\",\"id\":\"a\",\"result\":\"connected\",\"elapsed_ms\":12}\n");
  CHECK(result_line("a", {Result::unreachable, IcmpCode{3, 1}, {}}, milliseconds{12}) ==
        "{\"type\":\"result\",\"id\":\"a\",\"result\":\"unreachable\",\"elapsed_ms\":12,\"icmp\":{\"type\":3,\"code\":1}}\n");
  CHECK(result_line("a", {Result::unavailable, {}, "why"}, milliseconds{0}) ==
        "{\"type\":\"result\",\"id\":\"a\",\"result\":\"unavailable\",\"elapsed_ms\":0,\"reason\":\"why\"}\n");
  CHECK(result_line("a", {Result::unavailable, {}, "\"\n\xff"}, milliseconds{0}) ==
        "{\"type\":\"result\",\"id\":\"a\",\"result\":\"unavailable\",\"elapsed_ms\":0,\"reason\":\"\\\"\\n\xef\xbf\xbd\"}\n");
  CHECK(address_body({address("192.0.2.9"), 5}, {Family::ipv4, Family::ipv6}) ==
        "{\"address\":\"192.0.2.9\",\"port\":5,\"families\":[\"ipv4\",\"ipv6\"],\"version\":\"" RINGBACK_VERSION "\"}\n");
  CHECK(problem_body({429, "too-many-requests", "Too many requests", "try again in 2 s"}) ==
        R"({"type":"urn:ringback:vantage:too-many-requests","title":"Too many requests","status":429,"detail":"try again in 2 s"})"
        "\n");
}
