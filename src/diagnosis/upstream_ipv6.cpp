#include "diagnosis/other_knocks.hpp"
#include "diagnosis/upstream_families.hpp"
#include "diagnosis/wan.hpp"

namespace ringback::diagnosis {
namespace {

Judgement no_opening(const Service& service, const std::string& why, const Pointers& evidence) {
  return kept_away(service, Family::ipv6, StoppedAt::router, "inbound.no-ipv6-opening", why, evidence);
}

Judgement kept_by_provider(const Service& service, const std::string& why, const Pointers& evidence) {
  return kept_away(service, Family::ipv6, StoppedAt::provider, "inbound.provider-block", why, evidence);
}

/// Why no home router can be it.
const char* no_router_for(const Case& c) {
  return c.ipv4.connection.kind == Ipv4Kind::public_address ? "This host has the public IPv4 address itself, so no home router stands in "
                                                              "front of it: a modem or the provider keeps the knock away."
                                                            : "This host is connected straight to the provider, with no home router in "
                                                              "front of it: a modem or the provider keeps the knock away.";
}

Pointers firewall_says_on(const Case& c) {
  Pointers result;
  for (const auto& home : home_igds(c.evidence))
    if (home.igd->ipv6_firewall && home.igd->ipv6_firewall->enabled) cite(result, home.at() + "/ipv6_firewall/enabled");
  return result;
}

/// What gets through shows that neither the home router keeps everything away nor the provider: each may keep this port.
Judgement another_arrives(const Case& c, const Service& service, bool refused, const OtherKnocks& others) {
  const auto over_ipv4 = same_port(c, service, Family::ipv4);
  if (over_ipv4.became == SamePort::Became::arrived)
    return no_opening(service,
                      "The same port arrives over IPv4, and another one over IPv6, so the provider lets both in: the home router has no "
                      "opening for this one.",
                      together(others.evidence, over_ipv4.evidence));
  std::string why =
      refused ? "Another port arrives, and this one was refused on the way: by the home router, which has no opening for it, or by the "
                "provider."
              : "Another port arrives: the router has no opening for this one, or the provider blocks it.";
  const auto blocked = kept_away_over_both(c, service, refused);
  if (!blocked.empty()) why += " Over IPv4 it is most likely the provider that blocks this port, so it may well be here.";
  return not_arriving(service, Family::ipv6, why, together(others.evidence, blocked));
}

constexpr auto once_opened = " Whether the provider lets it in, a knock once the router lets it through would tell.";

/// With a home router in between, by which nothing but echo requests gets in. nullopt: nothing shows who it is.
std::optional<Judgement> by_its_router(const Case& c, const Service& service, const inbound::Knock* knock, const OtherKnocks& others) {
  const auto says_on = firewall_says_on(c);
  if (const auto vain = listed_in_vain(c); !vain.empty())
    return not_arriving(service, Family::ipv6,
                        fmt::format("The home router {} forwards to this host over IPv4, and nothing arrives by those either: perhaps the "
                                    "provider lets nobody in.",
                                    says_on.empty() ? "lists" : "says that its IPv6 firewall is on; but it also lists"),
                        together(says_on, vain));
  if (was_reset(knock) && !others.silence.empty())
    return not_arriving(service, Family::ipv6,
                        "It was refused on the way, while a port that nobody opened is met with silence: somebody treats this "
                        "port differently, the provider or a rule of the home router.",
                        others.silence);
  if (!says_on.empty())
    return no_opening(service, std::string("The home router says that its IPv6 firewall is on.") + once_opened, together(says_on, others.evidence));
  if (knock && was_refused(*knock))
    return no_opening(service, std::string("The vantage point was refused on the way, as a home router's firewall does it (RFC 6092).") + once_opened,
                      others.evidence);
  if (others.echo)
    return no_opening(service,
                      std::string("Echo requests arrive, so the way is open and only this port is not: the home router's firewall (RFC 6092) or, less "
                                  "likely, a block at the provider.") + once_opened,
                      others.evidence);
  return std::nullopt;
}

}  // namespace

Judgement ipv6_router(const Case& c, const Service& service, const inbound::Knock* knock) {
  const auto others = other_knocks(c, service, Family::ipv6, knock);
  const bool refused = knock && was_refused(*knock);
  const bool has_router = has_home_router(c);
  if (others.unopened && !refused)
    return kept_by_provider(service,
                            std::string("Even a port that nobody opened arrives, so ") +
                                (has_router ? "the home router lets everything through." : "nothing at home is in the way."),
                            others.evidence);
  if (others.service && !has_router)
    return kept_by_provider(service, "Another port arrives, and no home router stands in between.",
                            together(others.evidence, c.ipv4.evidence));
  // A hoster's or a mobile network's own firewall refuses, or lets echo requests through, just as a home router's does.
  if (!has_router && firewall_says_on(c).empty())
    return not_arriving(service, Family::ipv6, no_router_for(c), together(others.evidence, c.ipv6.evidence));
  if (others.beside)
    return no_opening(service,
                      fmt::format("The same port gets in at {}, another address of this host: the home router's opening is for that one "
                                  "alone.",
                                  others.beside->to_string()),
                      others.evidence);
  if (others.service) return another_arrives(c, service, refused, others);
  if (const auto other = not_knocked_on(c, service, Family::ipv6))
    return not_arriving(service, Family::ipv6,
                        fmt::format("Nobody knocked on {} over IPv6: whether that arrives would tell the home router from the provider.", other->to_string()),
                        together(firewall_says_on(c), c.ipv6.evidence));
  if (auto router = by_its_router(c, service, knock, others)) return *router;
  return not_arriving(service, Family::ipv6,
                      "The home router's IPv6 firewall is the usual place, but nothing that was seen rules the provider out.",
                      c.ipv6.evidence);
}

}  // namespace ringback::diagnosis
