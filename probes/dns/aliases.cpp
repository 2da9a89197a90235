#include "probes/dns/aliases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "wire/dns_answer.hpp"

namespace ringback::dns {
namespace {

constexpr std::size_t most_followed = 8;

/// Smallest of the aliases that lead up to the last name of `chain`.
std::optional<unsigned> ttl_of(const std::vector<std::string>& chain, const std::string& first, const wire::dns::Message* message) {
  std::optional<unsigned> result;
  const auto* owner = &first;
  for (const auto& name : chain) {
    if (message)
      for (const auto& record : message->answer)
        if (record.type == wire::dns::Type::cname && record.owner == *owner) result = std::min(record.ttl_s, result.value_or(record.ttl_s));
    owner = &name;
  }
  return result;
}

/// Where the name's aliases end, if its zone's servers lead out of the zone: they have no address to give (RFC 1034 §4.3.2 step 3a).
std::optional<std::string> end_of_aliases(const Inquiry& inquiry, const Exchange& exchange) {
  std::vector<std::string> chain;
  for (const auto ticket : inquiry.at_zone_servers)
    if (auto answer = own_word(inquiry, ticket, exchange); answer.authoritative && answer.addresses.empty() && !answer.names.empty())
      chain = std::move(answer.names);
  if (chain.empty()) return std::nullopt;
  // Resolvers go on to the end where the one that it leads to is an alias as well.
  for (const auto ticket : inquiry.at_resolvers)
    if (const auto& answer = exchange.answer(ticket); answer.names.size() > chain.size()) chain = answer.names;
  return chain.back();
}

}  // namespace

Answer own_word(const Inquiry& inquiry, Ticket ticket, const Exchange& exchange) {
  auto answer = exchange.answer(ticket);
  if (!answer.authoritative || !inquiry.zone) return answer;
  const auto is_outside = [&](const std::string& name) { return !wire::dns::is_within(name, *inquiry.zone); };
  const auto outside = std::ranges::find_if(answer.names, is_outside);
  if (outside == answer.names.end()) return answer;
  answer.names.erase(outside + 1, answer.names.end());
  answer.addresses.clear();
  answer.ttl_s = ttl_of(answer.names, answer.question, exchange.message(ticket));
  answer.negative_ttl_s.reset();
  return answer;
}

std::size_t addresses_outside(const std::vector<Inquiry>& inquiries, const Exchange& exchange) {
  std::size_t result = 0;
  for (const auto& inquiry : inquiries)
    for (const auto ticket : inquiry.at_zone_servers)
      result += exchange.answer(ticket).addresses.size() - own_word(inquiry, ticket, exchange).addresses.size();
  return result;
}

std::vector<Inquiry> follow_aliases(std::vector<Inquiry>& inquiries, const std::vector<Target>& system, const std::vector<Target>& outside,
                                    Exchange& exchange, const Clock& clock, std::vector<std::string>& troubles) {
  std::vector<Inquiry> ends;
  std::set<std::string> left;
  for (auto& inquiry : inquiries) {
    const auto end = end_of_aliases(inquiry, exchange);
    if (!end) continue;
    const bool known = std::ranges::find(ends, *end, &Inquiry::name) != ends.end();
    if (!known && ends.size() == most_followed) {
      left.insert(*end);
      continue;
    }
    inquiry.leads_to = *end;
    if (!known) ends.push_back({.asked = *end, .name = *end, .possible_zones = possible_zones(*end, true)});
  }
  if (!left.empty())
    troubles.push_back(fmt::format("of {} names that aliases lead to, in other zones, the servers of the first {} are asked", ends.size() + left.size(), ends.size()));
  ask_zone_servers(ends, system, outside, exchange, clock, [] {});
  return ends;
}

}  // namespace ringback::dns
