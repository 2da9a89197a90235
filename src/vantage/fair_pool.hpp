#pragma once
/// Slots that are shared out so that whoever comes next still finds one: a threshold that sinks as the pool fills (dynamic thresholds,
/// Choudhury and Hahne, IEEE/ACM Transactions on Networking 6(2), 1998).
#include <cstddef>
#include <optional>
#include <vector>

#include "vantage/caller.hpp"

namespace ringback::vantage {

/// A network may hold one part of what nobody holds at that moment, a household as much as is then left of its network's share, and
/// whoever has none may have one while there is one. So each network that takes whatever it gets leaves the others `part` in `part` + 1
/// of what it found, and as the slots come back all of them come to hold the same.
class FairPool {
 public:
  /// Slots of one caller; given back at the latest when it ends. The pool outlives it.
  class Hold {
   public:
    Hold(FairPool& pool, const Caller& caller, std::size_t count);
    ~Hold();
    Hold(Hold&& other) noexcept;
    Hold& operator=(Hold&&) = delete;
    void give_back_one();

   private:
    FairPool* pool_;
    Caller caller_;
    std::size_t count_;
  };

  /// `part` 4: a network may hold a quarter of what is free.
  FairPool(std::size_t slots, std::size_t part);
  FairPool(const FairPool&) = delete;
  FairPool& operator=(const FairPool&) = delete;

  /// All of them or none.
  [[nodiscard]] std::optional<Hold> take(const Caller& caller, std::size_t count = 1);
  [[nodiscard]] bool has_any(const Caller& caller) const;
  [[nodiscard]] std::size_t taken() const { return taken_.size(); }

 private:
  std::size_t slots_;
  std::size_t part_;
  std::vector<Caller> taken_;  ///< whose each taken slot is; never grows beyond the room that it begins with
};

}  // namespace ringback::vantage
