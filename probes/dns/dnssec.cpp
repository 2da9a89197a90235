#include "probes/dns/dnssec.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "probes/dns/dnssec_verdict.hpp"
#include "wire/dns_answer.hpp"

namespace ringback::dns {
namespace {

using wire::dns::Type;

constexpr std::size_t most_aliases_proven = 4;
constexpr std::size_t most_doubtful = 2;          // names that the zones' own servers are asked for
// What was asked beside the ordinary questions and is not there when these are settled gets this much more.
constexpr auto grace = milliseconds(400);
constexpr auto grace_for_tcp = milliseconds(1000);
constexpr auto grace_in_doubt = milliseconds(1500);
// Signatures of a few names take some milliseconds, a tenth of a second on a small machine.
constexpr auto most_time_for_judging = milliseconds(2000);
constexpr std::size_t largest_anchor_file = 64 * 1024;

/// Debian's dns-root-data, unbound's own one, and that of dig's day.
constexpr std::array anchor_files{"/usr/share/dns/root.key", "/var/lib/unbound/root.key", "/etc/trusted-key.key"};

}  // namespace

SignatureCheck::SignatureCheck(const io::World& world, Exchange& exchange, Deadline deadline, const std::vector<Target>& system_resolvers,
                               const std::vector<Target>& public_resolvers, bool ask_zone_servers)
    : world_(world), exchange_(exchange), deadline_(deadline), time_left_(most_time_for_judging), ask_zone_servers_(ask_zone_servers) {
  // A public one comes first: it passes all records on and answers for many, which forwarders in home routers may not.
  for (const auto& [role, targets] : {std::pair{Role::public_resolver, &public_resolvers}, std::pair{Role::system, &system_resolvers}}) {
    Source source{.role = role, .resolvers = {}, .tickets = {}};
    std::ranges::copy_if(*targets, std::back_inserter(source.resolvers), [&](const Target& target) { return exchange.may_ask(target); });
    if (!source.resolvers.empty()) sources_.push_back(std::move(source));
  }
}

std::vector<std::string> SignatureCheck::names_down_to(const std::string& name) {
  auto result = wire::dns::enclosing_names(name);
  std::ranges::reverse(result);
  if (result.size() > most_labels_proven) result.resize(most_labels_proven);
  return result;
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
  for (const auto& inquiry : std::span(inquiries).first(std::min(inquiries.size(), most_names)))
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
  // What is too long for UDP takes two round trips more, one after the other.
  std::erase_if(all, [&](Ticket ticket) {
    const auto& answer = exchange_.answer(ticket);
    return !answer.truncated || answer.rcode || answer.trouble;
  });
  exchange_.settle(all, world_.clock.now() + grace_for_tcp);
}

bool SignatureCheck::holds_signatures(const std::vector<Ticket>& tickets) const {
  return std::ranges::any_of(tickets, [&](Ticket ticket) { return wire::dns::holds_signatures(exchange_.octets(ticket)); });
}

/// Once for the messages that are there; more of them may have come since another source was waited for.
const std::vector<wire::dns::Judgement>& SignatureCheck::judge_source(Source& source, const std::string& name, const std::vector<Ticket>& tickets) {
  auto& judged = source.judged[name];
  std::vector<io::Bytes> messages;
  for (const auto ticket : tickets)
    if (!exchange_.octets(ticket).empty()) messages.push_back(exchange_.octets(ticket));
  if (!judged.types.empty() && judged.messages == messages.size()) return judged.types;
  constexpr std::array types{Type::a, Type::aaaa};
  const auto began = world_.clock.now();
  const auto until = deadline_.or_earlier(began + time_left_);
  judged.messages = messages.size();
  judged.types = wire::dns::validate_each(name, types, messages, anchors_, *now_, [&] { return !until.passed(world_.clock); });
  time_left_ -= std::min(time_left_, world_.clock.now() - began);
  return judged.types;
}

Dnssec SignatureCheck::verdict_of(const std::string& name, std::size_t first_sources) {
  Verdicts verdicts;
  for (auto& source : std::span(sources_).first(first_sources)) {
    const auto found = source.tickets.find(name);
    if (found == source.tickets.end()) continue;
    const auto server = source.resolvers.empty() ? std::nullopt : std::optional(source.resolvers.front().server);
    const auto& types = judge_source(source, name, found->second);
    verdicts.add(source.role, server, types[0], types[1]);
  }
  auto result = verdicts.together();
  result.anchor = anchor_;
  result.judged_at = now_;
  return result;
}

std::vector<std::optional<Dnssec>> SignatureCheck::judge(const std::vector<Inquiry>& inquiries) {
  std::vector<std::optional<Dnssec>> result(inquiries.size());
  if (!now_ || sources_.empty() || inquiries.empty()) return result;
  const auto count = std::min(inquiries.size(), most_names);
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
