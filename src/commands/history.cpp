#include "commands/history.hpp"

#include <fmt/format.h>

#include "cli/files.hpp"
#include "commands/output.hpp"
#include "history/clock.hpp"
#include "history/keeper.hpp"
#include "report/timeline.hpp"

namespace ringback::commands {
namespace {

constexpr std::size_t most_periods = 5000;

std::optional<Moment> moment_of(const cli::HistoryTime& time, Moment now) {
  if (const auto* moment = std::get_if<Moment>(&time)) return *moment;
  if (const auto* ago = std::get_if<std::chrono::seconds>(&time)) return Moment{std::max(now.at - *ago, std::chrono::sys_seconds{})};
  return std::nullopt;
}

}  // namespace

int history(const cli::CommandLine& line, Surroundings& surroundings) {
  const auto later = whom_to_become(surroundings.caller);
  if (!later) return exit_internal;
  io::FileWriter writer(paths_of(line.outputs), *later, cli::write_file);
  history::Reader reader(memory_folder(line, surroundings, *later), *later);
  if (!give_up_privileges(*later)) return exit_internal;
  History shown{.periods = {}, .since = {}, .until = {}, .now = {std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())}};
  shown.since = moment_of(line.history.since, shown.now);
  shown.until = moment_of(line.history.until, shown.now);
  auto periods = reader.periods(shown.since, most_periods + 1, shown.until);
  if (periods) {
    shown.periods = history::dated(std::move(periods->periods), shown.now);
    if (periods->unreadable > 0)
      complain(fmt::format("{} of the remembered periods {} damaged, and left out", periods->unreadable, periods->unreadable == 1 ? "is" : "are"));
    if (periods->damage) complain(*periods->damage + ": more than is shown may be lost");
    shown.older_left_out = shown.periods.size() > most_periods;
    if (shown.older_left_out) shown.periods.erase(shown.periods.begin());
  } else {
    complain(periods.error().what);
    const auto code = periods.error().code;
    if (code != Errc::no_route && code != Errc::not_permitted) return exit_internal;
    fmt::print(stderr, "Checks that run as another user remember elsewhere: --state FOLDER names it; sudo ringback history shows root's.\n");
    if (code == Errc::not_permitted) return exit_internal;
  }
  const auto as = [&](Format format, const TextStyle& style) { return render(shown, format, style); };
  return write_outputs(line.outputs, as, surroundings.style.text, writer);
}

}  // namespace ringback::commands
