#include "commands/wait.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <csignal>

#include "arrivals/knock_guide.hpp"
#include "gather/gather.hpp"
#include "plan/make_plan.hpp"
#include "watch/wait.hpp"

namespace ringback::commands {
namespace {

constexpr const char* wait_schema = "ringback.wait/1";
constexpr seconds looking_around{3};       // at the sockets, the rules and the routes, before the watch begins
constexpr seconds reading_rules{3};        // again, while it lasts
constexpr milliseconds asking_router{1500};   // for its address: the watch has begun, and a visitor who comes meanwhile is told afterwards
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
    said_ = true;
    return say(format_ == Format::json ? arrival_json(wait_schema, told.attempt, told.judged, told.program) + "\n"
                                       : arrival_text(told.attempt, told.judged, told.program, style_, &told_));
  }
  bool ignored(const arrivals::Attempt& attempt) override {
    said_ = true;
    return say(format_ == Format::json ? ignored_json(wait_schema, attempt) + "\n" : ignored_text(attempt, style_));
  }
  [[nodiscard]] const AlreadyTold& told() const { return told_; }
  [[nodiscard]] bool has_said_something() const { return said_; }

 private:
  Format format_;
  const ArrivalStyle& style_;
  AlreadyTold told_;
  bool said_ = false;
};

Options options_of(const cli::WaitLine& line, std::vector<std::string> probes) {
  Options options;
  options.services = {line.service};
  options.interface = line.interface;
  options.ipv4 = line.ipv4;
  options.ipv6 = line.ipv6;
  options.only = std::move(probes);
  options.third_party = false;
  return options;
}

/// The host as it is now, with every right that the program has.
struct Around {
  HostFacts facts;
  Evidence state;
};
Around look_around(const cli::WaitLine& line, io::RealNetwork& network, const io::World& world) {
  const auto options = options_of(line, {"host", "listeners", "filter"});
  const Deadline deadline{world.clock.now() + looking_around};
  network.keep_legacy_rules(deadline);
  auto host = observe_host(options, world, deadline);
  auto facts = host.facts;
  auto state = gather(make_plan(options, host.facts), std::move(host), world, deadline).evidence;
  return {std::move(facts), std::move(state)};
}

/// By the process that was left behind for it.
Expected<filter::Evidence> read_rules(const cli::WaitLine& line, const HostFacts& facts, const io::World& world) {
  const Deadline deadline{world.clock.now() + reading_rules};
  auto gathered = gather(make_plan(options_of(line, {"filter"}), facts), {facts, {}}, world, deadline);
  if (gathered.evidence.filter) return std::move(*gathered.evidence.filter);
  return failure(Errc::timed_out, "reading them was not finished in time");
}

/// What the home router says of itself; it alone is asked, and only where this host has no IPv4 address that the internet routes.
std::optional<router::Evidence> ask_router(const cli::WaitLine& line, const Around& around, const io::World& world) {
  if (!line.ipv4 || arrivals::where_to_knock(around.state, line.ipv4, line.ipv6).ipv4) return std::nullopt;
  const Deadline deadline{world.clock.now() + asking_router};
  return gather(make_plan(options_of(line, {"router"}), around.facts), {around.facts, {}}, world, deadline).evidence.router;
}

arrivals::KnockAt where_to_knock(const cli::WaitLine& line, const Around& around, const std::optional<router::Evidence>& router) {
  Evidence known;
  known.host = around.state.host;
  known.router = router;
  return arrivals::where_to_knock(known, line.ipv4, line.ipv6);
}

void complain_of_capture(const Error& error, const std::vector<std::string>& typed) {
  complain(error.what);
  if (error.code != Errc::not_permitted) return;
  if (::geteuid() == 0)
    fmt::print(
        stderr,
        "wait has to watch the network card, and even root may not here: a container without CAP_NET_RAW. Run it on the host itself.\n");
  else
    fmt::print(stderr, "wait has to watch the network card, and may not. {}\n", run_with_sudo(typed));
}

}  // namespace

int wait(const cli::CommandLine& line, Surroundings& surroundings) {
  const auto& asked = line.wait;
  const auto format = line.outputs.front().format;
  const auto later = whom_to_become(surroundings.caller);
  if (!later) return exit_internal;
  const auto network = surroundings.make_network(*later);
  const io::World world{*network, surroundings.clock, surroundings.random};
  auto around = look_around(asked, *network, world);
  if (!has_interface(around.facts, asked.interface)) {
    complain(fmt::format("--interface: this host has no interface {}", *asked.interface));
    fmt::print(stderr, "Try: ip link\n");
    return exit_usage;
  }
  auto capture = network->open_capture(
      {.interface = asked.interface.value_or("any"), .filter = watch::filter_expression(asked.service), .snap_length = snap_length});
  if (!capture) {
    complain_of_capture(capture.error(), surroundings.typed);
    return exit_undetermined;
  }
  end_on_signals();
  // What comes from the network, a router's answer included, is read by somebody who may do nothing. The process that reads the rules
  // stays.
  if (!give_up_privileges(*later)) return exit_internal;

  const auto wall = std::chrono::system_clock::now().time_since_epoch() - surroundings.clock.now().time_since_epoch();
  const auto now = std::chrono::duration_cast<arrivals::Time>(std::chrono::system_clock::now().time_since_epoch());
  const std::string interface = asked.interface.value_or("any");
  if (format != Format::json && !say(watching_text(asked.service, asked.interface, asked.count || asked.duration, surroundings.style.text)))
    return exit_internal;
  const auto router = ask_router(asked, around, world);
  const auto at = where_to_knock(asked, around, router);
  const auto guide = arrivals::how_to_knock(asked.service, at);
  const bool readable = around.state.filter && around.state.filter->readable;
  if (!say(format == Format::json ? watching_json(wait_schema, {asked.service, interface, readable, at.ipv4, at.ipv6, guide}) + "\n"
                                  : guide_text(guide, surroundings.style.text) + "\n"))
    return exit_internal;
  arrivals::HostJudge judge(std::move(around.state), now);
  Printer printer(format, surroundings.style);
  const watch::WaitOptions options{asked.service, asked.ipv4,     asked.ipv6,   asked.interface,
                                   asked.count,   asked.duration, line.verbose, router};
  const auto waited = watch::wait_for_arrivals(
      options, **capture, judge, world, wall, [&] { return read_rules(asked, around.facts, world); }, [] { return stopped.load(); },
      printer);
  if (waited.trouble) complain(waited.trouble->what);
  const auto status = arrivals::exit_status(waited.verdict.outcomes);
  const bool said = say(format == Format::json ? verdict_json(wait_schema, waited.verdict, to_string(waited.ended), status) + "\n"
                                               : (printer.has_said_something() ? "\n" : "") +
                                                     verdict_text(waited.verdict, surroundings.style.text, printer.told()));
  return said || waited.ended == watch::Ended::by_reader ? status : exit_internal;
}

}  // namespace ringback::commands
