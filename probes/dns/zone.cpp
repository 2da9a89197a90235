#include "probes/dns/zone.hpp"

#include <algorithm>
#include <iterator>

#include "probes/dns/descent.hpp"
#include "probes/dns/server_address.hpp"
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
// The way down from the root is gone side by side with all else, and not waited for longer than this where its servers are silent.
constexpr auto patience_for_descent = milliseconds(1200);
constexpr auto turn = milliseconds(10);

bool take_zone(Inquiry& inquiry, const Target& resolver, Exchange& exchange) {
  for (const auto& zone : inquiry.possible_zones) {
    const wire::dns::Question question{zone, Type::ns};
    const auto ticket = exchange.ask(resolver, question);
    if (!exchange.is_settled(ticket)) return false;   // this one may be the closest
    const auto* message = exchange.message(ticket);
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

/// Waits for some questions while the way down from the root is gone on with, and what else there is to do.
class Waiting {
 public:
  Waiting(Exchange& exchange, Descent& descent, const Clock& clock, const std::function<void()>& meanwhile)
      : exchange_(exchange), descent_(descent), clock_(clock), meanwhile_(meanwhile) {}

  void settle(const std::vector<Ticket>& tickets, Instant until = Instant::max()) {
    do {
      meanwhile_();
      descent_.advance();
      exchange_.settle(tickets, until, clock_.now() + turn);
    } while (clock_.now() < until && !std::ranges::all_of(tickets, [&](Ticket t) { return exchange_.is_settled(t); }));
  }
  [[nodiscard]] Instant head_start_ends() const { return clock_.now() + head_start; }
  void settle_for_a_while(const std::vector<Ticket>& tickets) { settle(tickets, head_start_ends()); }

  void finish_descent(Instant until) {
    auto open = descent_.advance();
    // Resolvers that are silent are waited for anyhow, for the name's own sake.
    for (; descent_.is_in_doubt_of_root() && !open.empty(); open = descent_.advance()) {
      meanwhile_();
      exchange_.settle(open, Instant::max(), clock_.now() + turn);
      until = clock_.now() + patience_for_descent;
    }
    for (; !open.empty() && clock_.now() < until; open = descent_.advance()) {
      meanwhile_();
      exchange_.settle(open, until, clock_.now() + turn);
    }
  }

 private:
  Exchange& exchange_;
  Descent& descent_;
  const Clock& clock_;
  const std::function<void()>& meanwhile_;
};

std::vector<Ticket> zone_tickets(const std::vector<Inquiry>& inquiries, const std::vector<Target>& resolvers, Exchange& exchange) {
  std::vector<Ticket> tickets;
  for (const auto& resolver : resolvers)
    for (const auto& inquiry : inquiries)
      for (const auto& zone : inquiry.possible_zones) tickets.push_back(exchange.ask(resolver, {zone, Type::ns}));
  return tickets;
}

std::vector<Target> resolvers_for_zones(const std::vector<Target>& system_resolvers, const std::vector<Target>& public_resolvers, Exchange& exchange) {
  std::vector<Target> resolvers;
  for (const auto& resolver : public_resolvers)
    if (exchange.may_ask(resolver) && resolvers.size() < most_public_resolvers) resolvers.push_back(resolver);
  std::ranges::copy(system_resolvers, std::back_inserter(resolvers));
  return resolvers;
}

void find_zones(std::vector<Inquiry>& inquiries, const std::vector<Target>& resolvers, Exchange& exchange, Waiting& waiting) {
  if (resolvers.empty()) return;
  const auto take_zones = [&](std::span<const Target> from) {
    bool all = true;
    for (auto& inquiry : inquiries)
      all = (inquiry.zone || std::ranges::any_of(from, [&](const Target& r) { return take_zone(inquiry, r, exchange); })) && all;
    return all;
  };
  const auto tickets = zone_tickets(inquiries, resolvers, exchange);
  const auto until = waiting.head_start_ends();
  // Where the first one knows them all, nobody else is waited for: each may have hundreds of other questions to answer before.
  waiting.settle(zone_tickets(inquiries, {resolvers.front()}, exchange), until);
  if (take_zones(std::span(resolvers).first(1))) return;
  waiting.settle(tickets, until);
  if (take_zones(resolvers)) return;
  waiting.settle(tickets);
  take_zones(resolvers);
}

std::vector<Ticket> ask_addresses(const Inquiry& inquiry, Exchange& exchange) {
  std::vector<Ticket> tickets;
  if (!inquiry.found_through) return tickets;
  for (std::size_t i = 0; i < std::min(inquiry.zone_servers.size(), most_servers); ++i)
    for (const auto type : {Type::a, Type::aaaa}) tickets.push_back(exchange.ask_first(*inquiry.found_through, {inquiry.zone_servers[i], type}));
  return tickets;
}

/// As a resolver says; what the zone above says where none knows.
std::vector<Address> addresses_of(const std::string& server, const Inquiry& inquiry, Exchange& exchange, const Descent& descent) {
  std::vector<Address> result;
  if (inquiry.found_through)
    for (const auto type : {Type::a, Type::aaaa})
      std::ranges::copy(exchange.answer(exchange.ask(*inquiry.found_through, {server, type})).addresses, std::back_inserter(result));
  if (result.empty()) result = descent.glue(server);
  std::erase_if(result, [](const Address& address) { return !can_be_a_server(address); });
  return result;
}

// Asks those whose addresses are known by now; may be called again when more are.
void ask_servers_of(Inquiry& inquiry, Exchange& exchange, const Descent& descent) {
  inquiry.at_zone_servers.clear();
  inquiry.about_zone.clear();
  inquiry.without_address.clear();
  inquiry.not_asked.clear();
  inquiry.servers_left = inquiry.zone_servers.size() - std::min(inquiry.zone_servers.size(), most_servers);
  inquiry.addresses_left = 0;
  const bool at_home = inquiry.found_through && is_at_home(inquiry.name, *inquiry.found_through, exchange);
  std::size_t asked = 0;
  for (std::size_t i = 0; i < std::min(inquiry.zone_servers.size(), most_servers); ++i) {
    const auto& server_name = inquiry.zone_servers[i];
    auto addresses = addresses_of(server_name, inquiry, exchange, descent);
    if (addresses.empty()) inquiry.without_address.push_back(server_name);
    if (std::erase_if(addresses, [&](const Address& address) { return !may_be_asked(address, at_home); }) > 0 && addresses.empty())
      inquiry.not_asked.push_back(server_name);
    for (const auto& address : addresses) {
      if (++asked > most_addresses) {
        ++inquiry.addresses_left;
        continue;
      }
      const Target target{Role::authoritative, {address, 53}, server_name, std::nullopt};
      for (const auto wanted : {Type::a, Type::aaaa}) inquiry.at_zone_servers.push_back(exchange.ask(target, {inquiry.name, wanted}));
      for (const auto wanted : {Type::soa, Type::ns}) inquiry.about_zone.push_back(exchange.ask(target, {*inquiry.zone, wanted}));
    }
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

void ask_servers(std::vector<Inquiry*> open, Exchange& exchange, const Descent& descent, Waiting& waiting) {
  for (unsigned i = 0; i <= most_referrals && !open.empty(); ++i) {
    std::vector<Ticket> tickets;
    for (const auto* inquiry : open) std::ranges::copy(ask_addresses(*inquiry, exchange), std::back_inserter(tickets));
    waiting.settle_for_a_while(tickets);
    for (auto* inquiry : open) ask_servers_of(*inquiry, exchange, descent);
    waiting.settle(tickets);
    tickets.clear();
    for (auto* inquiry : open) {
      ask_servers_of(*inquiry, exchange, descent);
      std::ranges::copy(inquiry->at_zone_servers, std::back_inserter(tickets));
      std::ranges::copy(inquiry->about_zone, std::back_inserter(tickets));
    }
    waiting.settle(tickets);
    std::erase_if(open, [&](Inquiry* inquiry) { return !follow_referral(*inquiry, exchange); });
  }
}

/// Takes what the way down from the root says beyond the resolvers. True: there are more servers to ask.
bool take_delegation(Inquiry& inquiry, const std::vector<Target>& resolvers) {
  if (inquiry.delegations.empty()) return false;
  const auto& last = inquiry.delegations.back();
  // A name right below the root is nobody's home: there the way ended before it came to the name's zone.
  if (wire::dns::enclosing_names(last.child).size() < 2) return false;
  if (!inquiry.zone) {
    inquiry.zone = last.child;
    inquiry.zone_servers = last.servers;
    if (!resolvers.empty()) inquiry.found_through = resolvers.front();
    return true;
  }
  if (last.child != *inquiry.zone) return false;
  const auto known = inquiry.zone_servers.size();
  auto& servers = inquiry.zone_servers;
  for (const auto& server : last.servers)
    if (servers.size() < wire::dns::most_servers_told && std::ranges::find(servers, server) == servers.end()) servers.push_back(server);
  return inquiry.zone_servers.size() > known;
}

}  // namespace

// A name right below the root is a zone of its own, and never the one that a household's records are in.
std::vector<std::string> possible_zones(const std::string& name, bool itself) {
  auto result = wire::dns::enclosing_names(name);
  if (result.size() > 1) result.pop_back();
  if (result.size() > 1 && !itself) result.erase(result.begin());
  if (result.size() > most_labels) result.resize(most_labels);
  return result;
}

void ask_for_zones(const std::vector<Inquiry>& inquiries, const std::vector<Target>& system_resolvers, const std::vector<Target>& public_resolvers,
                   Exchange& exchange) {
  zone_tickets(inquiries, resolvers_for_zones(system_resolvers, public_resolvers, exchange), exchange);
}

void ask_zone_servers(std::vector<Inquiry>& inquiries, const std::vector<Target>& system_resolvers,
                      const std::vector<Target>& public_resolvers, Exchange& exchange, const Clock& clock, const std::function<void()>& meanwhile) {
  const auto began = clock.now();
  const auto resolvers = resolvers_for_zones(system_resolvers, public_resolvers, exchange);
  Descent descent(inquiries, resolvers, exchange);
  Waiting waiting(exchange, descent, clock, meanwhile);
  find_zones(inquiries, resolvers, exchange, waiting);

  std::vector<Inquiry*> open;
  for (auto& inquiry : inquiries)
    if (inquiry.zone) open.push_back(&inquiry);
  ask_servers(open, exchange, descent, waiting);

  waiting.finish_descent(began + patience_for_descent);
  open.clear();
  for (std::size_t i = 0; i < inquiries.size(); ++i) {
    inquiries[i].delegations = descent.steps(i);
    if (take_delegation(inquiries[i], resolvers)) open.push_back(&inquiries[i]);
  }
  ask_servers(open, exchange, descent, waiting);
}

}  // namespace ringback::dns
