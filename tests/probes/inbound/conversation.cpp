#include "support/catch.hpp"

#include "probes/inbound/conversation.hpp"

using namespace ringback;
using namespace ringback::inbound;

TEST_CASE("an announcement and a result are read") {
  const auto line = parse_line(R"({"type":"announce","id":"k0","protocol":"tcp","port":443,"target":"192.0.2.1",)"
                               R"("source":{"address":"198.51.100.7","port":40000},"ports":[40000,40001],"nonce":"00112233445566778899aabbccddeeff"})");
  const auto& announcement = std::get<Announcement>(line.value());
  CHECK(announcement.source.to_string() == "198.51.100.7:40000");
  CHECK(announcement.ports == std::vector<Port>{40000, 40001});
  const auto result = std::get<ResultLine>(parse_line(R"({"type":"result","id":"k0","result":"unreachable","icmp":{"type":3,"code":1}})").value());
  CHECK(result.result == Result::unreachable);
  CHECK(result.icmp_code == 1U);
  CHECK_FALSE(std::get<ResultLine>(parse_line(R"({"type":"result","id":"k0","result":"unavailable"})").value()).result);
}

TEST_CASE("hostile lines are named and never believed") {
  for (const auto* line : {"", "[]", "{}", "null", R"({"type":"announce","id":"k0"})", R"({"type":"result","id":"k0","result":"open"})",
                           R"({"type":"announce","id":"k0","target":"x","source":{"address":"1.2.3.4","port":1},"nonce":"00112233445566778899"})",
                           R"({"type":"announce","id":"k0","target":"1.2.3.4","source":{"address":"1.2.3.4","port":99999},"nonce":"0011223344556677"})",
                           R"({"type":"announce","id":"k0","target":"1.2.3.4","source":{"address":"1.2.3.4","port":9},"nonce":""})",
                           R"({"type":"announce","id":"012345678901234567890123456789012","target":"1.2.3.4"})"}) {
    INFO(line);
    CHECK_FALSE(parse_line(line));
  }
  CHECK_FALSE(parse_line(std::string(5000, '[')));
  CHECK_FALSE(parse_seen_as("<html>"));
  CHECK_FALSE(parse_seen_as(R"({"address":5})"));
  CHECK(parse_seen_as(R"({"address":"::ffff:192.0.2.1"})").value().is_v4());
}

TEST_CASE("a stream is cut into lines wherever its pieces end, and endless lines are dropped") {
  LineCutter cutter;
  CHECK(cutter.feed("one\ntw") == std::vector<std::string>{"one"});
  CHECK(cutter.feed("o\n\nthree\n") == std::vector<std::string>{"two", "three"});
  CHECK(cutter.feed(std::string(10000, 'x')).empty());
  CHECK(cutter.feed("\nfour\n") == std::vector<std::string>{"four"});
  CHECK(cutter.overlong() == 1);
}
