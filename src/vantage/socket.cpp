#include "vantage/socket.hpp"

#include <linux/errqueue.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace ringback::vantage {
namespace {

constexpr int set = 1;

/// "Packet too big" says something about the path's MTU and nothing about who answers: ICMP 3/4 (RFC 1191), ICMPv6 2 (RFC 8201).
bool is_about_mtu(const sock_extended_err& error) {
  return error.ee_origin == SO_EE_ORIGIN_ICMP ? error.ee_type == 3 && error.ee_code == 4 : error.ee_type == 2;
}

}  // namespace

SocketAddress to_socket(const Endpoint& endpoint) {
  SocketAddress result;
  const auto bytes = endpoint.address.bytes();
  if (endpoint.address.is_v4()) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(endpoint.port);
    std::memcpy(&v4.sin_addr, bytes.data(), bytes.size());
    std::memcpy(&result.storage, &v4, result.length = sizeof v4);
  } else {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(endpoint.port);
    std::memcpy(&v6.sin6_addr, bytes.data(), bytes.size());
    std::memcpy(&result.storage, &v6, result.length = sizeof v6);
  }
  return result;
}

Endpoint to_endpoint(const SocketAddress& address) {
  const auto bytes = [](const auto& in) { return std::span(reinterpret_cast<const std::uint8_t*>(&in), sizeof in); };
  if (address.storage.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address.storage, sizeof v4);
    return {Address::from_bytes(bytes(v4.sin_addr)), ntohs(v4.sin_port)};
  }
  if (address.storage.ss_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address.storage, sizeof v6);
    return {Address::from_bytes(bytes(v6.sin6_addr)).unmapped(), ntohs(v6.sin6_port)};
  }
  return {};
}

Error system_error(std::string what, int error) {
  Errc code = Errc::failed;
  switch (error) {
    case EPERM: case EACCES: code = Errc::not_permitted; break;
    case EAFNOSUPPORT: case EADDRNOTAVAIL: case EPROTONOSUPPORT: case ENOPROTOOPT: code = Errc::unsupported; break;
    case ENETUNREACH: case EHOSTUNREACH: case ENETDOWN: code = Errc::no_route; break;
    case ECONNREFUSED: code = Errc::refused; break;
    case EMFILE: case ENFILE: case ENOBUFS: case ENOMEM: code = Errc::exhausted; break;
    default: break;
  }
  return {code, std::move(what) + ": " + std::generic_category().message(error)};
}

Expected<UniqueFd> open_socket(Family family, int type, int protocol) {
  const int domain = family == Family::ipv4 ? AF_INET : AF_INET6;
  UniqueFd fd(::socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol));
  if (!fd) return tl::unexpected(system_error("open a socket", errno));
  if (family == Family::ipv6 && ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &set, sizeof set) != 0 && type != SOCK_RAW)
    return tl::unexpected(system_error("set IPV6_V6ONLY", errno));
  return fd;
}

Expected<void> bind_socket(const UniqueFd& fd, const Endpoint& local) {
  const auto address = to_socket(local);
  if (::bind(fd.get(), address.get(), address.length) != 0) return tl::unexpected(system_error("bind " + local.to_string(), errno));
  return {};
}

Endpoint local_endpoint(const UniqueFd& fd) {
  SocketAddress address;
  if (::getsockname(fd.get(), address.get(), &address.length) != 0) return {};
  return to_endpoint(address);
}

Expected<void> keep_icmp_errors(const UniqueFd& fd, Family family) {
  const int done = family == Family::ipv4 ? ::setsockopt(fd.get(), IPPROTO_IP, IP_RECVERR, &set, sizeof set)
                                          : ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_RECVERR, &set, sizeof set);
  if (done != 0) return tl::unexpected(system_error("set IP_RECVERR", errno));
  return {};
}

std::optional<QueuedError> next_icmp_error(const UniqueFd& fd) {
  for (;;) {
    QueuedError result;
    alignas(cmsghdr) std::array<std::byte, 512> control{};
    iovec payload{result.quoted.data(), result.quoted.size()};
    msghdr message{};
    message.msg_iov = &payload;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const auto size = ::recvmsg(fd.get(), &message, MSG_ERRQUEUE | MSG_DONTWAIT);
    if (size < 0) return std::nullopt;
    result.quoted_size = static_cast<std::size_t>(size);
    for (auto* c = CMSG_FIRSTHDR(&message); c != nullptr; c = CMSG_NXTHDR(&message, c)) {
      const bool is_error = (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR) ||
                            (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR);
      if (!is_error || c->cmsg_len < CMSG_LEN(sizeof(sock_extended_err))) continue;
      sock_extended_err error{};
      std::memcpy(&error, CMSG_DATA(c), sizeof error);
      if (error.ee_origin != SO_EE_ORIGIN_ICMP && error.ee_origin != SO_EE_ORIGIN_ICMP6) continue;
      if (is_about_mtu(error)) continue;
      result.icmp = {error.ee_type, error.ee_code};
      return result;
    }
  }
}

}  // namespace ringback::vantage
