#pragma once
#include <vector>

#include "base/clock.hpp"
#include "net/address.hpp"

namespace ringback::io {

/// Owns c-ares' process-wide state. The library counts its users, but not safely from several threads: made once, before there are any.
class AresLibrary {
 public:
  AresLibrary();
  ~AresLibrary();
  AresLibrary(const AresLibrary&) = delete;
  AresLibrary& operator=(const AresLibrary&) = delete;
  [[nodiscard]] bool ready() const { return ready_; }

 private:
  bool ready_ = false;
};

/// Addresses of a name, IPv6 first, as the system's own resolver finds them (/etc/hosts, then the servers of `resolv_conf`), or of a literal.
/// An empty answer is Errc::refused: the servers know of no address. Servers that stay silent for four seconds are dead, however far the
/// deadline is. An AresLibrary must be alive.
[[nodiscard]] Expected<std::vector<Address>> resolve_host(const std::string& host, Deadline deadline, const Clock& clock,
                                                          const std::string& resolv_conf = "/etc/resolv.conf");

}  // namespace ringback::io
