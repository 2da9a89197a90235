#pragma once
#include "io/network.hpp"

namespace ringback::io {

[[nodiscard]] Expected<std::unique_ptr<UdpSocket>> open_udp_socket(const UdpOptions& options, const Clock& clock);
/// Network::wait_for_any of sockets that open_udp_socket() opened.
[[nodiscard]] Expected<std::optional<std::size_t>> wait_for_any_socket(std::span<UdpSocket* const> sockets, std::size_t first, Deadline deadline,
                                                                       const Clock& clock);

}  // namespace ringback::io
