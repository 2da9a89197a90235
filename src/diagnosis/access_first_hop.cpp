/// Who stands at the first hop: a home router, or something else, which sentences then have to name otherwise.
#include <algorithm>

#include "diagnosis/access_reading.hpp"
#include "diagnosis/wan.hpp"

namespace ringback::diagnosis {
namespace {

/// Carries IP without hardware addresses: a mobile modem's raw IP interface, or PPP over a line or a modem. Not the inner side of a tunnel.
bool is_line_of_this_host(const Interface& interface) {
  if (interface.mac || interface.loopback) return false;
  if (interface.kind == "ppp") return true;
  return !interface.tunnel && (interface.kind.empty() || interface.kind == "wwan" || interface.kind == "rmnet");
}

/// NAT-PMP and UPnP are spoken by home routers. PCP is not asked for here: a carrier's translator may speak it (RFC 6888 REQ-9).
bool speaks_as_a_home_router(const Evidence& evidence) {
  if (!home_igds(evidence).empty()) return true;
  return evidence.router && std::ranges::any_of(evidence.router->gateways, [](const router::Gateway& gateway) {
    return gateway.distance == 1 && gateway.nat_pmp.reply == router::Reply::answered && gateway.nat_pmp.version.value_or(0) == 0;
  });
}

}  // namespace

bool line_ends_here(const Evidence& evidence, const Facts& facts) {
  if (!evidence.host) return false;
  const auto& interfaces = evidence.host->interfaces;
  for (const auto* facing : {&facts.ipv4.facing, &facts.ipv6.facing}) {
    const auto found = std::ranges::find(interfaces, *facing, &Interface::name);
    if (found == interfaces.end()) continue;
    if (is_line_of_this_host(*found)) return true;
    if (!found->tunnel) return false;   // of a tunnel, or the inner side of a translator, the other family's interface tells
  }
  return false;
}

FirstHop first_hop(const Evidence& evidence, const Facts& facts, OwnClue own) {
  if (speaks_as_a_home_router(evidence)) return FirstHop::home_router;
  if (own == OwnClue::shared || line_ends_here(evidence, facts)) return FirstHop::provider;
  if (facts.ipv4.gateway && is_private(*facts.ipv4.gateway)) return FirstHop::home_router;   // or one that passes its public address on
  return own == OwnClue::global_mapped ? FirstHop::provider : FirstHop::gateway;
}

std::string owner_in_words(const Address& mapped, Ttl reached_at, FirstHop first) {
  const bool there = reached_at <= 1;
  const auto where = there ? std::string("the first hop") : fmt::format("hop {0} (router number {0} on the way)", reached_at);
  const auto answers = fmt::format("Probed from inside, {} answers at {}", mapped.to_string(), where);
  switch (first) {
    case FirstHop::home_router:
      return answers + (there ? ": the home router owns it." : ", beyond the home router: it is not the home router's.");
    case FirstHop::gateway:
      return answers + (there ? ": this host's gateway owns it." : ", beyond this host's gateway: it is not the gateway's.");
    case FirstHop::provider: break;
  }
  return answers + ": no home router stands in front of this host, as far as its own address and line tell, so it is the provider's.";
}

std::string in_place_of_home_router(std::string sentence, FirstHop first) {
  if (first == FirstHop::home_router) return sentence;
  const std::string present = first == FirstHop::gateway ? "his host's gateway" : "he provider's first hop";
  for (const auto* letter : {"T", "t"}) {
    const auto written = std::string(letter) + "he home router", instead = letter + present;
    for (auto at = sentence.find(written); at != std::string::npos; at = sentence.find(written, at + instead.size()))
      sentence.replace(at, written.size(), instead);
  }
  return sentence;
}

}  // namespace ringback::diagnosis
