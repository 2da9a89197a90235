#include "diagnosis/other_knocks.hpp"

#include <algorithm>

namespace ringback::diagnosis {
namespace {

using inbound::Result;

bool is_on(const inbound::Knock& knock, const Service& service) {
  return knock.protocol == service.protocol && knock.port == service.knock_port(knock.family);
}

bool is_named(const Case& c, const inbound::Knock& knock) {
  return std::ranges::any_of(c.evidence.request.services, [&](const Service& service) { return is_on(knock, service); });
}

bool is_telling(const Case& c, const inbound::Knock& knock, Family family) {
  return knock.family == family && knock.source && proves(c.facts, knock);
}

Service as_it_arrived(const inbound::Knock& knock) {
  const auto inside = !knock.arrivals.empty() ? knock.arrivals.front().to.port : knock.service ? knock.service->inside : knock.port;
  return {knock.protocol, knock.port, inside};
}

/// Without a capture the vantage point's word will do, where a program of this host takes such visitors.
bool got_here(const Case& c, const inbound::Knock& knock) {
  if (!knock.arrivals.empty()) return true;
  const auto sight = read_knock(c, knock);
  return sight.card == AtCard::unknown && sight.got == Got::answer &&
         sockets_for(c, as_it_arrived(knock), knock.family, {}).state == Listening::yes;
}

bool came_to_nothing(const Case& c, const inbound::Knock& knock) {
  const auto sight = read_knock(c, knock);
  return sight.card == AtCard::nothing && sight.got != Got::answer;
}

/// IPv6 addresses of one network differ in nothing that a provider sees (RFC 4291 §2.5.4).
bool is_beside(const inbound::Knock& one, const inbound::Knock& other) {
  return one.family == Family::ipv6 && one.target != other.target && Prefix(one.target, 64).contains(other.target);
}

/// A control knock, on a port where nothing listens: whoever keeps it away does so as with any port that nobody opened.
bool met_with_silence(const Case& c, const inbound::Knock& knock, Protocol protocol) {
  return knock.purpose == inbound::Purpose::exposure && knock.protocol == protocol && knock.result == Result::timeout &&
         !is_named(c, knock) && came_to_nothing(c, knock) &&
         sockets_for(c, as_it_arrived(knock), knock.family, {}).state == Listening::nowhere;
}

void tell(const Case& c, const inbound::Knock& knock, OtherKnocks& into) {
  if (knock.protocol == Protocol::icmp) {
    into.echo = true;
    return;
  }
  into.service = true;
  const auto arrived = as_it_arrived(knock);
  if (knock.family == Family::ipv4 && forward_of(c, arrived).kind == Forward::Kind::here) into.as_listed = true;
  const auto sockets = sockets_for(c, arrived, knock.family, {});
  if (!is_named(c, knock) && sockets.state == Listening::nowhere && !sockets.doubtful) into.unopened = true;
}

}  // namespace

OtherKnocks other_knocks(const Case& c, const Service& service, Family family, const inbound::Knock* knock) {
  OtherKnocks result;
  if (!c.evidence.inbound) return result;
  const auto& knocks = c.evidence.inbound->knocks;
  for (std::size_t i = 0; i < knocks.size(); ++i) {
    const auto& other = knocks[i];
    if (!is_telling(c, other, family)) continue;
    const auto at = pointer("inbound", "knocks", i);
    const bool on_this_port = is_on(other, service);
    if (on_this_port && !(knock && is_beside(*knock, other))) continue;
    if (!got_here(c, other)) {
      if (met_with_silence(c, other, service.protocol)) cite(result.silence, at);
      continue;
    }
    cite(result.evidence, at);
    if (on_this_port) result.beside = other.target;
    else tell(c, other, result);
  }
  return result;
}

std::optional<Service> not_knocked_on(const Case& c, const Service& service, Family family) {
  for (const auto& other : c.evidence.request.services) {
    if (other.protocol != service.protocol || other.knock_port(family) == service.knock_port(family)) continue;
    const auto& knocks = c.evidence.inbound ? c.evidence.inbound->knocks : std::vector<inbound::Knock>{};
    const auto tells = [&](const inbound::Knock& knock) {
      return is_telling(c, knock, family) && is_on(knock, other) && (knock.result || !knock.arrivals.empty());
    };
    if (std::ranges::none_of(knocks, tells)) return other;
  }
  return std::nullopt;
}

SamePort same_port(const Case& c, const Service& service, Family family) {
  using Became = SamePort::Became;
  SamePort result;
  if (!c.evidence.inbound || service.outside != service.inside) return result;
  const auto& knocks = c.evidence.inbound->knocks;
  bool silent = false, refused = false;
  for (std::size_t i = 0; i < knocks.size(); ++i) {
    if (!is_telling(c, knocks[i], family) || !is_on(knocks[i], service)) continue;
    const auto at = pointer("inbound", "knocks", i);
    if (got_here(c, knocks[i])) return {Became::arrived, {at}};
    if (!came_to_nothing(c, knocks[i])) continue;
    (was_refused(knocks[i]) ? refused : silent) = true;
    cite(result.evidence, at);
  }
  if (silent != refused) result.became = silent ? Became::silent : Became::refused;
  return result;
}

Pointers kept_away_over_both(const Case& c, const Service& service, bool refused) {
  const auto forward = forward_of(c, service);
  if (!router_owns_address(c) || forward.kind != Forward::Kind::here) return {};
  const auto manner = refused ? SamePort::Became::refused : SamePort::Became::silent;
  Pointers result{forward.at};
  for (const auto family : {Family::ipv4, Family::ipv6}) {
    const auto others = other_knocks(c, service, family, nullptr);
    const auto itself = same_port(c, service, family);
    if (itself.became != manner || !(family == Family::ipv4 ? others.as_listed : others.service)) return {};
    cite(result, itself.evidence);
    cite(result, others.evidence);
  }
  return result;
}

Pointers listed_in_vain(const Case& c) {
  Pointers result;
  if (!c.evidence.inbound || !router_owns_address(c)) return result;
  const auto& knocks = c.evidence.inbound->knocks;
  for (std::size_t i = 0; i < knocks.size(); ++i) {
    const auto& knock = knocks[i];
    if (!is_telling(c, knock, Family::ipv4) || knock.protocol == Protocol::icmp) continue;
    if (got_here(c, knock) || read_knock(c, knock).got == Got::answer) return {};   // an answer from elsewhere came in by this line, too
    if (!knock.service || !came_to_nothing(c, knock)) continue;
    const auto forward = forward_of(c, *knock.service);
    if (forward.kind != Forward::Kind::here && forward.kind != Forward::Kind::other_port) continue;
    cite(result, forward.at);
    cite(result, pointer("inbound", "knocks", i));
  }
  return result;
}

bool router_owns_address(const Case& c) { return c.ipv4.connection.kind == Ipv4Kind::nat && c.ipv4.confidence >= Confidence::likely; }

bool was_refused(const inbound::Knock& knock) {
  return knock.result == Result::refused || knock.result == Result::reset || knock.result == Result::unreachable;
}

}  // namespace ringback::diagnosis
