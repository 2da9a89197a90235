#pragma once
/// Every finding code, once: its usual severity, its title, what it means and how it is told apart from its neighbours. The pages of explanations.hpp
/// begin with these sentences.
#include <span>
#include <string_view>

#include "diagnosis/diagnosis.hpp"

namespace ringback::diagnosis {

struct Code {
  std::string_view code;
  Severity severity;            ///< unless the case says otherwise: a service that nobody named breaks nothing that was asked for
  std::string_view title;
  std::string_view meaning;     ///< one sentence
  std::string_view told_apart;  ///< by which observations, in one or two sentences
};

[[nodiscard]] std::span<const Code> codes();
/// nullptr: no such code.
[[nodiscard]] const Code* find_code(std::string_view code);

/// A finding with the title and the severity of its code. An unknown code is a programming error.
[[nodiscard]] Finding finding(std::string_view code, Confidence confidence, std::string detail, Subject subject,
                              std::vector<std::string> evidence);

}  // namespace ringback::diagnosis
