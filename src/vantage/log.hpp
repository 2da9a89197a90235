#pragma once
/// One line for each kind of refusal, and not more than one a minute: strangers cannot fill the log. No caller's address in it.
#include <array>
#include <cstdint>
#include <ostream>
#include <string_view>

#include "base/clock.hpp"

namespace ringback::vantage {

class RefusalLog {
 public:
  RefusalLog(std::ostream& out, const Clock& clock) : out_(out), clock_(clock) {}
  /// `kind` is one of a few fixed words.
  void note(unsigned status, std::string_view kind);

 private:
  struct Kind {
    std::string_view name;
    std::uint64_t unsaid = 0;
    Instant next{};
  };
  std::ostream& out_;
  const Clock& clock_;
  std::array<Kind, 16> kinds_{};
};

}  // namespace ringback::vantage
