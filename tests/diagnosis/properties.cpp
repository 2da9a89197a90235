#include <random>

#include "support/catch.hpp"

#include "households.hpp"

using namespace ringback;
using namespace ringback::build;

namespace {

using Removal = std::function<void(Evidence&)>;

template <class T>
void without(std::vector<T>& from, std::size_t i) {
  if (i < from.size()) from.erase(from.begin() + static_cast<std::ptrdiff_t>(i));
}

/// Every single thing that a run may fail to observe. Applied in this order, from the end, so that indices stay right.
std::vector<Removal> removals(const Evidence& e) {
  std::vector<Removal> all;
  for (std::size_t i = e.stun->observations.size(); i-- > 0;) all.push_back([i](auto& x) { if (x.stun) without(x.stun->observations, i); });
  for (std::size_t i = e.inbound->knocks.size(); i-- > 0;) {
    all.push_back([i](auto& x) { if (x.inbound && i < x.inbound->knocks.size()) x.inbound->knocks[i].result.reset(); });
    all.push_back([i](auto& x) { if (x.inbound) without(x.inbound->knocks, i); });
  }
  for (std::size_t i = e.inbound->vantages.size(); i-- > 0;) all.push_back([i](auto& x) { if (x.inbound) without(x.inbound->vantages, i); });
  all.push_back([](auto& x) {
    if (!x.inbound) return;
    x.inbound->capture.running = false;
    for (auto& k : x.inbound->knocks) k.arrivals.clear(), k.departures.clear(), k.watched = {};
  });
  for (std::size_t i = e.router->gateways.size(); i-- > 0;) {
    all.push_back([i](auto& x) { if (x.router && i < x.router->gateways.size()) x.router->gateways[i].nat_pmp = {}; });
    all.push_back([i](auto& x) { if (x.router && i < x.router->gateways.size()) x.router->gateways[i].igds.clear(); });
    all.push_back([i](auto& x) { if (x.router) without(x.router->gateways, i); });
  }
  for (std::size_t i = e.router->gateways.size(); i-- > 0;) {
    all.push_back([i](auto& x) { if (x.router && i < x.router->gateways.size()) x.router->gateways[i].pcp_map.reset(); });
    all.push_back([i](auto& x) {
      if (x.router && i < x.router->gateways.size())
        for (auto& igd : x.router->gateways[i].igds) igd.avm.reset();
    });
  }
  all.push_back([](auto& x) { if (x.stun) x.stun->ports.clear(); });
  all.push_back([](auto& x) { if (x.stun && x.stun->ports.size() > 20) x.stun->ports.resize(20); });
  all.push_back([](auto& x) { if (x.stun) std::erase_if(x.stun->ports, [](const auto& sample) { return sample.local.port % 2 == 0; }); });
  all.push_back([](auto& x) { if (x.stun) for (auto& sample : x.stun->ports) sample.mapped = sample.local.port % 3 == 0 ? std::nullopt : sample.mapped; });
  all.push_back([](auto& x) { if (x.link) x.link->advertisements.clear(); });
  all.push_back([](auto& x) { if (x.link) x.link->dhcpv6.clear(); });
  all.push_back([](auto& x) { x.link.reset(); });
  all.push_back([](auto& x) { if (x.path) x.path->ipv4.sizes.clear(), x.path->ipv6.sizes.clear(); });
  all.push_back([](auto& x) { if (x.path) x.path->ipv4.answer_sizes.clear(), x.path->ipv6.answer_sizes.clear(); });
  all.push_back([](auto& x) { if (x.path) x.path->ipv4.owners.clear(); });
  all.push_back([](auto& x) { if (x.path) x.path->ipv4.mtu.reset(); });
  for (std::size_t i = e.path->ipv4.hops.size(); i-- > 0;)
    all.push_back([i](auto& x) {
      if (x.path && i < x.path->ipv4.hops.size()) x.path->ipv4.hops[i].from.reset(), x.path->ipv4.hops[i].reply = path::HopReply::silent;
    });
  all.push_back([](auto& x) { if (x.filter) x.filter->walks.clear(); });
  all.push_back([](auto& x) { if (x.filter) x.filter = filter::Evidence{.readable = false, .trouble = "not permitted"}; });
  for (std::size_t i = e.dns->names[0].answers.size(); i-- > 0;) all.push_back([i](auto& x) { if (x.dns) without(x.dns->names[0].answers, i); });
  for (std::size_t i = e.dns->zones[0].answers.size(); i-- > 0;)
    all.push_back([i](auto& x) { if (x.dns && !x.dns->zones.empty()) without(x.dns->zones[0].answers, i); });
  all.push_back([](auto& x) { if (x.dns) x.dns->zones.clear(); });
  all.push_back([](auto& x) { if (x.dns) x.dns->names[0].delegations.clear(); });
  all.push_back([](auto& x) { if (x.dns) x.dns->names[0].applications.reset(); });
  all.push_back([](auto& x) { if (x.dns && x.dns->names[0].dnssec && !x.dns->names[0].dnssec->sources.empty()) x.dns->names[0].dnssec->sources.pop_back(); });
  all.push_back([](auto& x) { if (x.dns) x.dns->names[0].dnssec.reset(); });
  all.push_back([](auto& x) { if (x.dns) x.dns->names[0].zone.reset(), x.dns->names[0].zone_servers.clear(); });
  for (std::size_t i = e.host->updaters.size(); i-- > 0;) {
    all.push_back([i](auto& x) { if (x.host && i < x.host->updaters.size()) x.host->updaters[i].active.reset(); });
    all.push_back([i](auto& x) { if (x.host) without(x.host->updaters, i); });
  }
  all.push_back([](auto& x) { if (x.host) x.host->neighbours.clear(); });
  all.push_back([](auto& x) { x.host.reset(); });
  all.push_back([](auto& x) { x.stun.reset(); });
  all.push_back([](auto& x) { x.web.reset(); });
  all.push_back([](auto& x) { x.router.reset(); });
  all.push_back([](auto& x) { x.path.reset(); });
  all.push_back([](auto& x) { x.dns.reset(); });
  all.push_back([](auto& x) { x.listeners.reset(); });
  all.push_back([](auto& x) { x.filter.reset(); });
  all.push_back([](auto& x) { x.inbound.reset(); });
  return all;
}

/// The same, or less: what was known may become unknown, and a place may become less exact.
bool is_weaker(const ServiceVerdict& less, const ServiceVerdict& truth) {
  if (less.reachable == Reachable::unknown) return true;
  // Without the capture an answer from another machine cannot be told from this host's: the vantage point's word is "likely".
  if (truth.cause == "inbound.answered-elsewhere" && less.reachable == Reachable::yes) return less.confidence != Confidence::certain;
  if (less.reachable != truth.reachable) return false;
  if (less.stopped_at == truth.stopped_at || less.stopped_at == StoppedAt::unknown) return true;
  return less.stopped_at == StoppedAt::upstream && (truth.stopped_at == StoppedAt::provider || truth.stopped_at == StoppedAt::router);
}

/// Codes that say how little is known.
bool is_modest(const std::string& code) { return code.starts_with("measure.") || code == "inbound.untested" || code == "inbound.not-arriving"; }

/// A port that another machine answers is one that the router does not send here; an address that was another machine's of this home is not this
/// host's.
bool also_true(const Finding& f, const Diagnosis& truth) {
  return (f.code == "inbound.no-port-forward" && found(truth, "inbound.answered-elsewhere")) ||
         (f.code == "dns.aaaa-wrong" && found(truth, "dns.aaaa-old-prefix"));
}

std::string contradiction(const Diagnosis& less, const Diagnosis& truth) {
  if (less.connection.ipv4.kind != Ipv4Kind::unknown && less.connection.ipv4.kind != truth.connection.ipv4.kind &&
      less.connection.confidence != Confidence::possible)
    return fmt::format("IPv4 is {} instead of {}", to_string(less.connection.ipv4.kind), to_string(truth.connection.ipv4.kind));
  if (less.connection.ipv6.kind != Ipv6Kind::unknown && less.connection.ipv6.kind != truth.connection.ipv6.kind)
    return fmt::format("IPv6 is {} instead of {}", to_string(less.connection.ipv6.kind), to_string(truth.connection.ipv6.kind));
  for (std::size_t i = 0; i < truth.services.size(); ++i)
    if (!is_weaker(less.services.at(i), truth.services[i]))
      return fmt::format("{} instead of {}", shown(less.services[i]), shown(truth.services[i]));
  for (std::size_t i = 0; i < truth.names.size(); ++i)
    if (less.names.at(i).verdict != NameState::unknown && less.names[i].verdict != truth.names[i].verdict)
      return fmt::format("the name is {}", to_string(less.names[i].verdict));
  for (const auto& f : less.findings)
    if (f.severity == Severity::error && f.confidence >= Confidence::likely && !found(truth, f.code) && !is_modest(f.code) && !also_true(f, truth))
      return "a new accusation: " + f.code;
  return {};
}

void check_with_less(const std::vector<Household>& homes, int rounds) {
  std::mt19937 random(20240607);  // the same subsets in every run
  for (const auto& [name, full] : homes) {
    INFO(name);
    const auto truth = diagnose(full);
    const auto all = removals(full);
    for (std::size_t i = 0; i < all.size(); ++i) {
      INFO("without item " << i);
      CHECK(contradiction(diagnose(with(full, all[i])), truth) == "");
    }
    for (int round = 0; round < rounds; ++round) {
      auto less = full;
      std::string removed;
      std::bernoulli_distribution remove(round % 3 == 0 ? 0.1 : 0.35);
      for (std::size_t i = 0; i < all.size(); ++i)
        if (remove(random)) all[i](less), removed += " " + std::to_string(i);
      const auto wrong = contradiction(diagnose(less), truth);
      INFO("without items" << removed);
      CHECK(wrong == "");
    }
  }
}

}  // namespace

TEST_CASE("with less evidence a verdict becomes less certain, never wrong") { check_with_less(households(), 300); }

TEST_CASE("with less evidence a verdict on a name becomes less certain, never wrong") {
  const std::pair<const char*, const char*> expected[] = {
      {"one of two name servers is silent", "right dns.lame-server"},
      {"no name server answers", "unknown dns.lame-server"},
      {"a temporary address, which an updater publishes", "wrong dns.aaaa-temporary"},
      {"an address of yesterday, published for what the name is an alias of", "wrong dns.aaaa-temporary"},
      {"another machine's record under an old prefix", "wrong dns.aaaa-old-prefix"},
      {"a record beyond what the FRITZ!Box was delegated", "wrong dns.aaaa-wrong"},
      {"signatures that have expired", "right dns.bogus"},
      {"a resolver here that refuses what is proven", "right dns.resolver-broken"},
  };
  const auto homes = households_of_names();
  REQUIRE(homes.size() == std::size(expected));
  for (std::size_t i = 0; i < homes.size(); ++i) {
    const auto d = diagnose(homes[i].evidence);
    CHECK(homes[i].name == std::string(expected[i].first));
    CHECK(fmt::format("{} {}", to_string(d.names[0].verdict), fmt::join(d.names[0].findings, " ")) == expected[i].second);
  }
  check_with_less(homes, 150);
}
