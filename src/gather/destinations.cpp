#include "gather/destinations.hpp"

#include <algorithm>

namespace ringback {
namespace {

constexpr std::size_t most_services = 8;
constexpr seconds patience{2};   // an updater's page is no reason to hold up the run

std::vector<std::string> services(const std::vector<host::Updater>& updaters) {
  std::vector<std::string> result;
  for (const auto& updater : updaters)
    for (const auto* way : {&updater.ipv4, &updater.ipv6})
      if (!way->service.empty() && result.size() < most_services && std::ranges::find(result, way->service) == result.end()) result.push_back(way->service);
  return result;
}

/// "http://HOST:PORT/PATH" without the rest.
std::string host_of(std::string_view url, const Address& otherwise) {
  const auto scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  const auto parsed = HostPort::parse(url.substr(0, url.find('/')), 80);
  return parsed ? parsed->host : otherwise.to_string();
}

}  // namespace

Services services_of_updaters(const std::vector<host::Updater>& updaters, const io::World& world, Deadline deadline) {
  Services found;
  const Deadline until{std::min(deadline.at, world.clock.now() + patience)};
  for (const auto& service : services(updaters)) {
    const auto addresses = world.network.resolve(service, until);
    if (!addresses) found.troubles.push_back("an updater's service: " + addresses.error().what);
    else for (const auto& address : *addresses) found.places.push_back({service, address});
  }
  return found;
}

std::vector<host::Place> asked_places(const Evidence& evidence) {
  std::vector<host::Place> places;
  if (evidence.stun)
    for (const auto& observation : evidence.stun->observations)
      if (!observation.interface) places.push_back({observation.server_name, observation.server.address});
  if (evidence.web)
    for (const auto& observation : evidence.web->observations)
      if (observation.server) places.push_back({host_of(observation.url, observation.server->address), observation.server->address});
  if (evidence.dns)
    for (const auto& [address, port] : evidence.dns->resolvers)
      if (!address.is_loopback()) places.push_back({address.to_string(), address});
  return places;
}

}  // namespace ringback
