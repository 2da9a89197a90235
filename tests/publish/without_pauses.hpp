#pragma once
#include "io/real_network.hpp"

namespace ringback::test {

/// For real connections that are tried again: they need no rest.
class RealClockWithoutPauses : public io::RealClock {
 public:
  void sleep_until(Instant) const override {}
};

}  // namespace ringback::test
