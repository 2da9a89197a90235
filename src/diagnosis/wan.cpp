#include "diagnosis/wan.hpp"

#include <algorithm>

namespace ringback::diagnosis {
namespace {

std::optional<Address> unless_empty(const Address& address) {
  return address.is_unspecified() ? std::nullopt : std::optional(address);
}

void nat_pmp(const router::Gateway& gateway, std::size_t index, std::vector<WanStatement>& into) {
  const auto& x = gateway.nat_pmp;
  if (x.reply != router::Reply::answered || x.result_code.value_or(0) != 0 || !x.external_address) return;
  into.push_back({unless_empty(*x.external_address), "NAT-PMP", pointer("router", "gateways", index, "nat_pmp", "external_address")});
}

/// Learned by opening a port for a moment, RFC 6887 §11.
void pcp(const router::Gateway& gateway, std::size_t index, std::vector<WanStatement>& into) {
  if (!gateway.pcp_map || !gateway.pcp_map->exchange.external_address) return;
  into.push_back({unless_empty(*gateway.pcp_map->exchange.external_address), "PCP", pointer("router", "gateways", index, "pcp_map", "exchange", "external_address")});
}

void igd(const router::Igd& igd, const std::string& at, std::vector<WanStatement>& into) {
  std::vector<WanStatement> found;
  bool named = false;
  for (std::size_t i = 0; i < igd.connections.size(); ++i) {
    const auto& connection = igd.connections[i];
    if (!connection.external_text || connection.upnp_error) continue;
    // Of a box without IPv4 some name their IPv6 address, or a link-local one: no word on IPv4.
    const auto& told = connection.external_address;
    if (told && (!told->is_v4() || told->is_link_local() || told->is_loopback() || told->is_multicast())) continue;
    const auto address = told ? unless_empty(*told) : std::nullopt;
    if (!address && !connection.external_text->empty() && !connection.external_address) continue;  // not an address: no word at all
    if (!address && connection.status && *connection.status != "Connected") continue;              // an unused connection is empty as well
    named = named || address.has_value();
    const bool delegated = connection.status == "Connected" && delegated_prefix(igd);
    found.push_back({address, "UPnP", fmt::format("{}/connections/{}/external_text", at, i), is_fritzbox(igd),
                     delegated ? at + "/avm/prefix" : ""});
  }
  for (auto& statement : found)
    if (statement.address || !named) into.push_back(std::move(statement));
}

bool is_on_link(const Evidence& evidence, const Address& address) {
  return evidence.host && std::ranges::any_of(evidence.host->interfaces, [&](const Interface& interface) {
    return !interface.tunnel && std::ranges::any_of(interface.addresses, [&](const InterfaceAddress& own) {
      return own.address.is_v4() && Prefix(own.address, own.prefix_length).contains(address);
    });
  });
}

}  // namespace

bool is_fritzbox(const router::Igd& igd) {
  return igd.manufacturer.starts_with("AVM") || igd.model.starts_with("FRITZ!") || igd.friendly_name.starts_with("FRITZ!");
}

std::optional<Prefix> delegated_prefix(const router::Igd& igd) {
  if (!igd.avm || !igd.avm->prefix || !igd.avm->prefix_length || *igd.avm->prefix_length == 0) return std::nullopt;
  const auto prefix = Prefix::parse(fmt::format("{}/{}", *igd.avm->prefix, *igd.avm->prefix_length));
  if (!prefix || !prefix->address().is_v6() || !is_global(prefix->address())) return std::nullopt;
  return *prefix;
}

std::vector<HomeIgd> home_igds(const Evidence& evidence) {
  std::vector<HomeIgd> result;
  if (!evidence.router) return result;
  for (std::size_t i = 0; i < evidence.router->gateways.size(); ++i) {
    const auto& gateway = evidence.router->gateways[i];
    if (gateway.distance != 1) continue;
    for (std::size_t j = 0; j < gateway.igds.size(); ++j)
      if (gateway.igds[j].responder == gateway.address) result.push_back({&gateway.igds[j], i, j});
  }
  return result;
}

WanStatements wan_statements(const Evidence& evidence) {
  WanStatements result;
  if (!evidence.router) return result;
  for (std::size_t i = 0; i < evidence.router->gateways.size(); ++i) {
    const auto& gateway = evidence.router->gateways[i];
    // Where another machine of the same network hands everything on to it, the home router is the second gateway.
    const bool outer = gateway.distance == 2 && !is_on_link(evidence, gateway.address);
    if (gateway.distance != 1 && !outer) continue;
    // A carrier's translator may speak PCP (RFC 6888 REQ-9) and NAT-PMP with it, but it has no business in RFC 1918 space with them, nor
    // anywhere with UPnP.
    const bool perhaps_carriers = outer && classify(gateway.address) == AddressClass::shared;
    if (outer && !is_private(gateway.address) && !perhaps_carriers) continue;
    auto& into = outer ? result.outer : result.home;
    if (!perhaps_carriers) {
      nat_pmp(gateway, i, into);
      pcp(gateway, i, into);
    }
    if (outer && !perhaps_carriers && gateway.nat_pmp.reply == router::Reply::answered && gateway.nat_pmp.version.value_or(0) == 0) {
      result.outer_speaks = true;
      cite(result.outer_at, pointer("router", "gateways", i, "nat_pmp"));
    }
    for (std::size_t j = 0; j < gateway.igds.size(); ++j) {
      if (gateway.igds[j].responder != gateway.address) continue;
      const auto at = pointer("router", "gateways", i, "igds", j);
      igd(gateway.igds[j], at, into);
      if (!outer) continue;
      result.outer_speaks = true;
      cite(result.outer_at, at);
    }
  }
  return result;
}

}  // namespace ringback::diagnosis
