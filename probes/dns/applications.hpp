#pragma once
/// How the programs on this host find names: getaddrinfo(3), by the sources of nsswitch.conf(5), of which hosts(5) is the first.
#include <span>

#include "io/network.hpp"
#include "probes/dns/evidence.hpp"

namespace ringback::dns {

/// The words of the line "hosts:", such as "files", "mdns4_minimal", "[NOTFOUND=return]", "dns"; 16 at most. Empty: there is no such line.
[[nodiscard]] std::vector<std::string> name_sources(std::string_view nsswitch);

/// The addresses that hosts(5) has for each of the names, in whatever case it is written there; 16 of a name at most.
[[nodiscard]] std::vector<std::vector<Address>> in_hosts_file(std::string_view hosts, std::span<const std::string> names);

/// Looks names up side by side, from when it is made.
class Lookups {
 public:
  /// Absolute names in ASCII. `answered`: of each, whether a resolver of this host has answered for it already; the others come later.
  Lookups(const std::vector<std::string>& names, std::vector<bool> answered, const io::World& world, Deadline deadline);
  Lookups(const Lookups&) = delete;
  Lookups& operator=(const Lookups&) = delete;
  ~Lookups();

  /// Waits for them; in the order of the names.
  [[nodiscard]] std::vector<std::optional<Applications>> take();

 private:
  struct Work;
  std::unique_ptr<Work> work_;
};

}  // namespace ringback::dns
