#pragma once
/// The servers' addresses, looked up side by side.
#include "io/network.hpp"

namespace ringback::stun {

struct NamedServer {
  HostPort server;
  std::vector<Address> addresses;      ///< at most two of each family, in the resolver's order
  std::optional<std::string> trouble;  ///< why there are none
  bool open = false;                   ///< nobody has said anything of the name yet
};

/// In the order of `servers`, at most 16 of them. A name that nobody answers for holds up the others for 0.6 s, and the whole for 2 s.
[[nodiscard]] std::vector<NamedServer> resolve_servers(const std::vector<HostPort>& servers, const io::World& world, Deadline deadline);

}  // namespace ringback::stun
