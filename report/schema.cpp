#include "report/schema.hpp"

#include "diagnosis/codes.hpp"
#include "report/schema_note.hpp"
#include "report/schema_of.hpp"

namespace ringback {
namespace schema {

Value textual(const std::string& name) {
  static constexpr const char* kHexOrDigits = "^[0-9A-Fa-f:.]+$";
  if (name == "Address")
    return {{"title", "an IPv4 or IPv6 address, without zone (RFC 5952)"}, {"type", "string"}, {"pattern", kHexOrDigits},
            {"anyOf", Value::array({{{"format", "ipv4"}}, {{"format", "ipv6"}}})}};
  if (name == "Prefix") return {{"title", "an address block"}, {"type", "string"}, {"pattern", "^[0-9A-Fa-f:.]+/[0-9]{1,3}$"}};
  if (name == "Endpoint")
    return {{"title", "an address and a port"}, {"type", "string"}, {"pattern", "^([0-9.]+|\\[[0-9A-Fa-f:.]+\\]):[0-9]{1,5}$"}};
  if (name == "Service")
    return {{"title", "a service, outside port first where it differs from the inside one"}, {"type", "string"},
            {"pattern", "^([0-9]{1,5}:)?[0-9]{1,5}/(tcp|udp)$"}};
  if (name == "MacAddress") return {{"title", "a hardware address"}, {"type", "string"}, {"pattern", "^[0-9a-f]{2}(:[0-9a-f]{2}){5}$"}};
  if (name == "Moment")
    return {{"title", "a calendar time in UTC (RFC 3339)"}, {"type", "string"},
            {"pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"}};
  return {{"type", "string"}};
}

namespace {

Value is(const char* key, Value value) { return {{"required", {key}}, {"properties", {{key, std::move(value)}}}}; }

/// Each code with its title, as `explain` has them, and room for those of later versions.
Value known_codes() {
  auto result = Value::array();
  for (const auto& code : diagnosis::codes()) result.push_back({{"const", code.code}, {"title", code.title}, {"description", code.meaning}});
  result.push_back({{"title", "a code of a later version"}});
  return result;
}

/// What the contract promises beyond the types.
void add_promises(Value& defs) {
  auto& report = defs["Report"]["properties"];
  report["schema"] = {{"const", Report{}.schema}};
  report["started"]["format"] = "date-time";
  report["duration_ms"]["minimum"] = 0;
  defs["Tool"]["properties"]["name"]["minLength"] = 1;
  defs["ProbeRun"]["properties"]["duration_ms"]["minimum"] = 0;

  const char* code = "^[!-~]{1,100}$";
  auto& finding = defs["Finding"];
  finding["properties"]["code"]["pattern"] = code;
  finding["properties"]["code"]["anyOf"] = known_codes();
  finding["properties"]["evidence"]["items"]["pattern"] = "^(/([^/~]|~[01])*)*$";  // RFC 6901 §3
  finding["if"] = is("severity", {{"enum", {"error", "warning"}}});
  finding["then"] = {{"properties", {{"remedies", {{"minItems", 1}}}}}};

  auto& verdict = defs["ServiceVerdict"];
  verdict["properties"]["cause"]["pattern"] = code;
  verdict["if"] = is("reachable", {{"const", "yes"}});
  verdict["then"] = {{"properties", {{"cause", {{"type", "null"}}}}}};
  defs["NameVerdict"]["properties"]["findings"]["items"]["pattern"] = code;
}

}  // namespace
}  // namespace schema

nlohmann::ordered_json report_schema() {
  using schema::Value;
  Value defs = Value::object();
  schema::of<Report>(defs);
  schema::add_promises(defs);
  schema::add_notes(defs, {});
  return schema::document({.id = "urn:ringback:report:1",
                           .title = "ringback.report/1",
                           .description = "What a run of ringback found, and all that it rests on. Further keys may be added; those that are "
                                          "required here stay. Times have their unit at the end of their name (_s, _ms, _us). Sizes of packets "
                                          "keep the names of their protocols (mtu, mss, size, told) and are bytes, prefix_length is bits, and every "
                                          "other number is a count, a port, a number of hops, or what a protocol or the kernel numbers."},
                          {{"$ref", "#/$defs/Report"}}, std::move(defs));
}

}  // namespace ringback
