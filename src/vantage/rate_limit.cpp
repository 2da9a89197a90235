#include "vantage/rate_limit.hpp"

#include <algorithm>
#include <span>

namespace ringback::vantage {
namespace {

constexpr std::size_t ways = 4;

/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): every bit of the key reaches every bit of the result.
std::uint64_t mix(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

}  // namespace

std::chrono::nanoseconds Bucket::wait(const Rate& rate, Instant now) const {
  const auto full_then = std::max(full_at_, now) + rate.each;
  const auto latest = now + rate.burst * rate.each;
  return std::max(std::chrono::nanoseconds{0}, std::chrono::nanoseconds(full_then - latest));
}

void Bucket::take(const Rate& rate, Instant now) { full_at_ = std::max(full_at_, now) + rate.each; }

BucketTable::BucketTable(std::size_t entries, std::uint64_t seed)
    : entries_((std::max<std::size_t>(entries, 1) + ways - 1) / ways * ways), seed_(seed) {}

Bucket& BucketTable::of(std::uint64_t key, Instant now) {
  const auto set = mix(key ^ seed_) % (entries_.size() / ways) * ways;
  const auto candidates = std::span(entries_).subspan(set, ways);
  if (const auto known = std::ranges::find(candidates, key, &Entry::key); known != candidates.end()) return known->bucket;
  // The bucket with the most tokens makes room, and the newcomer goes on with exactly those: pushing others out brings no new tokens.
  auto& fullest = *std::ranges::min_element(candidates, {}, [&](const Entry& e) { return std::max(e.bucket.full_at(), now); });
  fullest.key = key;
  return fullest.bucket;
}

CallerLimiter::CallerLimiter(const Rates& rates, std::size_t entries, std::uint64_t seed)
    : rates_(rates), callers_(entries, seed), networks_(entries, seed) {}

std::optional<std::chrono::nanoseconds> CallerLimiter::refuse(const Address& address, Instant now) {
  const auto caller = caller_from(address);
  auto& own = callers_.of(caller.household, now);
  auto& shared = networks_.of(caller.network, now);
  const auto wait = std::max({own.wait(rates_.of_caller, now), shared.wait(rates_.of_network, now), all_.wait(rates_.of_all, now)});
  if (wait.count() > 0) return wait;
  own.take(rates_.of_caller, now);
  shared.take(rates_.of_network, now);
  all_.take(rates_.of_all, now);
  return std::nullopt;
}

}  // namespace ringback::vantage
