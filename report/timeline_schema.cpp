#include "report/schema_note.hpp"
#include "report/schema_of.hpp"
#include "report/timeline.hpp"
#include "report/timeline_line.hpp"

namespace ringback {
namespace {

constexpr schema::Note history_notes[] = {
    {"HistoryLine", "schema", "the version of this schema; another number means an incompatible form"},
    {"HistoryLine", "since", "from when on it was asked for; null: all of it"},
    {"HistoryLine", "until", "what began later was not asked for; null: up to now"},
    {"HistoryLine", "now", "when this was written"},
    {"HistoryLine", "older_left_out", "true: there are more of that time, older than these"},
    {"HistoryLine", "periods", "in the order of time; empty: no check is remembered"},
    {"history.Period", "began", "when its first check was"},
    {"history.Period", "last", "when its last check was; nothing is known of the time until the next period"},
    {"history.Period", "checks", "how many checks in a row found the same"},
    {"history.Period", "duration_ms", "milliseconds that one of its checks took, on average"},
    {"history.Period", "level", "of its checks, as monitoring has it"},
    {"history.Period", "state", "what they found"},
    {"history.Period", "changes", "sentences: what it began with, against the period before"},
    {"history.Period", "has_report", "true: the whole report of its first check is kept"},
    {"history.State", "connection", "the kind of internet connection"},
    {"history.State", "ipv4", "how the internet saw this home over IPv4; null: it was not seen, or is one of a pool that the carrier shares out"},
    {"history.State", "prefix", "of IPv6, on the link to the home router; null: none was found"},
    {"history.State", "ipv6", "where a name should lead: an address that stays; null: none was found"},
    {"history.State", "services", "whether each service could be reached, over each family"},
    {"history.State", "names", "whether each name led here"},
    {"history.State", "problems", "the findings that are errors or warnings"},
    {"history.State", "mappings", "forwards to this host in the home router's own list; null: it could not be read"},
    {"history.ServiceState", "service", "which service"},
    {"history.ServiceState", "family", "over which of IPv4 and IPv6"},
    {"history.ServiceState", "reachable", "from the internet; what could not be tested is unknown"},
    {"history.ServiceState", "cause", "the code of the finding that explains it; null where reachable"},
    {"history.NameStanding", "name", "the DNS name"},
    {"history.NameStanding", "verdict", "whether it led to this household"},
    {"history.Problem", "code", "of the finding"},
    {"history.Problem", "severity", "error: breaks something that was asked for; warning: will break, or breaks for some"},
    {"history.Problem", "subject", "what it is about; all null: the connection as a whole"},
};

}  // namespace

nlohmann::ordered_json history_schema() {
  auto defs = schema::Value::object();
  auto root = schema::of<HistoryLine>(defs);
  defs["HistoryLine"]["properties"]["schema"] = {{"const", HistoryLine{}.schema}};
  for (const auto* count : {"checks", "duration_ms"}) defs["history.Period"]["properties"][count]["minimum"] = 0;
  schema::add_notes(defs, history_notes);
  return schema::document({.id = "urn:ringback:history:1",
                           .title = "ringback.history/1",
                           .description = "The remembered checks, as ringback history --json tells them. Further keys may be added; those that are "
                                          "required here stay."},
                          root, std::move(defs));
}

}  // namespace ringback
