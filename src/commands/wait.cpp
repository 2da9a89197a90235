#include "commands/wait.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <csignal>

#include "gather/gather.hpp"
#include "plan/make_plan.hpp"
#include "watch/wait.hpp"

namespace ringback::commands {
namespace {

constexpr const char* schema = "ringback.wait/1";
constexpr seconds looking_around{3};       // at the sockets, the rules and the routes, before the watch begins
constexpr unsigned snap_length = 192;      // headers with extensions, and what an ICMP error quotes

std::atomic<bool> stopped = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler sets it");

/// Ctrl-C ends the watch with its verdict; a second one ends the program as ever.
void end_on_signals() {
  struct sigaction action{};
  action.sa_handler = [](int) { stopped = true; };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaction(signal, &action, nullptr);
}

class Printer : public watch::Audience {
 public:
  Printer(Format format, const ArrivalStyle& style) : format_(format), style_(style) {}
  bool arrived(const watch::Told& told) override {
    return say(format_ == Format::json ? arrival_json(schema, told.attempt, told.judged, told.program) + "\n"
                                       : arrival_text(told.attempt, told.judged, told.program, style_));
  }
  bool ignored(const arrivals::Attempt& attempt) override {
    return say(format_ == Format::json ? ignored_json(schema, attempt) + "\n" : ignored_text(attempt, style_));
  }

 private:
  Format format_;
  const ArrivalStyle& style_;
};

Options options_of(const cli::WaitLine& line) {
  Options options;
  options.services = {line.service};
  options.interface = line.interface;
  options.ipv4 = line.ipv4;
  options.ipv6 = line.ipv6;
  options.only = {"host", "listeners", "filter"};
  options.third_party = false;
  return options;
}

/// The host as it is now, with every right that the program has.
Evidence look_around(const cli::WaitLine& line, const io::World& world, bool& has_interface) {
  const auto options = options_of(line);
  const Deadline deadline{world.clock.now() + looking_around};
  auto host = observe_host(options, world, deadline);
  if (line.interface && host.facts.host)
    has_interface = std::ranges::any_of(host.facts.host->interfaces, [&](const Interface& one) { return one.name == *line.interface; });
  const auto plan = make_plan(options, host.facts);
  return gather(plan, std::move(host), world, deadline).evidence;
}

void complain_of_capture(const Error& error) {
  complain(error.what);
  if (error.code != Errc::not_permitted) return;
  fmt::print(
      stderr,
      "wait has to watch the network card, and may not (CAP_NET_RAW is missing). Run it with sudo, or give the program the rights once:\n"
      "  sudo setcap cap_net_raw,cap_net_admin+ep RINGBACK\nwith its own path in place of RINGBACK.\n");
}

std::string begin_text(const cli::WaitLine& line) {
  return fmt::format("Waiting for somebody outside to come to {}{}. {}\n", line.service.to_string(),
                     line.interface ? " on " + *line.interface : "",
                     line.count || line.duration ? "Ctrl-C ends it earlier." : "Ctrl-C ends it.");
}

}  // namespace

int wait(const cli::CommandLine& line, Surroundings& surroundings) {
  const auto& asked = line.wait;
  const auto format = line.outputs.front().format;
  auto network = surroundings.make_network();
  bool has_interface = true;
  auto state = look_around(asked, {*network, surroundings.clock, surroundings.random}, has_interface);
  if (!has_interface) {
    complain(fmt::format("--interface: this host has no interface {}", *asked.interface));
    return exit_usage;
  }
  auto capture = network->open_capture(
      {.interface = asked.interface.value_or("any"), .filter = watch::filter_expression(asked.service), .snap_length = snap_length});
  if (!capture) {
    complain_of_capture(capture.error());
    return exit_undetermined;
  }
  end_on_signals();
  network.reset();   // and with it the process that reads the rules, while this one may still end it
  if (!give_up_privileges(surroundings.caller)) return exit_internal;
  network = surroundings.make_network();

  const io::World world{*network, surroundings.clock, surroundings.random};
  if (!say(format == Format::json
               ? watching_json(schema, asked.service, asked.interface.value_or("any"), state.filter && state.filter->readable) + "\n"
               : begin_text(asked)))
    return exit_internal;
  arrivals::HostJudge judge(std::move(state));
  Printer printer(format, surroundings.style);
  const auto wall = std::chrono::system_clock::now().time_since_epoch() - surroundings.clock.now().time_since_epoch();
  const auto waited = watch::wait_for_arrivals(
      {asked.service, asked.ipv4, asked.ipv6, asked.interface, asked.count, asked.duration}, **capture, judge, world, wall,
      [] { return stopped.load(); }, printer);
  if (waited.trouble) complain(waited.trouble->what);
  const auto status = arrivals::exit_status(waited.verdict.outcomes);
  const bool said = say(format == Format::json ? verdict_json(schema, waited.verdict, to_string(waited.ended), status) + "\n"
                                               : "\n" + verdict_text(waited.verdict, surroundings.style.text));
  return said || waited.ended == watch::Ended::by_reader ? status : exit_internal;
}

}  // namespace ringback::commands
