#include "diagnosis/access_reading.hpp"

#include <algorithm>
#include <map>

#include "diagnosis/port_set.hpp"

namespace ringback::diagnosis {
namespace {

constexpr std::size_t enough_of_one_server = 4;
constexpr unsigned pcp_address_mismatch = 12;   // RFC 6887 §7.4

/// Most home routers keep the port that this host chose; a router with a port set can do that only now and then.
PortsClue kept_or_moved(const Evidence& evidence, const Address& mapped) {
  std::size_t kept = 0, all = 0;
  const auto look = [&](const Endpoint& local, const Endpoint& outside) {
    if (local.port == 0 || mapped != outside.address) return;
    ++all;
    kept += local.port == outside.port ? 1U : 0U;
  };
  if (evidence.stun) {
    for (const auto& o : evidence.stun->observations)
      if (o.mapped) look(o.local, *o.mapped);
    for (const auto& sample : evidence.stun->ports)
      if (sample.mapped) look(sample.local, *sample.mapped);
    // Of a behaviour the first mapping alone: where it is kept towards the others too, that is no second sample.
    for (const auto& behaviour : evidence.stun->behaviours)
      if (behaviour.mapped) look(behaviour.local, *behaviour.mapped);
  }
  if (evidence.web)
    for (const auto& o : evidence.web->observations)
      if (o.local && o.seen_as) look(*o.local, *o.seen_as);
  if (kept >= 2 && kept * 2 > all) return PortsClue::kept;
  return kept < all ? PortsClue::moved : PortsClue::unknown;
}

std::vector<std::vector<stun::PortSample>> samples_by_server(const std::vector<stun::PortSample>& samples) {
  std::map<Address, std::vector<stun::PortSample>> servers;
  for (const auto& sample : samples)
    if (sample.mapped) servers[sample.server.address].push_back(sample);
  std::vector<std::vector<stun::PortSample>> result;
  for (auto& [server, own] : servers) result.push_back(std::move(own));
  return result;
}

/// A knock on a port that the set has not: then it is no set that this home is held to, only one that its router chooses from.
bool came_in_outside_of(const PortSet& set, const Evidence& evidence, const Facts& facts) {
  return evidence.inbound && std::ranges::any_of(evidence.inbound->knocks, [&](const inbound::Knock& knock) {
    return knock.family == Family::ipv4 && knock.protocol != Protocol::icmp && !knock.arrivals.empty() && knock.source && proves(facts, knock) &&
           !set.contains(knock.port);
  });
}

}  // namespace

void read_ports(const Evidence& evidence, const Facts& facts, Reading& reading) {
  const auto& mapped = facts.ipv4.mapped.address;
  if (!mapped) return;
  reading.clues.ports = kept_or_moved(evidence, *mapped);
  if (!evidence.stun) return;
  const auto by_server = samples_by_server(evidence.stun->ports);
  const auto any = std::ranges::count_if(by_server, [&](const auto& samples) { return any_port_comes(samples, *mapped); });
  if (any >= 2 && static_cast<std::size_t>(any) * 2 > by_server.size()) reading.clues.ports = PortsClue::any;   // one server alone may lie
  const auto set = port_set(evidence.stun->ports, *mapped);
  if (!set || came_in_outside_of(*set, evidence, facts)) return;
  reading.ports = set;
  reading.ports_by_one_server = by_server.size() < 2;
  reading.clues.ports = set->contiguous() ? PortsClue::block : PortsClue::spread;
  reading.because.push_back(fmt::format("The outside ports of {} connections all lie in one set: {}.", set->samples, set->to_string()));
  cite(reading.evidence, pointer("stun", "ports"));
}

void read_pool(const Evidence& evidence, const Facts& facts, Reading& reading) {
  if (!evidence.stun || facts.ipv4.vpn) return;
  struct Sighted {
    std::set<Address> servers;
    std::size_t samples = 0;
  };
  std::map<Address, Sighted> addresses;
  std::set<Address> servers;
  Pointers at;
  const auto sight = [&](const Address& server, const std::optional<Endpoint>& mapped, const std::string& where) {
    if (!mapped || !mapped->address.is_v4() || !is_global(mapped->address)) return;
    servers.insert(server);
    auto& sighted = addresses[mapped->address];
    sighted.servers.insert(server);
    ++sighted.samples;
    cite(at, where);
  };
  for (const auto& sample : evidence.stun->ports) sight(sample.server.address, sample.mapped, pointer("stun", "ports"));
  // One socket that comes out at several addresses ("arbitrary pooling", RFC 4787 §4.1). The server's other address is no voice of its own.
  for (const auto& behaviour : evidence.stun->behaviours)
    for (const auto& mapped : {behaviour.mapped, behaviour.mapped_at_other_address, behaviour.mapped_at_other_port})
      sight(behaviour.server.address, mapped, pointer("stun", "behaviours"));
  // One server may lie; where there is no other, it has to say so again and again.
  std::erase_if(addresses, [&](const auto& entry) {
    return servers.size() >= 2 ? entry.second.servers.size() < 2 : entry.second.samples < enough_of_one_server;
  });
  if (addresses.size() < 2) return;
  reading.clues.pool = PoolClue::several;
  std::string list;
  for (const auto& [address, sighted] : addresses) list += (list.empty() ? "" : ", ") + address.to_string();
  reading.because.push_back(fmt::format("Connections of this host come out at {} addresses: {}.", addresses.size(), list));
  cite(reading.evidence, at);
}

void read_softwire(const Evidence& evidence, const Facts& facts, Reading& reading) {
  if (!evidence.link) return;
  // Any machine of this link may answer; two that contradict each other say nothing.
  const auto names_aftr = [](const link::Dhcpv6Offer& offer) { return offer.aftr_name.has_value(); };
  const auto shares = [](const link::Dhcpv6Offer& offer) { return offer.map_e || offer.map_t || offer.lw4o6; };
  if (std::ranges::any_of(evidence.link->dhcpv6, names_aftr) && std::ranges::any_of(evidence.link->dhcpv6, shares)) return;
  for (std::size_t i = 0; i < evidence.link->dhcpv6.size(); ++i) {
    const auto& offer = evidence.link->dhcpv6[i];
    const bool by_router = !facts.ipv6.gateway || *facts.ipv6.gateway == offer.server;
    if (!by_router && (offer.aftr_name || shares(offer))) {
      reading.because.push_back(fmt::format("Not counted: {}, which is not the home router, answers as a DHCPv6 server and names the provider's tunnel.",
                                            offer.server.to_string()));
    } else if (offer.aftr_name) {
      reading.clues.softwire = SoftwireClue::ds_lite;
      reading.because.push_back(fmt::format("The DHCPv6 server {} names {} as the provider's end of a DS-Lite tunnel (RFC 6334).",
                                            offer.server.to_string(), *offer.aftr_name));
      cite(reading.evidence, pointer("link", "dhcpv6", i, "aftr_name"));
    } else if (offer.map_e || offer.map_t || offer.lw4o6) {
      reading.clues.softwire = SoftwireClue::shared_ports;
      reading.because.push_back(fmt::format("The DHCPv6 server {} passes on a configuration for {} (RFC 7598).", offer.server.to_string(),
                                            offer.map_e ? "MAP-E" : offer.map_t ? "MAP-T" : "lw4o6"));
      cite(reading.evidence, pointer("link", "dhcpv6", i, offer.map_e ? "map_e" : offer.map_t ? "map_t" : "lw4o6"));
    }
  }
}

namespace {

/// The well-known address of the PCP server that is nearest (RFC 7723). Where the home router speaks none, that one stands beyond it: a
/// carrier's translator should (RFC 6888 REQ-9), and a second router at home may.
void read_anycast(const router::Evidence& routers, Reading& reading) {
  const auto& nearest = routers.anycast;
  if (!nearest || nearest->reply != router::Reply::answered || nearest->version.value_or(0) == 0) return;
  const auto speaks = [](const router::Gateway& gateway) {
    return gateway.distance == 1 && gateway.pcp.reply == router::Reply::answered && gateway.pcp.version.value_or(0) != 0;
  };
  if (nearest->result_code == pcp_address_mismatch)
    reading.because.push_back(fmt::format("The PCP server that answers at {} (RFC 7723) sees another address than the one that this host sent from: "
                                          "something translates before it (ADDRESS_MISMATCH), so it is not the first translator.",
                                          nearest->gateway.to_string()));
  else if (nearest->result_code == 0U && !routers.gateways.empty() && std::ranges::none_of(routers.gateways, speaks))
    reading.because.push_back(fmt::format("A PCP server answers at {} (RFC 7723), and the home router speaks no PCP: most likely somebody beyond it "
                                          "translates, a carrier or a second router.", nearest->gateway.to_string()));
  else
    return;
  cite(reading.evidence, pointer("router", "anycast", "result_code"));
}

}  // namespace

void read_mismatch(const Evidence& evidence, Reading& reading) {
  if (!evidence.router) return;
  read_anycast(*evidence.router, reading);
  for (std::size_t i = 0; i < evidence.router->gateways.size(); ++i) {
    const auto& gateway = evidence.router->gateways[i];
    const auto say = [&](const std::string& at) {
      reading.because.push_back(fmt::format("The PCP server of {} sees another address than the one that this host sent from: something translates "
                                            "between them (RFC 6887, ADDRESS_MISMATCH).", gateway.address.to_string()));
      cite(reading.evidence, at);
    };
    if (gateway.pcp_map && gateway.pcp_map->exchange.result_code == pcp_address_mismatch)
      say(pointer("router", "gateways", i, "pcp_map", "exchange", "result_code"));
    else if (gateway.pcp.result_code == pcp_address_mismatch)
      say(pointer("router", "gateways", i, "pcp", "result_code"));
  }
}

}  // namespace ringback::diagnosis
