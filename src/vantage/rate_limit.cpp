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

std::uint64_t caller_key(const Address& address) {
  constexpr std::uint64_t used = 1ULL << 63, ipv6 = 1ULL << 62;  // an unused entry has key 0
  const auto caller = address.unmapped();
  std::uint64_t key = 0;
  for (const auto byte : caller.bytes().first(caller.is_v4() ? 4 : 7)) key = key << 8 | byte;
  return key | used | (caller.is_v6() ? ipv6 : 0);
}

CallerLimiter::CallerLimiter(Rate per_caller, Rate all_callers, std::size_t entries, std::uint64_t seed)
    : per_caller_(per_caller),
      all_callers_(all_callers),
      entries_((std::max<std::size_t>(entries, 1) + ways - 1) / ways * ways),
      seed_(seed) {}

CallerLimiter::Entry& CallerLimiter::entry(std::uint64_t key, Instant now) {
  const auto set = mix(key ^ seed_) % (entries_.size() / ways) * ways;
  const auto candidates = std::span(entries_).subspan(set, ways);
  if (const auto known = std::ranges::find(candidates, key, &Entry::key); known != candidates.end()) return *known;
  // The bucket with the most tokens makes room, and the newcomer goes on with exactly those: pushing others out brings no new tokens.
  auto& fullest = *std::ranges::min_element(candidates, {}, [&](const Entry& e) { return std::max(e.bucket.full_at(), now); });
  fullest.key = key;
  return fullest;
}

std::optional<std::chrono::nanoseconds> CallerLimiter::refuse(const Address& caller, Instant now) {
  auto& bucket = entry(caller_key(caller), now).bucket;
  const auto wait = std::max(bucket.wait(per_caller_, now), all_.wait(all_callers_, now));
  if (wait.count() > 0) return wait;
  bucket.take(per_caller_, now);
  all_.take(all_callers_, now);
  return std::nullopt;
}

}  // namespace ringback::vantage
