#pragma once
/// What a check says to whoever called: what it found before anybody else is told, who may be silent for seconds, or end it; then what went wrong with that.
#include "commands/surroundings.hpp"
#include "report/check.hpp"

namespace ringback::commands {

/// The report in another form than text that takes the line's place on standard output.
[[nodiscard]] const cli::Output* report_in_place(const cli::CommandLine& line);

/// What is handed in must outlive it.
class Speaker {
 public:
  /// `shown`: of `measured`, what may be seen.
  Speaker(const cli::CommandLine& line, const TextStyle& style, const Report& measured, const Report& shown)
      : line_(line), style_(style), measured_(measured), shown_(shown) {}

  /// False: it was to be said, and could not be.
  [[nodiscard]] bool say_it(const Announcement& announcement);
  /// `troubles`: those that came later.
  void say_behind(Announcement announcement, const std::vector<std::string>& troubles);

 private:
  [[nodiscard]] std::vector<std::string> as_shown(const std::vector<std::string>& troubles) const;

  const cli::CommandLine& line_;
  const TextStyle& style_;
  const Report &measured_, &shown_;
  bool is_silent_ = false, has_spoken_ = false;
};

}  // namespace ringback::commands
