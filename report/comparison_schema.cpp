#include "report/comparison.hpp"
#include "report/comparison_line.hpp"
#include "report/schema_note.hpp"
#include "report/schema_of.hpp"

namespace ringback {
namespace {

constexpr schema::Note comparison_notes[] = {
    {"ComparisonLine", "schema", "the version of this schema; another number means an incompatible form"},
    {"ComparisonLine", "before", "the report that was named first"},
    {"ComparisonLine", "after", "the report that was named second"},
    {"ComparisonLine", "changes", "what got worse first, then what got better, then the rest; empty: nothing changed"},
    {"ComparisonLine", "caveats", "sentences: why some of it may not be compared, or hardly"},
    {"ComparedSide", "started", "when that run began, RFC 3339 in UTC"},
    {"ComparedSide", "tool", "what made that report"},
    {"ComparedSide", "redacted", "true: what identifies the household is masked there; if so in either, addresses and names are not compared"},
    {"Change", "about", "what changed; measurement: what could be measured"},
    {"Change", "effect", "for whoever wants to be reached"},
    {"Change", "subject", "which service, family or name; all null: the connection as a whole, or several at once"},
    {"Change", "code", "of the finding that came or went, or that stops the service now; null: there is none"},
    {"Change", "before", "what was, in words or as an address; null: there was none, or it was not known"},
    {"Change", "after", "what is; null: there is none, or it is not known"},
    {"Change", "text", "one or two sentences for people"},
};

}  // namespace

nlohmann::ordered_json comparison_schema() {
  auto defs = schema::Value::object();
  auto root = schema::of<ComparisonLine>(defs);
  defs["ComparisonLine"]["properties"]["schema"] = {{"const", ComparisonLine{}.schema}};
  defs["ComparedSide"]["properties"]["started"]["format"] = "date-time";
  schema::add_notes(defs, comparison_notes);
  return schema::document({.id = "urn:ringback:diff:1",
                           .title = "ringback.diff/1",
                           .description = "What changed between two reports, as ringback diff -f json tells it. Further keys may be added; those that "
                                          "are required here stay."},
                          root, std::move(defs));
}

}  // namespace ringback
