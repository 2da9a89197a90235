#pragma once
/// Files that the user names: read with a bound, written whole or not at all.
#include <string>

#include "base/expected.hpp"

namespace ringback::cli {

/// At most 64 MiB; a longer file is Errc::exhausted.
[[nodiscard]] Expected<std::string> read_file(const std::string& path);

/// Also a folder, and what may not be read.
[[nodiscard]] bool exists(const std::string& path);
/// As read_file; no folder, and no pipe that somebody may never write to.
[[nodiscard]] Expected<std::string> read_regular_file(const std::string& path);
/// Written under a temporary name beside it with mode 0600, then renamed: nobody ever sees half of it.
[[nodiscard]] Expected<void> write_file(const std::string& path, const std::string& text);
/// The same with mode 0644, for what another user's program reads.
[[nodiscard]] Expected<void> write_public_file(const std::string& path, const std::string& text);

/// RFC 3339, UTC, milliseconds: "2026-01-31T12:00:00.000Z".
[[nodiscard]] std::string utc_now();

}  // namespace ringback::cli
