/// An attempt is what a vantage point's knock is, but that nobody tells what the visitor got: the packets do. The table of `run` judges it.
#include "arrivals/host_judge.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "diagnosis/codes.hpp"
#include "diagnosis/knock.hpp"
#include "diagnosis/remedies.hpp"

namespace ringback::arrivals {
namespace {

using namespace std::chrono_literals;

/// Rules are read half a second after an attempt that nothing has answered: those that were found then are the ones that it met.
constexpr Time read_within = 1s;
constexpr std::size_t most_moments = 8;

inbound::DepartureKind kind_of(Answer answer) {
  switch (answer) {
    case Answer::syn_ack: return inbound::DepartureKind::syn_ack;
    case Answer::reset: return inbound::DepartureKind::reset;
    case Answer::unreachable: return inbound::DepartureKind::unreachable;
    default: return inbound::DepartureKind::datagram;
  }
}

std::optional<inbound::Result> what_the_visitor_got(const Attempt& a) {
  if (a.reached) return inbound::Result::connected;
  if (a.answer == Answer::reset || a.answer == Answer::unreachable) return inbound::Result::refused;
  if (a.protocol == Protocol::tcp && a.answer == Answer::none) return inbound::Result::timeout;
  return std::nullopt;
}

inbound::Knock to_knock(const Service& service, const Attempt& a) {
  inbound::Knock knock{.protocol = a.protocol,
                       .service = service,
                       .port = service.knock_port(a.family()),
                       .family = a.family(),
                       .target = a.to.address,
                       .local = a.to.address};
  knock.source = a.from;
  knock.result = what_the_visitor_got(a);
  knock.arrivals.push_back({.from = a.from, .to = a.to, .hop_limit = a.hop_limit, .interface = a.interface});
  if (a.answer != Answer::none) knock.departures.push_back({.kind = kind_of(a.answer), .icmp_code = a.icmp_code});
  return knock;
}

diagnosis::Case case_of(const Evidence& state) {
  diagnosis::Case c{.evidence = state, .facts = diagnosis::gather_facts(state), .ipv4 = {}, .ipv6 = {}, .internet = {}, .connection = {}};
  c.ipv6 = diagnosis::judge_ipv6(state, c.facts);   // its remedies name this host's addresses
  c.ipv4 = diagnosis::judge_ipv4(state, c.facts, c.ipv6);
  c.internet = diagnosis::judge_internet(state, c.facts);
  c.connection = diagnosis::judge_connection(c.ipv4, c.ipv6, c.internet);
  return c;
}

Evidence with_running_capture(Evidence state) {
  state.inbound.emplace();
  state.inbound->capture.running = true;
  state.inbound->capture.interface = "any";
  return state;
}

const filter::Walk* walk_of(const std::optional<filter::Evidence>& rules, const Attempt& a) {
  if (!rules) return nullptr;
  const auto found = std::ranges::find_if(
      rules->walks, [&](const auto& walk) { return walk.protocol == a.protocol && walk.family == a.family() && walk.port == a.to.port; });
  return found != rules->walks.end() ? &*found : nullptr;
}

bool stops(const filter::Walk* walk) {
  return walk != nullptr && (walk->action == filter::Action::drop || walk->action == filter::Action::reject);
}

bool same_way(const filter::Evidence& a, const filter::Evidence& b) {
  return a.readable == b.readable && a.walks == b.walks && a.answers == b.answers;
}

/// The visitor repeats his opening although it was answered. Where the answer left by the card it had come by, this host has done its part.
void say_where_it_was_lost(Judged& judged, const Attempt& a) {
  if (a.answered_there) {
    judged.title = "This host answers, and the answer gets lost beyond it";
    judged.detail = fmt::format(
        "It arrived and was answered by the network card that it came by{}, and still the visitor tried again: the answer left this host "
        "correctly, and was lost in the home router or at the provider.",
        a.interface.empty() ? "" : " (" + a.interface + ")");
    judged.remedies = {{.title = "Look beyond this host: its part is done",
                        .steps = {"Restart the home router and try again.",
                                  "If there are two routers or two internet lines at home: the answer has to leave by the router that the "
                                  "visitor came in by. That is "
                                  "the one whose address stands as \"gateway\" in this host's network settings.",
                                  "Look in the home router's menu for rules about outgoing connections (firewall, filter lists, parental "
                                  "controls) that hold for this host.",
                                  "If none of it helps, ask the provider whether it drops answers from your line."},
                        .commands = {}}};
  } else if (!a.answered_on.empty() && !a.interface.empty()) {
    judged.detail = fmt::format(
        "It arrived by {} and was answered by {}, and the answer did not get back to the visitor: it takes another way than he came.",
        a.interface, a.answered_on);
  }
}

}  // namespace

HostJudge::HostJudge(Evidence state, Time now)
    : state_(with_running_capture(std::move(state))), case_(case_of(state_)), began_(now), rules_read_(now) {}

void HostJudge::update(std::vector<Listener> listeners) { state_.listeners = listeners::Evidence{std::move(listeners)}; }

void HostJudge::update(filter::Evidence rules, Time now) {
  if (state_.filter && !same_way(*state_.filter, rules)) {
    state_.filter->ruleset.clear();   // long, and what follows from it is in the walks
    if (before_.size() == most_moments) before_.erase(before_.begin());
    before_.push_back({std::move(*state_.filter), rules_since_});
    rules_since_ = now;
  }
  state_.filter = std::move(rules);
  rules_read_ = now;
}

std::optional<Time> HostJudge::rules_read() const {
  return state_.filter && state_.filter->readable ? std::optional(rules_read_) : std::nullopt;
}

void HostJudge::lost_packets(std::uint64_t dropped) {
  state_.inbound->capture.dropped = static_cast<unsigned>(std::min<std::uint64_t>(dropped, 0xffffffffU));
}

const filter::Evidence* HostJudge::rules_before(const Attempt& a) const {
  if (before_.empty() || a.at + read_within >= rules_since_) return nullptr;
  for (auto one = before_.rbegin(); one != before_.rend(); ++one)
    if (a.at + read_within >= one->since) return &one->rules;
  return &before_.front().rules;
}

Judged HostJudge::judge(const Service& service, const Attempt& a) const {
  // What the packets prove by themselves needs no look at the host; what is too young tells nothing yet.
  if (a.answer == Answer::syn_ack || a.answer == Answer::datagram || !a.settled) {
    auto judged = judge_packets(a);
    if (judged.cause == "inbound.reply-lost") say_where_it_was_lost(judged, a);
    return judged;
  }
  const auto* before = rules_before(a);
  if (before == nullptr || stops(walk_of(state_.filter, a))) return judge_by_rules(case_, service, a);
  auto then = state_;
  then.filter = *before;
  auto judged = judge_by_rules(case_of(then), service, a);
  if (judged.cause != "inbound.host-firewall" || !stops(walk_of(then.filter, a))) return judged;
  return {
      .detail =
          judged.detail +
          " That was so when it came. The rules have been changed since, and nobody has come after that: let the visitor try once more."};
}

Judged HostJudge::judge_by_rules(const diagnosis::Case& c, const Service& service, const Attempt& a) const {
  const auto found = diagnosis::judge_knock(c, service, to_knock(service, a), 0);
  Judged judged{found.verdict.reachable, found.verdict.stopped_at, found.verdict.cause, found.verdict.confidence, found.detail, found.title,
                found.remedies};
  const auto* walk = walk_of(c.evidence.filter, a);
  const bool leans_on_rules = walk != nullptr && (judged.cause == "inbound.host-firewall" || judged.reachable == Reachable::yes);
  // What iptables-legacy says only root can ask, and he is gone.
  const bool old = a.at > rules_read_ + read_within || (walk != nullptr && walk->kept_by == "iptables-legacy" && a.at > began_);
  if (!leans_on_rules || !old) return judged;
  judged.confidence = diagnosis::weaker(judged.confidence, Confidence::likely);
  judged.detail += rules_read_ == began_ || walk->kept_by == "iptables-legacy"
                       ? " That is by the rules as they stood when the watch began; they could not be read again."
                       : " That is by the rules as they stood when they could last be read.";
  return judged;
}

std::string HostJudge::program(const Attempt& a) const {
  const Service here{a.protocol, a.to.port, a.to.port};
  return diagnosis::sockets_for(case_, here, a.family(), {a.to.address}).program;
}

std::vector<Remedy> HostJudge::remedies(const Service& service, Family family, const Judged& judged) const {
  if (!judged.cause || judged.reachable != Reachable::no) return {};
  if (!judged.remedies.empty()) return judged.remedies;
  const auto found = diagnosis::finding(*judged.cause, judged.confidence, judged.detail, {.service = service, .family = family}, {});
  return diagnosis::remedies_for(found, diagnosis::describe_system(case_));
}

bool HostJudge::has(Family family) const {
  if (!state_.host) return true;
  return std::ranges::any_of(case_.facts.own, [&](const auto& own) {
    const auto& address = own.value.address;
    if (address.family() != family || address.is_loopback() || address.is_link_local()) return false;
    return family == Family::ipv4 || is_global(address);
  });
}

}  // namespace ringback::arrivals
