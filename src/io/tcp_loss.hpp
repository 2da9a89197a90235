#pragma once
/// What the kernel knows of the packets that a TCP connection lost (tcp(7), TCP_INFO).
#include <string>

#include "base/expected.hpp"

namespace ringback::io {

/// Something was sent again, by either side.
[[nodiscard]] Expected<bool> has_lost_packets(int socket, const std::string& what);

}  // namespace ringback::io
