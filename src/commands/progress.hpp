#pragma once
/// Which probes are still out, on one line of a terminal's standard error, for who waits.
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ringback::commands {

/// "Waiting for stun, router, inbound", cut to the columns; empty when nothing is out.
[[nodiscard]] std::string progress_line(const std::vector<std::string>& out, unsigned columns);

class Progress {
 public:
  /// `columns` of the terminal that standard error is; absent: it is none, and nothing is said.
  Progress(std::optional<unsigned> columns, std::vector<std::string> probes);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// From any thread.
  void ended(std::string_view probe);
  /// The line is gone, as if it had never been there.
  void clear();

 private:
  void show() const;   ///< with the lock held

  std::mutex mutex_;
  std::optional<unsigned> columns_;
  std::vector<std::string> out_;
};

}  // namespace ringback::commands
