#pragma once
#include "io/network.hpp"

namespace ringback::io {

[[nodiscard]] Expected<std::unique_ptr<TcpStream>> open_tcp_stream(const Endpoint& to, const TcpOptions& options, Deadline deadline,
                                                                   const Clock& clock);

}  // namespace ringback::io
