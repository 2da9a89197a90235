#pragma once
/// What stands in the lock of a memory. Which check of it may tell it elsewhere: one at a time, and none after a later one. Numbers are handed out while the memory is locked, so that
/// their order is that of the checks.
#include <cstdint>
#include <optional>

#include "history/folder.hpp"

namespace ringback::history {

/// The next number; `lock`: as lock_folder() gives it, in which the newest stands.
[[nodiscard]] std::uint64_t next_number(const UniqueFd& lock);

/// Whether a check of this memory has ever been remembered, and that one has been; it stands in the lock as well, behind the number. One that was killed
/// before leaves an empty file, and none that was emptied.
[[nodiscard]] bool has_remembered(const UniqueFd& lock);
void note_remembered(const UniqueFd& lock);

/// Held as long as the descriptor is. `number`: of this check; absent: it has none, and is after all others. Errc::refused where a later one had its turn,
/// or another one keeps it for longer than `patience`.
[[nodiscard]] Expected<UniqueFd> take_turn(const std::string& folder, std::optional<std::uint64_t> number, std::chrono::milliseconds patience);

}  // namespace ringback::history
