#pragma once
/// Exceptions that reached a callback. Each ends the connection, the answer or the datagram that it came from, and nothing else.
#include <ostream>
#include <string_view>

#include "base/clock.hpp"
#include "vantage/counters.hpp"

namespace ringback::vantage {

/// Counts them, and logs one a minute with how many there were.
class Faults {
 public:
  /// Everything by reference outlives it.
  Faults(std::ostream& out, const Clock& clock, Counters& counters) : out_(out), clock_(clock), counters_(counters) {}
  /// The exception that is being handled; for use in a catch block alone.
  void note() noexcept;

 private:
  void note(std::string_view what);

  std::ostream& out_;
  const Clock& clock_;
  Counters& counters_;
  Counters::Count unsaid_ = 0;
  Instant next_{};
};

}  // namespace ringback::vantage
