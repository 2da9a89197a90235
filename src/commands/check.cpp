#include "commands/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cli/files.hpp"
#include "commands/measure.hpp"
#include "commands/output.hpp"
#include "commands/speaker.hpp"
#include "history/keeper.hpp"
#include "history/past.hpp"
#include "publish/publish.hpp"
#include "publish/secrets.hpp"
#include "report/changes.hpp"
#include "report/json.hpp"
#include "report/judged.hpp"
#include "report/monitoring.hpp"
#include "report/prometheus.hpp"

namespace ringback::commands {
namespace {

Moment time_of(const Report& report) {
  const auto moment = Moment::parse(report.started.substr(0, report.started.find('.')) + "Z");
  return moment ? *moment : Moment{};   // utc_now() writes nothing else
}

/// What the new state begins with, in words. The report before may be gone for lack of room.
std::vector<std::string> changes_since(const std::optional<std::string>& before, const Report& now) {
  const auto earlier = before ? from_json(*before) : Expected<Report>(failure(Errc::no_route, ""));
  std::vector<std::string> result;
  if (!earlier) return result;
  constexpr std::size_t most = 8;
  for (const auto& change : compare(*earlier, now).changes)
    if (result.size() < most) result.push_back(change.text);
  return result;
}

/// Without a memory.
Announcement as_measured(const Report& report, const Error& trouble) {
  const auto* more = trouble.code == Errc::refused ? "; so this one is not remembered, and what it found is not held back" : "";
  return {level_of(report), time_of(report).to_string(), true, {trouble.what + more}};
}

/// What is remembered, and what is to be told of it.
struct Memory {
  history::Keeper keeper;
  Expected<history::Opened> opened;
  std::optional<history::Announced> news = {};   ///< counts as announced when it was said

  [[nodiscard]] std::optional<past::Evidence> past(Moment now) const { return opened ? history::past_of(opened->seen, now) : std::nullopt; }

  Announcement remember(const Report& report, const cli::CheckLine& line) {
    if (!opened) return as_measured(report, opened.error());
    history::Record record{.at = time_of(report), .duration = report.duration, .level = level_of(report), .state = state_of(report), .changes = {}, .announced = {}, .report = {}};
    const auto& before = opened->announced;
    const history::Found check{history::standing_of(record.level, record.state), record.at, opened->newest ? std::optional(opened->newest->last) : std::nullopt};
    record.announced = history::counted(before, check);
    const bool is_new = !opened->newest || !history::joined(opened->newest->state, record.state) || opened->newest->level != record.level;
    if (is_new) {
      record.changes = changes_since(opened->last_report, report);
      record.report = to_json(report);
    }
    const auto announced = history::announce(before, check, line.hold);
    const bool changed = !before || before->standing != announced.standing;
    Announcement told{announced.standing.level, announced.since.to_string(), changed, opened->troubles};
    const auto remembered = keeper.remember(record);
    if (!remembered) return as_measured(report, remembered.error());   // the next check would not know that this one saw it, and hold it back for ever
    std::ranges::copy(*remembered, std::back_inserter(told.troubles));
    if (changed) news = announced;
    return told;
  }

  /// Other checks may have it then.
  std::vector<std::string> close(bool was_said) {
    const auto closed = opened ? keeper.close(was_said ? news : std::nullopt) : Expected<void>();
    return closed || !news ? std::vector<std::string>() : std::vector{closed.error().what};
  }
};

int failed(const cli::CommandLine& line, std::string_view reason) { return check_failed(reason, report_in_place(line) != nullptr); }

/// The files; standard output is the line's, or what takes its place.
void write_files(const Report& report, const cli::CommandLine& line, const Surroundings& surroundings, io::FileWriter& writer, std::vector<std::string>& troubles) {
  auto files = line.outputs;
  std::erase_if(files, [](const auto& output) { return output.path == "-"; });
  const auto as = [&](Format format, const TextStyle& style) { return render(report, format, style); };
  if (write_outputs(files, as, surroundings.style.text, writer) != 0) troubles.emplace_back("A report could not be written into its file; standard error says why.");
}

// What is told elsewhere is told after the run, whose deadline is over then. Those who take pings hear of its beginning while it goes on; one that is
// silent must not have the whole time.
constexpr seconds publishing_time{5}, starting_time{3};
// Of another check's turn so much is not waited for, but kept for telling.
constexpr milliseconds telling_time{1000};
// Another check with the same deadline is done by then, and leaves the memory.
constexpr seconds longer_than_a_run{2};

void append(std::vector<std::string>& to, std::vector<std::string> more) { std::ranges::move(more, std::back_inserter(to)); }

/// The files of -o, and behind them the one for node_exporter.
std::vector<std::string> paths_to_write(const cli::CommandLine& line) {
  auto paths = paths_of(line.outputs);
  if (line.check.destinations.textfile) paths.push_back(*line.check.destinations.textfile);
  return paths;
}

io::WriteFile writing(const cli::CommandLine& line) {
  return [shared = line.check.destinations.textfile](const std::string& path, const std::string& text) {
    return path == shared ? cli::write_public_file(path, text) : cli::write_file(path, text);   // another user's program reads that one
  };
}

bool is_anybody_told(const Destinations& to) { return to.textfile || to.pushgateway || to.mqtt || !to.pings.empty(); }

/// Tells everybody else; what went wrong with that. The text file comes last: it counts the others' troubles.
std::vector<std::string> tell(const Destinations& destinations, const Report& report, Announcement announcement, const cli::CommandLine& line, const Clock& clock,
                              io::Network& network, io::FileWriter& writer, Deadline deadline) {
  auto troubles = publish::publish(destinations, report, announcement, network, clock, deadline);
  if (!destinations.textfile) return troubles;
  append(announcement.troubles, troubles);
  if (const auto written = writer.write(paths_of(line.outputs).size(), prometheus_text(report, announcement)); !written) troubles.push_back(written.error().what);
  return troubles;
}

/// In the order of the checks, so that what an earlier one found does not stay where a later one was told already.
std::vector<std::string> tell_in_turn(history::Keeper& keeper, const Clock& clock, Deadline deadline, const std::function<std::vector<std::string>()>& tell) {
  const auto turn = keeper.take_turn(std::max(milliseconds{0}, deadline.left(clock) - telling_time));
  if (turn || turn.error().code != Errc::refused) return tell();   // without a folder there are no turns
  return {"nobody else was told of this check: " + turn.error().what};
}

int remove_from_broker(const cli::CommandLine& line, const Surroundings& surroundings, const std::optional<io::Identity>& later) {
  const auto& clock = surroundings.clock;
  if (!line.check.destinations.mqtt && line.check.destinations.troubles.empty()) return failed(line, "--mqtt-remove: name the broker with --mqtt");
  const auto destinations = publish::with_secrets(line.check.destinations, surroundings.caller);
  const auto network = surroundings.make_network(later);
  if (!give_up_privileges(later)) return failed(line, "privileges could not be given up");
  const auto troubles = publish::remove_from_mqtt(destinations, line.redact, *network, clock, {clock.now() + line.options.deadline});
  if (!troubles.empty()) return failed(line, troubles.front());
  if (report_in_place(line) != nullptr) return 0;   // there is none
  return say("OK - the broker holds nothing of this host any more\n") ? 0 : exit_internal;
}

}  // namespace

int check_failed(std::string_view reason, bool in_reports) {
  if (in_reports) complain(reason);
  else (void)say(monitoring_failure(reason));
  return static_cast<int>(Level::unknown);
}

int check(const cli::CommandLine& line, Surroundings& surroundings) {
  const auto later = whom_to_become(surroundings.caller);
  if (!later) return failed(line, later.error().what);
  if (line.dry_run) {
    const auto plan = planned(line, surroundings, *later);
    return !plan ? failed(line, plan.error().what) : say(*plan) ? 0 : exit_internal;
  }
  if (line.check.mqtt_remove) return remove_from_broker(line, surroundings, *later);
  const auto& clock = surroundings.clock;
  io::FileWriter writer(paths_to_write(line), *later, writing(line));
  Memory memory{.keeper = history::Keeper(memory_folder(line, surroundings, *later), {.keep = std::chrono::days(line.check.keep_days)}, *later),
                .opened = {}};
  memory.opened = memory.keeper.open({std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())}, line.options.deadline + longer_than_a_run);
  auto destinations = publish::with_secrets(line.check.destinations, surroundings.caller);
  auto unusable = std::exchange(destinations.troubles, {});
  const auto network = surroundings.make_network(*later);
  std::optional<publish::StartPings> pings;
  auto measured = measure(line, surroundings, *network, *later, [&] { pings.emplace(destinations, *network, clock, Deadline{clock.now() + starting_time}); });
  if (!measured) return failed(line, measured.error().what);
  measured->evidence.past = memory.past(time_of(*measured));
  const auto report = judged(std::move(*measured));
  auto announcement = memory.remember(report, line.check);
  append(announcement.troubles, std::move(unusable));
  const auto shown = line.redact ? redacted(report) : Expected<Report>(report);
  if (!shown) return failed(line, shown.error().what);
  write_files(*shown, line, surroundings, writer, announcement.troubles);
  Speaker speaker(line, surroundings.style.text, report, *shown);
  const bool was_said = speaker.say_it(announcement);
  auto troubles = memory.close(was_said);
  const Deadline all_told{clock.now() + publishing_time};
  append(troubles, pings->troubles());
  if (is_anybody_told(destinations)) {
    auto so_far = announcement;
    append(so_far.troubles, troubles);
    append(troubles, tell_in_turn(memory.keeper, clock, all_told, [&] { return tell(destinations, *shown, so_far, line, clock, *network, writer, all_told); }));
  }
  speaker.say_behind(announcement, troubles);
  return static_cast<int>(announcement.level);
}

}  // namespace ringback::commands
