#include "vantage/faults.hpp"

#include <exception>

namespace ringback::vantage {

void Faults::note() noexcept {
  ++counters_.faults;
  ++unsaid_;
  try {
    throw;
  } catch (const std::exception& fault) {
    try {
      note(fault.what());
    } catch (...) {  // no memory or no clock to say it with: it is counted
    }
  } catch (...) {
    try {
      note("unknown");
    } catch (...) {
    }
  }
}

void Faults::note(std::string_view what) {
  constexpr seconds pause{60};
  constexpr std::size_t most_said = 200;
  const auto now = clock_.now();
  if (now < next_) return;
  out_ << "ringback-vantage: " << unsaid_ << (unsaid_ == 1 ? " fault: " : " faults, the last one: ");
  // What an exception says may quote what a stranger sent.
  for (const char c : what.substr(0, most_said)) out_ << (c >= ' ' && c <= '~' ? c : '?');
  out_ << '\n' << std::flush;
  unsaid_ = 0;
  next_ = now + pause;
}

}  // namespace ringback::vantage
