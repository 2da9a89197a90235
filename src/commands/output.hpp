#pragma once
/// Where renderings go: files that are written whole or not at all, and standard output.
#include <functional>

#include "commands/surroundings.hpp"
#include "io/file_writer.hpp"
#include "report/format.hpp"

namespace ringback::commands {

using Render = std::function<std::string(Format, const TextStyle&)>;

/// What io::FileWriter has to be told; none where nothing but standard output is written.
[[nodiscard]] std::vector<std::string> paths_of(const std::vector<cli::Output>& outputs);

/// Every output in its form; standard output comes last, so that a file that cannot be written is said before it. `style` is that of the terminal.
/// 0, or the status to exit with: one could not be written, which is said, or whoever read standard output has seen enough.
[[nodiscard]] int write_outputs(const std::vector<cli::Output>& outputs, const Render& render, const TextStyle& style, io::FileWriter& writer);

}  // namespace ringback::commands
