#include "evidence/json.hpp"
#include "report/arrivals.hpp"

#include <fmt/chrono.h>

namespace ringback {
namespace {

using namespace arrivals;
using json::Value;

std::string one_line(const Value& value) { return value.dump(-1, ' ', true, Value::error_handler_t::replace); }

std::string rfc3339(Time at) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(at);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}Z", fmt::gmtime(std::chrono::sys_seconds{whole}), (at - whole).count());
}

template <class T>
Value optional(const std::optional<T>& value) { return value ? json::write(*value) : Value(nullptr); }

Value head(const char* schema, const char* kind, const Attempt& a) {
  Value line = Value::object();
  line["schema"] = schema;
  line["kind"] = kind;
  line["id"] = a.id;
  line["time"] = rfc3339(a.at);
  line["protocol"] = to_string(a.protocol);
  line["family"] = to_string(a.family());
  line["from"] = a.from.to_string();
  line["to"] = a.to.to_string();
  line["port"] = a.to.port;
  line["origin"] = to_string(a.origin);
  line["interface"] = a.interface.empty() ? Value(nullptr) : Value(a.interface);
  return line;
}

void add_verdict(Value& line, Reachable reachable, StoppedAt stopped_at, const std::optional<std::string>& cause, Confidence confidence,
                 const std::string& detail) {
  line["reachable"] = to_string(reachable);
  line["stopped_at"] = to_string(stopped_at);
  line["cause"] = optional(cause);
  line["confidence"] = to_string(confidence);
  line["detail"] = detail;
}

}  // namespace

std::string watching_json(const char* schema, const Service& service, const std::string& interface, bool rules_readable) {
  Value line = Value::object();
  line["schema"] = schema;
  line["kind"] = "watching";
  line["service"] = service.to_string();
  line["interface"] = interface;
  line["rules_readable"] = rules_readable;
  return one_line(line);
}

std::string arrival_json(const char* schema, const Attempt& a, const Judged& judged, const std::string& program) {
  auto line = head(schema, "arrival", a);
  line["settled"] = a.settled;
  line["tries"] = a.tries;
  line["answer"] = to_string(a.answer);
  line["answers"] = a.answers;
  line["reached"] = a.reached;
  line["program"] = program.empty() ? Value(nullptr) : Value(program);
  line["icmp_type"] = optional(a.icmp_type);
  line["icmp_code"] = optional(a.icmp_code);
  add_verdict(line, judged.reachable, judged.stopped_at, judged.cause, judged.confidence, judged.detail);
  return one_line(line);
}

std::string ignored_json(const char* schema, const Attempt& a) { return one_line(head(schema, "ignored", a)); }

std::string verdict_json(const char* schema, const Verdict& verdict, std::string_view ended, int exit_status) {
  Value line = Value::object();
  line["schema"] = schema;
  line["kind"] = "verdict";
  line["ended"] = ended;
  line["exit_status"] = exit_status;
  line["services"] = Value::array();
  for (const auto& outcome : verdict.outcomes) {
    const auto& v = outcome.verdict;
    Value service = Value::object();
    service["service"] = v.service.to_string();
    service["family"] = to_string(v.family);
    add_verdict(service, v.reachable, v.stopped_at, v.cause, v.confidence, outcome.detail);
    service["attempts"] = json::write(outcome.tally);
    service["remedies"] = json::write(outcome.remedies);
    line["services"].push_back(std::move(service));
  }
  line["services_left_out"] = verdict.services_left_out;
  line["packets"] = verdict.counts.packets;
  line["dropped"] = verdict.dropped;
  line["outside"] = verdict.counts.outside;
  line["ignored"] = {{"lan", verdict.counts.lan},
                     {"router", verdict.counts.router},
                     {"unroutable", verdict.counts.unroutable},
                     {"self", verdict.counts.self}};
  line["untracked"] = verdict.counts.untracked;
  line["notes"] = json::write(verdict.notes);
  line["to_try"] = json::write(verdict.to_try);
  return one_line(line);
}

}  // namespace ringback
