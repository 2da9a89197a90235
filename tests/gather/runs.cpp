/// How a run ends, in several worlds: every probe once, in order, by the deadline.
#include <fmt/format.h>

#include "gather/household.hpp"
#include "probes/dns/scripted_dns.hpp"
#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::test;

namespace {

std::vector<std::string> names(const Gathered& gathered) {
  std::vector<std::string> list;
  for (const auto& run : gathered.runs) list.push_back(run.name);
  return list;
}

const std::vector<std::string> every_probe(probe_names.begin(), probe_names.end());

const ProbeRun& of(const Gathered& gathered, const std::string& name) {
  const auto found = std::ranges::find(gathered.runs, name, &ProbeRun::name);
  REQUIRE(found != gathered.runs.end());
  return *found;
}

/// Those with this status.
std::vector<std::string> with(const Gathered& gathered, ProbeStatus status) {
  std::vector<std::string> list;
  for (const auto& run : gathered.runs)
    if (run.status == status) list.push_back(run.name);
  return list;
}

}  // namespace

TEST_CASE("in a healthy household every probe is done, each feeds those that wait for it, and the run is as long as its longest chain") {
  HealthyHousehold home;
  const auto gathered = home.run();
  CHECK(names(gathered) == every_probe);
  CHECK(with(gathered, ProbeStatus::done) == every_probe);
  for (const auto& run : gathered.runs) CHECK_FALSE(run.reason);
  const auto& evidence = gathered.evidence;
  REQUIRE(evidence.stun->observations.size() == 1);
  CHECK(evidence.stun->observations[0].mapped->address == wan);
  CHECK(evidence.web->observations.at(0).seen_as->address == wan);
  CHECK(evidence.router->gateways.at(0).nat_pmp.external_address == wan);
  REQUIRE(evidence.path->ipv4.owners.size() == 1);   // asked for because STUN had found it
  CHECK(evidence.path->ipv4.owners[0].destination == wan);
  CHECK(evidence.path->ipv4.owners[0].reached_at == Ttl{1});
  CHECK(home.elapsed() < 1500ms);
}

TEST_CASE("whoever shows the progress is told of each probe that it waits for, once") {
  HealthyHousehold home;
  home.options.skip = {"web"};
  home.run();
  std::ranges::sort(home.told);
  std::ranges::sort(home.waited_for);
  CHECK(home.told == home.waited_for);
  CHECK(std::ranges::count(home.told, "inbound") == 1);
  CHECK(std::ranges::count(home.told, "web") == 0);
}

TEST_CASE("a knock on a service that is reachable is seen arriving, being answered and connecting") {
  HealthyHousehold home;
  const auto gathered = home.run();
  const auto& inbound = *gathered.evidence.inbound;
  CHECK(inbound.capture.running);
  CHECK(inbound.vantages.at(0).knocked);
  const auto knock = std::ranges::find(inbound.knocks, inbound::Purpose::named, &inbound::Knock::purpose);
  REQUIRE(knock != inbound.knocks.end());
  CHECK(knock->result == inbound::Result::connected);
  REQUIRE(knock->arrivals.size() == 1);
  CHECK(knock->arrivals[0].after_announce == 15ms);
  REQUIRE(knock->departures.size() == 1);
  CHECK(knock->departures[0].kind == inbound::DepartureKind::syn_ack);
}

TEST_CASE("the same world gives the same evidence again") {
  const auto run = [] {
    HealthyHousehold home;
    auto gathered = home.run();
    return std::pair{std::move(gathered.evidence), home.elapsed()};
  };
  const auto [first, first_time] = run();
  const auto [second, second_time] = run();
  CHECK(first.stun->observations[0].round_trip == second.stun->observations[0].round_trip);
  CHECK(first.path->ipv4.hops == second.path->ipv4.hops);
  CHECK(first.inbound->knocks == second.inbound->knocks);
  CHECK(first_time == second_time);
}

TEST_CASE("where everything is silent the run ends when that is sure, not at the deadline") {
  Household home;
  home.options.names = {"home.example"};
  const auto gathered = home.run();
  CHECK(names(gathered) == every_probe);
  CHECK(with(gathered, ProbeStatus::done) == every_probe);   // a network that fails is evidence
  CHECK_FALSE(gathered.evidence.stun->observations.at(0).mapped);
  CHECK(gathered.evidence.path->ipv4.owners.empty());
  CHECK(home.elapsed() <= 4500ms);
}

TEST_CASE("the deadline ends every probe, and what was observed until then is kept") {
  Household home;
  home.options.deadline = 1s;
  home.options.names = {"home.example"};
  const auto gathered = home.run();
  CHECK(names(gathered) == every_probe);
  CHECK(home.elapsed() <= 1010ms);
  for (const auto* late : {"stun", "dns", "inbound"}) {
    CHECK(of(gathered, late).status == ProbeStatus::timed_out);
    CHECK(of(gathered, late).reason);
  }
  CHECK(of(gathered, "filter").status == ProbeStatus::done);
  CHECK(gathered.evidence.stun->observations.at(0).sent > 1);
}

TEST_CASE("a thousand names that there is no time for end with the deadline, and what was answered by then is kept") {
  Household home;
  home.options.deadline = 1s;
  DnsServer resolver;
  for (int i = 0; i < 1000; ++i) {
    home.options.names.push_back(fmt::format("host{}.example.org", i));
    resolver.address(home.options.names.back() + ".", "8.8.4.4");
  }
  home.network.udp({ringback::test::router, 53}, resolver.peer(400ms));
  const auto gathered = home.run();
  CHECK(home.elapsed() <= 1010ms);
  CHECK(of(gathered, "dns").status == ProbeStatus::timed_out);
  CHECK(of(gathered, "dns").reason);
  REQUIRE(gathered.evidence.dns);
  CHECK(gathered.evidence.dns->names.size() == 1000);   // each of them, so that none is taken for one that nobody asked about
  std::size_t answered = 0, unknown = 0;
  for (const auto& name : gathered.evidence.dns->names) (std::ranges::any_of(name.answers, [](const auto& a) { return a.rcode.has_value(); }) ? answered : unknown)++;
  CHECK(answered > 0);
  CHECK(unknown > 0);
}

TEST_CASE("a host that is slow to tell about itself leaves half of the time to the others") {
  Household home;
  home.network.host.reading = 4s;   // the interfaces in time, the routes not
  const auto gathered = home.run();
  CHECK(names(gathered) == every_probe);
  CHECK(home.elapsed() <= 10010ms);
  CHECK(of(gathered, "listeners").status == ProbeStatus::timed_out);
  CHECK(of(gathered, "listeners").duration <= 10ms);
}

TEST_CASE("without a route nothing is sent, and every probe that needs one says so") {
  Household home;
  home.network.host.routes = std::vector<Route>{};
  home.network.host.default_ipv4.reset();
  const auto gathered = home.run();
  CHECK(names(gathered) == every_probe);
  CHECK(with(gathered, ProbeStatus::done) == std::vector<std::string>{"host", "listeners", "filter"});
  for (const auto* probe : {"stun", "web", "router", "path", "dns", "inbound"}) {
    CHECK(of(gathered, probe).status == ProbeStatus::not_run);
    CHECK(of(gathered, probe).reason == "this host has no route to a router");
  }
  CHECK(home.network.sent.empty());
  CHECK(home.elapsed() == 0ms);
}

TEST_CASE("a probe that throws costs one observation, and nobody waits for what it had promised") {
  struct Row {
    const char* probe;
    std::function<bool(const Sent&)> faulty;
  };
  const Row rows[] = {{"stun", [](const Sent& sent) { return sent.to.port == 3478 && sent.payload.size() < 1000; }},
                      {"path", [](const Sent& sent) { return sent.hop_limit.has_value(); }},
                      {"path", [](const Sent& sent) { return sent.to.port == 3478 && sent.payload.size() > 1000; }},
                      {"router", [](const Sent& sent) { return sent.to.port == 5351; }},
                      {"dns", [](const Sent& sent) { return sent.to.port == 53; }}};
  for (const auto& row : rows) {
    INFO(row.probe);
    HealthyHousehold home;
    home.network.watch = [&](const Sent& sent) {
      if (row.faulty(sent)) throw std::runtime_error("out of ideas");
    };
    const auto gathered = home.run();
    CHECK(names(gathered) == every_probe);
    CHECK(with(gathered, ProbeStatus::failed) == std::vector<std::string>{row.probe});
    CHECK(of(gathered, row.probe).reason == "internal fault: out of ideas");
    CHECK(with(gathered, ProbeStatus::done).size() == every_probe.size() - 1);
    CHECK(home.elapsed() < 2s);
  }
}

TEST_CASE("probes that the user leaves out are not run, say why, and leave no evidence") {
  HealthyHousehold home;
  home.options.skip = {"stun", "host"};
  const auto gathered = home.run();
  CHECK(names(gathered) == every_probe);
  for (const auto* probe : {"stun", "host"}) {
    CHECK(of(gathered, probe).status == ProbeStatus::not_run);
    CHECK(of(gathered, probe).reason == "left out by --skip");
  }
  CHECK_FALSE(gathered.evidence.stun);
  CHECK_FALSE(gathered.evidence.host);
  CHECK(with(gathered, ProbeStatus::done).size() == every_probe.size() - 2);
  CHECK(gathered.evidence.path->ipv4.owners.size() == 1);   // the web server had seen the mapped address too

}

TEST_CASE("with one probe wanted, that one alone runs, on what the host told") {
  HealthyHousehold home;
  home.options.only = {"router"};
  const auto gathered = home.run();
  CHECK(names(gathered) == every_probe);
  CHECK(with(gathered, ProbeStatus::done) == std::vector<std::string>{"router"});
  for (const auto& run : gathered.runs)
    if (run.name != "router") CHECK(run.reason == "not among --only");
  CHECK(std::ranges::none_of(home.network.sent, [](const Sent& sent) { return sent.to.address == vantage; }));
}
