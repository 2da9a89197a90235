#include "commands/progress.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace ringback::commands {

std::string progress_line(const std::vector<std::string>& out, unsigned columns) {
  if (out.empty()) return "";
  auto line = fmt::format("Waiting for {}", fmt::join(out, ", "));
  // In the last column some terminals already begin the next line.
  if (line.size() >= columns) line = columns > 4 ? line.substr(0, columns - 4) + "..." : "";
  return line;
}

Progress::Progress(std::optional<unsigned> columns, std::vector<std::string> probes) : columns_(columns), out_(std::move(probes)) {
  const std::lock_guard lock(mutex_);
  show();
}

Progress::~Progress() { clear(); }

void Progress::ended(std::string_view probe) {
  const std::lock_guard lock(mutex_);
  if (std::erase(out_, probe) > 0) show();
}

void Progress::clear() {
  const std::lock_guard lock(mutex_);
  out_.clear();
  show();
  columns_.reset();
}

void Progress::show() const {
  if (!columns_) return;
  fmt::print(stderr, "\r{}\x1b[K", progress_line(out_, *columns_));   // ECMA-48 EL: to the end of the line
  std::fflush(stderr);
}

}  // namespace ringback::commands
