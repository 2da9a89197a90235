#include "diagnosis/upstream.hpp"

#include <algorithm>

#include "diagnosis/other_knocks.hpp"
#include "diagnosis/upstream_families.hpp"
#include "diagnosis/wan.hpp"

namespace ringback::diagnosis {
namespace {

std::string sentence(const std::vector<std::string>& because) { return because.empty() ? std::string() : because.back(); }

}  // namespace

Judgement stopped_before(const Service& service, Family family, StoppedAt at, std::string cause, Confidence confidence, std::string detail,
                         Pointers evidence) {
  Judgement result;
  result.verdict = {service, family, Reachable::no, at, std::move(cause), confidence};
  result.detail = std::move(detail);
  result.evidence = std::move(evidence);
  result.upstream = true;
  return result;
}

Judgement kept_away(const Service& service, Family family, StoppedAt at, const char* cause, const std::string& why, Pointers evidence) {
  auto detail = fmt::format("A knock on port {}/{} did not reach this host's network card. {}", service.knock_port(family),
                            to_string(service.protocol), why);
  return stopped_before(service, family, at, cause, Confidence::likely, std::move(detail), std::move(evidence));
}

Judgement not_arriving(const Service& service, Family family, const std::string& why, Pointers evidence) {
  return kept_away(service, family, StoppedAt::upstream, "inbound.not-arriving", why, std::move(evidence));
}

bool was_reset(const inbound::Knock* knock) {
  return knock && (knock->result == inbound::Result::refused || knock->result == inbound::Result::reset);
}

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

/// What would show that this host itself is deaf over IPv6 (local_fault.cpp) was not seen: its packet filter, where nothing answers; its neighbours, where
/// it forwards and so takes no advertisements.
bool may_be_deaf(const Case& c) {
  if (c.ipv6.connection.kind == Ipv6Kind::broken) return !c.evidence.filter || c.evidence.filter->walks.empty();
  if (!c.evidence.host || !c.evidence.host->neighbours.empty()) return false;
  return std::ranges::any_of(c.evidence.host->ipv6_settings, [&](const host::Ipv6Settings& settings) {
    return settings.interface == c.facts.ipv6.facing && settings.accept_ra == 1 && settings.forwarding.value_or(0) != 0;
  });
}

/// A family that this host itself has no way to may be all right on the line.
StoppedAt absent_at(const Case& c, Family family) {
  if (family == Family::ipv4) return c.ipv4.local_fault ? StoppedAt::unknown : StoppedAt::upstream;
  return c.ipv6.local_fault || may_be_deaf(c) ? StoppedAt::unknown : StoppedAt::upstream;
}

}  // namespace

std::optional<Judgement> impossible(const Case& c, const Service& service, Family family) {
  if (c.internet.offline || c.internet.portal) {
    // Nobody outside could be asked: what would become of a knock is unknown.
    auto result = stopped_before(service, family, StoppedAt::unknown, c.internet.portal ? "internet.captive-portal" : "internet.offline",
                                 c.internet.confidence, c.internet.detail, c.internet.evidence);
    result.verdict.reachable = Reachable::unknown;
    return result;
  }
  if (family == Family::ipv4) {
    if (c.ipv4.confidence < Confidence::likely || c.ipv4.let_in) return std::nullopt;
    const auto because = sentence(c.ipv4.because);
    const auto provider = [&](const char* code) {
      return stopped_before(service, family, StoppedAt::provider, code, c.ipv4.confidence, because, c.ipv4.evidence);
    };
    switch (c.ipv4.connection.kind) {
      case Ipv4Kind::cgnat: return provider("ipv4.cgnat");
      case Ipv4Kind::ds_lite: return provider("ipv4.ds-lite");
      case Ipv4Kind::nat64: return provider("ipv4.nat64");
      case Ipv4Kind::none:
        return stopped_before(service, family, absent_at(c, Family::ipv4), "ipv4.none", c.ipv4.confidence, because, c.ipv4.evidence);
      default: return std::nullopt;
    }
  }
  if (c.ipv6.confidence < Confidence::likely) return std::nullopt;
  const auto lacking = [&](const char* code) {
    return stopped_before(service, family, absent_at(c, Family::ipv6), code, c.ipv6.confidence, sentence(c.ipv6.because),
                          c.ipv6.evidence);
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
  // A port that gets through two routers shows that two are no hindrance.
  if (c.ipv4.connection.kind == Ipv4Kind::double_nat && !other_knocks(c, service, family, knock).service)
    return stopped_before(service, family, StoppedAt::router, "ipv4.double-nat", c.ipv4.confidence, sentence(c.ipv4.because),
                          c.ipv4.evidence);
  return ipv4_router(c, service, knock);
}

}  // namespace ringback::diagnosis
