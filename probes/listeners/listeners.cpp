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
  // The same socket address several times (SO_REUSEPORT: one per worker) is one listener.
  std::stable_sort(all.begin(), all.end(), [](const Listener& a, const Listener& b) {
    return std::tie(a.protocol, a.local.port, a.local.address, a.interface, a.v6_only) < std::tie(b.protocol, b.local.port, b.local.address, b.interface, b.v6_only);
  });
  all.erase(std::unique(all.begin(), all.end()), all.end());
  // Which of too many are kept: what a stranger could reach, before the loopback's.
  if (all.size() > most_listeners) {
    std::stable_partition(all.begin(), all.end(), [](const Listener& l) { return !l.local.address.is_loopback(); });
    all.resize(most_listeners);
  }
  return Evidence{std::move(all)};
}

}  // namespace ringback::listeners
