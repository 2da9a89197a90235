#pragma once
/// Waiting on several sockets of one thread at once.
#include <algorithm>

#include "io/network.hpp"

namespace ringback::io {

struct ReceivedBy {
  std::size_t socket = 0;          ///< its place in the span
  Expected<Received> what;         ///< an error is that socket's
};

/// The next thing that any of them receives; nullopt: nothing came by the deadline. Null sockets are passed over. Of several that have
/// something the first one from `first` on is taken.
inline std::optional<ReceivedBy> receive_any(std::span<UdpSocket* const> sockets, Deadline deadline, const World& world, std::size_t first = 0) {
  for (;;) {
    const auto ready = world.network.wait_for_any(sockets, first, deadline);
    if (!ready) {
      const auto open = std::ranges::find_if(sockets, [](const UdpSocket* socket) { return socket != nullptr; });
      if (open != sockets.end()) return ReceivedBy{static_cast<std::size_t>(open - sockets.begin()), tl::unexpected(ready.error())};
      world.clock.sleep_until(deadline.at);
      return std::nullopt;
    }
    if (!*ready) return std::nullopt;
    auto got = sockets[**ready]->receive({world.clock.now()});
    if (!got) return ReceivedBy{**ready, tl::unexpected(std::move(got.error()))};
    if (*got) return ReceivedBy{**ready, std::move(**got)};
    if (deadline.passed(world.clock)) return std::nullopt;
  }
}

}  // namespace ringback::io
