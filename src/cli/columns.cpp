#include "cli/columns.hpp"

#include <charconv>

namespace ringback::cli {

unsigned columns(const std::optional<std::string>& environment, std::optional<unsigned> of_terminal) {
  constexpr unsigned least = 20, most = 1000, usual = 80;
  if (environment) {
    unsigned told = 0;
    const auto* end = environment->data() + environment->size();
    const auto read = std::from_chars(environment->data(), end, told);
    if (read.ec == std::errc() && read.ptr == end && told >= least && told <= most) return told;
  }
  return of_terminal.value_or(usual);
}

}  // namespace ringback::cli
