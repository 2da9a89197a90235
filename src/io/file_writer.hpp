#pragma once
/// Writes the files that were named at the beginning, also when this process has become somebody who may not.
#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

#include "base/unique_fd.hpp"
#include "io/privilege.hpp"

namespace ringback::io {

/// How a file is written, whole or not at all.
using WriteFile = std::function<Expected<void>(const std::string& path, const std::string& text)>;

class FileWriter {
 public:
  /// With `later` (this process is root, and will become that user) a child is forked, which stays root, writes these paths and none else: each
  /// as that user, so that the file is his, or where he may not, as root. To be called before there are threads.
  FileWriter(std::vector<std::string> paths, const std::optional<Identity>& later, WriteFile write);
  ~FileWriter();
  FileWriter(const FileWriter&) = delete;
  FileWriter& operator=(const FileWriter&) = delete;

  /// `index` is that of the path. The error is the one of `write`.
  [[nodiscard]] Expected<void> write(std::size_t index, const std::string& text);

 private:
  std::vector<std::string> paths_;
  WriteFile write_;
  UniqueFd child_socket_;   ///< none: this process writes
  pid_t child_ = -1;
};

}  // namespace ringback::io
