#pragma once
/// What every rendering says alike: the verdict in one sentence, and which findings belong together. Verdicts are the diagnosis's;
/// here they are only put into words.
#include <string>
#include <vector>

#include "report/report.hpp"

namespace ringback {

enum class Tone { good, doubtful, bad };

struct Headline {
  std::string text;  ///< one sentence with its full stop
  Tone tone = Tone::good;
};

/// What is copied, from top to bottom, for these findings.
struct CommandList {
  std::vector<const Finding*> findings;  ///< none: of a remedy that stands by itself
  std::vector<std::string> commands;     ///< not empty
  std::vector<std::size_t> steps;        ///< of each, as in Remedy::command_steps
};

/// A remedy of several findings. "The first command" in a step is the first one of each list.
struct Advice {
  std::string title;
  std::vector<std::string> steps;
  std::vector<CommandList> lists;        ///< those of IPv4 and of IPv6 may differ; what is alike stands once
};
[[nodiscard]] Advice advice_of(const Remedy& remedy, const Finding* finding = nullptr);
/// The commands that are run at this step, counted from 1; at 0 those that stand behind all steps. A list for each of the findings that differ there.
[[nodiscard]] std::vector<CommandList> commands_at(std::size_t step, const Advice& advice);

/// Findings that say the same of several subjects, with the same advice.
struct Problem {
  std::vector<const Finding*> findings;  ///< into the report; at least one
  std::vector<Advice> remedies;          ///< of the first, with the commands of all
  [[nodiscard]] const Finding& first() const { return *findings.front(); }
};

[[nodiscard]] Headline headline(const Report& report);

/// Errors, warnings, and what keeps a service from being reached or tested; in the report's order. Of a remedy that an earlier one has word by word
/// the title is left, and where its steps are told.
[[nodiscard]] std::vector<Problem> problems(const Report& report);
/// All other findings.
[[nodiscard]] std::vector<Problem> notes(const Report& report);
/// Those of one code that differ in their steps and subjects alone, with the remedies of the first.
[[nodiscard]] std::vector<Problem> joined_by_code(const std::vector<Problem>& problems);
/// `run` would end with status 0: neither an error nor a warning, and enough was tested to say so.
[[nodiscard]] bool is_all_well(const Report& report);
/// What stands over the problems: nothing may be wrong where no service was named.
[[nodiscard]] std::string_view heading_of(const std::vector<Problem>& problems);

/// The finding that a verdict names as its cause; null if the report does not hold it.
[[nodiscard]] const Finding* cause_of(const ServiceVerdict& verdict, const Report& report);

/// "443/tcp over IPv4 and IPv6; home.example.org"; empty for the connection as a whole.
[[nodiscard]] std::string subjects(const std::vector<const Finding*>& findings);
[[nodiscard]] inline std::string subjects(const Problem& problem) { return subjects(problem.findings); }

/// What its findings are called by: each code once, the first one's first.
[[nodiscard]] std::vector<std::string> codes_of(const Problem& problem);

/// Over several remedies: how to go about them; empty for one.
[[nodiscard]] std::string ways(const Problem& problem);
/// A remedy's title behind the arrow; those after the first are alternatives to it: "Or: …".
[[nodiscard]] std::string remedy_title(const std::string& title, bool is_first);

/// "a", "a and b", "a, b and c".
[[nodiscard]] std::string listed(const std::vector<std::string>& items);

/// A stored report may hold any number; no reader wants more, and comparing them must not take for ever.
inline constexpr std::size_t kMostFindings = 100;
inline constexpr std::size_t kMostServices = 64;
inline constexpr std::size_t kMostNames = 64;
/// Counted, and told together where they are alike: a run takes a thousand names.
inline constexpr std::size_t kMostCounted = 1024;

}  // namespace ringback
