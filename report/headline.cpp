/// The verdict in one sentence.
#include <algorithm>
#include <fmt/format.h>

#include "report/safe_text.hpp"
#include "report/summary.hpp"
#include "report/words.hpp"

namespace ringback {
namespace {

/// A title as part of a sentence: "Your provider …." becomes "your provider …".
std::string clause(const std::string& title) {
  std::string text = safe_text(title, {.longest = 300});
  while (text.ends_with('.') && !text.ends_with("..")) text.pop_back();
  // Only words that cannot be names lose their capital.
  static constexpr std::array kOrdinary{"A", "All", "An", "Another", "Both", "Connections", "Even", "Every", "Everything", "It", "Its", "Nobody", "No", "None", "Not",
                                        "Nothing", "On", "One", "Only", "Outgoing", "Several", "Some", "Somebody", "Something", "The", "There", "This", "Two", "Visitors", "What",
                                        "You", "Your"};
  const auto first = text.substr(0, text.find(' '));
  if (std::find(kOrdinary.begin(), kOrdinary.end(), first) != kOrdinary.end())
    text[0] = static_cast<char>(text[0] - 'A' + 'a');
  return text;
}

/// The title of this finding says no more than "could not be tested" does.
constexpr std::string_view kUntested = "inbound.untested";

/// A vantage point was there, but its own line is broken.
bool is_cut_off(Family family, const Report& report) {
  if (!report.evidence.inbound) return false;
  const auto& all = report.evidence.inbound->vantages;
  return std::any_of(all.begin(), all.end(), [&](const inbound::Vantage& v) { return v.family == family && v.knocker_answers == false; });
}

std::string reason(const ServiceVerdict& verdict, const Report& report) {
  if (verdict.reachable == Reachable::yes) return "";
  if (verdict.cause == kUntested && is_cut_off(verdict.family, report))
    return "nothing that the vantage point (a helper on the internet) sends gets here";
  if (verdict.cause == kUntested) return "no vantage point (a helper on the internet) knocked on it";
  if (verdict.cause && verdict.cause->starts_with("measure.")) return "where it stops could not be seen";
  // Behind "not over IPv6", where its title says no more; one that is told apart from an absent family has a title of its own.
  const bool absent = verdict.cause == "ipv4.none" || verdict.cause == "ipv6.none";
  if (absent && verdict.reachable == Reachable::no) return "there is none";
  const auto* cause = cause_of(verdict, report);
  return cause ? clause(cause->title) : "";
}

std::string after(std::string_view mark, const std::string& text) { return text.empty() ? "" : std::string(mark) + text; }

/// What is said of one service: for each family whether, and if not, why.
struct Side {
  Family family;
  Reachable reachable;
  Confidence confidence;
  std::string why;
  bool operator==(const Side&) const = default;
};

struct Group {
  std::vector<std::string> services;
  std::vector<Side> sides;
};

std::vector<Group> groups(const Report& report) {
  std::vector<Group> by_service;
  for (std::size_t i = 0; i < std::min(report.services.size(), kMostCounted); ++i) {
    const auto& verdict = report.services[i];
    const std::string name = verdict.service.to_string();
    auto group = std::find_if(by_service.begin(), by_service.end(), [&](const Group& g) { return g.services.front() == name; });
    if (group == by_service.end()) group = by_service.insert(by_service.end(), {{name}, {}});
    group->sides.push_back({verdict.family, verdict.reachable, verdict.reachable == Reachable::unknown ? Confidence::certain : verdict.confidence,
                            reason(verdict, report)});
  }
  std::vector<Group> result;
  for (const auto& one : by_service) {
    const auto same = std::find_if(result.begin(), result.end(), [&](const Group& g) { return g.sides == one.sides; });
    if (same == result.end())
      result.push_back(one);
    else
      same->services.push_back(one.services.front());
  }
  return result;
}

std::vector<const Side*> sides_that_are(Reachable wanted, const Group& group) {
  std::vector<const Side*> result;
  for (const auto& side : group.sides)
    if (side.reachable == wanted) result.push_back(&side);
  return result;
}

/// Of all of them: then it is said once, behind their reason.
std::string_view common_doubt(const std::vector<const Side*>& sides) {
  const bool same = std::all_of(sides.begin(), sides.end(), [&](const Side* s) { return s->confidence == sides.front()->confidence && s->why == sides.front()->why; });
  return same && !sides.front()->why.empty() ? words(sides.front()->confidence) : std::string_view();
}

/// "IPv4 and IPv6 (likely, not certain)"
std::string families(const std::vector<const Side*>& sides, const char* joint) {
  std::string result;
  const bool said_later = !common_doubt(sides).empty();
  for (const auto* side : sides) {
    const auto doubt = said_later ? std::string_view() : words(side->confidence);
    result += (result.empty() ? "" : std::string(joint)) + std::string(words(side->family)) + (doubt.empty() ? "" : fmt::format(" ({})", doubt));
  }
  return result;
}

std::string with_doubt(const std::string& text, Confidence confidence) {
  const auto doubt = words(confidence);
  return doubt.empty() ? text : fmt::format("{} ({})", text, doubt);
}

/// One reason if all have the same, otherwise each with its family, and with its doubt where the families are not named before.
std::string reasons(const std::vector<const Side*>& sides, bool families_named = true) {
  const bool same = std::all_of(sides.begin(), sides.end(), [&](const Side* s) { return s->why == sides.front()->why; });
  const auto doubt = common_doubt(sides);
  if (same) return doubt.empty() ? sides.front()->why : fmt::format("{} ({})", sides.front()->why, doubt);
  const auto confidence = sides.front()->confidence;
  const bool in_the_same_doubt = std::ranges::all_of(sides, [&](const Side* s) { return s->confidence == confidence; }) && confidence != Confidence::certain;
  std::string result;
  for (const auto* side : sides) {
    if (side->why.empty()) continue;
    result += result.empty() ? "" : "; ";
    const auto why = families_named || in_the_same_doubt ? side->why : with_doubt(side->why, side->confidence);
    result += side->why.starts_with(words(side->family)) ? why : fmt::format("over {}, {}", words(side->family), why);
  }
  return families_named || !in_the_same_doubt ? result : fmt::format("{} ({})", result, to_string(confidence));   // in one word: two reasons are long enough
}

std::string sentence(const Group& group) {
  const std::string who = group.services.size() > 3 ? fmt::format("All {} services", group.services.size()) : listed(group.services);
  const auto yes = sides_that_are(Reachable::yes, group), no = sides_that_are(Reachable::no, group), unknown = sides_that_are(Reachable::unknown, group);
  const auto untested = [&] { return fmt::format("; over {} it could not be tested", families(unknown, " and ")); };
  if (!yes.empty()) {
    auto text = fmt::format("{} can be reached from the internet over {}", who, families(yes, " and "));
    if (!no.empty()) return text + fmt::format(", but not over {}", families(no, " or ")) + after(": ", reasons(no));
    if (!unknown.empty()) return text + untested() + after(": ", reasons(unknown));
    return text;
  }
  if (!no.empty()) {
    const bool each_says_where = no.size() == 2 && no[0]->why != no[1]->why && !no[0]->why.empty() && !no[1]->why.empty();
    const auto nobody = group.services.size() > 3 ? fmt::format("None of the {} services can", group.services.size()) : who + " cannot";
    auto text = fmt::format("{} be reached from the internet{}", nobody, each_says_where ? "" : " over " + families(no, " or ")) +
                after(": ", reasons(no, !each_says_where));
    return unknown.empty() ? text : text + untested();
  }
  return fmt::format("Whether {} can be reached from the internet could not be tested", group.services.size() > 3 ? "the services" : who) +
         after(": ", reasons(unknown));
}

std::string tally(const std::vector<Group>& groups, const Report& report) {
  std::size_t total = 0, fully = 0, partly = 0, not_at_all = 0, untested = 0;
  for (const auto& group : groups) {
    const auto yes = sides_that_are(Reachable::yes, group).size(), no = sides_that_are(Reachable::no, group).size();
    total += group.services.size();
    (yes == group.sides.size() ? fully : yes != 0 ? partly : no != 0 ? not_at_all : untested) += group.services.size();
  }
  std::vector<std::string> parts;
  if (fully != 0) parts.push_back(fmt::format("{} can be reached from the internet", fully));
  if (partly != 0) parts.push_back(fmt::format("{} {}over one of IPv4 and IPv6", partly, fully == 0 ? "can be reached from the internet " : ""));
  if (not_at_all != 0) parts.push_back(fmt::format("{} cannot{}", not_at_all, fully + partly == 0 ? " be reached from the internet" : ""));
  if (untested != 0) parts.push_back(fmt::format("{} could not be tested", untested));
  const auto found = problems(report);
  const auto gravest = found.empty() ? std::string() : with_doubt(clause(found.front().first().title), found.front().first().confidence);
  return fmt::format("Of {} services {}", total, listed(parts)) + after("; the gravest finding: ", gravest);
}

std::string without_services(const Report& report) {
  if (const auto found = problems(report); !found.empty()) return safe_text(found.front().first().title, {.longest = 300});
  return report.evidence.listeners ? "No service was tested: none was named, and none was found that listens beyond this host"
                                   : "No service was tested: none was named, and it is not known what listens on this host";
}

Tone tone_of(const Report& report) {
  const auto any = [&](Severity severity) {
    return std::any_of(report.findings.begin(), report.findings.end(), [&](const auto& f) { return f.severity == severity; });
  };
  if (any(Severity::error)) return Tone::bad;
  const bool all_known = std::none_of(report.services.begin(), report.services.end(), [](const auto& v) { return v.reachable == Reachable::unknown; });
  return any(Severity::warning) || !all_known || report.services.empty() ? Tone::doubtful : Tone::good;
}

std::string verdict(const Report& report) {
  for (const auto& problem : problems(report))
    if (problem.first().code.starts_with("internet.")) return safe_text(problem.first().title, {.longest = 300});
  if (report.connection.type == ConnectionType::offline) return "This host has no connection to the internet";
  const auto all = groups(report);
  if (all.empty()) return without_services(report);
  if (all.size() > 1) return tally(all, report);
  const auto text = sentence(all.front());
  const bool reached = std::all_of(all.front().sides.begin(), all.front().sides.end(), [](const Side& s) { return s.reachable == Reachable::yes; });
  const auto found = problems(report);
  return reached && !found.empty() ? text + ", but " + with_doubt(clause(found.front().first().title), found.front().first().confidence) : text;
}

}  // namespace

Headline headline(const Report& report) {
  auto text = verdict(report);
  if (!text.ends_with('.') && !text.ends_with('!') && !text.ends_with('?')) text += '.';
  return {std::move(text), tone_of(report)};
}

}  // namespace ringback
