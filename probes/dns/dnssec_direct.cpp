/// Proofs from the zones' own servers, where resolvers leave a doubt.
#include <algorithm>

#include "probes/dns/dnssec.hpp"
#include "probes/dns/server_address.hpp"
#include "wire/dns_answer.hpp"

namespace ringback::dns {
namespace {

using wire::dns::Type;

constexpr std::size_t most_servers_of_a_zone = 2;

}  // namespace

/// The name itself, from the servers of its zone, which are known.
std::vector<Ticket> SignatureCheck::ask_zone(const Inquiry& inquiry) {
  std::vector<Ticket> tickets;
  std::vector<Target> servers;
  for (const auto ticket : inquiry.at_zone_servers) {
    const auto& target = exchange_.target(ticket);
    if (servers.size() >= most_servers_of_a_zone || !exchange_.answer(ticket).authoritative) continue;
    if (std::ranges::find(servers, target) != servers.end()) continue;
    servers.push_back(target);
    for (const auto type : {Type::a, Type::aaaa}) tickets.push_back(exchange_.ask(target, {inquiry.name, type}, Asking::proof));
    for (const auto& below : names_down_to(inquiry.name))
      if (inquiry.zone && wire::dns::is_within(below, *inquiry.zone)) {
        tickets.push_back(exchange_.ask(target, {below, Type::dnskey}, Asking::proof));
        if (below != *inquiry.zone) tickets.push_back(exchange_.ask(target, {below, Type::ds}, Asking::proof));
      }
  }
  return tickets;
}

/// The same chain, asked of the servers of each zone on the way: their names, then their addresses, then DNSKEY, and DS of what lies below.
void SignatureCheck::ask_directly(const Inquiry& inquiry, Source& into, Instant until) {
  auto& tickets = into.tickets[inquiry.name];
  tickets = ask_zone(inquiry);
  auto names = names_down_to(inquiry.name);
  names.insert(names.begin(), ".");
  std::vector<Ticket> step = tickets;
  for (const auto& name : names) step.push_back(exchange_.ask(*inquiry.found_through, {name, Type::ns}));
  exchange_.settle(step, until);
  if (!hold_signatures(tickets)) return;  // the zone does not sign

  std::map<std::string, std::vector<std::string>> zones;
  for (const auto& name : names)
    if (const auto* message = exchange_.message(exchange_.ask(*inquiry.found_through, {name, Type::ns})))
      if (auto servers = wire::dns::follow(*message, {name, Type::ns}).servers; !servers.empty() && name != inquiry.zone) {
        servers.resize(std::min<std::size_t>(servers.size(), most_servers_of_a_zone));
        zones[name] = std::move(servers);
      }
  step.clear();
  for (const auto& [zone, servers] : zones)
    for (const auto& server : servers)
      for (const auto type : {Type::a, Type::aaaa}) step.push_back(exchange_.ask(*inquiry.found_through, {server, type}));
  exchange_.settle(step, until);

  std::string zone;
  const bool at_home = is_at_home(inquiry.name, *inquiry.found_through, exchange_);
  for (const auto& name : names) {
    std::vector<Target> targets;
    const auto add_targets = [&](const std::string& of) {
      for (const auto& server : zones[of])
        for (const auto type : {Type::a, Type::aaaa})
          for (const auto& address : exchange_.answer(exchange_.ask(*inquiry.found_through, {server, type})).addresses) {
            const Target target{Role::authoritative, {address, 53}, server, std::nullopt};
            if (!may_be_asked(address, at_home) || !exchange_.may_ask(target)) continue;
            if (targets.size() < most_servers_of_a_zone) targets.push_back(target);
          }
    };
    if (zones.count(zone)) add_targets(zone);
    for (const auto& target : targets) tickets.push_back(exchange_.ask(target, {name, Type::ds}, Asking::proof));
    if (name == inquiry.zone) break;  // the rest was asked for above
    if (!zones.count(name)) continue;
    zone = name;
    targets.clear();
    add_targets(zone);
    for (const auto& target : targets) tickets.push_back(exchange_.ask(target, {name, Type::dnskey}, Asking::proof));
  }
  exchange_.settle(tickets, until);
  // What a forwarder on the way answers in their place is not their word.
  std::erase_if(tickets, [&](Ticket ticket) { return !exchange_.answer(ticket).authoritative; });
}

}  // namespace ringback::dns
