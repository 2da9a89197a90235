#include "probes/dns/dns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "probes/dns/aliases.hpp"
#include "probes/dns/applications.hpp"
#include "probes/dns/dnssec.hpp"
#include "probes/dns/exchange.hpp"
#include "probes/dns/resolv_conf.hpp"
#include "probes/dns/zone.hpp"
#include "wire/dns_nat64.hpp"

namespace ringback::dns {
namespace {

using wire::dns::Type;

constexpr Port dns_port = 53;
constexpr std::size_t most_names = 1000;
// Of more the later ones are most likely in the zones that enclose them, and a zone's server that answers for another one says so.
constexpr std::size_t most_looked_at_as_zones = 32;
constexpr milliseconds head_start_of_questions{300};
// Who has so many answers looks these up first, and by then has the others'.
constexpr std::size_t enough_to_begin_with = 100;
constexpr const char* resolv_conf_path = "/etc/resolv.conf";
// Whom its stub passes questions on to (systemd-resolved.service(8)).
constexpr const char* behind_stub_path = "/run/systemd/resolve/resolv.conf";
constexpr const char* nsswitch_path = "/etc/nsswitch.conf";

/// A zone that is a number names an interface by its index (RFC 4007 §11.2).
std::string interface_of(const std::string& zone, io::Network& network, Deadline deadline) {
  const auto interfaces = network.interfaces(deadline);
  if (interfaces)
    for (const auto& interface : *interfaces)
      if (std::to_string(interface.index) == zone) return interface.name;
  return zone;
}

/// The stubs of systemd-resolved, where programs find it.
bool is_stub(const Nameserver& nameserver) {
  return nameserver.address == Address::v4(0x7f000035) || nameserver.address == Address::v4(0x7f000036);
}

/// The stub alone says nothing of who hides a name, or who is dead: those that it asks are asked as well.
void add_those_behind_stub(io::Network& network, ResolvConf& conf) {
  if (std::ranges::none_of(conf.nameservers, is_stub)) return;
  const auto text = network.read_file(behind_stub_path, 64 * 1024);
  if (!text) return;  // the stub is another program's
  for (auto& nameserver : parse_resolv_conf(*text).nameservers)
    if (!nameserver.address.is_loopback()) conf.nameservers.push_back(std::move(nameserver));
}

std::vector<Target> system_resolvers(const io::World& world, Deadline deadline, std::vector<std::string>& troubles) {
  ResolvConf conf;
  if (const auto text = world.network.read_file(resolv_conf_path, 64 * 1024))
    conf = parse_resolv_conf(*text);
  else
    troubles.push_back(text.error().what);
  std::ranges::copy(conf.troubles, std::back_inserter(troubles));
  if (conf.nameservers.empty()) {
    troubles.push_back("resolv.conf names no name server: the system asks this host itself");  // resolv.conf(5)
    conf.nameservers.push_back({Address::v4(0x7f000001), std::nullopt});
  }
  add_those_behind_stub(world.network, conf);
  std::vector<Target> result;
  for (const auto& nameserver : conf.nameservers) {
    Target target{Role::system, {nameserver.address, dns_port}, {}, std::nullopt};
    if (nameserver.zone && nameserver.address.is_link_local()) target.interface = interface_of(*nameserver.zone, world.network, deadline);
    if (std::ranges::find(result, target) == result.end()) result.push_back(std::move(target));
  }
  return result;
}

std::vector<Target> public_resolvers(const DnsPlan& plan) {
  std::vector<Target> result;
  for (const auto& address : plan.public_resolvers) result.push_back({Role::public_resolver, {address, dns_port}, {}, std::nullopt});
  return result;
}

/// `proving`: who gives proofs with its answers.
void ask_resolvers(std::span<Inquiry> inquiries, const std::vector<Target>& system, const std::vector<Target>& outside, Exchange& exchange,
                   const std::optional<Target>& proving = std::nullopt) {
  for (auto& inquiry : inquiries)
    for (const auto* targets : {&system, &outside})
      for (const auto& target : *targets)
        for (const auto type : {Type::a, Type::aaaa})
          inquiry.at_resolvers.push_back(exchange.ask(target, {inquiry.name, type}, target == proving ? Asking::with_proof : Asking::plain));
}

/// The same question with CD set, for each SERVFAIL: an answer now means that the records are there and do not validate.
void ask_unchecked(const std::vector<Inquiry>& inquiries, Exchange& exchange, std::map<Ticket, Ticket>& unchecked) {
  for (const auto& inquiry : inquiries)
    for (const auto ticket : inquiry.at_resolvers) {
      const auto& answer = exchange.answer(ticket);
      if (answer.rcode != "SERVFAIL" || unchecked.count(ticket)) continue;
      unchecked[ticket] = exchange.ask(exchange.target(ticket), {answer.question, *from_name<Type>(answer.type)}, Asking::unchecked);
    }
}

std::size_t settled_at_home(const std::vector<Inquiry>& inquiries, const Exchange& exchange) {
  return static_cast<std::size_t>(std::ranges::count_if(inquiries, [&](const Inquiry& inquiry) {
    return std::ranges::all_of(inquiry.at_resolvers, [&](Ticket ticket) { return exchange.target(ticket).role != Role::system || exchange.is_settled(ticket); });
  }));
}

void settle_at_home(const std::vector<Inquiry>& inquiries, Exchange& exchange, Instant until) {
  std::vector<Ticket> tickets;
  for (const auto& inquiry : inquiries)
    for (const auto ticket : inquiry.at_resolvers)
      if (exchange.target(ticket).role == Role::system) tickets.push_back(ticket);
  exchange.settle(tickets, until);
}

std::vector<bool> answered_at_home(const std::vector<Inquiry>& inquiries, const Exchange& exchange) {
  std::vector<bool> result;
  for (const auto& inquiry : inquiries)
    result.push_back(std::ranges::any_of(inquiry.at_resolvers, [&](Ticket ticket) {
      return exchange.target(ticket).role == Role::system && exchange.answer(ticket).rcode;
    }));
  return result;
}

void settle_resolvers(const std::vector<Inquiry>& inquiries, Exchange& exchange, std::map<Ticket, Ticket>& unchecked) {
  std::vector<Ticket> tickets;
  for (const auto& inquiry : inquiries) std::ranges::copy(inquiry.at_resolvers, std::back_inserter(tickets));
  exchange.settle(tickets);
  ask_unchecked(inquiries, exchange, unchecked);
  tickets.clear();
  for (const auto& [checked, without] : unchecked) tickets.push_back(without);
  exchange.settle(tickets);
}

Name report(const Inquiry& inquiry, const std::vector<Inquiry>& ends, const Exchange& exchange, const std::map<Ticket, Ticket>& unchecked) {
  Name result{.name = inquiry.asked, .asked_as = inquiry.name, .zone = inquiry.zone, .zone_servers = inquiry.zone_servers,
              .delegations = inquiry.delegations, .applications = {}, .answers = {}};
  for (const auto ticket : inquiry.at_resolvers) {
    auto answer = exchange.answer(ticket);
    if (const auto again = unchecked.find(ticket); again != unchecked.end()) answer.unchecked_rcode = exchange.answer(again->second).rcode;
    result.answers.push_back(std::move(answer));
  }
  for (const auto ticket : inquiry.at_zone_servers) result.answers.push_back(own_word(inquiry, ticket, exchange));
  for (const auto& end : ends) {
    if (end.name != inquiry.leads_to) continue;
    result.alias_end = AliasEnd{end.name, end.zone, end.delegations};
    for (const auto ticket : end.at_zone_servers) result.answers.push_back(own_word(end, ticket, exchange));
  }
  return result;
}

void report_zones(const std::vector<Inquiry>& inquiries, const Exchange& exchange, std::vector<Zone>& result) {
  for (const auto& inquiry : inquiries) {
    if (!inquiry.zone || inquiry.about_zone.empty() || std::ranges::find(result, *inquiry.zone, &Zone::name) != result.end()) continue;
    auto& zone = result.emplace_back(Zone{*inquiry.zone, {}});
    for (const auto ticket : inquiry.about_zone) zone.answers.push_back(exchange.answer(ticket));
  }
}

std::vector<std::string> troubles_of(const Inquiry& inquiry) {
  std::vector<std::string> result;
  if (!inquiry.zone) result.push_back(fmt::format("{}: no resolver names the servers of its zone", inquiry.asked));
  for (const auto& server : inquiry.without_address)
    result.push_back(fmt::format("{}: no address of its zone's server {} was found", inquiry.asked, server));
  for (const auto& server : inquiry.not_asked)
    result.push_back(fmt::format("{}: its zone's server {} has no address on the internet, and was not asked", inquiry.asked, server));
  const auto servers = inquiry.zone_servers.size();
  if (inquiry.servers_left > 0)
    result.push_back(fmt::format("{}: of the {} servers of its zone the first {} were asked", inquiry.asked, servers, servers - inquiry.servers_left));
  if (inquiry.addresses_left > 0)
    result.push_back(fmt::format("{}: {} more addresses of its zone's servers were not asked", inquiry.asked, inquiry.addresses_left));
  return result;
}

std::vector<std::string> absolute_names(const std::vector<Inquiry>& inquiries) {
  std::vector<std::string> names;
  for (const auto& inquiry : inquiries) names.push_back(inquiry.name);
  return names;
}

}  // namespace

Expected<Evidence> observe(const DnsPlan& plan, const io::World& world, Deadline deadline) {
  Evidence evidence;
  Exchange exchange(world, plan.legs, deadline);
  const auto system = system_resolvers(world, deadline, evidence.troubles);
  const auto outside = public_resolvers(plan);
  for (const auto& target : system) evidence.resolvers.push_back(target.server);

  std::vector<Ticket> nat64;
  for (const auto& target : system) nat64.push_back(exchange.ask(target, {wire::dns::nat64_discovery_name, Type::aaaa}));
  std::vector<Inquiry> inquiries;
  if (plan.names.size() > most_names) evidence.troubles.push_back(fmt::format("of {} names the first {} are asked for", plan.names.size(), most_names));
  for (const auto& text : std::span(plan.names).first(std::min(plan.names.size(), most_names))) {
    const auto name = wire::dns::absolute_name(text);
    if (!name) {
      evidence.troubles.push_back(name.error().what);
      continue;
    }
    const bool itself = inquiries.size() < most_looked_at_as_zones;
    inquiries.push_back({.asked = text, .name = *name, .possible_zones = possible_zones(*name, itself)});
  }

  // What proves the first names, and what leads to the zones' servers, is not asked behind hundreds of questions for the others.
  const auto first = std::min(inquiries.size(), SignatureCheck::most_asked_at_once);
  SignatureCheck signatures(world, exchange, deadline, system, outside, plan.ask_zone_servers);
  ask_resolvers(std::span(inquiries).first(first), system, outside, exchange);
  signatures.ask(inquiries);
  if (plan.ask_zone_servers) ask_for_zones(inquiries, system, outside, exchange);
  ask_resolvers(std::span(inquiries).subspan(first), system, outside, exchange, signatures.proves_later_names());
  // Programs ask the same resolver the same questions. dnsmasq joins two askers of one question and answers both as the first one asked, without
  // what EDNS carries: so ours come first.
  const auto head_start_ends = world.clock.now() + head_start_of_questions;
  std::optional<Lookups> lookups;
  const auto look_up = [&] {
    if (!lookups) lookups.emplace(absolute_names(inquiries), answered_at_home(inquiries, exchange), world, deadline);
  };
  const auto meanwhile = [&] {
    const bool enough = settled_at_home(inquiries, exchange) >= std::min(inquiries.size(), enough_to_begin_with);
    if (enough || world.clock.now() >= head_start_ends) look_up();
    signatures.begin_to_judge(inquiries);
  };
  if (const auto nsswitch = world.network.read_file(nsswitch_path, 64 * 1024)) evidence.name_sources = name_sources(*nsswitch);
  std::map<Ticket, Ticket> unchecked;
  if (plan.ask_zone_servers) ask_zone_servers(inquiries, system, outside, exchange, world.clock, meanwhile);
  settle_at_home(inquiries, exchange, head_start_ends);
  look_up();
  settle_resolvers(inquiries, exchange, unchecked);
  exchange.settle(nat64);
  auto ends = plan.ask_zone_servers ? follow_aliases(inquiries, system, outside, exchange, world.clock, evidence.troubles) : std::vector<Inquiry>{};
  const auto proven = signatures.judge(inquiries);
  if (const auto open = signatures.left_open(proven, inquiries); open > 0)
    evidence.troubles.push_back(fmt::format("the signatures of {} of {} names could not be looked at in time", open, inquiries.size()));
  if (const auto error = exchange.unusable()) return tl::unexpected(*error);

  auto applications = lookups->take();
  for (std::size_t i = 0; i < inquiries.size(); ++i) {
    const auto& inquiry = inquiries[i];
    evidence.names.push_back(report(inquiry, ends, exchange, unchecked));
    evidence.names.back().applications = std::move(applications[i]);
    evidence.names.back().dnssec = proven[i];
  }
  if (plan.ask_zone_servers)
    for (const auto* some : {&inquiries, &ends})
      for (const auto& inquiry : *some) std::ranges::copy(troubles_of(inquiry), std::back_inserter(evidence.troubles));
  for (const auto* some : {&inquiries, &ends}) report_zones(*some, exchange, evidence.zones);
  std::vector<Address> found;
  for (const auto ticket : nat64) {
    evidence.ipv4only.push_back(exchange.answer(ticket));
    std::ranges::copy(exchange.answer(ticket).addresses, std::back_inserter(found));
  }
  evidence.nat64_prefixes = wire::dns::nat64_prefixes(found);
  if (const auto foreign = exchange.foreign_records(); foreign > 0)
    evidence.troubles.push_back(fmt::format("{} record{} of answers belong{} to names that nobody asked for, and {} not believed", foreign, foreign == 1 ? "" : "s",
                                            foreign == 1 ? "s" : "", foreign == 1 ? "is" : "are"));
  if (const auto glue = exchange.glue_left_out(); glue > 0)
    evidence.troubles.push_back(fmt::format("{} address{} that a zone told of name servers outside of it {} not believed", glue, glue == 1 ? "" : "es",
                                            glue == 1 ? "is" : "are"));
  if (const auto behind = addresses_outside(inquiries, exchange) + addresses_outside(ends, exchange); behind > 0)
    evidence.troubles.push_back(fmt::format("{} address{} that a zone told of names outside of it {} not believed", behind, behind == 1 ? "" : "es",
                                            behind == 1 ? "is" : "are"));
  if (exchange.strays() > 0) evidence.troubles.push_back(fmt::format("{} datagrams came that answer no question", exchange.strays()));
  return evidence;
}

}  // namespace ringback::dns
