#pragma once
/// Distribution, kernel, privileges, and the software that configures the network and the packet filter.
#include <set>

#include "io/network.hpp"
#include "probes/host/evidence.hpp"

namespace ringback::host {

/// The programs that run, by their name in /proc/PID/comm, which the kernel cuts to 15 characters. `complete` is false where this
/// process may not look at others (proc(5), hidepid): then the files alone have to tell.
struct Processes {
  std::set<std::string> names;
  bool complete = false;
  /// True as well where nobody can know.
  [[nodiscard]] bool may_run(const std::string& name) const { return !complete || names.contains(name.substr(0, 15)); }
};
[[nodiscard]] Processes running(io::Network& network);

/// Of the interface that faces the home router: who configures it, in which file, and what that calls it.
void find_manager(io::Network& network, const Processes& processes, const Interface& interface, System& system);

/// Everything but the manager.
[[nodiscard]] System observe_system(io::Network& network, const Processes& processes, const std::vector<Interface>& interfaces);

}  // namespace ringback::host
