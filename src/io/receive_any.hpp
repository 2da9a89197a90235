#pragma once
/// Waiting on several sockets of one thread at once.
#include "io/network.hpp"

namespace ringback::io {

struct ReceivedBy {
  std::size_t socket = 0;          ///< its place in the span
  Expected<Received> what;         ///< an error is that socket's
};

/// The first thing that any of them receives; nullopt: nothing came by the deadline. Null sockets are passed over. With several
/// sockets each is looked at once a millisecond, so that a time taken from the return is right to that.
inline std::optional<ReceivedBy> receive_any(std::span<UdpSocket* const> sockets, Deadline deadline, const Clock& clock) {
  constexpr milliseconds look{1};
  std::size_t open = 0;
  for (auto* socket : sockets) open += socket != nullptr;
  if (open == 0) {
    clock.sleep_until(deadline.at);
    return std::nullopt;
  }
  const auto take = [&](std::size_t place, Instant until) -> std::optional<ReceivedBy> {
    auto got = sockets[place]->receive({until});
    if (!got) return ReceivedBy{place, tl::unexpected(std::move(got.error()))};
    if (!*got) return std::nullopt;
    return ReceivedBy{place, std::move(**got)};
  };
  for (;;) {
    std::size_t last = 0;
    for (std::size_t place = 0; place < sockets.size(); ++place) {
      if (!sockets[place]) continue;
      if (auto got = take(place, clock.now())) return got;
      last = place;
    }
    if (auto got = take(last, open == 1 ? deadline.at : std::min(deadline.at, clock.now() + look))) return got;
    if (deadline.passed(clock)) return std::nullopt;
  }
}

}  // namespace ringback::io
