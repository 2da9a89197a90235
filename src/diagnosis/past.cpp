#include "diagnosis/past.hpp"

#include <algorithm>

#include "diagnosis/wan.hpp"
#include "diagnosis/upstream.hpp"

namespace ringback::diagnosis {
namespace {

using std::chrono::days, std::chrono::minutes, std::chrono::seconds;

/// "2026-01-31 04:12 UTC"
std::string shown_moment(const Moment& moment) {
  const auto text = moment.to_string();
  return fmt::format("{} {} UTC", text.substr(0, 10), text.substr(11, 5));
}

/// When something became something else: between the last check that saw the one and the first that saw the other.
struct Turns {
  std::vector<Moment> at;
  Moment since, until;
  Pointers evidence;
};

template <class Seen, class Value>
Turns turns_of(const std::vector<Seen>& seen, Value Seen::*what, const std::optional<Value>& now, const past::Evidence& past, std::string_view list) {
  Turns turns{.at = {}, .since = past.since, .until = past.until, .evidence = {}};
  for (std::size_t i = 1; i < seen.size(); ++i) turns.at.push_back(seen[i].first);
  if (now && !seen.empty() && seen.back().*what != *now) turns.at.push_back(past.until);
  if (!seen.empty()) turns.evidence.push_back(pointer("past", list));
  return turns;
}

/// The span of a day that all of them lie in, where it is two hours at most: somebody has a clock for it.
std::optional<std::pair<minutes, minutes>> hour_of(const std::vector<Moment>& at) {
  constexpr std::size_t enough = 3;
  constexpr minutes day(days(1)), longest(120);
  if (at.size() < enough) return std::nullopt;
  std::vector<minutes> times;
  for (const auto& moment : at) times.push_back(std::chrono::floor<minutes>(moment.at - std::chrono::floor<days>(moment.at)));
  std::ranges::sort(times);
  // The widest gap on the clock's face is where they are not.
  for (std::size_t i = 0; i < times.size(); ++i) {
    const auto first = times[i], last = i == 0 ? times.back() : times[i - 1] + day;
    if (last - first <= longest) return std::pair(first, last % day);
  }
  return std::nullopt;
}

std::string on_the_clock(minutes time) { return fmt::format("{:02}:{:02}", time.count() / 60, time.count() % 60); }

std::string how_often(const Turns& turns) {
  if (turns.at.empty()) return "";
  if (turns.at.size() == 1) return fmt::format("it changed at about {}, for the first time since {}", shown_moment(turns.at.front()), shown_moment(turns.since));
  const auto span = std::max<std::int64_t>(1, std::chrono::round<days>(turns.until.at - turns.since.at).count());
  auto text = fmt::format("it has changed {} times in {} day{}", turns.at.size(), span, span == 1 ? "" : "s");
  if (const auto hour = hour_of(turns.at)) text += fmt::format(", each time between {} and {} UTC", on_the_clock(hour->first), on_the_clock(hour->second));
  return text;
}

void explain_with(Finding& finding, const std::string& sentence, const Pointers& evidence) {
  finding.detail += (finding.detail.empty() ? "" : " ") + sentence;
  cite(finding.evidence, evidence);
}

Turns turns_of_prefix(const Case& c, const past::Evidence& past) {
  return turns_of(past.prefixes, &past::PrefixSeen::prefix, c.ipv6.connection.prefix, past, "prefixes");
}

Turns turns_of_ipv4(const Case& c, const past::Evidence& past) {
  return turns_of(past.ipv4, &past::AddressSeen::address, c.ipv4.connection.mapped_address, past, "ipv4");
}

void tell_how_often(Finding& finding, std::string_view what, const Turns& turns) {
  if (const auto often = how_often(turns); !often.empty())
    explain_with(finding, fmt::format("{} is not this home's for long: {}. Only a program that follows it keeps the name right.", what, often), turns.evidence);
}

/// A name that may be kept for long does no harm where nothing ever changes.
void tell_that_it_stays(const Case& c, Finding& finding, const past::Evidence& past) {
  constexpr days long_enough(90);
  const auto v4 = turns_of_ipv4(c, past), v6 = turns_of_prefix(c, past);
  if (past.until.at - past.since.at < long_enough || !v4.at.empty() || !v6.at.empty() || (v4.evidence.empty() && v6.evidence.empty())) return;
  explain_with(finding, fmt::format("This home's addresses have not changed since {}, so it does no harm as long as that lasts.", shown_moment(past.since)),
      together(v4.evidence, v6.evidence));
}

/// The router's own list can be read, and has lost an entry.
void tell_of_lost_mapping(const Case& c, Finding& finding, const past::Evidence& past) {
  const auto& service = *finding.subject.service;
  if (home_igds(c.evidence).empty() || forward_of(c, service).mapping != nullptr) return;
  for (std::size_t i = 0; i < past.mappings.size(); ++i) {
    if (past.mappings[i].service != service) continue;
    explain_with(finding, fmt::format("Until {} the router's own list sent this port to this host, and it does no longer: a router forgets what was entered by UPnP "
                             "when it restarts, or when the entry's time is over.", shown_moment(past.mappings[i].last)),
        {pointer("past", "mappings", i)});
  }
}

void tell_until_when(Finding& finding, const std::vector<ServiceVerdict>& services, const past::Evidence& past) {
  const auto is_cause = [&](const ServiceVerdict& v) {
    return v.reachable == Reachable::no && v.cause == finding.code && v.service == finding.subject.service && (!finding.subject.family || v.family == *finding.subject.family);
  };
  const auto verdict = std::ranges::find_if(services, is_cause);
  if (verdict == services.end()) return;
  for (std::size_t i = 0; i < past.reached.size(); ++i)
    if (past.reached[i].service == verdict->service && past.reached[i].family == verdict->family)
      explain_with(finding, fmt::format("It could be reached until {}.", shown_moment(past.reached[i].last)), {pointer("past", "reached", i)});
}

}  // namespace

void tell_of_the_past(const Case& c, const std::vector<ServiceVerdict>& services, std::vector<Finding>& findings) {
  if (!c.evidence.past) return;
  const auto& past = *c.evidence.past;
  for (auto& finding : findings) {
    if (finding.code == "dns.aaaa-old-prefix") tell_how_often(finding, "An IPv6 prefix", turns_of_prefix(c, past));
    if (finding.code == "dns.a-wrong") tell_how_often(finding, "An IPv4 address", turns_of_ipv4(c, past));
    if (finding.code == "dns.ttl-long") tell_that_it_stays(c, finding, past);
    if (!finding.subject.service) continue;
    tell_until_when(finding, services, past);
    if (finding.code == "inbound.no-port-forward" || finding.code == "inbound.not-arriving") tell_of_lost_mapping(c, finding, past);
  }
}

}  // namespace ringback::diagnosis
