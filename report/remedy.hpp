#pragma once
/// A remedy's steps: words, and below them lines of a file that are copied as they stand, and the commands that are run then. The other commands
/// stand below all steps.
#include <string>
#include <string_view>
#include <vector>

#include "diagnosis/diagnosis.hpp"
#include "report/page.hpp"
#include "report/summary.hpp"

namespace ringback {

struct Step {
  std::string_view words;
  std::vector<std::string_view> lines;  ///< not empty ones
};
/// The result refers to `text`.
[[nodiscard]] Step step_of(std::string_view text);

/// Over one of commands_at() a step: "The commands:", "The commands for 443/tcp over IPv6:"; empty where nothing else of the advice could be taken for
/// them.
[[nodiscard]] std::string heading_of(const CommandList& list, std::size_t step, const Advice& advice);

/// On a terminal. The first remedy is the most promising, the others are alternatives to it.
void write_remedies(const std::vector<Advice>& remedies, Page& page);
void write_remedies(const std::vector<Remedy>& remedies, Page& page);

}  // namespace ringback
