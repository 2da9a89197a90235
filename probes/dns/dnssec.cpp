#include "probes/dns/dnssec.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "probes/dns/dnssec_verdict.hpp"
#include "wire/dns_answer.hpp"

namespace ringback::dns {
namespace {

using wire::dns::Type;

constexpr std::size_t most_names_proven = 8;
constexpr std::size_t most_labels_proven = 8;     // the topmost ones: where no zone lies below them, no more are needed
constexpr std::size_t most_aliases_proven = 4;
constexpr std::size_t most_doubtful = 2;          // names that the zones' own servers are asked for
constexpr std::size_t most_servers_of_a_zone = 2;
// What was asked beside the ordinary questions and is not there when these are settled gets this much more.
constexpr auto grace = milliseconds(400);
constexpr auto grace_in_doubt = milliseconds(1500);
constexpr std::size_t largest_anchor_file = 64 * 1024;

/// Debian's dns-root-data, unbound's own one, and that of dig's day.
constexpr std::array anchor_files{"/usr/share/dns/root.key", "/var/lib/unbound/root.key", "/etc/trusted-key.key"};

/// Those that enclose it and itself, the topmost first, without the root.
std::vector<std::string> names_down_to(const std::string& name) {
  auto result = wire::dns::enclosing_names(name);
  std::ranges::reverse(result);
  if (result.size() > most_labels_proven) result.resize(most_labels_proven);
  return result;
}

}  // namespace

SignatureCheck::SignatureCheck(const io::World& world, Exchange& exchange, const std::vector<Target>& system_resolvers,
                               const std::vector<Target>& public_resolvers, bool ask_zone_servers)
    : world_(world), exchange_(exchange), ask_zone_servers_(ask_zone_servers) {
  // A public one comes first: it passes all records on and answers for many, which forwarders in home routers may not.
  for (const auto& [role, targets] : {std::pair{Role::public_resolver, &public_resolvers}, std::pair{Role::system, &system_resolvers}}) {
    Source source{.role = role, .resolvers = {}, .tickets = {}};
    std::ranges::copy_if(*targets, std::back_inserter(source.resolvers), [&](const Target& target) { return exchange.may_ask(target); });
    if (!source.resolvers.empty()) sources_.push_back(std::move(source));
  }
}

void SignatureCheck::ask(const std::vector<Inquiry>& inquiries) {
  now_ = world_.network.calendar_time();
  if (!now_ || inquiries.empty()) return;
  for (const auto* file : anchor_files) {
    const auto text = world_.network.read_file(file, largest_anchor_file);
    if (!anchors_.empty() || !text) continue;
    anchors_ = wire::dns::read_anchors(*text);
    anchor_ = file;
  }
  if (anchors_.empty()) anchors_ = wire::dns::built_in_anchors(), anchor_ = "built in";
  for (const auto& inquiry : std::span(inquiries).first(std::min(inquiries.size(), most_names_proven)))
    for (auto& source : sources_) {
      // These are asked anyhow, and what finds the zone goes first.
      if (ask_zone_servers_)
        for (const auto& zone : wire::dns::enclosing_names(inquiry.name))
          if (zone.find('.') + 1 < zone.size()) exchange_.ask(source.resolvers.front(), {zone, Type::ns});
      ask_chain(source, inquiry.name, inquiry.name);
    }
}

/// `name` itself where it is the name in question, and what proves the keys of every zone that `proven` may be in.
void SignatureCheck::ask_chain(Source& source, const std::string& name, const std::string& proven) {
  auto& tickets = source.tickets[name];
  const auto ask = [&](const std::string& owner, Type type) {
    const auto ticket = exchange_.ask(source.resolvers.front(), {owner, type}, Asking::proof);
    if (std::ranges::find(tickets, ticket) == tickets.end()) tickets.push_back(ticket);
  };
  if (name == proven)
    for (const auto type : {Type::a, Type::aaaa}) ask(name, type);
  ask(".", Type::dnskey);
  for (const auto& zone : names_down_to(proven))
    for (const auto type : {Type::ds, Type::dnskey}) ask(zone, type);
}

bool SignatureCheck::has_heard(const Source& source) const {
  return std::ranges::any_of(source.tickets, [&](const auto& of_name) {
    return std::ranges::any_of(of_name.second, [&](Ticket ticket) { return exchange_.message(ticket) != nullptr; });
  });
}

/// What shows only now: where aliases lead, and that a resolver is silent while its neighbour in resolv.conf is not. True: more was asked.
bool SignatureCheck::ask_further(Source& source, const std::vector<Inquiry>& inquiries) {
  bool asked = false;
  for (std::size_t i = 1; i < source.resolvers.size() && !has_heard(source) && !asked; ++i) {
    const auto answers = [&](Ticket ticket) { return exchange_.target(ticket) == source.resolvers[i] && exchange_.message(ticket); };
    if (!std::ranges::any_of(inquiries.front().at_resolvers, answers)) continue;
    std::swap(source.resolvers[0], source.resolvers[i]);
    std::vector<std::string> names;
    for (auto& [name, tickets] : source.tickets) names.push_back(name), tickets.clear();
    for (const auto& name : names) ask_chain(source, name, name);
    asked = true;
  }
  for (auto& [name, tickets] : source.tickets) {
    std::set<std::string> aliases;
    for (const auto ticket : tickets)
      if (const auto* message = exchange_.message(ticket); message && exchange_.answer(ticket).question == name)
        for (const auto type : {Type::a, Type::aaaa})
          for (const auto& alias : wire::dns::follow(*message, {name, type}).chain)
            if (aliases.size() < most_aliases_proven) aliases.insert(alias);
    const auto before = tickets.size();
    for (const auto& alias : aliases) ask_chain(source, name, alias);
    asked = asked || tickets.size() > before;
  }
  return asked;
}

void SignatureCheck::settle(const Source& source, Instant until) {
  std::vector<Ticket> all;
  for (const auto& [name, tickets] : source.tickets) all.insert(all.end(), tickets.begin(), tickets.end());
  exchange_.settle(all, until);
}

bool SignatureCheck::holds_signatures(const std::vector<Ticket>& tickets) const {
  return std::ranges::any_of(tickets, [&](Ticket ticket) { return wire::dns::holds_signatures(exchange_.octets(ticket)); });
}

// --- the zones' own servers -----------------------------------------------------------------------------------------------------------

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
  if (!holds_signatures(tickets)) return;  // the zone does not sign

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
  for (const auto& name : names) {
    std::vector<Target> targets;
    const auto add_targets = [&](const std::string& of) {
      for (const auto& server : zones[of])
        for (const auto type : {Type::a, Type::aaaa})
          for (const auto& address : exchange_.answer(exchange_.ask(*inquiry.found_through, {server, type})).addresses) {
            const Target target{Role::authoritative, {address, 53}, server, std::nullopt};
            if (!can_be_a_server(address) || !exchange_.may_ask(target)) continue;
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

// --- the verdict ----------------------------------------------------------------------------------------------------------------------

Dnssec SignatureCheck::verdict_of(const std::string& name, std::size_t first_sources) const {
  Verdicts verdicts;
  for (const auto& source : std::span(sources_).first(first_sources)) {
    const auto found = source.tickets.find(name);
    if (found == source.tickets.end()) continue;
    std::vector<io::Bytes> messages;
    for (const auto ticket : found->second)
      if (!exchange_.octets(ticket).empty()) messages.push_back(exchange_.octets(ticket));
    const auto server = source.resolvers.empty() ? std::nullopt : std::optional(source.resolvers.front().server);
    verdicts.add(source.role, server, wire::dns::validate({name, Type::a}, messages, anchors_, *now_),
                 wire::dns::validate({name, Type::aaaa}, messages, anchors_, *now_));
  }
  auto result = verdicts.together();
  result.anchor = anchor_;
  result.judged_at = now_;
  return result;
}

std::vector<std::optional<Dnssec>> SignatureCheck::judge(const std::vector<Inquiry>& inquiries) {
  std::vector<std::optional<Dnssec>> result(inquiries.size());
  if (!now_ || sources_.empty() || inquiries.empty()) return result;
  const auto count = std::min(inquiries.size(), most_names_proven);
  const auto judge_all = [&](std::size_t first_sources) {
    for (std::size_t i = 0; i < count; ++i) result[i] = verdict_of(inquiries[i].name, first_sources);
    return std::ranges::all_of(std::span(result).first(count), [](const auto& verdict) { return is_proof(verdict->security); });
  };
  const auto until = world_.clock.now() + grace;
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    settle(sources_[i], until);
    if (ask_further(sources_[i], inquiries)) settle(sources_[i], world_.clock.now() + grace);
    if (judge_all(i + 1)) return result;   // whom the proof is from does not matter, so nobody else is waited for
  }
  std::size_t doubtful = 0;
  Source direct{.role = Role::authoritative, .resolvers = {}, .tickets = {}};
  for (std::size_t i = 0; i < count && ask_zone_servers_ && doubtful < most_doubtful; ++i) {
    const auto& verdict = *result[i];   // what is wrong with the root itself is a matter of this host or its way out
    const bool doubt = (verdict.security == Security::bogus && verdict.zone != ".") || verdict.reason == SecurityReason::stripped;
    if (!doubt || !inquiries[i].found_through) continue;
    ++doubtful;
    ask_directly(inquiries[i], direct, world_.clock.now() + grace_in_doubt);
  }
  if (doubtful == 0) return result;
  std::erase_if(direct.tickets, [&](const auto& of_name) { return !holds_signatures(of_name.second); });
  sources_.push_back(std::move(direct));
  judge_all(sources_.size());
  return result;
}

}  // namespace ringback::dns
