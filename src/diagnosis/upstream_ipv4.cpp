#include "diagnosis/other_knocks.hpp"
#include "diagnosis/shell_command.hpp"
#include "diagnosis/upstream_families.hpp"

namespace ringback::diagnosis {
namespace {

constexpr auto once_forwarded = " Whether the provider lets it in, a knock once the port is forwarded would tell.";

Judgement no_forward(const Case& c, const Service& service, Confidence confidence, const std::string& why, const Pointers& more) {
  auto result = kept_away(service, Family::ipv4, StoppedAt::router, "inbound.no-port-forward",
                          "The home router has the public address" + why, together(more, c.ipv4.evidence));
  result.verdict.confidence = weaker(confidence, c.ipv4.confidence);
  return result;
}

Judgement by_provider(const Service& service, const std::string& why, const Pointers& evidence) {
  return kept_away(service, Family::ipv4, StoppedAt::provider, "inbound.provider-block", why, evidence);
}

/// The router's own list sends the port to this host, whichever of its ports that is.
bool leads_here(const Forward& forward) { return forward.kind == Forward::Kind::here || forward.kind == Forward::Kind::other_port; }

/// What is in the list need not be added to it.
std::vector<Remedy> look_beside_the_list(const Service& service, const Forward& forward) {
  std::vector<std::string> steps{
      fmt::format("The router's list has the forward to this host already. Look in its menu for a second rule for outside port {}: a "
                  "forward set by hand, an \"exposed host\" (DMZ), a filter, or the router's own remote access. It may come before the "
                  "listed one.", service.outside),
      "Switch the listed forward off and on again, or restart the router: some keep an entry in the list whose rule is gone."};
  if (forward.kind == Forward::Kind::other_port)
    steps.push_back(fmt::format("In the listed entry, change the inside port from {} to {}.", forward.mapping->internal_port,
                                service.inside));
  return {advise("Look for another rule for this port in the home router", std::move(steps)),
          advise("Ask the provider", {"If there is no such rule, ask the provider whether it blocks this port.",
                                      "Try another outside port: if that one arrives, the provider blocks the first."})};
}

/// The provider, or something in the router that its list does not show.
Judgement listed_and_not_arriving(const Case& c, const Service& service, const Forward& forward, const OtherKnocks& others) {
  const auto over_ipv6 = same_port(c, service, Family::ipv6);
  auto evidence = together({forward.at}, others.evidence);
  std::string why = "The router lists the forward to this host";
  if (forward.kind == Forward::Kind::other_port) why += fmt::format(" (to its port {})", forward.mapping->internal_port);
  if (!others.service) {
    why += "; it does not do as it says, or the provider blocks the port.";
  } else if (over_ipv6.became == SamePort::Became::arrived) {
    cite(evidence, over_ipv6.evidence);
    why += ", and another port arrives. This one arrives over IPv6, so the provider hardly blocks it: most likely another rule of the "
           "router comes before the listed one.";
  } else {
    why += ", and another port arrives: another rule of the router comes before the listed one, or the provider blocks this port.";
  }
  auto result = not_arriving(service, Family::ipv4, why, std::move(evidence));
  result.remedies = look_beside_the_list(service, forward);
  return result;
}

/// What gets through shows that the provider does not keep everything away, and that the router forwards something: each may keep this one.
Judgement but_another_arrives(const Case& c, const Service& service, bool refused, const OtherKnocks& others) {
  if (refused)
    return not_arriving(service, Family::ipv4,
                        "Another port arrives, and this one was refused on the way: by the home router, by a machine that it "
                        "forwards the port to, or by the provider.",
                        others.evidence);
  const bool two = c.ipv4.connection.kind == Ipv4Kind::double_nat;
  return not_arriving(service, Family::ipv4,
                      fmt::format("Another port arrives: {} does not forward this one, or the provider blocks it.",
                                  two ? "one of the two routers" : "the router"),
                      others.evidence);
}

/// Of an address whose ports the provider shares out. nullopt: the port is not this home's, and somebody refused.
std::optional<Judgement> of_shared_ports(const Case& c, const Service& service, bool refused) {
  if (c.ipv4.ports && c.ipv4.ports->contains(service.outside))
    return not_arriving(service, Family::ipv4,
                        "The port is one of those that the provider leaves to this home: most likely the home router does not "
                        "forward it.",
                        c.ipv4.evidence);
  if (refused) return std::nullopt;
  auto result = kept_away(service, Family::ipv4, StoppedAt::provider, "ipv4.shared-ports",
                          c.ipv4.because.empty() ? "" : c.ipv4.because.back(), c.ipv4.evidence);
  result.verdict.confidence = c.ipv4.confidence;
  return result;
}

}  // namespace

Judgement ipv4_router(const Case& c, const Service& service, const inbound::Knock* knock) {
  const auto kind = c.ipv4.connection.kind;
  const bool refused = knock && was_refused(*knock);
  const auto forward = forward_of(c, service);
  const auto others = other_knocks(c, service, Family::ipv4, knock);
  Pointers listed;
  if (!forward.at.empty()) cite(listed, forward.at);

  if (forward.kind == Forward::Kind::elsewhere)
    return stopped_before(service, Family::ipv4, StoppedAt::router, "router.forward-elsewhere",
                          knock ? Confidence::certain : Confidence::likely,
                          fmt::format("The home router forwards port {} to {}, which is not this host.", service.outside,
                                      forward.mapping->internal_client.to_string()),
                          listed);
  if (kind == Ipv4Kind::shared_ports)
    if (auto shared = of_shared_ports(c, service, refused)) return *shared;
  if (forward.kind == Forward::Kind::disabled)
    return no_forward(c, service, Confidence::certain, ", and its own list has the forward switched off.", listed);
  if (others.service && (kind == Ipv4Kind::public_address || !has_home_router(c)))
    return by_provider(service, "Another port arrives, and no router stands in between.", together(others.evidence, listed));
  if (const auto proof = kept_away_over_both(c, service, refused); !proof.empty())
    return by_provider(service,
                       "The router lists the forward to this host, as it does that of another port, which arrives. Over IPv6, where "
                       "nothing is forwarded, it is the same: another port arrives, and this one does not.",
                       proof);
  if (leads_here(forward)) return listed_and_not_arriving(c, service, forward, others);
  if (others.service) return but_another_arrives(c, service, refused, others);
  if (was_reset(knock) && !others.silence.empty())
    return not_arriving(service, Family::ipv4,
                        "It was refused there, while a port that nobody opened is met with silence: a machine that the home "
                        "router forwards this port to refuses, or the provider.",
                        others.silence);
  if (const auto other = not_knocked_on(c, service, Family::ipv4))
    return not_arriving(service, Family::ipv4,
                        fmt::format("Nobody knocked on {} over IPv4: whether that arrives would tell the home router from the provider.", other->to_string()),
                        c.ipv4.evidence);
  // The refusal bears the public address, which the provider may write on it as well as the router.
  if (router_owns_address(c) && refused)
    return no_forward(c, service, Confidence::likely, std::string(", and the vantage point was refused there.") + once_forwarded, listed);
  if (const auto vain = listed_in_vain(c); !vain.empty())
    return not_arriving(service, Family::ipv4,
                        "The home router lists forwards to this host, and nothing arrives by those either: perhaps the "
                        "provider lets nobody in.",
                        vain);
  if (router_owns_address(c)) return no_forward(c, service, Confidence::likely, std::string(" and does not pass the knock on.") + once_forwarded, listed);
  if (kind == Ipv4Kind::public_address)
    return not_arriving(service, Family::ipv4,
                        "This host has the public address itself: a box in front of it or the provider drops the knock.", c.ipv4.evidence);
  return not_arriving(service, Family::ipv4, "What kind of IPv4 access this is was not settled.", c.ipv4.evidence);
}

}  // namespace ringback::diagnosis
