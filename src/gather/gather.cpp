#include "gather/gather.hpp"

#include <algorithm>
#include <cstddef>

#include "base/guarded_threads.hpp"
#include "gather/destinations.hpp"
#include "gather/path_chain.hpp"
#include "gather/probe_runner.hpp"
#include "gather/promise.hpp"
#include "gather/visitors.hpp"
#include "probes/dns/dns.hpp"
#include "probes/filter/filter.hpp"
#include "probes/host/host.hpp"
#include "probes/inbound/inbound.hpp"
#include "probes/link/link.hpp"
#include "probes/listeners/listeners.hpp"
#include "probes/router/router.hpp"
#include "probes/stun/stun.hpp"
#include "probes/stun/translation.hpp"
#include "probes/web/web.hpp"

namespace ringback {
namespace {

using Addresses = std::vector<Address>;

Addresses mapped_addresses(const stun::Evidence& evidence) {
  Addresses addresses;
  for (const auto& observation : evidence.observations)
    if (observation.mapped) addresses.push_back(observation.mapped->address);
  return addresses;
}

Addresses seen_addresses(const web::Evidence& evidence) {
  Addresses addresses;
  for (const auto& observation : evidence.observations)
    if (observation.seen_as) addresses.push_back(observation.seen_as->address);
  return addresses;
}

Addresses named_addresses(const dns::Evidence& evidence) {
  Addresses addresses;
  for (const auto& name : evidence.names)
    for (const auto& answer : name.answers) addresses.insert(addresses.end(), answer.addresses.begin(), answer.addresses.end());
  return addresses;
}

/// Runs `observe`, and hands on the addresses in what it saw, whatever became of it.
template <class Observe, class Extract>
auto handing_on(Promise<Addresses>& promise, const Observe& observe, const Extract& extract) {
  const Kept kept(promise);
  auto observed = observe();
  if (observed) promise.set(extract(*observed));
  return observed;
}

/// The home router, and side by side with it the gateway behind it, as soon as the trace has shown that it is a private one.
Expected<router::Evidence> observe_routers(const RouterPlan& plan, const Promise<Addresses>& second, const io::World& world, Deadline deadline) {
  std::vector<router::Gateway> behind;
  GuardedThreads other;
  other.start([&] {
    for (const auto& gateway : second.wait(deadline, world.clock))
      for (const auto& leg : plan.legs)
        if (leg.family == gateway.family()) behind.push_back(router::observe_gateway(gateway, 2, leg, world, deadline));
  });
  auto evidence = router::observe(plan, world, deadline);
  other.join();
  if (evidence) evidence->gateways.insert(evidence->gateways.end(), behind.begin(), behind.end());
  return evidence;
}

std::vector<ProbeRun> in_order(std::vector<ProbeRun> runs, const Plan& plan) {
  std::vector<ProbeRun> ordered;
  for (const auto* name : probe_names) {
    const auto skipped = std::ranges::find(plan.skipped, name, &Skipped::probe);
    const auto run = std::ranges::find(runs, name, &ProbeRun::name);
    if (skipped != plan.skipped.end())
      ordered.push_back({.name = name, .status = ProbeStatus::not_run, .reason = skipped->reason});
    else if (run != runs.end())
      ordered.push_back(*run);
  }
  return ordered;
}

Expected<host::Evidence> look_at_host(const Options& options, const io::World& world, Deadline deadline, ObservedHost& observed) {
  auto evidence = host::observe_tables(options.interface, world, deadline);
  if (!evidence) return evidence;
  observed.troubles_of_tables = evidence->troubles.size();
  host::observe_programs(options.names, world, deadline, *evidence);
  return evidence;
}

/// Once more: the traffic of this run has filled the neighbour table, which is evidence too. Not where it would see less of the tables than
/// before. What was said of the system and its programs stays: what this process may do was said before it gave that up, and it may have read
/// root's files.
void look_at_tables_again(const Plan& plan, std::size_t troubles_of_tables, const io::World& world, Deadline deadline, host::Evidence& evidence) {
  auto later = host::observe_tables(plan.interface, world, deadline);
  if (!later || later->troubles.size() > troubles_of_tables) return;
  const auto of_programs = evidence.troubles.begin() + static_cast<std::ptrdiff_t>(troubles_of_tables);
  later->troubles.insert(later->troubles.end(), of_programs, evidence.troubles.end());
  later->host_name = std::move(evidence.host_name);
  later->system = std::move(evidence.system);
  later->updaters = std::move(evidence.updaters);
  evidence = std::move(*later);
}

bool is_skipped(const Plan& plan, const char* probe) { return std::ranges::find(plan.skipped, probe, &Skipped::probe) != plan.skipped.end(); }

}  // namespace

ObservedHost observe_host(const Options& options, const io::World& world, Deadline deadline) {
  ObservedHost observed;
  const auto now = world.clock.now();
  const Deadline share{now + std::max(deadline.at - now, Instant::duration{}) / 2};
  observed.runs.push_back(run_probe("host", observed.facts.host, world, share, [&] { return look_at_host(options, world, share, observed); }));
  observed.runs.push_back(run_probe("listeners", observed.facts.listeners, world, share, [&] { return listeners::observe(world, share); }));
  return observed;
}

std::vector<io::CaptureOptions> captures_of(const Plan& plan) {
  std::vector<io::CaptureOptions> captures;
  if (plan.inbound) captures.push_back(inbound::capture_options(*plan.inbound));
  if (plan.link) captures.push_back(link::capture_options(*plan.link));
  return captures;
}

std::vector<std::string> probes_of(const Plan& plan) {
  std::vector<std::string> probes;
  const auto add = [&](const char* name, bool planned) {
    if (planned) probes.emplace_back(name);
  };
  add("stun", plan.stun.has_value());
  add("web", plan.web.has_value());
  add("dns", plan.dns.has_value());
  add("path", plan.path.has_value());
  add("router", plan.router.has_value());
  add("link", plan.link.has_value());
  add("filter", plan.filter.has_value());
  add("inbound", plan.inbound.has_value());
  return probes;
}

Gathered gather(const Plan& plan, ObservedHost host, const io::World& world, Deadline deadline, const ProbeEnded& ended) {
  Gathered gathered;
  auto& evidence = gathered.evidence;
  evidence.request = plan.request;
  const HostFacts facts = host.facts;   // the chain below leans on it also where the report leaves it out
  if (!is_skipped(plan, "host")) evidence.host = std::move(host.facts.host);
  if (!is_skipped(plan, "listeners")) evidence.listeners = std::move(host.facts.listeners);

  Promise<Addresses> mapped, seen, named, second_gateway;
  ProbeRunner runner(world, deadline, ended);
  if (plan.stun) runner.start("stun", evidence.stun, [&] {
    auto observed = handing_on(mapped, [&] { return stun::observe(*plan.stun, world, deadline); }, mapped_addresses);
    if (observed) stun::observe_translation(*plan.stun, world, deadline, *observed);
    return observed;
  });
  else mapped.set({});
  if (plan.web) runner.start("web", evidence.web, [&] {
    return handing_on(seen, [&] { return web::observe(*plan.web, world, deadline); }, seen_addresses);
  });
  else seen.set({});
  if (plan.dns) runner.start("dns", evidence.dns, [&] {
    return handing_on(named, [&] { return dns::observe(*plan.dns, world, deadline); }, named_addresses);
  });
  else named.set({});
  if (plan.path) runner.start("path", evidence.path, [&] {
    const Kept kept(second_gateway);
    return observe_paths(*plan.path, {mapped, seen, named, second_gateway}, own_addresses(facts), world, deadline);
  });
  else second_gateway.set({});
  if (plan.router) runner.start("router", evidence.router, [&] { return observe_routers(*plan.router, second_gateway, world, deadline); });
  if (plan.link) runner.start("link", evidence.link, [&] { return link::observe(*plan.link, world, deadline); });
  if (plan.filter) runner.start("filter", evidence.filter, [&] { return filter::observe(*plan.filter, world, deadline); });
  if (plan.inbound) runner.start("inbound", evidence.inbound, [&] { return inbound::observe(*plan.inbound, world, deadline); });

  Services services;
  GuardedThreads other;
  if (evidence.host) other.start([&, updaters = evidence.host->updaters] { services = services_of_updaters(updaters, world, deadline); });

  auto runs = std::move(host.runs);
  for (auto& run : runner.finish()) runs.push_back(std::move(run));
  if (plan.filter && evidence.filter && evidence.inbound)
    filter::observe_visitors(*plan.filter, visitors_kept_out(*evidence.inbound), world, deadline, *evidence.filter);
  if (evidence.host && !deadline.passed(world.clock)) look_at_tables_again(plan, host.troubles_of_tables, world, deadline, *evidence.host);
  other.join();
  if (evidence.host) {
    host::observe_destinations(services.places, world.network, *evidence.host);
    std::ranges::move(services.troubles, std::back_inserter(evidence.host->troubles));
    host::observe_destinations(asked_places(evidence), world.network, *evidence.host);
  }
  gathered.runs = in_order(std::move(runs), plan);
  return gathered;
}

}  // namespace ringback
