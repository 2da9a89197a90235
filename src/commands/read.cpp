#include "commands/read.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "watch/read.hpp"

namespace ringback::commands {
namespace {

constexpr const char* schema = "ringback.read/1";
constexpr std::size_t most_listed = 20;   // attempts, in text; JSON lines have all of them

std::string damage(const watch::FileFacts& facts) {
  return facts.trouble ? fmt::format("{}; the {} packets before it were read", facts.trouble->what, facts.packets) : "";
}

bool say_attempts(const watch::FileRead& file, Format format, const ArrivalStyle& style) {
  std::size_t listed = 0;
  for (const auto& attempt : file.attempts) {
    const auto judged = arrivals::judge_packets(attempt);
    if (format == Format::json) {
      if (!say(arrival_json(schema, attempt, judged, "") + "\n")) return false;
      continue;
    }
    if (listed == most_listed) return say(fmt::format("… and {} more attempts (-f json lists all)\n\n", file.attempts.size() - listed));
    if (!say(arrival_text(attempt, judged, "", style))) return false;
    ++listed;
  }
  return format == Format::json || listed == 0 || say("\n");
}

void add_notes(const watch::FileFacts& facts, arrivals::Verdict& verdict) {
  if (facts.malformed > 0)
    verdict.notes.push_back(fmt::format("{} packets could not be understood: cut before their ports, or malformed.", facts.malformed));
  if (facts.other_link_types > 0)
    verdict.notes.push_back(fmt::format("{} packets were captured on a link of the type {}, which is not read.", facts.other_link_types,
                                        *facts.other_link_type));
  if (facts.trouble) verdict.notes.push_back(fmt::format("The file is damaged: {}.", damage(facts)));
}

}  // namespace

int read(const cli::CommandLine& line, Surroundings& surroundings) {
  auto source = io::open_source(line.read.path);
  if (!source) {
    complain(source.error().what);
    return exit_usage;
  }
  if (!give_up_privileges(surroundings.caller)) return exit_internal;
  const auto& asked = line.read;
  const auto file = watch::read_capture(std::move(*source), {.service = asked.service, .ipv4 = asked.ipv4, .ipv6 = asked.ipv6,
                                                              .seed = surroundings.random.number<std::uint64_t>()});
  if (!file) {
    complain(fmt::format("{}: {}", asked.path, file.error().what));
    return exit_usage;
  }
  auto verdict = arrivals::verdict_of(file->attempts, file->counts, asked.service, asked.ipv4, asked.ipv6);
  add_notes(file->facts, verdict);
  if (file->facts.trouble) complain(fmt::format("{}: {}", asked.path, damage(file->facts)));
  auto status = arrivals::exit_status(verdict.outcomes);
  if (status == 0 && file->facts.trouble) status = 1;
  const auto format = line.outputs.front().format;
  auto style = surroundings.style;
  style.with_date = true;
  const auto ended = file->facts.trouble ? "damage" : "end";
  const bool said = say_attempts(*file, format, style) &&
                    say(format == Format::json ? verdict_json(schema, verdict, ended, status) + "\n" : verdict_text(verdict, style.text));
  return said ? status : exit_internal;
}

}  // namespace ringback::commands
