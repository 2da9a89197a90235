#include "report/safe_text.hpp"

#include "support/catch.hpp"

using namespace ringback;

TEST_CASE("what acts on a terminal is replaced, what is read stays") {
  struct Row {
    const char* given;
    const char* unicode;
    const char* ascii;
  };
  const auto row = GENERATE(values<Row>({
      {"plain text", "plain text", "plain text"},
      {"Z\xC3\xBCrich \xE2\x80\x93 caf\xC3\xA9", "Z\xC3\xBCrich \xE2\x80\x93 caf\xC3\xA9", "Z?rich - caf?"},
      {"two\nlines\tand\rmore", "two lines and more", "two lines and more"},
      {"\x1b[31mred", "\xEF\xBF\xBD[31mred", "?[31mred"},
      {"bell\x07", "bell\xEF\xBF\xBD", "bell?"},
      {"c1 \xC2\x9b" "2J", "c1 \xEF\xBF\xBD" "2J", "c1 ?2J"},
      {"\xE2\x80\xAEgnp.exe", "\xEF\xBF\xBDgnp.exe", "?gnp.exe"},
      {"a\xE2\x80\x8B" "b", "a\xEF\xBF\xBD" "b", "a?b"},
      {"tag \xF3\xA0\x81\x81", "tag \xEF\xBF\xBD", "tag ?"},
      {"\xFF\xFE", "\xEF\xBF\xBD\xEF\xBF\xBD", "??"},
      {"overlong \xC0\xAF", "overlong \xEF\xBF\xBD\xEF\xBF\xBD", "overlong ??"},
      {"surrogate \xED\xA0\x80", "surrogate \xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD", "surrogate ???"},
      {"cut \xE2\x82", "cut \xEF\xBF\xBD\xEF\xBF\xBD", "cut ??"},
  }));
  CHECK(safe_text(row.given) == row.unicode);
  CHECK(safe_text(row.given, {.unicode = false}) == row.ascii);
}

TEST_CASE("a long text is cut") {
  CHECK(safe_text("abcdef", {.longest = 6}) == "abcdef");
  CHECK(safe_text("abcdefg", {.longest = 6}) == "abcdef…");
  CHECK(safe_text(std::string(1'000'000, 'x'), {.unicode = false, .longest = 3}) == "xxx...");
}

TEST_CASE("combining marks do not pile up") {
  std::string tower = "a";
  for (int i = 0; i < 50; ++i) tower += "\xCC\x81";
  CHECK(safe_text(tower).substr(0, 10) == "a\xCC\x81\xCC\x81\xCC\x81\xEF\xBF\xBD");
}

TEST_CASE("width counts columns, not bytes") {
  CHECK(display_width("abc") == 3);
  CHECK(display_width("Z\xC3\xBCrich") == 6);
  CHECK(display_width("e\xCC\x81") == 1);
  CHECK(display_width("\xE6\x9D\xB1\xE4\xBA\xAC") == 4);
  CHECK(display_width("\xF0\x9F\x98\x80") == 2);
}

TEST_CASE("lines break at spaces, and words only where they must") {
  using Lines = std::vector<std::string>;
  CHECK(wrap("", 10) == Lines{""});
  CHECK(wrap("one two three", 7) == Lines{"one two", "three"});
  CHECK(wrap("one  two", 80) == Lines{"one two"});
  CHECK(wrap("abcdefghij", 4) == Lines{"abcd", "efgh", "ij"});
  CHECK(wrap("a bcdefgh", 4) == Lines{"a", "bcde", "fgh"});
  // Half of an address cannot be copied.
  CHECK(wrap("to 2a03:5a5c:d900:1:dea6:32ff:fedb:b0bf; then", 20) == Lines{"to", "2a03:5a5c:d900:1:dea6:32ff:fedb:b0bf;", "then"});
  CHECK(wrap("[2a03:5a5c:d900:1:dea6:32ff:fedb:b0bf]:443,", 20) == Lines{"[2a03:5a5c:d900:1:dea6:32ff:fedb:b0bf]:443,"});
  CHECK(wrap("2a03:5a5c:d900:1:dea6:32ff:fedb:b0bf.", 20) == Lines{"2a03:5a5c:d900:1:dea6:32ff:fedb:b0bf."});
  CHECK(wrap("(2a03:5a5c:d900:1::/64).", 10) == Lines{"(2a03:5a5c:d900:1::/64)."});
  CHECK(wrap("2a03:zzzz:d900:1::", 10) == Lines{"2a03:zzzz:", "d900:1::"});
  CHECK(wrap("\xE6\x9D\xB1\xE4\xBA\xAC\xE6\x9D\xB1", 4) == Lines{"\xE6\x9D\xB1\xE4\xBA\xAC", "\xE6\x9D\xB1"});
}
