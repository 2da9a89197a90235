#pragma once
/// The opening of a TCP connection, which a lost packet does not hold up for a second.
#include <functional>

#include "base/unique_fd.hpp"
#include "io/network.hpp"

namespace ringback::io {

/// Linux repeats a lost SYN after 1 s, then 2 s later (RFC 6298 §2.1). On a line that loses packets that is the whole patience of a run: so
/// a second attempt leaves from another socket after 300 ms, and some more; the first that is answered wins, and the others are closed.
/// A refusal of one is the refusal of all. `still_wanted` is asked at least every 20 ms: false gives a socket that is none.
/// Errc::timed_out where nobody answered by the deadline.
[[nodiscard]] Expected<UniqueFd> connect_tcp(const Endpoint& to, const TcpOptions& options, Deadline deadline, const Clock& clock,
                                             const std::string& what, const std::function<bool()>& still_wanted = {});

}  // namespace ringback::io
