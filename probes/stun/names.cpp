#include "probes/stun/names.hpp"

#include <algorithm>
#include <thread>

namespace ringback::stun {
namespace {

constexpr std::size_t most_servers = 16;
constexpr std::ptrdiff_t most_addresses = 2;
// A resolver that works answers within the first; one behind a slow line, or with a dead server in its list, within the second.
constexpr milliseconds patience{600};
constexpr milliseconds last_patience{1400};

std::vector<Address> first_of_each_family(const std::vector<Address>& addresses) {
  std::vector<Address> kept;
  for (const auto& address : addresses) {
    const auto same = std::ranges::count(kept, address.family(), &Address::family);
    if (same < most_addresses && std::ranges::find(kept, address) == kept.end()) kept.push_back(address);
  }
  return kept;
}

void resolve(NamedServer& named, io::Network& network, Deadline deadline) {
  auto found = network.resolve(named.server.host, deadline);
  named.addresses = found ? first_of_each_family(*found) : std::vector<Address>{};
  named.open = !found && found.error().code == Errc::timed_out;
  named.trouble.reset();
  if (!found) named.trouble = std::move(found.error().what);
  else if (named.addresses.empty()) named.trouble = named.server.host + " has no address";
}

/// Every server that is still open, each on a thread of its own; returns when all of them are done.
void resolve_open(std::vector<NamedServer>& servers, io::Network& network, Deadline deadline) {
  std::vector<std::jthread> threads;
  for (auto& named : servers)
    if (named.open) threads.emplace_back([&named, &network, deadline] { resolve(named, network, deadline); });
}

}  // namespace

std::vector<NamedServer> resolve_servers(const std::vector<HostPort>& servers, const io::World& world, Deadline deadline) {
  std::vector<NamedServer> named;
  for (const auto& server : servers) {
    if (named.size() == most_servers) break;
    const auto literal = Address::parse(server.host);
    named.push_back({server, literal ? std::vector{*literal} : std::vector<Address>{}, std::nullopt, !literal});
  }
  for (const auto wait : {patience, last_patience}) {
    resolve_open(named, world.network, deadline.or_earlier(world.clock.now() + wait));
    const bool any = std::ranges::any_of(named, [](const auto& each) { return !each.addresses.empty(); });
    if (any || deadline.passed(world.clock)) break;
  }
  return named;
}

}  // namespace ringback::stun
