#pragma once
#include "io/network.hpp"

namespace ringback::io {

[[nodiscard]] Expected<std::unique_ptr<UdpSocket>> open_udp_socket(const UdpOptions& options, const Clock& clock);

}  // namespace ringback::io
