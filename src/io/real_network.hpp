#pragma once
/// The real clock, dice and network. Made once, in `main`, and passed on.
#include <memory>

#include "io/network.hpp"
#include "io/privilege.hpp"

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
/// before there are threads: it forks (nftables.hpp, system_lookup.hpp), and the libraries that it initialises want to be alone for that.
/// The network of this host. What needs privileges can be had in advance, before they are given up.
class RealNetwork : public Network {
 public:
  /// Opens these captures now, each of which is what open_capture() of the same options gives once, and the socket for router
  /// solicitations. Reads the rules of iptables-legacy now.
  virtual void prepare(const std::vector<CaptureOptions>& captures, Deadline deadline) = 0;
  /// Of that only the last: what legacy_rules() says from then on is how they stand now.
  virtual void keep_legacy_rules(Deadline deadline) = 0;
};

/// `later`: whom the process will become; its children become it at once.
[[nodiscard]] std::unique_ptr<RealNetwork> make_real_network(const Clock& clock, const std::optional<Identity>& later = {});

}  // namespace ringback::io
