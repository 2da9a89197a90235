#include "diagnosis/past.hpp"

#include <algorithm>

#include "diagnosis/records.hpp"
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
struct Turn {
  Moment after, until;
  /// Checks that come every few minutes give it a time.
  [[nodiscard]] bool has_time() const { return until.at - after.at <= minutes(30); }
};

struct Turns {
  std::vector<Turn> all;
  std::optional<Moment> since;             ///< when it was seen first; absent: never
  Pointers evidence;
};

template <class Seen, class Value>
Turns turns_of(const std::vector<Seen>& seen, Value Seen::*what, const std::optional<Value>& now, const past::Evidence& past, std::string_view list) {
  Turns turns;
  if (seen.empty()) return turns;
  turns.since = seen.front().first;
  turns.evidence.push_back(pointer("past", list));
  for (std::size_t i = 1; i < seen.size(); ++i) turns.all.push_back({seen[i - 1].last, seen[i].first});
  if (now && seen.back().*what != *now) turns.all.push_back({seen.back().last, past.until});
  return turns;
}

/// The span of a day that all of them lie in, where it is two hours at most: somebody has a clock for it.
std::optional<std::pair<minutes, minutes>> hour_of(const std::vector<Turn>& turns) {
  constexpr std::size_t enough = 3;
  constexpr minutes day(days(1)), longest(120);
  if (turns.size() < enough || !std::ranges::all_of(turns, &Turn::has_time)) return std::nullopt;
  std::vector<minutes> times;
  for (const auto& turn : turns) times.push_back(std::chrono::floor<minutes>(turn.until.at - std::chrono::floor<days>(turn.until.at)));
  std::ranges::sort(times);
  // The widest gap on the clock's face is where they are not.
  for (std::size_t i = 0; i < times.size(); ++i) {
    const auto first = times[i], last = i == 0 ? times.back() : times[i - 1] + day;
    if (last - first <= longest) return std::pair(first, last % day);
  }
  return std::nullopt;
}

std::string on_the_clock(minutes time) { return fmt::format("{:02}:{:02}", time.count() / 60, time.count() % 60); }

/// "It changed …"; empty: it never did.
std::string how_often(const Turns& turns, const past::Evidence& past) {
  if (turns.all.empty()) return "";
  if (turns.all.size() == 1) {
    const auto& only = turns.all.front();
    const auto when = only.has_time() ? "at about " + shown_moment(only.until) : fmt::format("between {} and {}", shown_moment(only.after), shown_moment(only.until));
    return fmt::format("changed {}, for the first time since {}", when, shown_moment(*turns.since));
  }
  const auto span = std::max<std::int64_t>(1, std::chrono::round<days>(past.until.at - turns.since->at).count());
  auto text = fmt::format("has changed {} times in {} day{}", turns.all.size(), span, span == 1 ? "" : "s");
  if (const auto hour = hour_of(turns.all)) text += fmt::format(", each time between {} and {} UTC", on_the_clock(hour->first), on_the_clock(hour->second));
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

void tell_how_often(Finding& finding, std::string_view what, const Turns& turns, const past::Evidence& past) {
  if (const auto often = how_often(turns, past); !often.empty())
    explain_with(finding, fmt::format("This home's {} {}. Only a program that follows it keeps the name right.", what, often), turns.evidence);
}

/// What the records of this name lead to over this family.
std::vector<Address> records_of_name(const Case& c, const Finding& finding, Family family) {
  for (std::size_t i = 0; finding.subject.name && c.evidence.dns && i < c.evidence.dns->names.size(); ++i)
    if (same_name(c.evidence.dns->names[i].name, *finding.subject.name)) return records_of(c.evidence, i, family).addresses;
  return {};
}

/// The record is not a stranger's: nobody updated it. Of a list that has the same again the last time counts.
template <class Seen, class Fits>
void tell_that_it_was_ours(Finding& finding, std::string_view whose, const std::vector<Address>& records, const std::vector<Seen>& seen, std::string_view list,
                           const Fits& fits) {
  for (const auto& record : records)
    for (auto i = seen.size(); i-- > 0;) {
      const auto what = fits(seen[i], record);
      if (what.empty()) continue;
      explain_with(finding, fmt::format("{} had {} until {}, when a check saw it last.", whose, what, shown_moment(seen[i].last)), {pointer("past", list, i)});
      break;
    }
}

void tell_that_ipv4_was_ours(const Case& c, Finding& finding, const past::Evidence& past) {
  tell_that_it_was_ours(finding, "This home", records_of_name(c, finding, Family::ipv4), past.ipv4, "ipv4", [&](const past::AddressSeen& seen, const Address& record) {
    return seen.address == record && record != c.ipv4.connection.mapped_address ? record.to_string() : std::string();
  });
}

/// Its prefix alone is told where nobody knows more.
void tell_that_ipv6_was_ours(const Case& c, Finding& finding, const past::Evidence& past) {
  auto records = records_of_name(c, finding, Family::ipv6);
  const auto was_this_hosts = [&](const Address& record) {
    return !c.facts.find_own(record) && std::ranges::find(past.ipv6, record, &past::AddressSeen::address) != past.ipv6.end();
  };
  tell_that_it_was_ours(finding, "This host", records, past.ipv6, "ipv6", [&](const past::AddressSeen& seen, const Address& record) {
    return seen.address == record && was_this_hosts(record) ? record.to_string() : std::string();
  });
  if (finding.code == "dns.aaaa-another-host") return;   // in today's prefix
  std::erase_if(records, was_this_hosts);
  tell_that_it_was_ours(finding, "This home", records, past.prefixes, "prefixes", [&](const past::PrefixSeen& seen, const Address& record) {
    return seen.prefix.contains(record) && seen.prefix != c.ipv6.connection.prefix ? "the prefix " + seen.prefix.to_string() : std::string();
  });
}

/// A name that may be kept for long does no harm where nothing ever changes.
void tell_that_it_stays(const Case& c, Finding& finding, const past::Evidence& past) {
  constexpr days long_enough(90);
  const auto v4 = turns_of_ipv4(c, past), v6 = turns_of_prefix(c, past);
  // What this home has today was seen all the time, by checks that came every day at least.
  const auto stays = [](bool is_there, const Turns& turns) { return !is_there || (turns.since && turns.all.empty()); };
  if (!stays(c.ipv4.connection.mapped_address.has_value(), v4) || !stays(c.ipv6.connection.prefix.has_value(), v6) || (!v4.since && !v6.since)) return;
  const auto since = std::max(v4.since.value_or(Moment{}), v6.since.value_or(Moment{}));
  const auto span = past.until.at - since.at;
  if (span < long_enough || past.checks < std::chrono::round<days>(past.until.at - past.since.at).count()) return;
  explain_with(finding, fmt::format("This home's addresses have not changed since {}, so it does no harm as long as that lasts.", shown_moment(since)),
               together(v4.evidence, v6.evidence));
}

/// The router's own list was read to its end, and has lost an entry.
void tell_of_lost_mapping(const Case& c, Finding& finding, const past::Evidence& past) {
  const auto& service = *finding.subject.service;
  const auto routers = home_igds(c.evidence);
  const bool is_read = !routers.empty() && std::ranges::all_of(routers, [](const auto& home) { return home.igd->troubles.empty(); });
  if (finding.subject.family != Family::ipv4 || !is_read || forward_of(c, service).mapping != nullptr) return;
  for (std::size_t i = 0; i < past.mappings.size(); ++i) {
    if (past.mappings[i].service != service) continue;
    explain_with(finding, fmt::format("Until {} the router's own list sent this port to this host, and it does no longer: a router forgets what was entered by UPnP "
                                      "when it restarts, or when the entry's time is over.", shown_moment(past.mappings[i].last)),
                 {pointer("past", "mappings", i)});
  }
}

/// Whichever family it was reached over last.
void tell_when_it_was_reached(Finding& finding, const std::vector<ServiceVerdict>& services, const past::Evidence& past) {
  const auto is_kept_from = [&](const past::ReachedService& reached) {
    return std::ranges::any_of(services, [&](const ServiceVerdict& v) {
      return v.reachable == Reachable::no && v.cause == finding.code && v.service == reached.service && v.family == reached.family &&
             v.service == finding.subject.service && (!finding.subject.family || v.family == *finding.subject.family);
    });
  };
  std::optional<std::size_t> newest;
  for (std::size_t i = 0; i < past.reached.size(); ++i)
    if (is_kept_from(past.reached[i]) && (!newest || past.reached[i].last > past.reached[*newest].last)) newest = i;
  if (newest) explain_with(finding, fmt::format("A check at {} still reached it.", shown_moment(past.reached[*newest].last)), {pointer("past", "reached", *newest)});
}

}  // namespace

void tell_of_the_past(const Case& c, const std::vector<ServiceVerdict>& services, std::vector<Finding>& findings) {
  if (!c.evidence.past) return;
  const auto& past = *c.evidence.past;
  for (auto& finding : findings) {
    if (finding.code == "dns.aaaa-old-prefix") tell_how_often(finding, "IPv6 prefix", turns_of_prefix(c, past), past);
    if (finding.code == "dns.a-wrong") tell_how_often(finding, "IPv4 address", turns_of_ipv4(c, past), past);
    if (finding.code == "dns.a-wrong") tell_that_ipv4_was_ours(c, finding, past);
    if (finding.code == "dns.aaaa-old-prefix" || finding.code == "dns.aaaa-wrong" || finding.code == "dns.aaaa-another-host")
      tell_that_ipv6_was_ours(c, finding, past);
    if (finding.code == "dns.ttl-long") tell_that_it_stays(c, finding, past);
    if (!finding.subject.service) continue;
    tell_when_it_was_reached(finding, services, past);
    if (finding.code == "inbound.no-port-forward" || finding.code == "inbound.not-arriving") tell_of_lost_mapping(c, finding, past);
  }
}

}  // namespace ringback::diagnosis
