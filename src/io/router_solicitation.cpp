#include "io/router_solicitation.hpp"

#include <linux/icmpv6.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>

#include "io/sockaddr.hpp"
#include "io/system.hpp"
#include "net/endpoint.hpp"

namespace ringback::io {
namespace {

constexpr std::uint8_t router_solicitation = 133;

template <class Value>
bool set(int fd, int level, int option, const Value& value) {
  return ::setsockopt(fd, level, option, &value, sizeof value) == 0;
}

}  // namespace

Expected<UniqueFd> open_router_solicitor() {
  UniqueFd fd(::socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_ICMPV6));
  if (!fd) return system_failure("open a socket for router solicitations", errno);
  icmp6_filter nothing{};
  for (auto& word : nothing.data) word = 0xFFFFFFFF;   // RFC 3542 §3.2: a bit that is set blocks its type
  if (!set(fd.get(), SOL_ICMPV6, ICMPV6_FILTER, nothing) || !set(fd.get(), IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 255))
    return system_failure("set up a socket for router solicitations", errno);
  return fd;
}

Expected<void> send_router_solicitation(const UniqueFd& solicitor, const std::string& interface) {
  static const auto all_routers = Address::parse("ff02::2").value();
  const auto index = ::if_nametoindex(interface.c_str());
  if (index == 0) return system_failure("send a router solicitation on " + interface, errno);
  const std::array<std::uint8_t, 8> message{router_solicitation};   // the kernel fills in the checksum (RFC 3542 §3.1)
  sockaddr_in6 to{};
  to.sin6_family = AF_INET6;
  to.sin6_scope_id = index;
  const auto bytes = all_routers.bytes();
  std::copy(bytes.begin(), bytes.end(), to.sin6_addr.s6_addr);
  const auto sent = retry([&] { return ::sendto(solicitor.get(), message.data(), message.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to); });
  if (sent < 0) return system_failure("send a router solicitation on " + interface, errno);
  return {};
}

}  // namespace ringback::io
