#include "io/file_writer.hpp"

#include <fmt/format.h>
#include <linux/capability.h>

#include <charconv>

namespace ringback::io {
namespace {

// A disk that answers no more, such as one on another machine, must not hold the program for ever.
constexpr std::chrono::seconds patience{60};

/// "INDEX TEXT"
std::string order(std::size_t index, const std::string& text) { return fmt::format("{} {}", index, text); }

/// Empty: written. Otherwise the error's code and its words.
std::string carried_out(const std::string& request, const std::vector<std::string>& paths, const WriteFile& write) {
  std::size_t index = paths.size();
  const auto [end, wrong] = std::from_chars(request.data(), request.data() + request.size(), index);
  if (wrong != std::errc() || index >= paths.size()) return fmt::format("{} no such path", static_cast<int>(Errc::invalid_input));
  const auto written = write(paths[index], request.substr(static_cast<std::size_t>(end - request.data()) + 1));
  return written ? "" : fmt::format("{} {}", static_cast<int>(written.error().code), written.error().what);
}

}  // namespace

FileWriter::FileWriter(std::vector<std::string> paths, const std::optional<Identity>& later, WriteFile write)
    : paths_(std::move(paths)), write_(std::move(write)) {
  if (!later || !is_nobody(*later) || paths_.empty()) return;
  // root's report may go wherever root says, also into a folder that is somebody else's: that takes this one right, and no file changes its owner.
  helper_.emplace([this](const std::string& request) { return carried_out(request, paths_, write_); }, [] { return keep_only(CAP_DAC_OVERRIDE, std::nullopt); });
}

Expected<void> FileWriter::write(std::size_t index, const std::string& text) {
  const auto& path = paths_.at(index);
  if (!helper_) return write_(path, text);
  const auto outcome = helper_->ask(order(index, text), patience);
  if (!outcome) return failure(outcome.error().code, fmt::format("write {}: {}", path, outcome.error().what));
  if (outcome->empty()) return {};
  int code = 0;
  const auto [end, wrong] = std::from_chars(outcome->data(), outcome->data() + outcome->size(), code);
  const auto words = outcome->substr(std::min(outcome->size(), static_cast<std::size_t>(end - outcome->data()) + 1));
  return failure(wrong == std::errc() ? static_cast<Errc>(code) : Errc::failed, words);
}

}  // namespace ringback::io
