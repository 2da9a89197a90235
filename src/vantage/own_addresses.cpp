#include "vantage/own_addresses.hpp"

#include <ifaddrs.h>
#include <linux/if_addr.h>
#include <net/if.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <memory>
#include <sstream>

#include "net/special_purpose.hpp"
#include "vantage/socket.hpp"

namespace ringback::vantage {
namespace {

/// IPv6 addresses that should not be used as a source, which getifaddrs(3) does not tell. A service may see no more of /proc than itself.
std::vector<Address> unfit_ipv6() {
  std::vector<Address> result;
  std::ifstream file("/proc/self/net/if_inet6");
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string digits;
    unsigned index = 0, length = 0, scope = 0, flags = 0;
    if (!(fields >> digits >> std::hex >> index >> length >> scope >> flags) || digits.size() != 32) continue;
    if ((flags & (IFA_F_TENTATIVE | IFA_F_DEPRECATED | IFA_F_DADFAILED | IFA_F_TEMPORARY)) == 0) continue;
    std::string text;
    for (std::size_t i = 0; i < digits.size(); i += 4) text.append(i == 0 ? "" : ":").append(digits, i, 4);
    if (const auto address = Address::parse(text)) result.push_back(*address);
  }
  return result;
}

/// A global address far away, of a.root-servers.net: only the route to it is asked for.
Address far_away(Family family) {
  return family == Family::ipv4 ? Address::parse("198.41.0.4").value() : Address::parse("2001:503:ba3e::2:30").value();
}

}  // namespace

std::vector<Address> own_global_addresses() {
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> list(first, &::freeifaddrs);
  const auto unfit = unfit_ipv6();
  std::vector<Address> result;
  for (const auto* entry = first; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr || (entry->ifa_flags & IFF_UP) == 0) continue;
    const auto family = entry->ifa_addr->sa_family;
    if (family != AF_INET && family != AF_INET6) continue;
    SocketAddress address;
    std::memcpy(&address.storage, entry->ifa_addr, family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6));
    const auto own = to_endpoint(address).address;
    if (is_global(own) && std::ranges::find(unfit, own) == unfit.end()) result.push_back(own);
  }
  return result;
}

Address knock_source(const Address& asked_at, const std::vector<Address>& configured, const std::vector<Address>& own) {
  const auto same_family = [&](const Address& a) { return a.family() == asked_at.family(); };
  const auto other = [&](const Address& a) { return same_family(a) && a != asked_at; };
  const auto answerable = [&](const Address& a) {
    return other(a) && (is_global(asked_at) ? is_global(a) : classify(a) == classify(asked_at));
  };
  if (const auto found = std::ranges::find_if(configured, other); found != configured.end()) return *found;
  if (std::ranges::any_of(configured, same_family)) return asked_at;  // the only one configured is the one that was asked
  if (const auto found = std::ranges::find_if(own, answerable); found != own.end()) return *found;
  return asked_at;
}

std::vector<Family> internet_families(bool any_source) {
  std::vector<Family> result;
  for (const auto family : {Family::ipv4, Family::ipv6}) {
    const auto fd = open_socket(family, SOCK_DGRAM, IPPROTO_UDP);
    if (!fd) continue;
    const auto far = to_socket({far_away(family), 53});
    if (::connect(fd->get(), far.get(), far.length) != 0) continue;
    const auto source = local_endpoint(*fd).address;
    if (source.is_unspecified() || source.is_loopback() || source.is_link_local()) continue;
    if (any_source || is_global(source)) result.push_back(family);
  }
  return result;
}

}  // namespace ringback::vantage
