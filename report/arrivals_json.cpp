#include "evidence/json.hpp"
#include "report/arrivals.hpp"
#include "report/arrivals_lines.hpp"

#include <fmt/chrono.h>

namespace ringback {
namespace {

using namespace arrivals;
using json::Value;

template <class T>
std::string one_line(const T& line) {
  return json::write(line).dump(-1, ' ', true, Value::error_handler_t::replace);
}

std::string rfc3339(Time at) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(at);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}Z", fmt::gmtime(std::chrono::sys_seconds{whole}), (at - whole).count());
}

std::optional<std::string> unless_empty(const std::string& text) { return text.empty() ? std::nullopt : std::optional(text); }

/// What every attempt has.
template <class Line>
Line head(const char* schema, const Attempt& a) {
  Line line;
  line.schema = schema;
  line.id = a.id;
  line.time = rfc3339(a.at);
  line.protocol = a.protocol;
  line.family = a.family();
  line.from = a.from;
  line.to = a.to;
  line.port = a.to.port;
  line.origin = a.origin;
  line.interface = unless_empty(a.interface);
  return line;
}

lines::ServiceLine service_line(const Outcome& outcome) {
  const auto& v = outcome.verdict;
  return {.service = v.service,
          .family = v.family,
          .reachable = v.reachable,
          .stopped_at = v.stopped_at,
          .cause = v.cause,
          .confidence = v.confidence,
          .title = unless_empty(title_of(outcome)),
          .detail = outcome.detail,
          .attempts = outcome.tally,
          .remedies = outcome.remedies};
}

lines::File file_line(const FileContents& f) {
  lines::File line{.format = f.format, .ipv4 = f.ipv4, .ipv6 = f.ipv6, .not_ip = f.not_ip, .tcp = f.tcp, .udp = f.udp, .icmp = f.icmp,
                   .openings = f.openings, .malformed = f.malformed, .fragments = f.fragments, .addresses = f.addresses,
                   .more_addresses = f.more_addresses};
  if (f.packets == 0) return line;
  line.first = rfc3339(f.first);
  line.last = rfc3339(f.last);
  return line;
}

}  // namespace

std::string watching_json(const char* schema, const Watching& watching) {
  return one_line(lines::Watching{.schema = schema,
                                  .service = watching.service,
                                  .interface = watching.interface,
                                  .rules_readable = watching.rules_readable,
                                  .knock_at = {watching.ipv4, watching.ipv6},
                                  .how_to_knock = watching.guide});
}

std::string arrival_json(const char* schema, const Attempt& a, const Judged& judged, const std::string& program) {
  auto line = head<lines::Arrival>(schema, a);
  line.settled = a.settled;
  line.tries = a.tries;
  line.answer = a.answer;
  line.answers = a.answers;
  line.answered_on = unless_empty(a.answered_on);
  line.reached = a.reached;
  line.program = unless_empty(program);
  line.icmp_type = a.icmp_type;
  line.icmp_code = a.icmp_code;
  line.reachable = judged.reachable;
  line.stopped_at = judged.stopped_at;
  line.cause = judged.cause;
  line.confidence = judged.confidence;
  line.detail = judged.detail;
  return one_line(line);
}

std::string ignored_json(const char* schema, const Attempt& a) { return one_line(head<lines::Ignored>(schema, a)); }

std::string verdict_json(const char* schema, const Verdict& verdict, std::string_view ended, int exit_status, const FileContents* file) {
  const auto& counts = verdict.counts;
  lines::Verdict line{.schema = schema, .ended = std::string(ended), .exit_status = exit_status};
  for (const auto& outcome : verdict.outcomes) line.services.push_back(service_line(outcome));
  line.services_left_out = verdict.services_left_out;
  line.packets = file != nullptr ? file->packets : counts.packets;
  line.dropped = verdict.dropped;
  line.outside = counts.outside;
  line.ignored = {counts.lan, counts.router, counts.near, counts.unroutable, counts.self};
  line.untracked = counts.untracked;
  line.notes = verdict.notes;
  line.to_try = verdict.to_try;
  if (file != nullptr) line.file = file_line(*file);
  return one_line(line);
}

}  // namespace ringback
