#include "diagnosis/knock.hpp"

#include <algorithm>

#include "diagnosis/answer_lost.hpp"
#include "diagnosis/upstream.hpp"

namespace ringback::diagnosis {
namespace {

using inbound::DepartureKind;
using inbound::Result;

Left strongest(const std::vector<inbound::Departure>& departures) {
  Left left = Left::nothing;
  for (const auto& departure : departures) {
    switch (departure.kind) {
      case DepartureKind::syn_ack: return Left::syn_ack;
      case DepartureKind::datagram: return Left::datagram;
      case DepartureKind::echo_reply: return Left::echo_reply;
      case DepartureKind::reset: left = Left::reset; break;
      case DepartureKind::unreachable: left = Left::unreachable; break;
    }
  }
  return left;
}

Got got(const std::optional<Result>& result) {
  if (!result) return Got::unknown;
  switch (*result) {
    case Result::connected:
    case Result::replied: return Got::answer;
    case Result::refused:
    case Result::reset:
    case Result::unreachable: return Got::refusal;
    case Result::timeout:
    case Result::failed: return Got::nothing;
  }
  return Got::unknown;
}

/// A knock that nobody announced may be any stranger's, who happened to come at that moment; unless it came from the very server.
bool is_from_server(const Case& c, const inbound::Knock& knock) {
  return std::ranges::any_of(c.evidence.inbound->vantages, [&](const inbound::Vantage& vantage) {
    return vantage.url == knock.vantage && vantage.server &&
           std::ranges::all_of(knock.arrivals, [&](const inbound::Arrival& arrival) { return arrival.from.address == vantage.server->address; });
  });
}

/// Accepted, and reset by this host itself: what lets visitors in has done so, and the program wants none of this one (TCP wrappers, a list).
bool hung_up(const Context& x) {
  return x.knock.result == Result::reset &&
         std::ranges::any_of(x.knock.departures, [](const auto& departure) { return departure.kind == DepartureKind::reset; });
}

Judgement tcp_arrived(const Context& x) {
  switch (x.sight.left) {
    case Left::reset:
    case Left::unreachable: return refused_here(x);
    case Left::syn_ack:
      if (x.sight.got == Got::answer) return yes(x, Confidence::certain, "The knock arrived, was answered, and the vantage point is connected.");
      if (x.sight.got == Got::nothing && lost_by_chance(x))
        return unknown(x, nullptr, "The knock arrived and was answered, and the vantage point got nothing; so few answers can be lost by chance.");
      if (x.sight.got == Got::nothing) return answer_lost(x);
      if (hung_up(x))
        return yes(x, Confidence::certain, "The knock arrived and was accepted, and then the program hung up on the visitor: it may let in some alone.");
      if (x.sight.got == Got::refusal)
        return unknown(x, nullptr, "This host accepted the knock, and yet the vantage point was refused: something on the way meddles.");
      return unknown(x, nullptr, "This host accepted the knock; whether the answer got back, the vantage point never said.");
    default: break;
  }
  if (x.sight.got == Got::answer) return yes(x, Confidence::certain, "The knock arrived, and the vantage point is connected.");
  if (x.sight.got == Got::refusal) return refused_here(x);
  return silent_here(x);
}

Judgement udp_arrived(const Context& x) {
  if (auto reverse_path = no_way_back(x); reverse_path && x.sight.got != Got::answer) return *reverse_path;
  if (drops(x) || rejects(x)) return host_firewall(x, Confidence::certain, "it goes no further.");
  if (x.sight.got == Got::answer) return yes(x, Confidence::certain, "The datagram arrived and was answered.");
  if (x.sight.left == Left::unreachable) return refused_here(x);
  if (x.sockets.state == Listening::nowhere) return no_listener(x, Confidence::certain);
  if (x.sockets.state == Listening::elsewhere) return wrong_bind(x, Confidence::certain);
  if (x.sight.left == Left::datagram && x.sight.got == Got::nothing && !lost_by_chance(x)) return answer_lost(x);
  if (x.sight.left == Left::datagram) return yes(x, Confidence::certain, "The datagram arrived and this host answered it.");
  if (x.sockets.state == Listening::handed_on)
    return unknown(x, nullptr, fmt::format("The datagram arrived, and a rule passes it on to {}; whether a program takes it there is not to be seen.", x.sockets.where));
  if (x.sockets.state == Listening::unknown) return unknown(x, nullptr, "The datagram arrived; whether a program takes it is unknown.");
  if (accepts(x)) return yes(x, Confidence::certain, "The datagram arrived, the packet filter accepts it, and a program takes it.");
  if (x.filter.walk || !x.c.evidence.filter || !x.c.evidence.filter->readable)
    return yes(x, Confidence::likely, "The datagram arrived and a program takes it; the packet filter's rules could not be read.");
  return yes(x, Confidence::likely, "The datagram arrived and a program takes it.");
}

/// For a virtual machine or a container on this host's bridge, or for whoever shares its cable: the router sends it there.
std::optional<Judgement> arrived_for_another(const Context& x) {
  if (!x.c.facts.host_known) return std::nullopt;
  const auto& to = x.knock.arrivals.front().to.address;
  if (x.c.facts.find_own(to)) return std::nullopt;
  if (x.sight.got == Got::answer)
    return no(x, StoppedAt::router, "inbound.answered-elsewhere", Confidence::likely,
              fmt::format("The knock passed this host's network card on its way to {}, which is not an address of this host, and was answered there.", to.to_string()));
  return no(x, StoppedAt::router, "router.forward-elsewhere", Confidence::likely,
            fmt::format("The knock passed this host's network card on its way to {}, which is not an address of this host.", to.to_string()));
}

/// A knock on another port that was answered without reaching this host either: then it is a box that answers for every port.
std::optional<std::size_t> answered_on_another_port(const Context& x) {
  const auto& knocks = x.c.evidence.inbound->knocks;
  for (std::size_t i = 0; i < knocks.size(); ++i) {
    const auto& other = knocks[i];
    const bool alike = other.family == x.knock.family && other.protocol == x.knock.protocol && other.port != x.knock.port;
    if (alike && other.arrivals.empty() && other.source && got(other.result) == Got::answer && proves(x.c.facts, other)) return i;
  }
  return std::nullopt;
}

/// Nothing at the card, and yet an answer: somebody else's. Whose is told by the router's own list alone; the address is the router's, and so
/// may anybody write it who stands before it.
Judgement answered_elsewhere(const Context& x) {
  const bool v4 = x.knock.family == Family::ipv4;
  const bool nat = v4 && x.c.ipv4.connection.kind == Ipv4Kind::nat;
  Pointers more{pointer("inbound", "capture")};
  if (const auto forward = forward_of(x.c, x.asked); nat && forward.kind == Forward::Kind::elsewhere) {
    cite(more, forward.at);
    return no(x, StoppedAt::router, "router.forward-elsewhere", Confidence::certain,
              fmt::format("The home router forwards port {} to {}, which is not this host, and the vantage point got an answer from there.", x.knock.port,
                          forward.mapping->internal_client.to_string()),
              more);
  }
  auto detail = fmt::format("The vantage point got an answer from port {}, but no knock reached this host's network card: another machine answered.",
                            x.knock.port);
  if (const auto other = answered_on_another_port(x)) {
    cite(more, pointer("inbound", "knocks", *other));
    detail += fmt::format(" Port {} is answered in the same way: a box on the way completes every connection, for this home or for many.",
                          x.c.evidence.inbound->knocks[*other].port);
  } else if (nat) {
    detail += " Usually that is the home router itself, or a machine at home that it forwards the port to.";
  }
  return no(x, v4 && shared_by_carrier(x.c.ipv4.connection.kind) ? StoppedAt::provider : StoppedAt::upstream, "inbound.answered-elsewhere",
            Confidence::certain, detail, more);
}

/// Why the card did not tell.
std::pair<const char*, const char*> blindness(const Case& c) {
  if (!c.evidence.inbound->capture.running) return {"measure.no-privilege", "without packet capture"};
  return {"measure.lossy", "with a capture that lost packets or was too short"};
}

/// By which card visitors come was not seen: a program that is bound to an address of one alone does not count.
bool listens_at_every_card(const Context& x) {
  const auto takes = [&](const OwnAddress& own) {
    const auto& address = own.value.address;
    const bool visited = address.family() == x.knock.family && !own.tunnel && !address.is_loopback() && !address.is_link_local();
    return !visited || sockets_for(x.c, x.service, x.knock.family, {address}).state == Listening::yes;
  };
  return x.c.facts.host_known && x.sockets.state == Listening::yes && std::ranges::all_of(x.c.facts.own, takes);
}

/// Without a capture: the vantage point's word, and what is known of this host itself.
Judgement without_capture(const Context& x) {
  if (auto never = impossible(x.c, x.service, x.knock.family)) {
    cite(never->evidence, pointer("inbound", "knocks", x.index));
    if (x.sight.got != Got::answer) return *never;
    return no(x, never->verdict.stopped_at, "inbound.answered-elsewhere", Confidence::likely,
              "The vantage point got an answer, but nothing can come in on this line: another machine answered. " + never->detail, never->evidence);
  }
  if (x.sight.got == Got::answer) {
    if (const auto forward = forward_of(x.c, x.asked); x.knock.family == Family::ipv4 && forward.kind == Forward::Kind::elsewhere)
      return no(x, StoppedAt::router, "router.forward-elsewhere", Confidence::possible,
                fmt::format("The vantage point got an answer, and the home router lists a forward of port {} to {}, which is not this host: unless the list "
                            "is of another day, that machine answered.",
                            x.knock.port, forward.mapping->internal_client.to_string()),
                {forward.at});
    if (x.sockets.state == Listening::nowhere)
      return no(x, StoppedAt::upstream, "inbound.answered-elsewhere", rules_unread(x) ? Confidence::possible : Confidence::likely,
                fmt::format("The vantage point got an answer, but nothing on this host listens on this port: another machine answered{}.",
                            rules_unread(x) ? ", unless rules of this host that were not read pass visitors on to another port" : ""),
                x.sockets.evidence);
    return yes(x, Confidence::likely, "The vantage point got an answer; whether it came from this host was not watched.");
  }
  if (x.sockets.state == Listening::nowhere) return no_listener(x, Confidence::certain);
  if (x.sockets.state == Listening::elsewhere) return wrong_bind(x, x.sockets.doubtful ? Confidence::likely : Confidence::certain);
  if (drops(x) || rejects(x))
    return no(x, StoppedAt::host_firewall, "inbound.host-firewall", Confidence::likely,
              fmt::format("The packet filter of this host {}s strangers' packets to this port: {}.{}{}", to_string(x.filter.action),
                          rule_in_words(*x.filter.walk), mark_in_words(*x.filter.walk), passed_on_in_words(*x.filter.walk)),
              x.filter.evidence);
  const bool host_is_fine = listens_at_every_card(x) && accepts(x) && !has_unseen_filter(x.c.evidence);
  const bool failed = x.sight.got == Got::refusal || (x.sight.got == Got::nothing && x.knock.protocol != Protocol::udp);
  // A refusal that is not this host's came from before it. Silence may also be an answer that got lost.
  if (x.sight.got == Got::refusal && host_is_fine) {
    auto result = stopped_upstream(x.c, x.service, x.knock.family, &x.knock);
    result.verdict.confidence = weaker(result.verdict.confidence, Confidence::likely);
    cite(result.evidence, pointer("inbound", "knocks", x.index));
    return result;
  }
  const auto [cause, blind] = blindness(x.c);
  if (failed)
    return no(x, StoppedAt::unknown, cause, Confidence::likely,
              fmt::format("The knock failed; {} it is not to be seen whether it reached this host.{}", blind,
                          has_home_router(x.c) ? " The usual reason is that the home router does not let it through." : ""));
  return unknown(x, cause, fmt::format("It is not to be seen whether the knock reached this host: {} that cannot be told.", blind));
}

}  // namespace

Sight read_knock(const Case& c, const inbound::Knock& knock) {
  Sight sight{.got = got(knock.result)};
  const auto& capture = c.evidence.inbound->capture;
  if (!knock.source && knock.result == Result::failed && !is_from_server(c, knock) && !knock.arrivals.empty()) return sight;
  if (!knock.arrivals.empty()) {
    sight.card = AtCard::arrived;
    sight.left = strongest(knock.departures);
    if (sight.left == Left::nothing && (capture.dropped > 0 || !capture.running)) sight.left = Left::unknown;
    return sight;
  }
  const auto& facing = c.facts.of(knock.family).facing;
  const bool right_card = capture.interface.empty() || capture.interface == "any" || facing.empty() || capture.interface == facing;
  // It said that it would, and that it has; a port checker does not say beforehand, and any stranger on that port would have been kept.
  const bool sent = knock.result && (knock.source || knock.result == Result::failed || knock.result == Result::connected);
  if (capture.running && capture.dropped == 0 && right_card && sent) sight.card = AtCard::nothing;
  return sight;
}

Judgement judge_knock(const Case& c, const Service& service, const inbound::Knock& knock, std::size_t index) {
  std::vector<Address> targets;
  for (const auto& arrival : knock.arrivals) targets.push_back(arrival.to.address);
  if (targets.empty() && c.facts.find_own(knock.target)) targets.push_back(knock.target);
  auto inside = service;
  if (!knock.arrivals.empty() && knock.arrivals.front().to.port != 0) inside.inside = knock.arrivals.front().to.port;
  const Context x{c, service, inside, knock, index, read_knock(c, knock), sockets_for(c, inside, knock.family, targets),
                  filter_for(c, knock, inside.inside)};
  Judgement result;
  switch (x.sight.card) {
    case AtCard::arrived:
      if (auto another = arrived_for_another(x)) {
        result = *another;
        break;
      }
      result = knock.protocol == Protocol::udp ? udp_arrived(x) : tcp_arrived(x); break;
    case AtCard::nothing:
      if (x.sight.got == Got::answer) {
        result = answered_elsewhere(x);
      } else {
        result = stopped_upstream(c, service, knock.family, &knock);
        cite(result.evidence, pointer("inbound", "knocks", index));
        cite(result.evidence, pointer("inbound", "capture"));
      }
      break;
    case AtCard::unknown: result = without_capture(x); break;
  }
  result.verdict.service = service;
  // Without its addresses, what came by this host's card may have been on its way to another machine.
  if (result.verdict.reachable == Reachable::yes && !c.facts.host_known) result.verdict.confidence = weaker(result.verdict.confidence, Confidence::likely);
  // Somebody translated the port to one that was not asked for: that the service is meant is the likeliest reading.
  if (result.verdict.reachable == Reachable::yes && inside.inside != service.inside)
    result.verdict.confidence = weaker(result.verdict.confidence, Confidence::likely);
  return result;
}

}  // namespace ringback::diagnosis
