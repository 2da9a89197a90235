#pragma once
/// Writes the files that were named at the beginning, also when this process has become somebody who may not.
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "io/helper_process.hpp"
#include "io/privilege.hpp"

namespace ringback::io {

/// How a file is written, whole or not at all.
using WriteFile = std::function<Expected<void>(const std::string& path, const std::string& text)>;

class FileWriter {
 public:
  /// Where this process is root's own and will become nobody (`later`), a child is forked that stays root, with CAP_DAC_OVERRIDE
  /// alone and no way to more (PR_SET_NO_NEW_PRIVS), and writes these paths and none else.
  /// Whoever called by way of sudo writes as himself: the right to diagnose is not the right to write anywhere. To be called before there are
  /// threads.
  FileWriter(std::vector<std::string> paths, const std::optional<Identity>& later, WriteFile write);
  FileWriter(const FileWriter&) = delete;
  FileWriter& operator=(const FileWriter&) = delete;

  /// `index` is that of the path. The error is the one of `write`.
  [[nodiscard]] Expected<void> write(std::size_t index, const std::string& text);

 private:
  std::vector<std::string> paths_;
  WriteFile write_;
  std::optional<HelperProcess> helper_;   ///< none: this process writes
};

}  // namespace ringback::io
