#pragma once
/// How often one caller, and all callers together, may ask. The table never grows: a stranger with many addresses gains nothing.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "net/address.hpp"

namespace ringback::vantage {

/// `burst` requests at once, and one more for every `each` that passes.
struct Rate {
  unsigned burst = 1;
  microseconds each{};
  bool operator==(const Rate&) const = default;
};

/// A token bucket whose whole state is the instant at which it is full again (the generic cell rate algorithm, ITU-T I.371 annex A).
class Bucket {
 public:
  /// Zero: a token is there.
  [[nodiscard]] std::chrono::nanoseconds wait(const Rate& rate, Instant now) const;
  void take(const Rate& rate, Instant now);
  [[nodiscard]] Instant full_at() const { return full_at_; }
  bool operator==(const Bucket&) const = default;

 private:
  Instant full_at_{};
};

/// Who counts as one caller: an IPv4 address, or an IPv6 /56, the least that a provider gives to a household (RFC 6177 §2).
[[nodiscard]] std::uint64_t caller_key(const Address& address);

class CallerLimiter {
 public:
  /// `entries` is rounded up to whole sets of four. `seed` is secret: nobody can choose addresses that meet in one set.
  CallerLimiter(Rate per_caller, Rate all_callers, std::size_t entries, std::uint64_t seed);

  /// Takes a token, or says how long the caller has to wait for one (and takes none).
  std::optional<std::chrono::nanoseconds> refuse(const Address& caller, Instant now);
  /// Bytes of the table; constant.
  [[nodiscard]] std::size_t table_size() const { return entries_.size() * sizeof(Entry); }

 private:
  struct Entry {
    std::uint64_t key = 0;
    Bucket bucket;
  };
  Entry& entry(std::uint64_t key, Instant now);

  Rate per_caller_;
  Rate all_callers_;
  Bucket all_;
  std::vector<Entry> entries_;
  std::uint64_t seed_;
};

}  // namespace ringback::vantage
