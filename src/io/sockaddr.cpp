#include "io/sockaddr.hpp"

#include <net/if.h>

#include <cstring>

#include "io/system.hpp"

namespace ringback::io {

SocketAddress to_sockaddr(const Endpoint& endpoint, unsigned scope) {
  SocketAddress result;
  if (endpoint.address.is_v4()) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(endpoint.port);
    in.sin_addr.s_addr = htonl(endpoint.address.v4_host_order());
    std::memcpy(&result.storage, &in, sizeof in);
    result.length = sizeof in;
    return result;
  }
  sockaddr_in6 in6{};
  in6.sin6_family = AF_INET6;
  in6.sin6_port = htons(endpoint.port);
  std::memcpy(&in6.sin6_addr, endpoint.address.bytes().data(), sizeof in6.sin6_addr);
  const auto first = endpoint.address.bytes()[0];
  const auto second = endpoint.address.bytes()[1];
  const bool multicast_of_a_link = first == 0xff && (second & 0x0f) <= 2;  // RFC 4291 §2.7: scopes 1 and 2
  if (endpoint.address.is_link_local() || multicast_of_a_link) in6.sin6_scope_id = scope;
  std::memcpy(&result.storage, &in6, sizeof in6);
  result.length = sizeof in6;
  return result;
}

std::optional<Endpoint> from_sockaddr(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, address, sizeof in);
    return Endpoint{Address::v4(ntohl(in.sin_addr.s_addr)), ntohs(in.sin_port)};
  }
  if (address->sa_family == AF_INET6) {
    sockaddr_in6 in6{};
    std::memcpy(&in6, address, sizeof in6);
    return Endpoint{Address::from_bytes({in6.sin6_addr.s6_addr, 16}), ntohs(in6.sin6_port)};
  }
  return std::nullopt;
}

int domain_of(Family family) { return family == Family::ipv4 ? AF_INET : AF_INET6; }

Expected<void> set_option(int fd, int level, int name, int value, const std::string& what) {
  if (::setsockopt(fd, level, name, &value, sizeof value) != 0) return system_failure(what, errno);
  return {};
}

Expected<UniqueFd> open_socket(Family family, int type, const std::string& what) {
  UniqueFd fd(::socket(domain_of(family), type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return system_failure(what, errno);
  if (family == Family::ipv6)
    if (auto only = set_option(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, 1, what); !only) return tl::unexpected(only.error());
  return fd;
}

Expected<void> bind_to_interface(int fd, const std::string& interface, const std::string& what) {
  if (::setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface.c_str(), static_cast<socklen_t>(interface.size() + 1)) != 0)
    return system_failure(what + ": bind to interface " + interface, errno);
  return {};
}

Expected<void> bind_to(int fd, const Endpoint& local, unsigned scope, const std::string& what) {
  const auto address = to_sockaddr(local, scope);
  if (::bind(fd, address.get(), address.length) != 0) return system_failure(what + ": bind " + local.to_string(), errno);
  return {};
}

Expected<Endpoint> local_of(int fd, const std::string& what) {
  SocketAddress address;
  address.length = sizeof address.storage;
  if (::getsockname(fd, address.get(), &address.length) != 0) return system_failure(what + ": own address", errno);
  const auto endpoint = from_sockaddr(address.get());
  if (!endpoint) return failure(Errc::unsupported, what + ": own address is of an unknown family");
  return *endpoint;
}

unsigned index_of(const std::optional<std::string>& interface) { return interface ? ::if_nametoindex(interface->c_str()) : 0; }

std::optional<std::string> interface_name(unsigned index) {
  std::array<char, IF_NAMESIZE> name{};
  if (index == 0 || ::if_indextoname(index, name.data()) == nullptr) return std::nullopt;
  return std::string(name.data());
}

}  // namespace ringback::io
