#include "vantage/fair_pool.hpp"

#include <algorithm>
#include <utility>

namespace ringback::vantage {

FairPool::FairPool(std::size_t slots, std::size_t part) : slots_(slots), part_(part) { taken_.reserve(slots); }

std::optional<FairPool::Hold> FairPool::take(const Caller& caller, std::size_t count) {
  const std::size_t free = slots_ - taken_.size();
  const auto of_household = static_cast<std::size_t>(std::ranges::count(taken_, caller.household, &Caller::household));
  const auto of_network = static_cast<std::size_t>(std::ranges::count(taken_, caller.network, &Caller::network));
  const auto share_of_network = std::min(free, std::max<std::size_t>(1, free / part_));
  const auto left_of_it = share_of_network - std::min(share_of_network, of_network);
  if (of_household + count > left_of_it) return std::nullopt;
  return std::optional<Hold>(std::in_place, *this, caller, count);
}

bool FairPool::has_any(const Caller& caller) const {
  return std::ranges::find(taken_, caller.household, &Caller::household) != taken_.end();
}

FairPool::Hold::Hold(FairPool& pool, const Caller& caller, std::size_t count) : pool_(&pool), caller_(caller), count_(count) {
  pool.taken_.insert(pool.taken_.end(), count, caller);
}

FairPool::Hold::Hold(Hold&& other) noexcept : pool_(other.pool_), caller_(other.caller_), count_(std::exchange(other.count_, 0)) {}

FairPool::Hold::~Hold() {
  while (count_ > 0) give_back_one();
}

void FairPool::Hold::give_back_one() {
  auto& taken = pool_->taken_;
  std::iter_swap(std::ranges::find(taken, caller_), taken.end() - 1);
  taken.pop_back();
  --count_;
}

}  // namespace ringback::vantage
