#include "commands/output.hpp"

#include <algorithm>
#include <cstdio>

namespace ringback::commands {

std::vector<std::string> paths_of(const std::vector<cli::Output>& outputs) {
  std::vector<std::string> paths;
  for (const auto& output : outputs) paths.push_back(output.path);
  if (std::ranges::all_of(paths, [](const auto& path) { return path == "-"; })) paths.clear();   // nothing that root would have to write
  return paths;
}

bool write_outputs(const std::vector<cli::Output>& outputs, const Render& render, const TextStyle& style, io::FileWriter& writer) {
  bool written = true;
  const auto plain = TextStyle{.columns = 80, .color = false, .unicode = true, .verbose = style.verbose, .program = style.program};
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i].path == "-") continue;
    if (const auto done = writer.write(i, render(outputs[i].format, plain)); !done) {
      complain(done.error().what);
      written = false;
    }
  }
  for (const auto& output : outputs)
    if (output.path == "-" && !say(render(output.format, style))) {
      complain("standard output cannot be written");
      written = false;
    }
  return written;
}

}  // namespace ringback::commands
