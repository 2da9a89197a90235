#include "report/read_on.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "diagnosis/codes.hpp"

namespace ringback {

std::optional<std::string> explain_command(const std::vector<Problem>& problems) {
  constexpr std::size_t most = 3;
  std::vector<std::string> codes;
  for (const auto& problem : problems)
    for (const auto& code : codes_of(problem))
      if (codes.size() < most && diagnosis::find_code(code) && std::ranges::find(codes, code) == codes.end()) codes.push_back(code);
  if (codes.empty()) return std::nullopt;
  return fmt::format("ringback explain {}", fmt::join(codes, " "));
}

}  // namespace ringback
