#pragma once
/// Which services are meant when the user names none, and which ought to stay closed.
#include <vector>

#include "net/link.hpp"
#include "net/service.hpp"

namespace ringback {

/// What listens and is not bound to loopback: eight at most, TCP first, by port. Sockets that serve the local network or belong to a client
/// are left out; the table with its reasons is beside the function.
[[nodiscard]] std::vector<Service> default_services(const std::vector<Listener>& listeners);

/// What else a stranger might find: the listening sockets that were not asked for, eleven at most, those meant for the local network first.
[[nodiscard]] std::vector<Service> other_services(const std::vector<Listener>& listeners, const std::vector<Service>& asked_for);

/// A TCP port that nobody listens on, nobody asked for and no connection uses; nullopt: every one of them is taken.
[[nodiscard]] std::optional<Service> unopened_port(const std::vector<Listener>& listeners, const std::vector<Service>& asked_for);

}  // namespace ringback
