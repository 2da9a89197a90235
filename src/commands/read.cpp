#include "commands/read.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "watch/read.hpp"

namespace ringback::commands {
namespace {

constexpr const char* read_schema = "ringback.read/1";
constexpr std::size_t most_hosts = 4;     // named in one sentence
constexpr std::size_t most_listed = 20;   // attempts, in text without -v; JSON lines have all of them

std::string damage(const watch::FileFacts& facts) {
  if (!facts.trouble) return "";
  return facts.packets == 1 ? fmt::format("{}; the packet before it was read", facts.trouble->what)
                            : fmt::format("{}; the {} packets before it were read", facts.trouble->what, facts.packets);
}

bool say_attempts(const watch::FileRead& file, Format format, bool all, const ArrivalStyle& style) {
  std::size_t listed = 0;
  for (const auto& attempt : file.attempts) {
    const auto judged = arrivals::judge_packets(attempt);
    if (format == Format::json) {
      if (!say(arrival_json(read_schema, attempt, judged, "") + "\n")) return false;
      continue;
    }
    if (!all && listed == most_listed)
      return say(
          fmt::format("{} and {} more attempts (-v lists all)\n\n", style.text.unicode ? "…" : "...", file.attempts.size() - listed));
    if (!say(arrival_text(attempt, judged, "", style, nullptr))) return false;
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

/// The file may come from any machine: what the codes say of "this host" holds for the one that the visitors came to.
struct Words {
  std::string_view cause;
  const char* title;
};
constexpr Words titles[] = {
    {"inbound.host-firewall", "A firewall of the host that they come to keeps them out"},
    {"inbound.no-listener", "Nothing listens on this port of the host that they come to"},
    {"inbound.reply-lost", "They are answered, and the answer gets lost"},
    {"inbound.not-arriving", "The host that they are sent to does not get it"},
};

/// The packets show what happens and not why.
Remedy ask_that_host(const Service& service, const std::vector<arrivals::Attempt>& attempts) {
  std::set<Address> hosts;
  for (const auto& attempt : attempts)
    if (attempt.protocol == service.protocol && (attempt.to.port == service.inside || attempt.to.port == service.outside))
      hosts.insert(attempt.to.address);
  std::vector<std::string> names;
  for (const auto& host : hosts) names.push_back(host.to_string());
  const auto which = names.size() <= most_hosts ? fmt::format(" ({})", fmt::join(names, ", ")) : std::string();
  return {
      .title = "Run ringback on that host",
      .steps = {fmt::format(
          "The file shows what happens, and not why. On the host that the visitors come to{} ringback also reads the firewall's rules, the "
          "programs that listen and the routes, and names the cause.",
          which)},
      .commands = {fmt::format("sudo ringback run -s {}", service.to_string())}};
}

void speak_of_that_host(arrivals::Verdict& verdict, const std::vector<arrivals::Attempt>& attempts) {
  for (auto& outcome : verdict.outcomes) {
    const auto found = std::ranges::find(titles, outcome.verdict.cause.value_or(""), &Words::cause);
    if (found != std::end(titles)) outcome.title = found->title;
    if (outcome.tally.attempts > 0 && outcome.verdict.reachable != Reachable::yes)
      outcome.remedies = {ask_that_host(outcome.verdict.service, attempts)};
  }
}

Remedy capture_anew(const std::optional<Service>& service) {
  std::vector<std::string> steps{
      "On the host that shall be reached, start the command; then let a phone with its Wi-Fi switched off come to the service. It says "
      "live what arrives, and "
      "needs no file."};
  if (service) steps.emplace_back("Or read the file without --service: then every port is listed that somebody outside came to.");
  return {.title = "Capture while somebody knocks from outside",
          .steps = std::move(steps),
          .commands = {fmt::format("sudo ringback wait {}", service ? service->to_string() : "SERVICE")}};
}

}  // namespace

int read(const cli::CommandLine& line, Surroundings& surroundings) {
  auto source = io::open_source(line.read.path);
  if (!source) {
    complain(source.error().what);
    return exit_usage;
  }
  const auto later = whom_to_become(surroundings.caller);
  if (!later || !give_up_privileges(*later)) return exit_internal;
  const auto& asked = line.read;
  const auto name = asked.path == "-" ? std::string("standard input") : asked.path;
  const auto file = watch::read_capture(
      std::move(*source), {.service = asked.service,
                           .ipv4 = asked.ipv4,
                           .ipv6 = asked.ipv6,
                           .seed = {surroundings.random.number<std::uint64_t>(), surroundings.random.number<std::uint64_t>()}});
  if (!file) {
    complain(fmt::format("{}: {}", name, file.error().what));
    return exit_usage;
  }
  auto verdict = arrivals::verdict_of(file->attempts, file->counts, asked.service, asked.ipv4, asked.ipv6);
  speak_of_that_host(verdict, file->attempts);
  add_notes(file->facts, verdict);
  const bool nobody = file->attempts.empty();
  if (nobody) verdict.to_try = {capture_anew(asked.service)};
  if (file->facts.trouble) complain(fmt::format("{}: {}", name, damage(file->facts)));
  auto status = arrivals::exit_status(verdict.outcomes);
  if (status == 0 && file->facts.trouble) status = 1;
  const auto format = line.outputs.front().format;
  auto style = surroundings.style;
  style.with_date = true;
  const auto ended = file->facts.trouble ? "damage" : "end";
  const bool said =
      say_attempts(*file, format, line.verbose, style) &&
      (format == Format::json ? say(verdict_json(read_schema, verdict, ended, status, &file->facts) + "\n")
                              : say((nobody ? contents_text(file->facts, style.text) : "") + verdict_text(verdict, style.text)));
  return said ? status : exit_internal;
}

}  // namespace ringback::commands
