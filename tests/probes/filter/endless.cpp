/// Rulesets that lead in circles, or so deep and so wide that nobody wrote them by hand: read and walked in bounded time and depth.
#include <fmt/format.h>

#include <array>

#include "probes/filter/walk.hpp"
#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::filter;

namespace {

constexpr unsigned deep = 10'000;

std::string rule(const std::string& chain, unsigned handle, const std::string& expressions) {
  return fmt::format(R"(,{{"rule":{{"family":"inet","table":"t","chain":"{}","handle":{},"expr":[{}]}}}})", chain, handle,
                     expressions);
}
std::string chain(const std::string& name) { return fmt::format(R"(,{{"chain":{{"family":"inet","table":"t","name":"{}","handle":1}}}})", name); }
std::string to(const char* verdict, const std::string& target) { return fmt::format(R"({{"{}":{{"target":"{}"}}}})", verdict, target); }
/// Nobody can tell whether it matches.
const std::string unclear = R"({"match":{"op":"==","left":{"meta":{"key":"skuid"}},"right":1000}})";
const std::string drop = R"({"drop":null})";

/// A base chain that drops, and these.
Expected<Ruleset> endless_ruleset(const std::string& rest) {
  return parse_ruleset(R"({"nftables":[{"table":{"family":"inet","name":"t","handle":1}},)"
                       R"({"chain":{"family":"inet","table":"t","name":"input","handle":1,"type":"filter","hook":"input","prio":0,"policy":"drop"}})" + rest + "]}", {});
}

Walk walked(const std::string& rest) {
  const auto rules = endless_ruleset(rest);
  REQUIRE(rules);
  Packet packet{.family = Family::ipv4, .protocol = Protocol::tcp, .port = 443, .interface = "eth0"};
  packet.destinations = {Address::v4(0xc0a80105)};
  return walk_both_ways(*rules, packet).knock;
}

/// c0 leads to c1, that to c2 …, the last one to `end`.
std::string ladder(const char* verdict, unsigned steps, const std::string& end, const std::string& condition = {}) {
  std::string all;
  for (unsigned i = 0; i < steps; ++i) all += chain(fmt::format("c{}", i));
  all += rule("input", 1, to("jump", "c0"));
  for (unsigned i = 0; i + 1 < steps; ++i)
    all += rule(fmt::format("c{}", i), i + 2, (condition.empty() ? "" : condition + ",") + to(verdict, fmt::format("c{}", i + 1)));
  return all + rule(fmt::format("c{}", steps - 1), steps + 1, end);
}

bool is_given_up(const Walk& walk) {
  return walk.action == Action::unknown && walk.unclear.size() == 1 &&
         walk.unclear[0].find("more rules than can be followed") != std::string::npos;
}

std::string nested(const std::string& open, const std::string& close, unsigned times) {
  std::string text;
  for (unsigned i = 0; i < times; ++i) text += open;
  text += "1";
  for (unsigned i = 0; i < times; ++i) text += close;
  return text;
}

}  // namespace

TEST_CASE("jumps in a circle are given up, and called unknown") {
  CHECK(is_given_up(walked(chain("a") + rule("input", 1, to("jump", "a")) + rule("a", 2, to("jump", "a")))));
  CHECK(is_given_up(walked(chain("a") + chain("b") + rule("input", 1, to("jump", "a")) + rule("a", 2, to("jump", "b")) +
                           rule("b", 3, to("jump", "a")))));
  CHECK(is_given_up(walked(chain("a") + rule("input", 1, to("jump", "a")) + rule("a", 2, to("goto", "a")))));
  CHECK(is_given_up(walked(chain("a") + rule("input", 1, to("goto", "a")) + rule("a", 2, to("goto", "input")))));
  const auto maybe = walked(chain("a") + rule("input", 1, to("jump", "a")) + rule("a", 2, unclear + "," + to("jump", "a")));
  CHECK(maybe.action == Action::unknown);
}

TEST_CASE("a ladder of chains is climbed as deep as the kernel allows, and beyond any sense given up") {
  CHECK(walked(ladder("jump", 15, drop)).action == Action::drop);
  CHECK(walked(ladder("jump", 15, drop, unclear)).action == Action::drop);   // either way: the policy drops, too
  CHECK(is_given_up(walked(ladder("jump", deep, drop))));
  CHECK(walked(ladder("jump", deep, drop, unclear)).action == Action::unknown);
  CHECK(walked(ladder("goto", deep, drop)).action == Action::drop);          // which needs no depth
}

TEST_CASE("doors that each may lead on are not multiplied by each other") {
  // Two jumps in each chain, both of them unclear, would be 2^40 ways.
  std::string all;
  constexpr unsigned floors = 40;
  for (unsigned i = 0; i <= floors; ++i) all += chain(fmt::format("c{}", i));
  all += rule("input", 1, to("jump", "c0"));
  for (unsigned i = 0; i < floors; ++i)
    for (unsigned door = 0; door < 2; ++door)
      all += rule(fmt::format("c{}", i), 2 + 2 * i + door, unclear + "," + to("jump", fmt::format("c{}", i + 1)));
  CHECK(is_given_up(walked(all + rule(fmt::format("c{}", floors), 1000, R"({"counter":null})"))));
}

TEST_CASE("ten thousand chains side by side are all gone through") {
  std::string all;
  for (unsigned i = 0; i < deep; ++i) all += chain(fmt::format("c{}", i));
  for (unsigned i = 0; i < deep; ++i) all += rule("input", i + 1, to("jump", fmt::format("c{}", i)));
  for (unsigned i = 0; i < deep; ++i) all += rule(fmt::format("c{}", i), deep + i + 1, R"({"counter":null})");
  CHECK(walked(all + rule("input", 2 * deep + 1, drop)).action == Action::drop);
}

TEST_CASE("a map of verdicts with ten thousand chains is no ladder") {
  std::string all = chain("a"), elements;
  for (unsigned i = 0; i < deep; ++i) elements += fmt::format(R"({}[{},{{"jump":{{"target":"a"}}}}])", i == 0 ? "" : ",", i + 1000);
  const auto map = fmt::format(R"({{"vmap":{{"key":{{"meta":{{"key":"skuid"}}}},"data":{{"set":[{}]}}}}}})", elements);
  const auto seen = walked(all + rule("input", 1, map) + rule("a", 2, drop));
  CHECK((seen.action == Action::drop || seen.action == Action::unknown));
}

TEST_CASE("values within values: a few are read, without end they are refused, wherever they stand") {
  for (const auto& [open, close] : {std::pair{R"({"elem":{"val":)", "}}"}, {R"({"concat":[)", "]}"}, {"[", "]"}, {R"({"set":[)", "]}"},
                                    {R"({"&":[)", ",1]}"}, {R"({"prefix":{"addr":)", R"(,"len":8}})"}, {R"({"|":[)", "]}"}}) {
    INFO(open);
    const auto match = [&](const std::string& left, const std::string& right) {
      return R"({"match":{"op":"==","left":)" + left + R"(,"right":)" + right + "}}," + drop;
    };
    const std::string port = R"({"payload":{"protocol":"tcp","field":"dport"}})";
    const auto of = [&](const std::string& value) {
      return std::array{rule("input", 1, match(port, value)), rule("input", 1, match(value, "443")), rule("input", 1, value),
                        R"(,{"set":{"family":"inet","table":"t","name":"s","type":"inet_service","elem":[)" + value + "]}}"};
    };
    // By the policy, whatever the rule does.
    for (const auto& few : of(nested(open, close, 10))) CHECK(walked(few).action == Action::drop);
    for (const auto& many : of(nested(open, close, 100'000))) CHECK_FALSE(endless_ruleset(many));
  }
  // A word is none.
  CHECK(walked(rule("input", 1, R"({"log":{"prefix":"\"\\[[[[)" + std::string(200, '[') + R"("}})")).action == Action::drop);
}
