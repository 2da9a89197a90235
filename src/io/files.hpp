#pragma once
#include <string>
#include <vector>

#include "base/expected.hpp"

namespace ringback::io {

/// At most `limit` bytes of a file's beginning. Files of /proc and /sys have no size of their own: read to the end.
[[nodiscard]] Expected<std::string> read_whole_file(const std::string& path, std::size_t limit);
/// For reading, and only where it is a regular file: O_PATH finds that out without calling the driver of a device (a watchdog's arms it),
/// waiting for a FIFO's writer, or breaking the lease that somebody took on the file. `follow_link` false: its last component may be no link.
/// Makes system calls alone, so that a child of many threads may call it.
struct OpenedFile {
  int fd = -1;
  int error = 0;   ///< errno, or `not_regular`
  static constexpr int not_regular = -1;
};
[[nodiscard]] OpenedFile open_regular_file(const char* path, bool follow_link);
/// Sorted names without "." and ".."; empty where there is no such directory.
[[nodiscard]] std::vector<std::string> names_in_directory(const std::string& path);

}  // namespace ringback::io
