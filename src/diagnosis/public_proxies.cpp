#include "diagnosis/public_proxies.hpp"

#include <algorithm>
#include <array>

namespace ringback::diagnosis {
namespace {

/// https://www.cloudflare.com/ips/
constexpr std::array cloudflare{
    "173.245.48.0/20", "103.21.244.0/22", "103.22.200.0/22", "103.31.4.0/22",   "141.101.64.0/18", "108.162.192.0/18", "190.93.240.0/20", "188.114.96.0/20",
    "197.234.240.0/22", "198.41.128.0/17", "162.158.0.0/15", "104.16.0.0/13",   "104.24.0.0/14",   "172.64.0.0/13",    "131.0.72.0/22",   "2400:cb00::/32",
    "2606:4700::/32",   "2803:f800::/32",  "2405:b500::/32", "2405:8100::/32",  "2a06:98c0::/29",  "2c0f:f248::/32"};

/// https://developers.cloudflare.com/fundamentals/reference/network-ports/
constexpr std::array<Port, 13> web_ports{80, 443, 2052, 2053, 2082, 2083, 2086, 2087, 2095, 2096, 8080, 8443, 8880};

}  // namespace

const std::vector<Prefix>& networks_of_proxies() {
  static const std::vector<Prefix> networks = [] {
    std::vector<Prefix> parsed;
    for (const auto* text : cloudflare) parsed.push_back(Prefix::parse(text).value());
    return parsed;
  }();
  return networks;
}

std::optional<std::string_view> operator_of_proxy(const Address& address) {
  const auto holds = [&](const Prefix& network) { return network.contains(address); };
  return std::ranges::any_of(networks_of_proxies(), holds) ? std::optional<std::string_view>("Cloudflare") : std::nullopt;
}

bool passes_proxy(const Service& service) {
  return service.protocol == Protocol::tcp && std::ranges::find(web_ports, service.outside) != web_ports.end();
}

}  // namespace ringback::diagnosis
