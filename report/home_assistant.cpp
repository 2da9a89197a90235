#include "report/home_assistant.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "report/safe_text.hpp"
#include "report/summary.hpp"
#include "report/words.hpp"

namespace ringback {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t longest_id = 64;

std::string text_of(std::string_view text, std::size_t longest = 255) { return safe_text(text, {.longest = longest}); }

/// FNV-1a, 32 bit: tells texts apart whose readable form is the same.
std::uint32_t hash_of(std::string_view text) {
  std::uint32_t hash = 2166136261U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash;
}

/// What may stand in a topic and in a template alike. Ordinary names keep their form; what others lose a number makes up for.
std::string id_of(std::string_view text) {
  std::string id;
  bool lost = text.size() > longest_id;
  for (const char c : text.substr(0, longest_id)) {
    const bool kept = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    id += kept ? c : '_';
    lost = lost || (!kept && c != '.' && c != '/' && c != ':');
  }
  return lost ? fmt::format("{}_{:08x}", id, hash_of(text)) : id;
}

std::string base_of(const HomeAssistant& how) { return "ringback/" + id_of(how.instance); }
std::string state_topic(const HomeAssistant& how) { return base_of(how) + "/state"; }
std::string availability_topic(const HomeAssistant& how) { return base_of(how) + "/availability"; }
std::string node_of(const HomeAssistant& how) { return "ringback_" + id_of(how.instance); }

/// One sensor of the device.
struct Entity {
  std::string_view component;              ///< "sensor", "binary_sensor"
  std::string id;
  std::string name;
  std::string value;                       ///< Jinja expression over value_json
  std::string attributes{};                ///< the same, of an object; empty: none
  std::string_view device_class{};
  bool diagnostic = false;
  bool ages = true;                        ///< unavailable when checks stop
};

/// Of a part that the next state may lack: an undefined value would fill Home Assistant's log.
std::string member(std::string_view object, std::string_view key) { return fmt::format("value_json.{}.get('{}', {{}})", object, key); }

/// "None" is a binary sensor's unknown.
std::string on_or_off(std::string_view on, std::string_view off, std::string_view value) {
  return fmt::format("{{'{}': 'ON', '{}': 'OFF'}}.get({}, 'None')", on, off, value);
}

std::string service_id(const ServiceVerdict& verdict) { return id_of(verdict.service.to_string() + "/" + std::string(to_string(verdict.family))); }

template <class Verdict, class Do>
void each(const std::vector<Verdict>& verdicts, std::size_t most, const Do& act) {
  for (std::size_t i = 0; i < std::min(verdicts.size(), most); ++i) act(verdicts[i]);
}

std::vector<Entity> entities(const Report& report) {
  std::vector<Entity> all{
      {.component = "sensor", .id = "check", .name = "Check", .value = "value_json.level",
       .attributes = "{'summary': value_json.summary, 'since': value_json.since, 'troubles': value_json.troubles}"},
      {.component = "binary_sensor", .id = "problem", .name = "Problem",
       .value = "{'ok': 'OFF', 'warning': 'ON', 'critical': 'ON'}.get(value_json.level, 'None')", .device_class = "problem"},
      {.component = "sensor", .id = "connection", .name = "Connection", .value = "value_json.connection.type",
       .attributes = "value_json.connection", .diagnostic = true},
      {.component = "sensor", .id = "findings", .name = "Findings", .value = "value_json.findings.error + value_json.findings.warning",
       .attributes = "value_json.findings"},
      {.component = "sensor", .id = "last_check", .name = "Last check", .value = "value_json.started", .device_class = "timestamp",
       .diagnostic = true, .ages = false},
  };
  each(report.services, kMostServices, [&](const ServiceVerdict& verdict) {
    const auto id = service_id(verdict);
    const auto held = member("services", id);
    all.push_back({.component = "binary_sensor", .id = "service_" + id,
                   .name = fmt::format("{} over {}", verdict.service.to_string(), words(verdict.family)),
                   .value = on_or_off("yes", "no", held + ".get('reachable')"), .attributes = held, .device_class = "connectivity"});
  });
  each(report.names, kMostNames, [&](const NameVerdict& verdict) {
    const auto id = id_of(verdict.name);
    const auto held = member("names", id);
    all.push_back({.component = "binary_sensor", .id = "name_" + id, .name = "Name " + text_of(verdict.name),
                   .value = on_or_off("wrong", "right", held + ".get('verdict')"), .attributes = held, .device_class = "problem"});
  });
  return all;
}

std::string in_one_line(const Json& value) { return value.dump(-1, ' ', true, Json::error_handler_t::replace); }

MqttMessage configuration(const Entity& entity, const Report& report, const HomeAssistant& how) {
  const auto node = node_of(how);
  const auto version = text_of(report.tool.version);
  Json config{{"name", entity.name},
              {"unique_id", node + "_" + entity.id},
              {"state_topic", state_topic(how)},
              {"value_template", "{{ " + entity.value + " }}"}};
  if (!entity.attributes.empty()) {
    config["json_attributes_topic"] = state_topic(how);
    config["json_attributes_template"] = "{{ " + entity.attributes + " | tojson }}";
  }
  if (!entity.device_class.empty()) config["device_class"] = entity.device_class;
  if (entity.diagnostic) config["entity_category"] = "diagnostic";
  if (entity.ages) config["availability_topic"] = availability_topic(how);
  if (entity.ages && how.expire_after.count() > 0) config["expire_after"] = how.expire_after.count();
  config["device"] = {{"identifiers", {node}}, {"name", how.instance == "ringback" ? how.instance : "ringback " + text_of(how.instance)}, {"manufacturer", "ringback"},
                      {"model", "Reachability from the internet"}, {"sw_version", version}};
  config["origin"] = {{"name", "ringback"}, {"sw_version", version}};
  return {fmt::format("{}/{}/{}/{}/config", how.discovery, entity.component, node, entity.id), in_one_line(config)};
}

Json findings_of(const Report& report) {
  Json counts = Json::object();
  for (const auto& [severity, name] : enum_names(Severity{})) counts[std::string(name)] = std::ranges::count(report.findings, severity, &Finding::severity);
  std::vector<std::string> codes;
  for (const auto& finding : report.findings)
    if (codes.size() < kMostFindings && std::ranges::find(codes, finding.code) == codes.end()) codes.push_back(finding.code);
  for (auto& code : codes) code = text_of(code);
  counts["codes"] = codes;
  return counts;
}

Json state_of(const Report& report, const Announcement& announcement) {
  Json services = Json::object(), names = Json::object();
  each(report.services, kMostServices, [&](const ServiceVerdict& verdict) {
    auto& held = services[service_id(verdict)];
    if (!held.is_null()) return;
    held = {{"service", verdict.service.to_string()},
            {"family", to_string(verdict.family)},
            {"reachable", to_string(verdict.reachable)},
            {"stopped_at", to_string(verdict.stopped_at)},
            {"cause", verdict.cause ? Json(text_of(*verdict.cause)) : Json(nullptr)},
            {"confidence", to_string(verdict.confidence)}};
  });
  each(report.names, kMostNames, [&](const NameVerdict& verdict) {
    auto& held = names[id_of(verdict.name)];
    if (!held.is_null()) return;
    std::vector<std::string> codes;
    each(verdict.findings, kMostFindings, [&](const std::string& code) { codes.push_back(text_of(code)); });
    held = {{"name", text_of(verdict.name)}, {"verdict", to_string(verdict.verdict)}, {"findings", codes}};
  });
  return {{"level", to_string(announcement.level)},
          {"since", text_of(announcement.since)},
          {"started", text_of(report.started)},
          {"duration_ms", report.duration.count()},
          {"summary", text_of(headline(report).text, 1000)},
          {"troubles", announcement.troubles.size()},
          {"connection", {{"type", to_string(report.connection.type)}, {"confidence", to_string(report.connection.confidence)},
                          {"ipv4", to_string(report.connection.ipv4.kind)}, {"ipv6", to_string(report.connection.ipv6.kind)}}},
          {"findings", findings_of(report)},
          {"services", services},
          {"names", names},
          {"version", text_of(report.tool.version)}};
}

}  // namespace

std::vector<MqttMessage> mqtt_messages(const Report& report, const Announcement& announcement, const HomeAssistant& how) {
  std::vector<MqttMessage> messages;
  if (!how.discovery.empty())
    for (const auto& entity : entities(report)) {
      auto message = configuration(entity, report, how);
      if (std::ranges::find(messages, message.topic, &MqttMessage::topic) == messages.end()) messages.push_back(std::move(message));
    }
  messages.push_back({availability_topic(how), "online"});
  messages.push_back({state_topic(how), in_one_line(state_of(report, announcement))});
  return messages;
}

MqttMessage mqtt_last_will(const HomeAssistant& how) { return {availability_topic(how), "offline"}; }

std::vector<std::string> mqtt_filters(const HomeAssistant& how) {
  std::vector<std::string> filters{base_of(how) + "/+"};
  if (!how.discovery.empty()) filters.push_back(fmt::format("{}/+/{}/+/config", how.discovery, node_of(how)));
  return filters;
}

std::vector<MqttMessage> mqtt_removals(const std::vector<std::string>& found, const std::vector<MqttMessage>& stay, const HomeAssistant& how) {
  const auto configurations = how.discovery + "/", this_node = "/" + node_of(how) + "/";
  const auto is_own = [&](const std::string& topic) {
    if (topic == state_topic(how) || topic == availability_topic(how)) return true;
    return !how.discovery.empty() && topic.starts_with(configurations) && topic.ends_with("/config") && topic.find(this_node) != std::string::npos;
  };
  std::vector<MqttMessage> removals;
  for (const auto& topic : found)
    if (is_own(topic) && std::ranges::find(stay, topic, &MqttMessage::topic) == stay.end() &&
        std::ranges::find(removals, topic, &MqttMessage::topic) == removals.end())
      removals.push_back({topic, ""});
  return removals;
}

std::vector<MqttMessage> mqtt_removals(const HomeAssistant& how) { return {{availability_topic(how), ""}, {state_topic(how), ""}}; }

std::string mqtt_own_topic(const HomeAssistant& how) { return base_of(how) + "/end"; }

}  // namespace ringback
