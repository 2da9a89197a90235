/// An attempt is what a vantage point's knock is, but that nobody tells what the visitor got: the packets do. The table of `run` judges it.
#include <fmt/format.h>

#include <algorithm>

#include "arrivals/judge.hpp"
#include "diagnosis/codes.hpp"
#include "diagnosis/knock.hpp"
#include "diagnosis/remedies.hpp"

namespace ringback::arrivals {
namespace {

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

}  // namespace

HostJudge::HostJudge(Evidence state) : state_(with_running_capture(std::move(state))), case_(case_of(state_)) {}

void HostJudge::update(std::vector<Listener> listeners) { state_.listeners = listeners::Evidence{std::move(listeners)}; }

void HostJudge::lost_packets(std::uint64_t dropped) {
  state_.inbound->capture.dropped = static_cast<unsigned>(std::min<std::uint64_t>(dropped, 0xffffffffU));
}

Judged HostJudge::judge(const Service& service, const Attempt& a) const {
  // What the packets prove by themselves needs no look at the host; what is too young tells nothing yet.
  const bool proven = a.answer == Answer::syn_ack || a.answer == Answer::datagram;
  if (proven || !a.settled) return judge_packets(a);
  const auto found = diagnosis::judge_knock(case_, service, to_knock(service, a), 0);
  return {found.verdict.reachable, found.verdict.stopped_at, found.verdict.cause, found.verdict.confidence, found.detail};
}

std::string HostJudge::program(const Attempt& a) const {
  const Service here{a.protocol, a.to.port, a.to.port};
  return diagnosis::sockets_for(case_, here, a.family(), {a.to.address}).program;
}

std::vector<Remedy> HostJudge::remedies(const Service& service, Family family, const Judged& judged) const {
  if (!judged.cause || judged.reachable != Reachable::no) return {};
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
