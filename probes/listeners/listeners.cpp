#include "probes/listeners/listeners.hpp"

#include <algorithm>
#include <tuple>

namespace ringback::listeners {
namespace {
constexpr std::size_t most_listeners = 1024;
}

Expected<Evidence> observe(const io::World& world, Deadline deadline) {
  auto found = world.network.listeners(deadline);
  if (!found) return tl::unexpected(found.error());
  auto& all = *found;
  // The same socket address several times (SO_REUSEPORT: one per worker) is one listener; a worker whose queue has room speaks for all.
  const auto key = [](const Listener& l) { return std::tie(l.protocol, l.local.port, l.local.address, l.interface, l.v6_only, l.uid, l.program); };
  const auto is_full = [](const Listener& l) { return l.queued.value_or(0) > l.backlog.value_or(0); };
  std::stable_sort(all.begin(), all.end(), [&](const Listener& a, const Listener& b) {
    return key(a) != key(b) ? key(a) < key(b) : is_full(a) < is_full(b);
  });
  all.erase(std::unique(all.begin(), all.end(), [&](const Listener& a, const Listener& b) { return key(a) == key(b); }), all.end());
  // Which of too many are kept: what a stranger could reach, before the loopback's.
  if (all.size() > most_listeners) {
    std::stable_partition(all.begin(), all.end(), [](const Listener& l) { return !l.local.address.is_loopback(); });
    all.resize(most_listeners);
  }
  return Evidence{std::move(all)};
}

}  // namespace ringback::listeners
