#pragma once
#include <vector>

#include "base/clock.hpp"
#include "net/address.hpp"

namespace ringback::io {

/// Addresses of a name, IPv6 first, as the system's own resolver finds them (/etc/hosts, then the servers of `resolv_conf`), or of a literal.
/// An empty answer is Errc::refused: the servers know of no address.
[[nodiscard]] Expected<std::vector<Address>> resolve_host(const std::string& host, Deadline deadline, const Clock& clock,
                                                          const std::string& resolv_conf = "/etc/resolv.conf");

}  // namespace ringback::io
