#include "diagnosis/whose_address.hpp"

#include <algorithm>

#include "diagnosis/advertised.hpp"
#include "diagnosis/known_machines.hpp"
#include "diagnosis/public_proxies.hpp"
#include "diagnosis/vpn.hpp"
#include "diagnosis/wan.hpp"

namespace ringback::diagnosis {
namespace {

struct CitedPrefix {
  Prefix prefix;
  std::string at;
};

/// How the internet sees this host through a VPN: a name may lead there on purpose, which vpn.cpp tells.
bool leads_to_vpn(const Case& c, const Address& address) {
  return std::ranges::any_of(seen_through_vpn(c), [&](const Cited& seen) { return seen.address == address; });
}

bool is_seen_through_vpn(const Case& c, Family family) {
  return std::ranges::any_of(seen_through_vpn(c), [&](const Cited& seen) { return seen.address.family() == family; });
}

std::optional<Opinion> at_proxy(const Address& address) {
  const auto operator_name = operator_of_proxy(address);
  if (!operator_name) return std::nullopt;
  return Opinion{Whose::proxied, Confidence::likely,
                 fmt::format("{} is an address of {}, which takes visitors there and passes web pages on.", address.to_string(), *operator_name), {}};
}

Opinion judge_a(const Case& c, const Address& address) {
  const auto& ipv4 = c.ipv4;
  const auto& mapped = c.facts.ipv4.mapped;
  const bool seen_as = mapped.address == address ||
                       std::ranges::any_of(mapped.disagreeing, [&](const Cited& cited) { return cited.address == address; });
  if (const auto* own = c.facts.find_own(address); own && !own->tunnel)
    return {Whose::right, Confidence::certain, "It is this host's own address.", {own->at}};
  if (seen_as || ipv4.connection.wan_address == address) {
    if (shared_by_carrier(ipv4.connection.kind) && ipv4.let_in)
      return {Whose::unknown, Confidence::possible, "It is the provider's address, and yet the provider lets something in.", {}};
    if (shared_by_carrier(ipv4.connection.kind) && ipv4.confidence >= Confidence::likely)
      return {Whose::useless, ipv4.confidence,
              fmt::format("{} is the provider's address, which this home shares with others.", address.to_string()),
              together(mapped.at, ipv4.evidence)};
    if ((ipv4.connection.kind == Ipv4Kind::unknown || ipv4.confidence < Confidence::likely) && came_to(c.evidence, address))
      return {Whose::right, Confidence::likely, "It is how the internet sees this household, and a knock from outside came in.", mapped.at};
    if (ipv4.connection.kind == Ipv4Kind::unknown || ipv4.confidence < Confidence::likely)
      return {Whose::unknown, Confidence::possible, "It is how the internet sees this household, but it may be the provider's.", {}};
    return {Whose::right, Confidence::certain, "It is how the internet sees this household.", mapped.at};
  }
  const auto owner = owner_of(c.evidence, c.facts, address);
  if (owner && owner->reached_at == 1) return {Whose::right, Confidence::likely, "It answers at the home router.", {owner->at}};
  if (leads_to_vpn(c, address)) return {Whose::unknown, Confidence::possible, "It is the far end of a tunnel of this host.", {}};
  if (auto proxy = at_proxy(address)) return *proxy;
  if (!mapped.address) return {Whose::unknown, Confidence::possible, "How the internet sees this household is unknown.", {}};
  if (c.facts.ipv4.vpn && !is_seen_through_vpn(c, Family::ipv4))
    return {Whose::foreign, Confidence::possible,
            fmt::format("{} is not how the internet sees this household, unless it is the far end of this host's VPN, whose address nobody told.",
                        address.to_string()),
            mapped.at};
  if (shared_by_carrier(ipv4.connection.kind) && ipv4.confidence >= Confidence::likely)
    return {
        Whose::foreign, Confidence::possible,
        fmt::format(
            "{} is not how the internet sees this household; unless it is a rented server that passes visitors on, they do not get here.",
            address.to_string()),
        together(mapped.at, ipv4.evidence)};
  const bool sure = mapped.agreeing.size() >= 2 || ipv4.router_owns_mapped;
  return {
      Whose::foreign, sure ? Confidence::certain : Confidence::likely,
      fmt::format("The name leads to {}, and the internet sees this household as {}.", address.to_string(), mapped.address->to_string()),
      mapped.at};
}

/// The neighbour table knows who answers for an address of the own link.
std::optional<std::string> in_neighbours_as_router(const Case& c, const Address& address) {
  if (!c.evidence.host) return std::nullopt;
  const auto& uplink = c.evidence.host->ipv6 ? c.evidence.host->ipv6 : c.evidence.host->ipv4;
  if (!uplink || !uplink->gateway_mac) return std::nullopt;
  for (std::size_t i = 0; i < c.evidence.host->neighbours.size(); ++i) {
    const auto& neighbour = c.evidence.host->neighbours[i];
    if (neighbour.address == address && neighbour.mac == uplink->gateway_mac) return pointer("host", "neighbours", i);
  }
  return std::nullopt;
}

bool says_it_is_its_own(const router::Igd& igd, const Address& address) {
  if (!igd.avm || !igd.avm->external_address) return false;
  const auto told = Address::parse(*igd.avm->external_address);
  return told && *told == address;
}

std::optional<Opinion> routers_own(const Case& c, const Address& address, bool on_link) {
  const auto router = [&](const char* how, std::string at) {
    return Opinion{
        Whose::router, Confidence::certain, fmt::format("{} is the home router's address: {}.", address.to_string(), how), {std::move(at)}};
  };
  if (c.facts.ipv6.gateway == address) return router("it is the gateway", pointer("host", "ipv6", "gateway"));
  if (auto at = in_neighbours_as_router(c, address)) return router("the router's hardware answers for it", *at);
  for (const auto& home : home_igds(c.evidence))
    if (says_it_is_its_own(*home.igd, address))
      return Opinion{Whose::router, Confidence::likely, fmt::format("The home router says by UPnP that {} is its own address.", address.to_string()),
                     {home.at() + "/avm/external_address"}};
  if (c.evidence.path && !traces_are_spoofed(c.evidence, Family::ipv6)) {
    const auto& hops = c.evidence.path->ipv6.hops;
    for (std::size_t i = 0; i < hops.size(); ++i)
      if (hops[i].ttl == 1 && hops[i].from == address) return router("it is the first hop", pointer("path", "ipv6", "hops", i, "from"));
  }
  // On the own link every machine answers at the first hop.
  const auto owner = owner_of(c.evidence, c.facts, address);
  if (!on_link && owner && owner->reached_at == 1) return router("it answers at the first hop", owner->at + "/reached_at");
  return std::nullopt;
}

/// The prefix that the provider delegated to the home router, by the router's own word, where this home's networks lie in it.
std::optional<CitedPrefix> delegated_to_home(const Case& c, const std::vector<Prefix>& networks) {
  for (const auto& home : home_igds(c.evidence)) {
    const auto prefix = delegated_prefix(*home.igd);
    if (!prefix || home.igd->avm->valid_s == 0U) continue;
    const bool is_ours = networks.empty() || std::ranges::any_of(networks, [&](const Prefix& one) { return prefix->contains(one.address()); });
    if (is_ours) return CitedPrefix{*prefix, home.at() + "/avm/prefix"};
  }
  return std::nullopt;
}

/// In a network that this host still has an address of, and that its router advertises no more.
std::optional<Opinion> in_former_network(const Case& c, const Address& address) {
  for (const auto& own : c.facts.own) {
    if (own.withdrawn_at.empty() || own.tunnel || !Prefix(own.value.address, 64).contains(address)) continue;
    return Opinion{Whose::old_prefix, Confidence::likely,
                   fmt::format("{} lies in {}, which the home router advertises no more: it was another machine's of this home, or this host had "
                               "it once.", address.to_string(), Prefix(own.value.address, 64).to_string()),
                   {own.at, own.withdrawn_at}};
  }
  return std::nullopt;
}

std::optional<Opinion> of_known_machine(const Case& c, const Address& address) {
  const auto machine = machine_with_identifier(c.evidence, c.facts, address);
  if (!machine) return std::nullopt;
  return Opinion{machine->router ? Whose::router : Whose::old_prefix, Confidence::likely,
                 fmt::format("{} ends as the address {} of {} does, under another prefix.", address.to_string(), machine->today.to_string(),
                             machine->router ? "the home router" : "another machine of this home"),
                 {machine->at}};
}

/// This host has no address that the internet can route. Only where its router offers none either is the whole home without.
Opinion without_prefix(const Case& c, const Address& address, const std::optional<CitedPrefix>& delegated) {
  if (delegated && delegated->prefix.contains(address))
    return {Whose::unknown, Confidence::possible,
            fmt::format("It lies in {}, which the provider delegated to the home router; this host has no address of it.",
                        delegated->prefix.to_string()),
            {delegated->at}};
  const bool none = c.ipv6.connection.kind == Ipv6Kind::none || c.ipv6.connection.kind == Ipv6Kind::local_only;
  const auto heard = advertised(c.evidence, c.facts.ipv6.facing.empty() ? c.facts.ipv4.facing : c.facts.ipv6.facing);
  if (none && c.ipv6.confidence >= Confidence::likely && delegated)
    return {Whose::foreign, Confidence::likely,
            fmt::format("{} cannot lead here: it is not in {}, which the provider delegated to the home router.", address.to_string(),
                        delegated->prefix.to_string()),
            {delegated->at}};
  if (!none || c.ipv6.confidence < Confidence::likely || !heard.asked || heard.global_prefix)
    return {Whose::unknown, Confidence::possible, "This household's prefix is unknown.", {}};
  return {Whose::foreign, Confidence::likely,
          fmt::format("{} cannot lead here: neither this host nor its router has IPv6 from the provider.", address.to_string()), heard.at};
}

Opinion foreign(const Case& c, const Address& address, const Prefix& network, const std::optional<CitedPrefix>& delegated) {
  Pointers evidence;
  for (const auto& own : c.facts.own)
    if (own.facing && own.value.address.is_v6() && is_global(own.value.address)) cite(evidence, own.at);
  if (!delegated)
    return {Whose::foreign, Confidence::likely,
            fmt::format("{} is neither this host's nor in this household's network {}.", address.to_string(), network.to_string()), evidence};
  cite(evidence, delegated->at);
  return {Whose::foreign, Confidence::likely,
          fmt::format("{} is neither this host's nor in {}, which the provider delegated to the home router.", address.to_string(),
                      delegated->prefix.to_string()),
          evidence};
}

/// After a change of prefix both stand side by side for a while, and only the advertisements tell which one is alive, or who was seen by it.
/// Not every advertisement has to name prefixes (RFC 4861 §6.2.3).
bool may_be_withdrawn(const Case& c, const OwnAddress& own) {
  const auto& address = own.value.address;
  if (!own.value.valid_left || advertised(c.evidence, own.interface).says_which || is_seen_as(c.facts.ipv6.mapped, address) || came_to(c.evidence, address))
    return false;
  return std::ranges::any_of(c.facts.own, [&](const OwnAddress& other) {
    return other.interface == own.interface && other.is_stable_global() && !Prefix(other.value.address, 64).contains(address);
  });
}

/// RFC 8981 §3.8 gives one up after a day and lets it live for two; Linux lets it for a week. What the kernel counts down tells no more: the router's next
/// advertisement may lengthen it.
constexpr auto what_temporary_means =
    "temporary address of this host: it works today, and is gone within days, as every day a new one is made, so that web sites do not recognise this host.";

Opinion judge_aaaa(const Case& c, const Address& address) {
  if (const auto* own = c.facts.find_own(address)) {
    if (!own->withdrawn_at.empty())
      return {Whose::old_prefix,
              Confidence::likely,
              fmt::format("This host still has {}, but the home router advertises its prefix no more.", address.to_string()),
              {own->at, own->withdrawn_at}};
    if (own->value.dad_failed)
      return {Whose::duplicate, Confidence::likely,
              fmt::format("{} is written down for this host, but another machine on the link has it: this host found that out and does not use it "
                          "(duplicate address detection).", address.to_string()),
              {own->at}};
    if (own->value.tentative) return {Whose::unknown, Confidence::possible, "This host is still finding out whether it may have that address.", {}};
    // Without an end it is only never chosen for outgoing connections, which some do on purpose with the address of a service.
    if (own->value.temporary || (own->value.deprecated && own->value.valid_left))
      return {Whose::temporary,
              Confidence::certain,
              fmt::format("{} is a {}", address.to_string(), own->value.temporary ? what_temporary_means : "deprecated address of this host: given up, it works for a while yet."),
              {own->at}};
    if (may_be_withdrawn(c, *own))
      return {Whose::unknown, Confidence::possible,
              "This host has it, and stable addresses of another prefix as well; whether its router still advertises this one was not heard.", {own->at}};
    return {Whose::right, Confidence::certain, "It is a stable address of this host.", {own->at}};
  }
  if (leads_to_vpn(c, address)) return {Whose::unknown, Confidence::possible, "It is the far end of a tunnel of this host.", {}};
  const auto prefixes = household_prefixes(c.facts);
  const bool on_link = std::ranges::any_of(prefixes, [&](const Prefix& prefix) { return prefix.contains(address); });
  // Where something translates IPv6 (NAT66), the router's address is how visitors get here, if at all.
  if (c.facts.ipv6.mapped.address == address && prefixes.empty()) {
    const auto* translated = "It is how the internet sees this host, whose own addresses something translates";
    if (came_to(c.evidence, address))
      return {Whose::right, Confidence::likely, fmt::format("{}, and a knock from outside came in.", translated), c.facts.ipv6.mapped.at};
    return {Whose::unknown, Confidence::possible, fmt::format("{}.", translated), c.facts.ipv6.mapped.at};
  }
  if (auto opinion = routers_own(c, address, on_link)) {
    const auto kind = c.ipv6.connection.kind;
    const bool may_be_translated = prefixes.empty() && (kind == Ipv6Kind::native || kind == Ipv6Kind::unknown);
    if (may_be_translated)
      return {Whose::unknown, Confidence::possible, opinion->detail + " Something may translate it into this host's own, which the internet does not route.",
              opinion->evidence};
    return *opinion;
  }
  if (on_link)
    return {Whose::another_host, Confidence::likely,
            fmt::format("{} lies in this home's network, and this host does not have it: it is another machine's, or this host had it once.",
                        address.to_string()), {}};
  if (auto proxy = at_proxy(address)) return *proxy;
  const auto delegated = delegated_to_home(c, prefixes);
  if (prefixes.empty()) return without_prefix(c, address, delegated);
  if (c.facts.ipv6.mapped.address == address)
    return {Whose::right, Confidence::likely, "It is how the internet sees this host.", c.facts.ipv6.mapped.at};
  if (const auto* own = own_with_identifier(c.facts, address))
    return {
        Whose::old_prefix,
        Confidence::certain,
        fmt::format("{} ends as this host's address {} does, under another prefix.", address.to_string(), own->value.address.to_string()),
        {own->at}};
  if (auto opinion = in_former_network(c, address)) return *opinion;
  if (delegated && delegated->prefix.contains(address))
    return {Whose::another_host, Confidence::likely,
            fmt::format("{} lies in {}, which the provider delegated to the home router, and not in this host's network {}: it is another "
                        "machine's of this home, or this host had it once.", address.to_string(), delegated->prefix.to_string(), prefixes.front().to_string()),
            {delegated->at}};
  // Providers delegate up to a /48: an address that near may be another network of this household (RFC 6177).
  for (const auto& prefix : prefixes)
    if (!delegated && Prefix(prefix.address(), 48).contains(address))
      return {Whose::unknown, Confidence::possible, "It may lie in another network of this household.", {}};
  if (auto opinion = of_known_machine(c, address)) return *opinion;
  return foreign(c, address, prefixes.front(), delegated);
}

}  // namespace

Opinion judge_address(const Case& c, const Address& address) {
  if (!is_global(address))
    return {Whose::not_global, Confidence::certain,
            fmt::format("{} is an address of the class \"{}\".", address.to_string(), to_string(classify(address))), {}};
  if (!c.facts.host_known) return {Whose::unknown, Confidence::possible, "This host's routes and addresses are unknown.", {}};
  return address.is_v4() ? judge_a(c, address) : judge_aaaa(c, address);
}

}  // namespace ringback::diagnosis
