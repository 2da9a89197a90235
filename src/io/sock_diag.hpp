#pragma once
#include <map>
#include <vector>

#include "base/clock.hpp"
#include "net/link.hpp"

namespace ringback::io {

/// TCP sockets that listen and UDP sockets without a peer, of both families; sock_diag(7).
[[nodiscard]] Expected<std::vector<Listener>> read_listeners(Deadline deadline, const Clock& clock);

/// Whose socket it is: inode → program name (/proc/PID/comm), for the processes that this one may look into. Those that it has not come to
/// by the deadline are missing.
[[nodiscard]] std::map<unsigned long, std::string> programs_by_socket(Deadline deadline, const Clock& clock);

}  // namespace ringback::io
