#pragma once
/// Which services are meant when the user names none.
#include <vector>

#include "net/link.hpp"
#include "net/service.hpp"

namespace ringback {

/// What listens and is not bound to loopback: eight at most, TCP first, by port. Sockets that serve the local network or belong to a client
/// are left out; the table with its reasons is beside the function.
[[nodiscard]] std::vector<Service> default_services(const std::vector<Listener>& listeners);

}  // namespace ringback
