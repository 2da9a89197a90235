#include "commands/check.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/files.hpp"
#include "commands/measure.hpp"
#include "commands/output.hpp"
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
Announcement as_measured(const Report& report, const Error& trouble) { return {level_of(report), time_of(report).to_string(), true, {trouble.what}}; }

/// What is remembered, and what is to be told of it.
struct Memory {
  history::Keeper keeper;
  Expected<history::Opened> opened;

  [[nodiscard]] std::optional<past::Evidence> past(Moment now) const { return opened ? history::past_of(opened->seen, now) : std::nullopt; }

  Announcement remember(const Report& report, const cli::CheckLine& line) {
    if (!opened) return as_measured(report, opened.error());
    history::Record record{.at = time_of(report), .duration = report.duration, .level = level_of(report), .state = state_of(report), .changes = {}, .announced = {}, .report = {}};
    const auto& before = opened->announced;
    const auto previous = opened->newest ? std::optional(opened->newest->last) : std::nullopt;
    record.announced = history::announce(before, {history::standing_of(record.level, record.state), record.at, previous}, line.hold);
    const bool is_new = !opened->newest || !history::joined(opened->newest->state, record.state) || opened->newest->level != record.level;
    if (is_new) {
      record.changes = changes_since(opened->last_report, report);
      record.report = to_json(report);
    }
    Announcement told{record.announced.standing.level, record.announced.since.to_string(), !before || before->standing != record.announced.standing, opened->troubles};
    const auto remembered = keeper.remember(record);
    if (remembered) std::ranges::copy(*remembered, std::back_inserter(told.troubles));
    else told = as_measured(report, remembered.error());   // the next check would not know that this one saw it, and hold it back for ever
    return told;
  }
};

bool is_standard(const cli::Output& output) { return output.path == "-"; }

/// The files; standard output is the line's, or what takes its place.
void write_files(const Report& report, const cli::CommandLine& line, const Surroundings& surroundings, io::FileWriter& writer, std::vector<std::string>& troubles) {
  auto files = line.outputs;
  std::erase_if(files, is_standard);
  const auto as = [&](Format format, const TextStyle& style) { return render(report, format, style); };
  if (!write_outputs(files, as, surroundings.style.text, writer)) troubles.emplace_back("A report could not be written into its file; standard error says why.");
}

/// The line, or in its place the report in another form: then what went wrong beside the check is said on standard error.
void say_it(const Report& report, const Announcement& announcement, const cli::CommandLine& line, const Surroundings& surroundings) {
  const auto other = std::ranges::find_if(line.outputs, [](const auto& output) { return is_standard(output) && output.format != Format::text; });
  if (other == line.outputs.end()) {
    (void)say(monitoring_output(report, announcement, {.deadline = line.options.deadline, .verbose = line.verbose}));
    return;
  }
  (void)say(render(report, other->format, surroundings.style.text));
  for (const auto& trouble : announcement.troubles) complain("beside the check: " + trouble);
}

// What is told elsewhere is told after the run, whose deadline is over then.
constexpr seconds publishing_time{5};

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

/// Tells everybody else, and adds what went wrong with that. The text file comes last: it counts the others' troubles.
void tell(const Destinations& destinations, const Report& report, Announcement& announcement, const cli::CommandLine& line, const Surroundings& surroundings,
          io::Network& network, io::FileWriter& writer) {
  append(announcement.troubles, publish::publish(destinations, report, announcement, network, surroundings.clock, {surroundings.clock.now() + publishing_time}));
  if (!destinations.textfile) return;
  const auto written = writer.write(paths_of(line.outputs).size(), prometheus_text(report, announcement));
  if (!written) announcement.troubles.push_back(written.error().what);
}

int remove_from_broker(const cli::CommandLine& line, const Surroundings& surroundings, const std::optional<io::Identity>& later) {
  const auto& clock = surroundings.clock;
  if (!line.check.destinations.mqtt && line.check.destinations.troubles.empty()) return check_failed("--mqtt-remove: name the broker with --mqtt");
  const auto destinations = publish::with_secrets(line.check.destinations, surroundings.caller);
  const auto network = surroundings.make_network(later);
  if (!give_up_privileges(later)) return check_failed("privileges could not be given up");
  const auto troubles = publish::remove_from_mqtt(destinations, line.redact, *network, clock, {clock.now() + line.options.deadline});
  if (!troubles.empty()) return check_failed(troubles.front());
  return say("OK - the broker holds nothing of this host any more\n") ? 0 : exit_internal;
}

}  // namespace

int check_failed(std::string_view reason) {
  (void)say(monitoring_failure(reason));
  return static_cast<int>(Level::unknown);
}

int check(const cli::CommandLine& line, Surroundings& surroundings) {
  const auto later = whom_to_become(surroundings.caller);
  if (!later) return check_failed(later.error().what);
  if (line.dry_run) {
    const auto plan = planned(line, surroundings, *later);
    return !plan ? check_failed(plan.error().what) : say(*plan) ? 0 : exit_internal;
  }
  if (line.check.mqtt_remove) return remove_from_broker(line, surroundings, *later);
  io::FileWriter writer(paths_to_write(line), *later, writing(line));
  Memory memory{.keeper = history::Keeper(memory_folder(line, surroundings, *later), {.keep = std::chrono::days(line.check.keep_days)}, *later),
                .opened = {}};
  memory.opened = memory.keeper.open({std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())}, line.options.deadline);
  if (!memory.opened && memory.opened.error().code == Errc::refused) return check_failed(memory.opened.error().what);
  const auto destinations = publish::with_secrets(line.check.destinations, surroundings.caller);
  const auto network = surroundings.make_network(*later);
  std::optional<publish::StartPings> pings;
  const Deadline run_ends{surroundings.clock.now() + line.options.deadline};
  auto measured = measure(line, surroundings, *network, *later, [&] { pings.emplace(destinations, *network, surroundings.clock, run_ends); });
  if (!measured) return check_failed(measured.error().what);
  measured->evidence.past = memory.past(time_of(*measured));
  const auto report = judged(std::move(*measured));
  auto announcement = memory.remember(report, line.check);
  append(announcement.troubles, pings->troubles());
  const auto shown = line.redact ? redacted(report) : Expected<Report>(report);
  if (!shown) return check_failed(shown.error().what);
  tell(destinations, *shown, announcement, line, surroundings, *network, writer);
  write_files(*shown, line, surroundings, writer, announcement.troubles);
  const bool nothing_is_wrong = announcement.level == Level::ok && announcement.troubles.empty();
  if (!(line.check.on_change && !announcement.changed) && !(line.quiet && nothing_is_wrong)) say_it(*shown, announcement, line, surroundings);
  return static_cast<int>(announcement.level);
}

}  // namespace ringback::commands
