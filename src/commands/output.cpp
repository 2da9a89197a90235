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

int write_outputs(const std::vector<cli::Output>& outputs, const Render& render, const TextStyle& style, io::FileWriter& writer) {
  int status = 0;
  const auto plain = TextStyle{.columns = 80, .color = false, .unicode = true, .verbose = style.verbose, .program = style.program};
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i].path == "-") continue;
    if (const auto done = writer.write(i, render(outputs[i].format, plain)); !done) {
      complain(done.error().what);
      status = exit_internal;
    }
  }
  for (const auto& output : outputs) {
    if (output.path != "-") continue;
    const auto said = try_to_say(render(output.format, style));
    if (said == Said::no) {
      complain("standard output cannot be written");
      status = exit_internal;
    } else if (said == Said::reader_gone && status == 0) {
      status = exit_reader_gone;
    }
  }
  return status;
}

}  // namespace ringback::commands
