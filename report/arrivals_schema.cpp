#include "report/arrivals.hpp"
#include "report/arrivals_lines.hpp"
#include "report/schema_of.hpp"

namespace ringback {
namespace {

using schema::Value;

struct Note {
  const char* type;
  const char* key;
  const char* text;
};

constexpr Note line_notes[] = {
    {"Watching", "service", "outside port first where it differs from the inside one"},
    {"Watching", "interface", "the network card that is watched, or \"any\""},
    {"Watching", "rules_readable", "false: what this host's packet filter does is not known"},
    {"Watching", "knock_at", "where somebody outside has to knock, as far as this home knows it without anybody outside"},
    {"Watching", "how_to_knock", "what to do, in words"},
    {"Ignored", "origin", "why it proves nothing"},
    {"Arrival", "id", "the same for every line about this attempt"},
    {"Arrival", "time", "of its first packet, RFC 3339 in UTC"},
    {"Arrival", "to", "as captured: where a router may have translated it to"},
    {"Arrival", "settled", "true: the last line about this attempt"},
    {"Arrival", "tries", "packets that open, repetitions included; of UDP all that came"},
    {"Arrival", "answers", "repetitions included"},
    {"Arrival", "answered_on", "the network card by which the first answer left"},
    {"Arrival", "reached", "of TCP: the answer got there, because the visitor reacted to it"},
    {"Arrival", "program", "whose socket is there; null: nobody's, or unknown"},
    {"Arrival", "reachable", "what this one attempt comes to, in the words of the report"},
    {"ServiceLine", "cause", "a code of the report's findings"},
    {"ServiceLine", "title", "what stops visitors, in a few words"},
    {"ServiceLine", "attempts", "how those from outside ended"},
    {"Verdict", "ended", "of wait: count, time, signal, reader, trouble; of read: end, damage"},
    {"Verdict", "exit_status", "the program's"},
    {"Verdict", "services_left_out", "beyond the bound, with fewer attempts"},
    {"Verdict", "dropped", "packets that the capture lost"},
    {"Verdict", "ignored", "attempts that prove nothing, by origin"},
    {"Verdict", "untracked", "attempts beyond the bound: counted, and not followed"},
    {"Verdict", "to_try", "what to do where nobody came"},
    {"Verdict", "file", "of read: what the file holds; of wait: null"},
};

template <class Line>
Value kind(Value& defs, const char* name) {
  auto reference = schema::of<Line>(defs);
  auto& properties = defs.at("lines." + std::string(name)).at("properties");
  properties["schema"] = {{"enum", {"ringback.wait/1", "ringback.read/1"}}};
  properties["kind"] = {{"const", Line{}.kind}};
  if (properties.contains("time")) properties["time"]["format"] = "date-time";
  return reference;
}

}  // namespace

nlohmann::ordered_json arrivals_schema() {
  Value defs = Value::object();
  const auto any = Value::array({kind<lines::Watching>(defs, "Watching"), kind<lines::Arrival>(defs, "Arrival"),
                                 kind<lines::Ignored>(defs, "Ignored"), kind<lines::Verdict>(defs, "Verdict")});
  for (const auto* key : {"first", "last"}) defs["lines.File"]["properties"][key]["format"] = "date-time";
  defs["lines.Verdict"]["properties"]["exit_status"]["enum"] = {0, 1, 2, 3};
  for (const auto& note : line_notes) defs.at("lines." + std::string(note.type)).at("properties").at(note.key)["description"] = note.text;
  Value result = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                  {"$id", "urn:ringback:arrivals:1"},
                  {"title", "a line of ringback wait or ringback read"},
                  {"description",
                   "Each line that they write with -f json is one such object. Further keys and kinds may be added; those that are "
                   "required here stay."},
                  {"oneOf", any}};
  result["$defs"] = std::move(defs);
  return result;
}

}  // namespace ringback
