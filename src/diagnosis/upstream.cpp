#include "diagnosis/upstream.hpp"

#include "diagnosis/wan.hpp"

namespace ringback::diagnosis {
namespace {

std::string sentence(const std::vector<std::string>& because) { return because.empty() ? std::string() : because.back(); }

struct Others {
  bool service = false;    ///< a knock on another port arrived over this family
  bool unopened = false;   ///< even one on a port where nothing listens and that nobody named
  bool echo = false;       ///< an ICMP echo arrived
  Pointers evidence;
};

bool is_named(const Case& c, const inbound::Knock& knock) {
  for (const auto& service : c.evidence.request.services)
    if (service.protocol == knock.protocol && service.knock_port(knock.family) == knock.port) return true;
  return false;
}

Others others_that_arrived(const Case& c, const Service& service, Family family) {
  Others result;
  if (!c.evidence.inbound) return result;
  for (std::size_t i = 0; i < c.evidence.inbound->knocks.size(); ++i) {
    const auto& knock = c.evidence.inbound->knocks[i];
    if (knock.family != family || knock.arrivals.empty() || !knock.source || !proves(c.facts, knock)) continue;
    if (knock.protocol == Protocol::icmp) {
      result.echo = true;
      cite(result.evidence, pointer("inbound", "knocks", i));
      continue;
    }
    if (knock.protocol == service.protocol && knock.port == service.knock_port(family)) continue;
    result.service = true;
    cite(result.evidence, pointer("inbound", "knocks", i));
    const Service other{knock.protocol, knock.port, knock.arrivals.front().to.port};
    const auto sockets = sockets_for(c, other, family, {});
    if (!is_named(c, knock) && sockets.state == Listening::nowhere && !sockets.doubtful) result.unopened = true;
  }
  return result;
}

Judgement stop(const Service& service, Family family, StoppedAt at, std::string cause, Confidence confidence, std::string detail,
               Pointers evidence) {
  Judgement result;
  result.verdict = {service, family, Reachable::no, at, std::move(cause), confidence};
  result.detail = std::move(detail);
  result.evidence = std::move(evidence);
  result.upstream = true;
  return result;
}

bool was_refused(const inbound::Knock* knock) {
  if (!knock || !knock->result) return false;
  using inbound::Result;
  return *knock->result == Result::refused || *knock->result == Result::reset || *knock->result == Result::unreachable;
}

std::string nothing_arrived(const Service& service, Family family) {
  return fmt::format("A knock on port {}/{} did not reach this host's network card.", service.knock_port(family), to_string(service.protocol));
}

Judgement not_arriving(const Service& service, Family family, const std::string& why, Pointers evidence) {
  return stop(service, family, StoppedAt::upstream, "inbound.not-arriving", Confidence::likely, nothing_arrived(service, family) + " " + why,
              std::move(evidence));
}

Judgement no_forward(const Case& c, const Service& service, Confidence confidence, const std::string& why, const Pointers& more) {
  return stop(service, Family::ipv4, StoppedAt::router, "inbound.no-port-forward", weaker(confidence, c.ipv4.confidence),
              nothing_arrived(service, Family::ipv4) + " The home router has the public address" + why, together(more, c.ipv4.evidence));
}

Judgement ipv4_router(const Case& c, const Service& service, const inbound::Knock* knock) {
  const auto kind = c.ipv4.connection.kind;
  const bool all_its_own = kind == Ipv4Kind::nat && c.ipv4.confidence >= Confidence::likely;   // the address, with all of its ports
  const auto forward = forward_of(c, service);
  const auto others = others_that_arrived(c, service, Family::ipv4);
  Pointers listed;
  if (!forward.at.empty()) cite(listed, forward.at);

  if (forward.kind == Forward::Kind::elsewhere)
    return stop(service, Family::ipv4, StoppedAt::router, "router.forward-elsewhere", knock ? Confidence::certain : Confidence::likely,
                fmt::format("The home router forwards port {} to {}, which is not this host.", service.outside,
                            forward.mapping->internal_client.to_string()),
                listed);
  const bool ours = c.ipv4.ports && c.ipv4.ports->contains(service.outside);   // of the ports that the provider leaves to this home
  if (kind == Ipv4Kind::shared_ports && ours)
    return not_arriving(service, Family::ipv4, "The port is one of those that the provider leaves to this home: most likely the home router does not "
                                               "forward it.", c.ipv4.evidence);
  if (kind == Ipv4Kind::shared_ports && !was_refused(knock))
    return stop(service, Family::ipv4, StoppedAt::provider, "ipv4.shared-ports", c.ipv4.confidence,
                nothing_arrived(service, Family::ipv4) + " " + sentence(c.ipv4.because), c.ipv4.evidence);
  if (forward.kind == Forward::Kind::disabled)
    return no_forward(c, service, Confidence::certain, ", and its own list has the forward switched off.", listed);
  if (others.service && (forward.kind == Forward::Kind::here || kind == Ipv4Kind::public_address))
    return stop(service, Family::ipv4, StoppedAt::provider, "inbound.provider-block", Confidence::likely,
                nothing_arrived(service, Family::ipv4) + (kind == Ipv4Kind::public_address
                                                              ? " Another port arrives, and no router stands in between."
                                                              : " The router lists the forward to this host, and another port arrives."),
                together(others.evidence, listed));
  // The refusal bears the public address, which the provider may write on it as well as the router.
  if (all_its_own && was_refused(knock) && forward.kind != Forward::Kind::here)
    return no_forward(c, service, Confidence::likely, ", and the vantage point was refused there.", listed);
  if (others.service)
    return not_arriving(service, Family::ipv4, "Another port arrives: the router does not forward this one, or the provider blocks it.", others.evidence);
  if (forward.kind == Forward::Kind::here)
    return not_arriving(service, Family::ipv4, "The router lists the forward to this host; it does not do as it says, or the provider blocks the port.",
                        listed);
  if (all_its_own) return no_forward(c, service, Confidence::likely, " and does not pass the knock on.", listed);
  if (kind == Ipv4Kind::public_address)
    return not_arriving(service, Family::ipv4, "This host has the public address itself: a box in front of it or the provider drops the knock.",
                        c.ipv4.evidence);
  return not_arriving(service, Family::ipv4, "What kind of IPv4 access this is was not settled.", c.ipv4.evidence);
}

Judgement ipv6_router(const Case& c, const Service& service, const inbound::Knock* knock) {
  const auto others = others_that_arrived(c, service, Family::ipv6);
  Pointers says_on;
  for (const auto& home : home_igds(c.evidence))
    if (home.igd->ipv6_firewall && home.igd->ipv6_firewall->enabled) cite(says_on, home.at() + "/ipv6_firewall/enabled");

  const auto closed = [&](Confidence confidence, const std::string& why, const Pointers& evidence) {
    return stop(service, Family::ipv6, StoppedAt::router, "inbound.no-ipv6-opening", confidence,
                nothing_arrived(service, Family::ipv6) + " " + why, evidence);
  };
  if (others.unopened && !was_refused(knock))
    return stop(service, Family::ipv6, StoppedAt::provider, "inbound.provider-block", Confidence::likely,
                nothing_arrived(service, Family::ipv6) + " Even a port that nobody opened arrives, so the home router lets everything through.",
                others.evidence);
  const bool no_router = !has_home_router(c);
  if (others.service && no_router)
    return stop(service, Family::ipv6, StoppedAt::provider, "inbound.provider-block", Confidence::likely,
                nothing_arrived(service, Family::ipv6) + " Another port arrives, and no home router stands in between.",
                together(others.evidence, c.ipv4.evidence));
  if (!says_on.empty())
    return closed(Confidence::likely, "The home router says that its IPv6 firewall is on.", together(says_on, others.evidence));
  if (was_refused(knock))
    return closed(Confidence::likely, "The vantage point was refused on the way, as a home router's firewall does it (RFC 6092).", others.evidence);
  if (others.service)
    return not_arriving(service, Family::ipv6, "Another port arrives: the router has no opening for this one, or the provider blocks it.",
                        others.evidence);
  if (others.echo)
    return closed(Confidence::likely,
                  "Echo requests arrive, so the way is open and only this port is not: the home router's firewall (RFC 6092) or, less likely, a "
                  "block at the provider.",
                  others.evidence);
  if (no_router)
    return not_arriving(service, Family::ipv6, "This host has the public IPv4 address itself, so no home router stands in front of it: a modem or the provider "
                                               "drops the knock.", c.ipv6.evidence);
  return not_arriving(service, Family::ipv6, "The home router's IPv6 firewall is the usual place, but nothing that was seen rules the provider out.",
                      c.ipv6.evidence);
}


}  // namespace

Forward forward_of(const Case& c, const Service& service) {
  Forward result;
  for (const auto& home : home_igds(c.evidence)) {
    for (std::size_t i = 0; i < home.igd->mappings.size(); ++i) {
      const auto& mapping = home.igd->mappings[i];
      if (mapping.protocol != service.protocol || mapping.external_port != service.outside) continue;
      result.mapping = &mapping;
      result.at = fmt::format("{}/mappings/{}", home.at(), i);
      if (!c.facts.host_known)
        result.kind = Forward::Kind::unlisted;  // whose address it is cannot be told
      else if (!c.facts.find_own(mapping.internal_client))
        result.kind = mapping.enabled ? Forward::Kind::elsewhere : Forward::Kind::unlisted;
      else if (!mapping.enabled)
        result.kind = Forward::Kind::disabled;
      else
        result.kind = mapping.internal_port == service.inside ? Forward::Kind::here : Forward::Kind::other_port;
      return result;
    }
  }
  return result;
}

namespace {

/// A family that this host itself has no way to may be all right on the line.
StoppedAt absent_at(const std::optional<LocalFault>& fault) { return fault ? StoppedAt::unknown : StoppedAt::upstream; }

}  // namespace

std::optional<Judgement> impossible(const Case& c, const Service& service, Family family) {
  if (c.internet.offline || c.internet.portal) {
    // Nobody outside could be asked: what would become of a knock is unknown.
    auto result = stop(service, family, StoppedAt::unknown, c.internet.portal ? "internet.captive-portal" : "internet.offline",
                       c.internet.confidence, c.internet.detail, c.internet.evidence);
    result.verdict.reachable = Reachable::unknown;
    return result;
  }
  if (family == Family::ipv4) {
    if (c.ipv4.confidence < Confidence::likely || c.ipv4.let_in) return std::nullopt;
    const auto because = sentence(c.ipv4.because);
    const auto provider = [&](const char* code) {
      return stop(service, family, StoppedAt::provider, code, c.ipv4.confidence, because, c.ipv4.evidence);
    };
    switch (c.ipv4.connection.kind) {
      case Ipv4Kind::cgnat: return provider("ipv4.cgnat");
      case Ipv4Kind::ds_lite: return provider("ipv4.ds-lite");
      case Ipv4Kind::nat64: return provider("ipv4.nat64");
      case Ipv4Kind::none: return stop(service, family, absent_at(c.ipv4.local_fault), "ipv4.none", c.ipv4.confidence, because, c.ipv4.evidence);
      default: return std::nullopt;
    }
  }
  if (c.ipv6.confidence < Confidence::likely) return std::nullopt;
  const auto lacking = [&](const char* code) {
    return stop(service, family, absent_at(c.ipv6.local_fault), code, c.ipv6.confidence, sentence(c.ipv6.because), c.ipv6.evidence);
  };
  switch (c.ipv6.connection.kind) {
    case Ipv6Kind::local_only: return lacking("ipv6.local-only");
    case Ipv6Kind::broken: return lacking("ipv6.broken");
    case Ipv6Kind::none: return lacking("ipv6.none");
    default: return std::nullopt;
  }
}

Judgement stopped_upstream(const Case& c, const Service& service, Family family, const inbound::Knock* knock) {
  if (auto never = impossible(c, service, family)) return *never;
  if (family == Family::ipv6) return ipv6_router(c, service, knock);
  if (c.ipv4.connection.kind == Ipv4Kind::double_nat)
    return stop(service, family, StoppedAt::router, "ipv4.double-nat", c.ipv4.confidence, sentence(c.ipv4.because), c.ipv4.evidence);
  return ipv4_router(c, service, knock);
}

}  // namespace ringback::diagnosis
