#include "report/home_assistant.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "report/summary.hpp"
#include "reports.hpp"
#include "support/catch.hpp"

using namespace ringback;
using test::has;
using nlohmann::json;

namespace {

const Announcement told{.level = Level::critical, .since = "2026-01-31T11:55:00.000Z", .changed = true, .troubles = {"one"}};
const HomeAssistant attic{.instance = "attic"};

const MqttMessage& under(const std::vector<MqttMessage>& messages, const std::string& topic) {
  const auto found = std::find_if(messages.begin(), messages.end(), [&](const auto& m) { return m.topic == topic; });
  if (found == messages.end()) FAIL("nothing under " << topic);
  return *found;
}

std::vector<std::string> topics(const std::vector<MqttMessage>& messages) {
  std::vector<std::string> all;
  for (const auto& message : messages) all.push_back(message.topic);
  return all;
}

/// MQTT 3.1.1 §4.7.1.
bool matches(const std::string& filter, const std::string& topic) {
  std::size_t f = 0, t = 0;
  while (f < filter.size()) {
    if (filter[f] == '+') {
      while (t < topic.size() && topic[t] != '/') ++t;
      ++f;
    } else if (t < topic.size() && filter[f] == topic[t]) {
      ++f, ++t;
    } else {
      return false;
    }
  }
  return t == topic.size();
}

}  // namespace

TEST_CASE("a report becomes one device with its sensors, one topic for each") {
  const auto messages = mqtt_messages(test::ds_lite(), told, attic);
  std::set<std::string> identifiers;
  for (const auto& message : messages) {
    INFO(message.topic);
    CHECK(message.retain);
    CHECK(message.topic.find_first_of("+# ") == std::string::npos);
    if (!message.topic.starts_with("homeassistant/")) continue;
    const auto config = json::parse(message.payload);
    CHECK(identifiers.insert(config["unique_id"]).second);
    CHECK(config["device"]["identifiers"] == json::array({"ringback_attic"}));
    CHECK(config["device"]["name"] == "ringback attic");
    CHECK(config["state_topic"] == "ringback/attic/state");
    CHECK(config["origin"]["name"] == "ringback");
  }
  CHECK(identifiers.size() == 8);   // the check, its problem, connection, findings, time, a service over two families, a name
  const auto service = json::parse(under(messages, "homeassistant/binary_sensor/ringback_attic/service_443_tcp_ipv4/config").payload);
  CHECK(service["name"] == "443/tcp over IPv4");
  CHECK(service["device_class"] == "connectivity");
  CHECK(service["availability_topic"] == "ringback/attic/availability");
  CHECK(service["expire_after"] == 900);
  const auto last = json::parse(under(messages, "homeassistant/sensor/ringback_attic/last_check/config").payload);
  CHECK_FALSE(last.contains("expire_after"));
  CHECK_FALSE(last.contains("availability_topic"));
}

TEST_CASE("the state has what the sensors' templates read") {
  auto report = test::ds_lite();
  report.names = {{"home.example.org", {}, {}, NameState::wrong, {"dns.a-wrong"}}};
  const auto messages = mqtt_messages(report, told, attic);
  CHECK(under(messages, "ringback/attic/availability").payload == "online");
  CHECK(messages.back().topic == "ringback/attic/state");
  const auto state = json::parse(messages.back().payload);
  CHECK(state["level"] == "critical");
  CHECK(state["services"]["443_tcp_ipv4"]["reachable"] == "no");
  CHECK(state["services"]["443_tcp_ipv4"]["cause"] == "ipv4.ds-lite");
  CHECK(state["services"]["443_tcp_ipv6"]["cause"].is_null());
  CHECK(state["names"]["home_example_org"]["verdict"] == "wrong");
  CHECK(state["findings"]["error"] == 1);
  CHECK(state["started"] == report.started);
  CHECK(has(state["summary"], "443/tcp"));
  const auto name = json::parse(under(messages, "homeassistant/binary_sensor/ringback_attic/name_home_example_org/config").payload);
  CHECK(has(name["value_template"], "value_json.names.get('home_example_org', {})"));
}

TEST_CASE("without a discovery prefix the state alone is published, and without an expiry sensors do not age") {
  CHECK(topics(mqtt_messages(test::healthy(), told, {.instance = "attic", .discovery = ""})) ==
        std::vector<std::string>{"ringback/attic/availability", "ringback/attic/state"});
  for (const auto& message : mqtt_messages(test::healthy(), told, {.instance = "attic", .expire_after = std::chrono::seconds(0)}))
    CHECK_FALSE(has(message.payload, "expire_after"));
}

TEST_CASE("the last will says what a check that broke off leaves") {
  CHECK(mqtt_last_will(attic) == MqttMessage{"ringback/attic/availability", "offline", true});
}

TEST_CASE("what is held of this instance is found by the filters, and removed unless it stays") {
  auto report = test::healthy();
  const auto before = mqtt_messages(report, told, attic);
  report.services.clear();
  report.names.clear();
  const auto now = mqtt_messages(report, told, attic);
  for (const auto& message : before) {
    INFO(message.topic);
    CHECK(std::ranges::any_of(mqtt_filters(attic), [&](const auto& filter) { return matches(filter, message.topic); }));
  }
  CHECK(std::ranges::any_of(mqtt_filters(attic), [&](const auto& filter) { return matches(filter, mqtt_own_topic(attic)); }));
  auto found = topics(before);
  for (const char* foreign : {"ringback/attic/other", "ringback/cellar/state", "homeassistant/sensor/ringback_cellar/check/config", "homeassistant/sensor/x/config",
                              "other/sensor/ringback_attic/check/config", ""})
    found.emplace_back(foreign);
  found.push_back(found.front());
  const auto removals = mqtt_removals(found, now, attic);
  CHECK(removals.size() == 3);   // a service over two families, a name
  for (const auto& removal : removals) {
    CHECK(removal.payload.empty());
    CHECK(removal.retain);
    CHECK(has(removal.topic, "/binary_sensor/ringback_attic/"));
  }
  CHECK(mqtt_removals(topics(before), mqtt_removals(attic), attic).size() == before.size() - 2);
}

TEST_CASE("hostile texts stay texts: topics keep their levels, templates their quotes") {
  const auto hostile = GENERATE(values<std::string>({"+/#", "a/b", "') }}{{ 1/0 }}", "\"\n\\", "\xff\xfe", std::string("a\0b", 3), "b\xc3\xbc" "cher.example", "\xe2\x80\xae", std::string(100'000, 'x')}));
  const auto report = test::filled_with(hostile);
  for (const auto& message : mqtt_messages(report, {.level = Level::ok, .since = hostile, .troubles = {hostile}}, {.instance = hostile})) {
    CHECK(std::ranges::all_of(message.topic, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '/' || c == '_' || c == '-'; }));
    CHECK(message.topic.size() < 300);
    CHECK(std::ranges::count(message.topic, '/') == (message.topic.starts_with("ringback/") ? 2 : 4));
    if (message.topic.ends_with("/availability")) continue;
    const auto parsed = json::parse(message.payload);   // throws where it is none
    if (parsed.contains("value_template")) CHECK_FALSE(has(parsed["value_template"], "1/0"));
    CHECK(message.payload.size() < 20'000);
  }
}

TEST_CASE("names that look alike keep apart") {
  auto report = test::healthy();
  report.names.clear();
  for (const char* name : {"a-b.example", "a_b.example", "a.b.example", "b\xc3\xbc" "cher.example", "b\xc3\xb6" "cher.example"})
    report.names.push_back({name, {}, {}, NameState::right, {}});
  const auto state = json::parse(mqtt_messages(report, told, attic).back().payload);
  CHECK(state["names"].size() == 5);
}

TEST_CASE("however long a report is, its sensors are bounded") {
  auto report = test::healthy();
  for (int port = 1; port <= 1000; ++port)
    report.services.push_back({Service{Protocol::udp, static_cast<Port>(port), static_cast<Port>(port)}, Family::ipv6, Reachable::yes, StoppedAt::none, {}, Confidence::certain});
  for (int i = 0; i < 1000; ++i) report.names.push_back({"n" + std::to_string(i), {}, {}, NameState::right, {}});
  for (int i = 0; i < 5000; ++i) report.findings.push_back({.code = "x." + std::to_string(i) + std::string(10'000, 'b')});
  const auto messages = mqtt_messages(report, told, attic);
  CHECK(messages.size() == 5 + kMostServices + kMostNames + 2);
  CHECK(messages.back().payload.size() < 100'000);
}
