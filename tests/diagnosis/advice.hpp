#pragma once
/// The advice for one finding, whether or not this evidence would lead to it.
#include "build.hpp"
#include "diagnosis/remedies.hpp"

namespace ringback::build {

inline diagnosis::Case judged(const Evidence& evidence) {
  diagnosis::Case c{.evidence = evidence, .facts = diagnosis::gather_facts(evidence), .ipv4 = {}, .ipv6 = {}, .internet = {}, .connection = {}};
  c.ipv6 = diagnosis::judge_ipv6(evidence, c.facts);
  c.ipv4 = diagnosis::judge_ipv4(evidence, c.facts, c.ipv6);
  return c;
}

inline std::vector<Remedy> remedies_for(const Finding& finding, const Evidence& evidence) {
  const auto c = judged(evidence);
  return diagnosis::remedies_for(finding, diagnosis::describe_system(c));
}

/// Steps and commands, one a line.
inline std::string in_words(const std::vector<Remedy>& remedies) {
  std::string result;
  for (const auto& remedy : remedies)
    result += fmt::format("{}\n{}\n{}\n", remedy.title, fmt::join(remedy.steps, "\n"), fmt::join(remedy.commands, "\n"));
  return result;
}

}  // namespace ringback::build
