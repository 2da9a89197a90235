/// With less evidence the diagnosis loses certainty and never turns wrong, in what it says at least with "likely", errors and warnings alike. Two limits:
/// "possible" promises nothing, and of a few recorded homes, whose truth one observation alone shows, "likely" may be wrong without it, and says then what
/// would tell.
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>

#include "support/catch.hpp"

#include "advice.hpp"
#include "evidence/evidence_json.hpp"
#include "households.hpp"
#include "removals.hpp"

using namespace ringback;
using namespace ringback::build;

namespace {

/// Another machine answers: without the capture, or without this host's addresses, that cannot be told from this host, and the vantage point's word is
/// "likely".
bool is_answered_by_another(const std::optional<std::string>& cause) { return cause == "inbound.answered-elsewhere" || cause == "router.forward-elsewhere"; }

/// The same, or less: what was known may become unknown, and a place may become less exact.
bool is_weaker(const ServiceVerdict& less, const ServiceVerdict& truth) {
  if (less.reachable == Reachable::unknown) return true;
  if (is_answered_by_another(truth.cause) && less.reachable == Reachable::yes) return less.confidence != Confidence::certain;
  if (less.reachable != truth.reachable) return false;
  if (less.stopped_at == truth.stopped_at || less.stopped_at == StoppedAt::unknown) return true;
  return less.stopped_at == StoppedAt::upstream && (truth.stopped_at == StoppedAt::provider || truth.stopped_at == StoppedAt::router);
}

/// Codes that say how little is known.
bool is_modest(const std::string& code) { return code.starts_with("measure.") || code == "inbound.untested" || code == "inbound.not-arriving"; }

/// Other words for the same, or wider ones: a port that another machine answers is one that the router does not send here; an address that was another
/// machine's of this home, or is its router's, is not this host's; behind a login page there is no internet.
constexpr std::pair<std::string_view, std::string_view> other_words[] = {
    {"inbound.no-port-forward", "inbound.answered-elsewhere"}, {"inbound.no-port-forward", "router.forward-elsewhere"},
    {"router.forward-elsewhere", "inbound.answered-elsewhere"}, {"inbound.answered-elsewhere", "router.forward-elsewhere"},
    {"dns.aaaa-wrong", "dns.aaaa-old-prefix"}, {"dns.aaaa-wrong", "dns.aaaa-router"}, {"internet.offline", "internet.captive-portal"},
    // What is open on a host that all is let in to is named in that finding; with less to tell the host open, each stands alone.
    {"exposure.unexpected-service", "exposure.exposed-host"},
};

/// Warnings that one observation alone withdraws, of recorded households: the router's list sends the port to another machine, and that a forward set by hand
/// comes first shows by the knock that arrives. What the list says stays true.
constexpr std::pair<std::string_view, std::string_view> withdrawn_by_one_witness[] = {{"lab-stale-mapping-list", "router.forward-elsewhere"}};

/// That nothing listens is told beside a filter that comes before.
bool told_beside(std::string_view code, const Finding& f) {
  return code == "inbound.no-listener" && f.code == "inbound.host-firewall" && f.detail.find("no program of this host listens") != std::string::npos;
}

bool also_true(const Finding& f, const Diagnosis& truth) {
  return std::ranges::any_of(other_words, [&](const auto& pair) { return f.code == pair.first && found(truth, pair.second); }) ||
         std::ranges::any_of(truth.findings, [&](const Finding& whole) { return told_beside(f.code, whole); });
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

/// Of the services, the names, and the findings; what is said with less than `from` accuses nobody. `but` is no accusation of this household's.
template <class Weaker>
std::string contradiction_unless(const Weaker& weaker, Confidence from, const Diagnosis& less, const Diagnosis& truth, std::string_view but = {}) {
  for (std::size_t i = 0; i < truth.services.size(); ++i)
    if (!weaker(less.services.at(i), truth.services[i]))
      return fmt::format("{} instead of {}", shown(less.services[i]), shown(truth.services[i]));
  for (std::size_t i = 0; from < Confidence::certain && i < truth.names.size(); ++i)   // they have no confidence of their own
    if (less.names.at(i).verdict != NameState::unknown && less.names[i].verdict != truth.names[i].verdict)
      return fmt::format("the name is {}", to_string(less.names[i].verdict));
  for (const auto& f : less.findings)
    if (f.severity != Severity::info && f.confidence >= from && !found(truth, f.code) && !is_modest(f.code) && !also_true(f, truth) &&
        !(f.severity == Severity::warning && f.code == but))
      return "a new accusation: " + f.code;
  return {};
}

std::string contradiction(const Evidence& evidence, const Diagnosis& less, const Diagnosis& truth) {
  auto wrong = contradiction_of_access(evidence, less, truth, Confidence::likely);
  return !wrong.empty() ? wrong : contradiction_unless(is_weaker, Confidence::likely, less, truth);
}

/// Something else of what the whole evidence finds as well is named as the first cause; that nothing listens matters to both families. Where nobody outside
/// can be asked, this host's lack of IPv6 is left unsaid.
bool is_another_cause(const ServiceVerdict& less, const ServiceVerdict& whole, const Diagnosis& truth) {
  const auto& cause = less.cause.value_or("");
  if (whole.reachable == Reachable::unknown && cause == fmt::format("ipv6.{}", to_string(truth.connection.ipv6.kind))) return true;
  return std::ranges::any_of(truth.findings, [&](const Finding& f) {
    const bool of_family = cause == "inbound.no-listener" || !f.subject.family || f.subject.family == less.family;
    return (f.code == cause || told_beside(cause, f)) && of_family && (!f.subject.service || f.subject.service == less.service);
  });
}

/// A knock failed, and why was not to be seen: nobody is accused.
bool leaves_open(const ServiceVerdict& less, const ServiceVerdict& whole) {
  return whole.reachable == Reachable::unknown && less.stopped_at == StoppedAt::unknown && is_modest(less.cause.value_or(""));
}

/// As `contradiction`, of what is said at least with `from`; a record has more to it, and so more that is true of it at once.
std::string contradiction_of_record(const Evidence& evidence, const Diagnosis& less, const Diagnosis& truth, Confidence from, std::string_view but) {
  const auto weaker = [&](const ServiceVerdict& got, const ServiceVerdict& whole) {
    if (got.confidence < from || is_weaker(got, whole) || leaves_open(got, whole)) return true;
    return got.reachable == Reachable::no && whole.reachable != Reachable::yes && is_another_cause(got, whole, truth);
  };
  auto wrong = contradiction_of_access(evidence, less, truth, from);
  return !wrong.empty() ? wrong : contradiction_unless(weaker, from, less, truth, but);
}

using Contradicts = std::function<std::string(const Evidence& evidence, const Diagnosis& less, const Diagnosis& truth)>;

/// A doubt about a family that was asked for, and nothing said of what would settle it.
std::string unsettled(const Evidence& evidence) {
  const auto c = judged(evidence);
  const auto look = [](const auto& access, bool wanted) {
    const bool sure = access.confidence == Confidence::certain && to_string(access.connection.kind) != "unknown";
    const auto settles = [](const std::string& sentence) { return sentence.find("would tell") != std::string::npos; };
    return !wanted || sure || std::ranges::any_of(access.because, settles)
               ? std::string{}
               : fmt::format("{} {}: {}", to_string(access.connection.kind), to_string(access.confidence), fmt::join(access.because, " "));
  };
  const auto ipv4 = look(c.ipv4, c.facts.ipv4.wanted);
  return !ipv4.empty() ? ipv4 : look(c.ipv6, c.facts.ipv6.wanted);
}

/// Each observation singly missing, and `rounds` subsets of them.
void check_with_less(const Household& home, const Removals& all, unsigned seed, int rounds, const Contradicts& contradicts) {
  INFO(home.name);
  std::mt19937 random(seed);
  const auto truth = diagnose(home.evidence);
  CHECK(unsettled(home.evidence) == "");
  const auto check = [&](const Evidence& less) { CHECK(contradicts(less, diagnose(less), truth) == ""); };
  for (std::size_t i = 0; i < all.size(); ++i) {
    INFO("without item " << i);
    auto less = home.evidence;
    all[i](less);
    check(less);
  }
  for (int round = 0; round < rounds; ++round) {
    auto less = home.evidence;
    std::string removed;
    std::bernoulli_distribution remove(round % 3 == 0 ? 0.1 : 0.35);
    for (std::size_t i = 0; i < all.size(); ++i)
      if (remove(random)) all[i](less), removed += " " + std::to_string(i);
    INFO("seed " << seed << ", without items" << removed);
    check(less);
  }
}

/// The subsets are the same ones in every run. An ordinary run takes a third of the households with each seed, and few subsets; before a rule of the diagnosis
/// is changed or added, `test-diagnosis "[thorough]"` takes all households with each seed, and many.
constexpr unsigned seeds[] = {20240607, 20250607, 20260607};

using JudgedBy = std::function<Contradicts(const Household&)>;

void check_ordinarily(const std::vector<Household>& homes, int rounds, const JudgedBy& judged_by) {
  for (std::size_t i = 0; i < homes.size(); ++i)
    check_with_less(homes[i], removals(homes[i].evidence), seeds[i % std::size(seeds)], rounds, judged_by(homes[i]));
}

void check_thoroughly(const std::vector<Household>& homes, const JudgedBy& judged_by) {
  for (const auto& home : homes)
    for (const auto seed : seeds) check_with_less(home, removals(home.evidence), seed, 300, judged_by(home));
}

Contradicts strictly(const Household&) { return contradiction; }

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

/// Recorded households whose truth one observation alone shows. Without it what is left looks as it does where the likeliest thing is so: "likely" is the
/// most that is said, here it is wrong, and with it comes what would tell.
constexpr std::string_view of_one_witness[] = {
    // Its router names the carrier's address as its own by every protocol; the trace alone shows that the address lies beyond it.
    "lab-cgn-router-claims-mapped",
    // That a router forwards to this host in vain shows in its list, and over IPv6 by what comes of the port that is listed: without either it is a router
    // without a forward, as most are.
    "lab-provider-drops-all-inbound",
    // The router forwards to a wrong port of this host, which refuses. That the refusal is this host's the capture alone shows.
    "lab-forward-to-other-port",
};

/// And those where that is another's word for the same, of which nothing is left that could be missed.
constexpr std::string_view of_two_words[] = {
    // One of two vantage points gets in, or finds the service open, and all that is known of it is gone: what is left is the other one's word.
    "lab-two-vantages-disagree", "lab-two-vantages-one-banned",
    // One of the zone's two servers says something wrong, and it was not asked.
    "lab-servers-disagree",
};

/// What is true of a recorded household as well, and goes without saying where more is known: its filter drops all of IPv6, and so also visitors.
constexpr std::pair<std::string_view, const char*> goes_without_saying[] = {{"lab-ufw-without-ipv6", "inbound.host-firewall"}};

bool is_one_of(std::span<const std::string_view> names, const std::string& name) { return std::ranges::find(names, name) != names.end(); }

/// Each likely accusation that the whole evidence does not make says so itself, and so does the access where that is another one.
bool says_what_would_tell(const Evidence& evidence, const Diagnosis& less, const Diagnosis& truth) {
  if (!contradiction_of_access(evidence, less, truth, Confidence::likely).empty() && !unsettled(evidence).empty()) return false;
  return std::ranges::all_of(less.findings, [&](const Finding& f) {
    const bool is_new = f.severity == Severity::error && f.confidence == Confidence::likely && !found(truth, f.code) && !is_modest(f.code);
    return !is_new || f.detail.find("would tell") != std::string::npos;
  });
}

Contradicts by_witnesses(const Household& home) {
  const auto from = is_one_of(of_one_witness, home.name) || is_one_of(of_two_words, home.name) ? Confidence::certain : Confidence::likely;
  const auto* withdrawn = std::ranges::find(withdrawn_by_one_witness, home.name, [](const auto& each) { return each.first; });
  const auto but = withdrawn != std::end(withdrawn_by_one_witness) ? withdrawn->second : std::string_view{};
  return [=, name = home.name](const Evidence& evidence, const Diagnosis& less, Diagnosis truth) {
    for (const auto& [household, code] : goes_without_saying)
      if (household == name) truth.findings.push_back({.code = code});
    auto wrong = contradiction_of_record(evidence, less, truth, from, but);
    if (!wrong.empty() || !is_one_of(of_one_witness, name) || says_what_would_tell(evidence, less, truth)) return wrong;
    return contradiction_of_record(evidence, less, truth, Confidence::likely, but);
  };
}

}  // namespace

TEST_CASE("with less evidence a verdict becomes less certain, never wrong") {
  check_ordinarily(households(), 150, strictly);
  check_ordinarily(households_of_rare_access(), 150, strictly);
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
  check_ordinarily(homes, 100, strictly);
}

TEST_CASE("with less evidence a recorded household is judged less certainly, never wrong") {
  const auto homes = recorded_households();
  REQUIRE(homes.size() > 100);
  check_ordinarily(homes, 12, by_witnesses);
}

TEST_CASE("whatever leaves a doubt about the access names what would settle it") {
  for (const auto& homes : {households(), households_of_rare_access()})
    for (const auto& home : homes) {
      INFO(home.name);
      for (const auto& remove : removals(home.evidence)) {
        auto less = home.evidence;
        remove(less);
        CHECK(unsettled(less) == "");
      }
    }
}

TEST_CASE("whatever subset of the observations is missing, no household is judged wrong", "[.][thorough]") {
  for (const auto& homes : {households(), households_of_rare_access(), households_of_names()}) check_thoroughly(homes, strictly);
  check_thoroughly(recorded_households(), by_witnesses);
}
