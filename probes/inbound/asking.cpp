#include "probes/inbound/asking.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ringback::inbound {
namespace {

constexpr std::string_view checker = "echoip+", plain = "http://", encrypted = "https://";

std::string_view without_checker(std::string_view url) { return url.starts_with(checker) ? url.substr(checker.size()) : url; }

}  // namespace

Expected<HostPort> host_of(const std::string& url) {
  const auto address = without_checker(url);
  const bool tls = address.starts_with(encrypted);
  if (!tls && !address.starts_with(plain)) return failure(Errc::invalid_input, fmt::format("\"{}\" is not http://HOST:PORT", url));
  const auto rest = address.substr(tls ? encrypted.size() : plain.size());
  return HostPort::parse(rest.substr(0, rest.find('/')), tls ? 443 : 80);
}

Expected<Endpoint> find_server(const std::string& url, Family family, const io::World& world, Deadline deadline) {
  const auto host = host_of(url);
  if (!host) return tl::unexpected(host.error());
  const auto addresses = world.network.resolve(host->host, deadline);
  if (!addresses) return tl::unexpected(addresses.error());
  const auto found = std::ranges::find(*addresses, family, &Address::family);
  if (found == addresses->end()) return failure(Errc::no_route, fmt::format("{} has no {} address", host->host, to_string(family)));
  return Endpoint{*found, host->port};
}

io::HttpRequest request_to(const Vantage& vantage, const std::string& path, const Leg& leg, const std::optional<Address>& source) {
  auto base = std::string(without_checker(vantage.url));
  while (base.ends_with('/')) base.pop_back();
  io::HttpRequest request{.url = base + path, .connect_to = *vantage.server, .local = source};
  if (leg.bind) request.interface = leg.interface;
  return request;
}

}  // namespace ringback::inbound
