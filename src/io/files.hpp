#pragma once
#include <string>
#include <vector>

#include "base/expected.hpp"

namespace ringback::io {

/// At most `limit` bytes of a file's beginning. Files of /proc and /sys have no size of their own: read to the end.
[[nodiscard]] Expected<std::string> read_whole_file(const std::string& path, std::size_t limit);
/// Sorted names without "." and ".."; empty where there is no such directory.
[[nodiscard]] std::vector<std::string> names_in_directory(const std::string& path);

}  // namespace ringback::io
