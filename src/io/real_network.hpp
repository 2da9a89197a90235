#pragma once
/// The real clock, dice and network. Made once, in `main`, and passed on.
#include <memory>

#include "io/network.hpp"

namespace ringback::io {

/// CLOCK_MONOTONIC.
class RealClock : public Clock {
 public:
  [[nodiscard]] Instant now() const override;
  void sleep_until(Instant until) const override;
};

/// getrandom(2).
class RealRandom : public Random {
 public:
  void fill(std::span<std::byte> bytes) override;
};

/// `clock` is asked what is left of each deadline; it must be steady, run at the speed of the world, and outlive the network. To be called
/// before there are threads: it forks (nftables.hpp), and the libraries that it initialises want to be alone for that.
std::unique_ptr<Network> make_real_network(const Clock& clock);

}  // namespace ringback::io
