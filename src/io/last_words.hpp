#pragma once
/// What is still to be said to somebody else if a signal ends the program: a port that was opened on a router is closed.
#include "io/network.hpp"

namespace ringback::io {

/// For as long as the value lives. SIGINT, SIGTERM and SIGHUP then send `bytes` to `to` before they end the program as they do, where nobody
/// else handles them: over UDP twice, over TCP with one second for the connection and one for the answer. At most 8 at a time and 2048 bytes
/// each, otherwise nullptr.
[[nodiscard]] std::unique_ptr<LastWords> leave_last_words(const Message& message);

}  // namespace ringback::io
