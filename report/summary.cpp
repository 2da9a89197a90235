#include "report/summary.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "report/safe_text.hpp"
#include "report/words.hpp"

namespace ringback {
namespace {

bool speaks_of(const Finding& finding, const ServiceVerdict& verdict) {
  return finding.code == verdict.cause && (!finding.subject.service || *finding.subject.service == verdict.service) &&
         (!finding.subject.family || *finding.subject.family == verdict.family);
}

bool is_problem(const Finding& finding, const Report& report) {
  if (finding.severity != Severity::info) return true;
  const auto end = report.services.begin() + static_cast<std::ptrdiff_t>(std::min(report.services.size(), kMostServices));
  return std::any_of(report.services.begin(), end,
                     [&](const auto& verdict) { return verdict.reachable != Reachable::yes && speaks_of(finding, verdict); });
}

constexpr std::size_t kMostLists = 16;  // of one remedy, joined

bool begins_alike(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(std::min(a.size(), b.size())), b.begin());
}

/// The same titles and steps, to which one may add some. Commands name an address, or a program for one family, and may differ.
bool is_same_advice(const std::vector<Advice>& a, const std::vector<Remedy>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Advice& x, const Remedy& y) { return x.title == y.title && begins_alike(x.steps, y.steps); });
}

/// Each list stays whole: joined into one, "the second command" would be another one for each finding.
void join(std::vector<Advice>& into, const Finding& more) {
  for (std::size_t i = 0; i < into.size(); ++i) {
    const auto& remedy = more.remedies[i];
    if (remedy.steps.size() > into[i].steps.size()) into[i].steps = remedy.steps;
    if (remedy.commands.empty()) continue;
    const auto same = std::ranges::find_if(into[i].lists, [&](const CommandList& l) { return l.commands == remedy.commands && l.steps == remedy.command_steps; });
    if (same != into[i].lists.end())
      same->findings.push_back(&more);
    else if (into[i].lists.size() < kMostLists)
      into[i].lists.push_back({{&more}, remedy.commands, remedy.command_steps});
  }
}

std::vector<Advice> advice_of(const Finding& finding) {
  std::vector<Advice> result;
  for (const auto& remedy : finding.remedies) result.push_back(ringback::advice_of(remedy, &finding));
  return result;
}

/// An error over the one family and a warning over the other, where that has another cause as well, are one thing to mend.
bool is_as_grave(const Finding& a, const Finding& b) {
  const bool of_one_service = a.subject.service && a.subject.service == b.subject.service;
  return a.severity == b.severity || (of_one_service && a.severity != Severity::info && b.severity != Severity::info);
}

/// The same fault, or two faults of one name that are mended together.
bool is_same_job(const Problem& problem, const Finding& finding) {
  const auto& first = problem.first();
  if (first.confidence != finding.confidence || !is_as_grave(first, finding)) return false;
  const bool same_fault = first.code == finding.code && first.title == finding.title;
  if (same_fault) return is_same_advice(problem.remedies, finding.remedies);
  return first.subject.name && first.subject.name == finding.subject.name && !finding.remedies.empty() && first.remedies == finding.remedies;
}

std::vector<Problem> grouped(const Report& report, bool wanted) {
  std::vector<Problem> result;
  for (std::size_t i = 0; i < std::min(report.findings.size(), kMostFindings); ++i) {
    const auto& finding = report.findings[i];
    if (is_problem(finding, report) != wanted) continue;
    const auto same = std::find_if(result.begin(), result.end(), [&](const Problem& p) { return is_same_job(p, finding); });
    if (same == result.end()) {
      result.push_back({{&finding}, advice_of(finding)});
    } else {
      same->findings.push_back(&finding);
      join(same->remedies, finding);
    }
  }
  return result;
}

bool is_same(const Advice& a, const Advice& b) {
  const auto same_list = [](const CommandList& x, const CommandList& y) { return x.commands == y.commands && x.steps == y.steps; };
  return a.title == b.title && a.steps == b.steps && std::ranges::equal(a.lists, b.lists, same_list);
}

/// What helps against one fault often helps against another as well. Its steps are told once, and their place where they come up again.
void refer_to_what_was_told(std::vector<Problem>& problems) {
  std::vector<std::pair<Advice, const Problem*>> told;
  for (auto& problem : problems) {
    const auto before = told.size();
    for (auto& remedy : problem.remedies) {
      const auto end = told.begin() + static_cast<std::ptrdiff_t>(before);
      const auto same = std::find_if(told.begin(), end, [&](const auto& one) { return is_same(one.first, remedy); });
      if (same == end)
        told.emplace_back(remedy, &problem);
      else if (remedy.steps.size() + remedy.lists.size() > 1)   // one step is as short as the reference to it
        remedy = {remedy.title, {fmt::format("As told above, under \"{}\".", same->second->first().title)}, {}};
    }
  }
}

std::string listed_families(const std::vector<Family>& families) {
  std::vector<std::string> names;
  for (const auto family : families) names.emplace_back(words(family));
  return listed(names);
}

}  // namespace

Advice advice_of(const Remedy& remedy, const Finding* finding) {
  Advice result{remedy.title, remedy.steps, {}};
  if (!remedy.commands.empty()) result.lists.push_back({finding ? std::vector{finding} : std::vector<const Finding*>(), remedy.commands, remedy.command_steps});
  return result;
}

std::vector<CommandList> commands_at(std::size_t step, const Advice& advice) {
  std::vector<CommandList> result;
  for (const auto& list : advice.lists) {
    CommandList here{list.findings, {}, {}};
    for (std::size_t i = 0; i < list.commands.size(); ++i) {
      const auto stored = i < list.steps.size() ? list.steps[i] : 0;
      const auto own = stored <= advice.steps.size() ? stored : 0;   // a stored report may say anything
      if (own == step) here.commands.push_back(list.commands[i]);
    }
    if (here.commands.empty()) continue;
    const auto same = std::ranges::find(result, here.commands, &CommandList::commands);
    if (same == result.end())
      result.push_back(std::move(here));
    else
      same->findings.insert(same->findings.end(), here.findings.begin(), here.findings.end());
  }
  return result;
}

std::vector<Problem> problems(const Report& report) {
  auto result = grouped(report, true);
  refer_to_what_was_told(result);
  return result;
}
std::vector<Problem> notes(const Report& report) { return grouped(report, false); }

std::vector<Problem> joined_by_code(const std::vector<Problem>& problems) {
  std::vector<Problem> result;
  for (const auto& problem : problems) {
    const auto& one = problem.first();
    const auto same = std::find_if(result.begin(), result.end(), [&](const Problem& p) {
      const auto& other = p.first();
      return other.code == one.code && other.severity == one.severity && other.confidence == one.confidence && other.title == one.title;
    });
    if (same == result.end())
      result.push_back(problem);
    else
      same->findings.insert(same->findings.end(), problem.findings.begin(), problem.findings.end());
  }
  return result;
}

bool is_all_well(const Report& report) {
  return exit_status({.connection = report.connection, .services = report.services, .names = report.names, .findings = report.findings}) == 0;
}

std::string_view heading_of(const std::vector<Problem>& problems) {
  const bool wrong = std::any_of(problems.begin(), problems.end(), [](const Problem& p) { return p.first().severity != Severity::info; });
  return wrong ? "What is wrong, and what to do" : "What could be changed, if you want it";
}

const Finding* cause_of(const ServiceVerdict& verdict, const Report& report) {
  const auto end = report.findings.begin() + static_cast<std::ptrdiff_t>(std::min(report.findings.size(), kMostFindings));
  const auto found = std::find_if(report.findings.begin(), end, [&](const auto& f) { return speaks_of(f, verdict); });
  return found == end ? nullptr : &*found;
}

std::string remedy_title(const std::string& title, bool is_first) {
  return is_first || title.starts_with("Or ") ? title : "Or: " + title;   // reports of earlier versions wrote "Or …"
}

std::string ways(const Problem& problem) {
  const auto count = problem.remedies.size();
  return count < 2 ? "" : fmt::format("There are {} ways. Try the first; if it does not help or does not suit you, the next.", count);
}

std::vector<std::string> codes_of(const Problem& problem) {
  std::vector<std::string> result;
  for (const auto* finding : problem.findings)
    if (std::ranges::find(result, finding->code) == result.end()) result.push_back(finding->code);
  return result;
}

std::string listed(const std::vector<std::string>& items) {
  std::string result;
  for (std::size_t i = 0; i < items.size(); ++i) result += (i == 0 ? "" : i + 1 == items.size() ? " and " : ", ") + items[i];
  return result;
}

std::string subjects(const std::vector<const Finding*>& findings) {
  struct Entry {
    std::string what;
    std::vector<Family> families;
  };
  std::vector<Entry> entries;
  for (const auto* finding : findings) {
    const auto& subject = finding->subject;
    std::vector<std::string> parts;
    if (subject.service) parts.push_back(subject.service->to_string());
    if (subject.name) parts.push_back(safe_text(*subject.name, {.longest = 255}));
    const std::string what = fmt::format("{}", fmt::join(parts, ", "));
    auto entry = std::find_if(entries.begin(), entries.end(), [&](const Entry& e) { return e.what == what; });
    if (entry == entries.end()) entry = entries.insert(entries.end(), {what, {}});
    if (subject.family && std::find(entry->families.begin(), entry->families.end(), *subject.family) == entry->families.end())
      entry->families.push_back(*subject.family);
  }
  std::string result;
  for (const auto& [what, families] : entries) {
    if (what.empty() && families.empty()) continue;
    result += result.empty() ? "" : "; ";
    result += what;
    if (!families.empty()) result += (what.empty() ? "" : " over ") + listed_families(families);
  }
  return result;
}

}  // namespace ringback
