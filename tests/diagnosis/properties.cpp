#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "support/catch.hpp"

#include "advice.hpp"
#include "evidence/evidence_json.hpp"
#include "households.hpp"
#include "removals.hpp"

using namespace ringback;
using namespace ringback::build;

namespace {

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

template <class Value>
bool both_and_different(const std::optional<Value>& less, const std::optional<Value>& whole) { return less && whole && *less != *whole; }

/// Of IPv6 no other kind may be named. What is said of IPv4 with less than `from` may be wrong; the connection's own confidence is the weaker one of both
/// families, and tells nothing of that.
std::string contradiction_of_access(const Evidence& evidence, const Diagnosis& less, const Diagnosis& truth, Confidence from) {
  const auto &got = less.connection, &whole = truth.connection;
  if (got.ipv6.kind != Ipv6Kind::unknown && got.ipv6.kind != whole.ipv6.kind)
    return fmt::format("IPv6 is {} instead of {}", to_string(got.ipv6.kind), to_string(whole.ipv6.kind));
  if (got.type == ConnectionType::offline && got.type != whole.type) return fmt::format("the connection is offline instead of {}", to_string(whole.type));
  if ((got.type == whole.type && got.ipv4 == whole.ipv4) || judged(evidence).ipv4.confidence < from) return {};
  if (got.ipv4.kind != Ipv4Kind::unknown && got.ipv4.kind != whole.ipv4.kind)
    return fmt::format("IPv4 is {} instead of {}", to_string(got.ipv4.kind), to_string(whole.ipv4.kind));
  if (got.type != ConnectionType::unknown && got.type != whole.type)
    return fmt::format("the connection is {} instead of {}", to_string(got.type), to_string(whole.type));
  if (both_and_different(got.ipv4.nat_layers, whole.ipv4.nat_layers))
    return fmt::format("{} translators instead of {}", *got.ipv4.nat_layers, *whole.ipv4.nat_layers);
  if (got.ipv4.kind != Ipv4Kind::unknown && both_and_different(got.ipv4.wan_address, whole.ipv4.wan_address))
    return fmt::format("the router has {} instead of {}", got.ipv4.wan_address->to_string(), whole.ipv4.wan_address->to_string());
  return {};
}

std::string contradiction(const Evidence& evidence, const Diagnosis& less, const Diagnosis& truth) {
  if (auto wrong = contradiction_of_access(evidence, less, truth, Confidence::likely); !wrong.empty()) return wrong;
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

using Contradicts = std::function<std::string(const Evidence& evidence, const Diagnosis& less, const Diagnosis& truth)>;

/// Each observation singly missing, and `rounds` subsets; the same ones in every run.
void check_with_less(const Household& home, const Removals& all, int rounds, const Contradicts& contradicts) {
  INFO(home.name);
  std::mt19937 random(20240607);
  const auto truth = diagnose(home.evidence);
  const auto check = [&](const Evidence& less) { CHECK(contradicts(less, diagnose(less), truth) == ""); };
  for (std::size_t i = 0; i < all.size(); ++i) {
    INFO("without item " << i);
    check(with(home.evidence, all[i]));
  }
  for (int round = 0; round < rounds; ++round) {
    auto less = home.evidence;
    std::string removed;
    std::bernoulli_distribution remove(round % 3 == 0 ? 0.1 : 0.35);
    for (std::size_t i = 0; i < all.size(); ++i)
      if (remove(random)) all[i](less), removed += " " + std::to_string(i);
    INFO("without items" << removed);
    check(less);
  }
}

void check_with_less(const std::vector<Household>& homes, int rounds) {
  for (const auto& home : homes) check_with_less(home, removals(home.evidence), rounds, contradiction);
}

std::vector<Household> recorded_households() {
  std::vector<Household> all;
  for (const auto& folder : std::filesystem::directory_iterator(std::filesystem::path(RINGBACK_FIXTURES) / "diagnosis")) {
    if (!folder.is_directory()) continue;
    std::ifstream in(folder.path() / "evidence.json");
    auto evidence = evidence_from_json(nlohmann::ordered_json::parse(in), "/evidence");
    if (!evidence) FAIL(evidence.error().what);
    all.push_back({folder.path().filename().string(), std::move(*evidence)});
  }
  std::ranges::sort(all, {}, &Household::name);
  return all;
}

}  // namespace

TEST_CASE("with less evidence a verdict becomes less certain, never wrong") {
  check_with_less(households(), 300);
  check_with_less(households_of_rare_access(), 300);
}

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

TEST_CASE("with less evidence a recorded household's connection is judged less certainly, never wrong") {
  // This router names the carrier's address as its own by every protocol, as a plain one names its own: without the trace, which alone shows that the
  // address lies beyond it, "likely" is the most that can be said, and it is wrong.
  const auto from = [](const Household& home) { return home.name == "lab-cgn-router-claims-mapped" ? Confidence::certain : Confidence::likely; };
  const auto homes = recorded_households();
  REQUIRE(homes.size() > 100);
  for (const auto& home : homes)
    check_with_less(home, removals(home.evidence), 12, [&](const Evidence& evidence, const Diagnosis& less, const Diagnosis& truth) {
      return contradiction_of_access(evidence, less, truth, from(home));
    });
}
