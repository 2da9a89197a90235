#include "wire/printable.hpp"

#include "support/catch.hpp"

using ringback::wire::printable;

TEST_CASE("a stranger's text comes out as valid UTF-8 without controls") {
  struct Row {
    std::string text;
    std::string expected;
  };
  const Row rows[] = {
      {"", ""},
      {"FRITZ!Box 7590", "FRITZ!Box 7590"},
      {"Küche 客厅 😀", "Küche 客厅 😀"},
      {"a\x1b[31mb\r\n\x7f", "a?[31mb???"},
      {"\xc2\x85", "??"},              // a C1 control
      {"\xc3", "?"},                   // cut off
      {"\xc3(", "?("},
      {"\xc0\xaf", "??"},              // longer than needed
      {"\xe0\x80\xaf", "???"},
      {"\xed\xa0\x80", "???"},         // a surrogate
      {"\xf4\x90\x80\x80", "????"},    // beyond U+10FFFF
      {"\xff\xfe", "??"},
      {std::string("a\0b", 3), "a?b"},
  };
  for (const auto& row : rows) {
    INFO(row.expected);
    CHECK(printable(row.text) == row.expected);
  }
}

TEST_CASE("a long text is cut, and never inside a character") {
  CHECK(printable("abcdef", 3) == "abc");
  CHECK(printable("aüü", 4) == "aü");
  CHECK(printable("aüü", 5) == "aüü");
}
