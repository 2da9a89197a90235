#pragma once
/// Endpoints to and from sockaddr(3type), and what every internet socket is opened with.
#include <netinet/in.h>
#include <sys/socket.h>

#include <optional>
#include <string>

#include "base/unique_fd.hpp"
#include "net/endpoint.hpp"

namespace ringback::io {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;
  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

/// `scope` is the interface index that a link-local address needs (RFC 4007 §11); it is ignored for every other.
[[nodiscard]] SocketAddress to_sockaddr(const Endpoint& endpoint, unsigned scope);
/// nullopt: neither an IPv4 nor an IPv6 address.
[[nodiscard]] std::optional<Endpoint> from_sockaddr(const sockaddr* address);

[[nodiscard]] int domain_of(Family family);
/// A non-blocking, close-on-exec socket that speaks its own family alone.
[[nodiscard]] Expected<UniqueFd> open_socket(Family family, int type, const std::string& what);
/// SO_BINDTODEVICE: packets leave through this interface and come in through it.
[[nodiscard]] Expected<void> bind_to_interface(int fd, const std::string& interface, const std::string& what);
[[nodiscard]] Expected<void> bind_to(int fd, const Endpoint& local, unsigned scope, const std::string& what);
[[nodiscard]] Expected<Endpoint> local_of(int fd, const std::string& what);
[[nodiscard]] Expected<void> set_option(int fd, int level, int name, int value, const std::string& what);
/// 0 where there is no such interface, or none is given.
[[nodiscard]] unsigned index_of(const std::optional<std::string>& interface);

/// nullopt where there is no such interface.
[[nodiscard]] std::optional<std::string> interface_name(unsigned index);

}  // namespace ringback::io
