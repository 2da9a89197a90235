#include "probes/dns/zone.hpp"

#include <algorithm>
#include <iterator>

#include "wire/dns_answer.hpp"

namespace ringback::dns {
namespace {

using wire::dns::Type;

constexpr std::size_t most_public_resolvers = 2;  // for finding zones
constexpr std::size_t most_labels = 16;
constexpr std::size_t most_servers = 8;           // of a zone
constexpr std::size_t most_addresses = 16;        // of all of them
constexpr unsigned most_referrals = 3;
// A resolver that is slower than this does not hold up the others' answers.
constexpr auto head_start = milliseconds(400);

// A name right below the root is a zone of its own, and never the one that a household's records are in.
std::vector<std::string> possible_zones(const std::string& name) {
  auto result = wire::dns::enclosing_names(name);
  if (result.size() > 1) result.pop_back();
  if (result.size() > most_labels) result.resize(most_labels);
  return result;
}

bool take_zone(Inquiry& inquiry, const Target& resolver, Exchange& exchange) {
  for (const auto& zone : possible_zones(inquiry.name)) {
    const wire::dns::Question question{zone, Type::ns};
    const auto* message = exchange.message(exchange.ask(resolver, question));
    if (!message || message->rcode != 0) continue;
    const auto answer = wire::dns::follow(*message, question);
    if (answer.servers.empty() || !answer.chain.empty()) continue;  // an alias has the servers of another zone
    inquiry.zone = zone;
    inquiry.zone_servers = answer.servers;
    inquiry.found_through = resolver;
    return true;
  }
  return false;
}

void find_zones(std::vector<Inquiry>& inquiries, const std::vector<Target>& resolvers, Exchange& exchange, const Clock& clock) {
  std::vector<Ticket> tickets;
  for (const auto& resolver : resolvers)
    for (const auto& inquiry : inquiries)
      for (const auto& zone : possible_zones(inquiry.name)) tickets.push_back(exchange.ask(resolver, {zone, Type::ns}));
  const auto take_zones = [&] {
    bool all = true;
    for (auto& inquiry : inquiries)
      all = (inquiry.zone || std::ranges::any_of(resolvers, [&](const Target& r) { return take_zone(inquiry, r, exchange); })) && all;
    return all;
  };
  exchange.settle(tickets, clock.now() + head_start);
  if (take_zones()) return;
  exchange.settle(tickets);
  take_zones();
}

std::vector<Ticket> ask_addresses(const Inquiry& inquiry, Exchange& exchange) {
  std::vector<Ticket> tickets;
  for (std::size_t i = 0; i < std::min(inquiry.zone_servers.size(), most_servers); ++i)
    for (const auto type : {Type::a, Type::aaaa}) tickets.push_back(exchange.ask(*inquiry.found_through, {inquiry.zone_servers[i], type}));
  return tickets;
}

// Asks those whose addresses are known by now; may be called again when more are.
void ask_servers_of(Inquiry& inquiry, Exchange& exchange) {
  inquiry.at_zone_servers.clear();
  inquiry.without_address.clear();
  std::size_t asked = 0;
  for (std::size_t i = 0; i < std::min(inquiry.zone_servers.size(), most_servers); ++i) {
    const auto& server_name = inquiry.zone_servers[i];
    bool has_address = false;
    for (const auto type : {Type::a, Type::aaaa}) {
      for (const auto& address : exchange.answer(exchange.ask(*inquiry.found_through, {server_name, type})).addresses) {
        if (!can_be_a_server(address)) continue;
        has_address = true;
        if (++asked > most_addresses) continue;
        const Target target{Role::authoritative, {address, 53}, server_name, std::nullopt};
        for (const auto wanted : {Type::a, Type::aaaa}) inquiry.at_zone_servers.push_back(exchange.ask(target, {inquiry.name, wanted}));
      }
    }
    if (!has_address) inquiry.without_address.push_back(server_name);
  }
}

// True where nobody answers with authority and somebody knows a zone closer to the name.
bool follow_referral(Inquiry& inquiry, const Exchange& exchange) {
  std::optional<wire::dns::Referral> closer;
  for (const auto ticket : inquiry.at_zone_servers) {
    const auto* message = exchange.message(ticket);
    if (!message) continue;
    if (message->authoritative) return false;
    if (!closer) closer = wire::dns::referral(*message, inquiry.name, *inquiry.zone);
  }
  if (!closer) return false;
  inquiry.zone = closer->zone;
  inquiry.zone_servers = closer->servers;
  return true;
}

}  // namespace

// RFC 1122 §3.2.1.3, RFC 4291 §2.5.
bool can_be_a_server(const Address& address) {
  return !address.is_unspecified() && !address.is_multicast() && !address.is_link_local() && !address.is_v4_mapped() &&
         address != Address::v4(0xffffffff);
}

void ask_zone_servers(std::vector<Inquiry>& inquiries, const std::vector<Target>& system_resolvers,
                      const std::vector<Target>& public_resolvers, Exchange& exchange, const Clock& clock) {
  std::vector<Target> resolvers;
  for (const auto& resolver : public_resolvers)
    if (exchange.may_ask(resolver) && resolvers.size() < most_public_resolvers) resolvers.push_back(resolver);
  std::ranges::copy(system_resolvers, std::back_inserter(resolvers));
  find_zones(inquiries, resolvers, exchange, clock);

  std::vector<Inquiry*> open;
  for (auto& inquiry : inquiries)
    if (inquiry.zone) open.push_back(&inquiry);
  for (unsigned i = 0; i <= most_referrals && !open.empty(); ++i) {
    std::vector<Ticket> tickets;
    for (const auto* inquiry : open) std::ranges::copy(ask_addresses(*inquiry, exchange), std::back_inserter(tickets));
    exchange.settle(tickets, clock.now() + head_start);
    for (auto* inquiry : open) ask_servers_of(*inquiry, exchange);
    exchange.settle(tickets);
    tickets.clear();
    for (auto* inquiry : open) {
      ask_servers_of(*inquiry, exchange);
      std::ranges::copy(inquiry->at_zone_servers, std::back_inserter(tickets));
    }
    exchange.settle(tickets);
    std::erase_if(open, [&](Inquiry* inquiry) { return !follow_referral(*inquiry, exchange); });
  }
}

}  // namespace ringback::dns
