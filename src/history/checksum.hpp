#pragma once
/// What SQLite does not notice: a file whose bytes changed and still are numbers and texts.
#include <cstdint>
#include <string_view>

namespace ringback::history {

/// CRC-32 as in gzip (RFC 1952 §8).
[[nodiscard]] std::int64_t checksum(std::string_view text);

}  // namespace ringback::history
