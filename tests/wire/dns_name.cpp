#include "wire/dns_name.hpp"

#include "support/catch.hpp"

using ringback::wire::dns::text_of_name;

TEST_CASE("a name of a message is written as a zone file has it, in lower case") {
  using namespace std::string_literals;
  struct Row {
    std::string wire;
    std::string expected;
  };
  const Row rows[] = {
      {"\0"s, "."},
      {"\3wWw\7example\3org\0"s, "www.example.org."},
      {"\1*\4_sip\1a\0"s, "*._sip.a."},
      {"\5a.b;c\0"s, R"(a\.b\;c.)"},
      {"\4()\\\"\0"s, R"(\(\)\\".)"},
      {"\4\0 \177\377\0"s, R"(\000\032\127\255.)"},
      {"\2\t@\0"s, R"(\009@.)"},
      {""s, ""},
      {"\0\1a"s, ""},                                 // the root, and something behind it
      {"\7ab"s, "ab."},                               // cut off
      {std::string(256, '\1'), ""},                   // longer than a name may be
  };
  for (const auto& row : rows) {
    INFO(row.expected);
    CHECK(text_of_name(std::as_bytes(std::span(row.wire))) == row.expected);
  }
}
