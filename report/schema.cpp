#include "report/schema.hpp"

#include <algorithm>
#include <array>

#include "report/schema_notes_host.hpp"
#include "report/schema_notes_outside.hpp"
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

constexpr std::array kNotes{
    Note{"Report", "schema", "the version of this schema; another number means an incompatible report"},
    Note{"Report", "tool", "what made the report"},
    Note{"Report", "started", "when the run began, RFC 3339 in UTC"},
    Note{"Report", "duration_ms", "how long the run took"},
    Note{"Report", "redacted", "true: what identifies the household is masked, the same value always with the same mask"},
    Note{"Report", "redaction", "of a redacted report: what each mask stands for; the values are valid, and nobody's here"},
    Note{"Report", "connection", "how the household is connected to the internet"},
    Note{"Report", "services", "one entry for each service and each address family that this household or host could have"},
    Note{"Report", "names", "the DNS names that should lead here"},
    Note{"Report", "findings", "what the diagnosis concludes, the gravest first"},
    Note{"Report", "probes", "how each probe ended"},
    Note{"Report", "evidence", "every probe's observations in full; null where a probe did not run or could not work"},
    Note{"Connection", "type", "the kind of internet connection"},
    Note{"Connection", "confidence", "certain: two independent observations, or one that admits no other reading"},
    Note{"Connection", "because", "one sentence for each piece of evidence, for and against"},
    Note{"Ipv4Connection", "mapped_address", "how the internet sees the host"},
    Note{"Ipv4Connection", "wan_address", "of the home router"},
    Note{"Ipv4Connection", "nat_layers", "how many translators lie between the host and the internet"},
    Note{"Ipv6Connection", "prefix", "on the link to the home router"},
    Note{"Ipv6Connection", "stable_addresses", "RFC 7217, EUI-64, DHCPv6, token or static"},
    Note{"Ipv6Connection", "temporary_addresses", "RFC 8981"},
    Note{"ServiceVerdict", "reachable", "from the internet; what could not be tested is unknown"},
    Note{"ServiceVerdict", "stopped_at", "where an incoming connection ends; upstream: router or provider, not told apart"},
    Note{"ServiceVerdict", "cause", "the code of the finding that explains it; null where reachable"},
    Note{"NameVerdict", "findings", "codes of the findings about this name"},
    Note{"NameVerdict", "because", "one sentence for each address"},
    Note{"NameVerdict", "updates", "what a program of this host that keeps the name up to date publishes, one sentence for each family"},
    Note{"Finding", "code", "stable; the codes are listed in the contract, and new ones may be added"},
    Note{"Finding", "severity", "error: breaks something that was asked for; warning: will break, or breaks for some"},
    Note{"Finding", "title", "one sentence for people"},
    Note{"Finding", "subject", "what it is about; all null: the connection as a whole"},
    Note{"Finding", "evidence", "RFC 6901 pointers into this report; every one resolves"},
    Note{"Finding", "remedies", "what to do, the most promising first; at least one for an error or a warning"},
    Note{"ProbeRun", "status", "failed: the probe could not work; a network that fails is done, with evidence"},
    Note{"ProbeRun", "reason", "of everything but done"},
    Note{"host.Published", "service", "the host that is asked how it is seen; empty: not known"},
    Note{"host.Evidence", "destinations", "how the kernel sends to each place that this run or an updater speaks with"},
    Note{"host.Destination", "place", "the host, by its name or address"},
    Note{"host.Destination", "lookup", "the route, and the source address, that the kernel chooses"},
    Note{"Evidence", "request", "what was asked for"},
    Note{"Evidence", "host", "what this host says of itself"},
    Note{"Evidence", "stun", "how STUN servers see this host (RFC 8489)"},
    Note{"Evidence", "web", "how web servers see this host, and whether something answers in their place"},
    Note{"Evidence", "router", "what routers say of themselves (NAT-PMP, PCP, UPnP IGD)"},
    Note{"Evidence", "path", "which hops lie between this host and the internet"},
    Note{"Evidence", "dns", "what resolvers and the zone's own servers answer"},
    Note{"Evidence", "listeners", "who listens on this host"},
    Note{"Evidence", "filter", "what this host's own packet filter does with a stranger's packet"},
    Note{"Evidence", "inbound", "knocks from outside, and what this host's network card saw of them"},
};

Value is(const char* key, Value value) { return {{"required", {key}}, {"properties", {{key, std::move(value)}}}}; }

/// What the contract promises beyond the types.
void add_promises(Value& defs) {
  auto& report = defs["Report"]["properties"];
  report["schema"] = {{"const", Report{}.schema}};
  report["started"]["format"] = "date-time";
  report["duration_ms"]["minimum"] = 0;
  defs["Tool"]["properties"]["name"]["minLength"] = 1;
  defs["ProbeRun"]["properties"]["duration_ms"]["minimum"] = 0;

  const char* code = "^[a-z][a-z0-9]*\\.[a-z0-9]+(-[a-z0-9]+)*$";
  auto& finding = defs["Finding"];
  finding["properties"]["code"]["pattern"] = code;
  finding["properties"]["evidence"]["items"]["pattern"] = "^(/([^/~]|~[01])*)*$";  // RFC 6901 §3
  finding["if"] = is("severity", {{"enum", {"error", "warning"}}});
  finding["then"] = {{"properties", {{"remedies", {{"minItems", 1}}}}}};

  auto& verdict = defs["ServiceVerdict"];
  verdict["properties"]["cause"]["pattern"] = code;
  verdict["if"] = is("reachable", {{"const", "yes"}});
  verdict["then"] = {{"properties", {{"cause", {{"type", "null"}}}, {"stopped_at", {{"const", "none"}}}}}};
  defs["NameVerdict"]["properties"]["findings"]["items"]["pattern"] = code;
}

void add_notes(Value& defs) {
  const auto add = [&](const Note& note) { defs.at(note.type).at("properties").at(note.key)["description"] = note.text; };
  std::ranges::for_each(kNotes, add);
  std::ranges::for_each(kNotesOfHost, add);
  std::ranges::for_each(kNotesOfOutside, add);
}

}  // namespace
}  // namespace schema

nlohmann::ordered_json report_schema() {
  using schema::Value;
  Value defs = Value::object();
  schema::of<Report>(defs);
  schema::add_promises(defs);
  schema::add_notes(defs);
  Value result = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                  {"$id", "urn:ringback:report:1"},
                  {"title", Report{}.schema},
                  {"description", "What a run of ringback found, and all that it rests on. Further keys may be added; those that are required here stay."},
                  {"$ref", "#/$defs/Report"}};
  result["$defs"] = std::move(defs);
  return result;
}

}  // namespace ringback
