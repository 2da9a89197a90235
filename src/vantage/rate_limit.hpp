#pragma once
/// How often one caller, one network of callers, and all together may ask. The tables never grow: many addresses gain a stranger nothing.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "vantage/caller.hpp"

namespace ringback::vantage {

/// `burst` requests at once, and one more for every `each` that passes.
struct Rate {
  unsigned burst = 1;
  std::chrono::nanoseconds each{};
  bool operator==(const Rate&) const = default;
};
/// What one second brings may come at once.
[[nodiscard]] constexpr Rate a_second(unsigned count) { return {count, std::chrono::nanoseconds(seconds{1}) / count}; }

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

/// One bucket for each key that was seen lately. A full bucket needs no entry, so a table of fixed size is enough for all the world.
class BucketTable {
 public:
  /// `entries` is rounded up to whole sets of four. `seed` is secret: nobody can choose addresses that meet in one set.
  BucketTable(std::size_t entries, std::uint64_t seed);
  Bucket& of(std::uint64_t key, Instant now);
  /// Bytes; constant.
  [[nodiscard]] std::size_t size() const { return entries_.size() * sizeof(Entry); }

 private:
  struct Entry {
    std::uint64_t key = 0;
    Bucket bucket;
  };
  std::vector<Entry> entries_;
  std::uint64_t seed_;
};

struct Rates {
  Rate of_caller;
  Rate of_network;
  Rate of_all;
  bool operator==(const Rates&) const = default;
};

class CallerLimiter {
 public:
  /// `entries` and `seed`: of each table.
  CallerLimiter(const Rates& rates, std::size_t entries, std::uint64_t seed);

  /// Takes a token of each, or says how long the caller has to wait for them (and takes none).
  std::optional<std::chrono::nanoseconds> refuse(const Address& address, Instant now);
  [[nodiscard]] std::size_t table_size() const { return callers_.size() + networks_.size(); }

 private:
  Rates rates_;
  BucketTable callers_;
  BucketTable networks_;
  Bucket all_;
};

}  // namespace ringback::vantage
