#include "commands/speaker.hpp"

#include <algorithm>

#include "report/judged.hpp"
#include "report/monitoring.hpp"

namespace ringback::commands {
namespace {

constexpr std::size_t longest = MonitoringStyle{}.longest, room_behind = 2048;

void complain_of(const std::vector<std::string>& troubles) {
  for (const auto& trouble : troubles) complain("beside the check: " + trouble);
}

}  // namespace

const cli::Output* report_in_place(const cli::CommandLine& line) {
  const auto found = std::ranges::find_if(line.outputs, [](const auto& output) { return output.path == "-" && output.format != Format::text; });
  return found != line.outputs.end() ? &*found : nullptr;
}

bool Speaker::say_it(const Announcement& announcement) {
  is_silent_ = line_.check.on_change && !announcement.changed;
  if (is_silent_ || (line_.quiet && announcement.level == Level::ok && announcement.troubles.empty())) return true;
  has_spoken_ = true;
  auto told = announcement;
  told.troubles = as_shown(announcement.troubles);
  const auto* other = report_in_place(line_);
  if (other == nullptr) return say(monitoring_output(shown_, told, {.deadline = line_.options.deadline, .verbose = line_.verbose, .longest = longest - room_behind}));
  const bool was_said = say(render(shown_, other->format, style_));
  complain_of(told.troubles);
  return was_said;
}

void Speaker::say_behind(Announcement announcement, const std::vector<std::string>& troubles) {
  if (is_silent_ || troubles.empty()) return;
  announcement.troubles = troubles;
  if (!has_spoken_) (void)say_it(announcement);
  else if (report_in_place(line_) != nullptr) complain_of(as_shown(troubles));
  else (void)say(monitoring_troubles(as_shown(troubles), room_behind));
}

std::vector<std::string> Speaker::as_shown(const std::vector<std::string>& troubles) const {
  return line_.redact ? redacted_sentences(measured_, troubles) : troubles;
}

}  // namespace ringback::commands
