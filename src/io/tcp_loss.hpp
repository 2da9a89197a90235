#pragma once
/// What the kernel knows of the packets that a TCP connection lost (tcp(7), TCP_INFO).
#include <cstdint>
#include <string>

#include "base/expected.hpp"

namespace ringback::io {

/// Something was sent again, by either side.
[[nodiscard]] Expected<bool> has_lost_packets(int socket, const std::string& what);

/// By this connection; 0 where it cannot be said.
[[nodiscard]] std::uint64_t received_bytes(int socket);

}  // namespace ringback::io
