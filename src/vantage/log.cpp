#include "vantage/log.hpp"

#include <fmt/format.h>

namespace ringback::vantage {

void RefusalLog::note(unsigned status, std::string_view kind) {
  constexpr seconds pause{60};
  for (auto& known : kinds_) {
    if (!known.name.empty() && known.name != kind) continue;
    known.name = kind;
    ++known.unsaid;
    if (clock_.now() < known.next) return;
    out_ << fmt::format("ringback-vantage: refused {} request{}: {} {}\n", known.unsaid, known.unsaid == 1 ? "" : "s", status, kind)
         << std::flush;
    known.unsaid = 0;
    known.next = clock_.now() + pause;
    return;
  }
}

}  // namespace ringback::vantage
