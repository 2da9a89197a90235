#pragma once
/// The folder of the memory: who works in it, and that it is one check at a time.
#include <chrono>
#include <optional>
#include <string>

#include "base/expected.hpp"
#include "base/unique_fd.hpp"
#include "io/privilege.hpp"

namespace ringback::history {

/// Where the memory is.
struct Folder {
  std::string path;
  bool of_caller = false;                  ///< named by whoever called by way of sudo: his rights count there, not root's
};

/// For a process that does nothing but this: makes the folder, with mode 0700, where it is missing, and becomes who it belongs to, without a capability
/// that this does not need. In a folder of the caller it becomes `caller`, before anything is looked at.
[[nodiscard]] Expected<void> enter_folder(const Folder& folder, const std::optional<io::Identity>& caller);
/// The same to read; nothing is made. Errc::no_route where there is none, Errc::not_permitted where nobody may look.
[[nodiscard]] Expected<void> visit_folder(const Folder& folder, const std::optional<io::Identity>& caller);

/// There is such a file, and nothing is in it.
[[nodiscard]] bool is_empty_file(const std::string& path);

/// Held as long as the descriptor is. Errc::refused where somebody else has it for longer than `patience`. The file is made where it is missing.
[[nodiscard]] Expected<UniqueFd> lock_file(const std::string& file, std::chrono::milliseconds patience);
[[nodiscard]] Expected<UniqueFd> lock_folder(const std::string& path, std::chrono::seconds patience);

}  // namespace ringback::history
