#include "probes/dns/descent.hpp"

#include <algorithm>
#include <array>

#include "wire/dns_answer.hpp"

namespace ringback::dns {
namespace {

using wire::dns::Type;

constexpr std::size_t most_ways = 256;           // names
constexpr std::size_t deepest = 16;              // labels
constexpr std::size_t most_servers_looked_up = 3;
constexpr std::size_t at_a_time = 2, most_tried = 4;   // servers of one zone

/// Four of the thirteen, of different operators (IANA, "Root Servers").
struct KnownRoot {
  const char *name, *ipv4, *ipv6;
};
constexpr std::array known_root{KnownRoot{"d.root-servers.net.", "199.7.91.13", "2001:500:2d::d"},
                                KnownRoot{"f.root-servers.net.", "192.5.5.241", "2001:500:2f::f"},
                                KnownRoot{"k.root-servers.net.", "193.0.14.129", "2001:7fd::1"},
                                KnownRoot{"l.root-servers.net.", "199.7.83.42", "2001:500:9f::42"}};

/// The addresses that the message has beside its answer for a server that it names.
std::vector<Address> addresses_beside(const wire::dns::Message& message, const std::string& server) {
  std::vector<Address> result;
  for (const auto& record : message.additional)
    if (const auto* address = std::get_if<Address>(&record.data); address && record.owner == server && can_be_a_server(*address))
      result.push_back(*address);
  return result;
}

}  // namespace

Descent::Descent(const std::vector<Inquiry>& inquiries, std::vector<Target> resolvers, Exchange& exchange)
    : exchange_(exchange), resolvers_(std::move(resolvers)) {
  std::erase_if(resolvers_, [&](const Target& resolver) { return !exchange_.may_ask(resolver); });
  for (const auto& inquiry : inquiries) {
    if (ways_.size() == most_ways) break;
    auto& way = ways_.emplace_back();
    way.names = wire::dns::enclosing_names(inquiry.name);
    std::ranges::reverse(way.names);
    way.done = way.names.size() > deepest;
  }
}

std::vector<Ticket> Descent::advance() {
  std::vector<Ticket> open;
  if (ways_.empty()) return open;
  if (!started_) find_root(open);
  if (!started_) return open;
  for (auto& way : ways_) go_on(way, open);
  const bool leads_nowhere = std::ranges::all_of(ways_, [](const Way& way) { return way.done && !way.answered; });
  if (!leads_nowhere || by_known_root_) return open;
  take_known_root();
  for (auto& way : ways_) go_on(way, open);
  return open;
}

std::vector<Address> Descent::glue(const std::string& server) const {
  const auto found = glue_.find(server);
  return found == glue_.end() ? std::vector<Address>{} : std::vector<Address>(found->second.begin(), found->second.end());
}

void Descent::find_root(std::vector<Ticket>& open) {
  const wire::dns::Question question{".", Type::ns};
  for (const auto& resolver : resolvers_) {
    const auto ticket = exchange_.ask(resolver, question);
    const auto* message = exchange_.message(ticket);
    if (!message && !is_settled(ticket)) open.push_back(ticket);
    const auto told = message ? wire::dns::follow(*message, question).servers : std::vector<std::string>{};
    if (told.empty()) continue;
    std::vector<NamedServer> servers;
    for (const auto& server : told) servers.push_back({server, addresses_beside(*message, server)});
    return start(servers);
  }
  if (open.empty()) take_known_root();
}

void Descent::take_known_root() {
  by_known_root_ = true;
  std::vector<NamedServer> servers;
  for (const auto& [name, ipv4, ipv6] : known_root) servers.push_back({name, {*Address::parse(ipv4), *Address::parse(ipv6)}});
  start(servers);
}

void Descent::start(const std::vector<NamedServer>& root) {
  started_ = true;
  for (auto& way : ways_) {
    way.servers = root;
    way.done = way.names.size() > deepest;
  }
}

bool Descent::is_settled(Ticket ticket) const { return exchange_.answer(ticket).rcode || exchange_.answer(ticket).trouble; }

void Descent::go_on(Way& way, std::vector<Ticket>& open) {
  while (!way.done) {
    way.done = way.next == way.names.size();
    if (way.done || !find_addresses(way, open)) return;
    if (!ask_servers(way, open)) return;
  }
}

/// False: they are still being asked for, or there are none, and the way ends.
bool Descent::find_addresses(Way& way, std::vector<Ticket>& open) {
  const auto known = [&] { return std::ranges::any_of(way.servers, [](const NamedServer& server) { return !server.addresses.empty(); }); };
  if (known()) return true;
  std::vector<Ticket> waiting;
  for (auto& server : std::span(way.servers).first(std::min(way.servers.size(), most_servers_looked_up)))
    for (const auto& resolver : resolvers_)
      for (const auto type : {Type::a, Type::aaaa}) {
        const auto ticket = exchange_.ask(resolver, {server.name, type});
        for (const auto& address : exchange_.answer(ticket).addresses)
          if (can_be_a_server(address) && std::ranges::find(server.addresses, address) == server.addresses.end()) server.addresses.push_back(address);
        if (!is_settled(ticket)) waiting.push_back(ticket);
      }
  if (known()) return true;
  way.done = waiting.empty();
  std::ranges::copy(waiting, std::back_inserter(open));
  return false;
}

/// Asks some of the zone's servers, and others in place of those that were of no use. For the last label one will do: nothing rests on it.
/// True: an answer led on.
bool Descent::ask_servers(Way& way, std::vector<Ticket>& open) {
  const std::size_t wanted = way.next + 1 == way.names.size() ? 1 : at_a_time;
  std::vector<Ticket> waiting;
  std::size_t tried = 0;
  for (const auto& target : targets(way)) {
    if (waiting.size() == wanted || tried++ == most_tried) break;
    const auto ticket = exchange_.ask(target, {way.names[way.next], Type::ns});
    if (take(way, ticket)) return true;
    if (!is_settled(ticket)) waiting.push_back(ticket);
  }
  way.done = waiting.empty();   // nobody there is of use
  std::ranges::copy(waiting, std::back_inserter(open));
  return false;
}

std::vector<Target> Descent::targets(const Way& way) const {
  std::vector<Target> result;
  for (const auto& server : way.servers)
    for (const auto& address : server.addresses) {
      Target target{Role::authoritative, {address, 53}, server.name, std::nullopt};
      if (exchange_.may_ask(target)) result.push_back(std::move(target));
    }
  return result;
}

/// True: the answer leads on, or to the end.
bool Descent::take(Way& way, Ticket ticket) {
  const auto* message = exchange_.message(ticket);
  if (!message) return false;
  const auto& name = way.names[way.next];
  if (const auto closer = wire::dns::referral(*message, name, way.zone)) {
    descend(way, exchange_.target(ticket), closer->zone, closer->servers, *message);
    return way.answered = true;
  }
  if (!message->authoritative || (message->rcode != 0 && message->rcode != 3)) return false;
  const auto own = wire::dns::follow(*message, {name, Type::ns});
  if (!own.servers.empty() && own.chain.empty()) way.zone = name;   // it serves the zone below as well, and says that zone's own word
  ++way.next;
  way.done = message->rcode == 3;                                   // RFC 8020: nothing is below
  return way.answered = true;
}

void Descent::descend(Way& way, const Target& from, std::string child, const std::vector<std::string>& servers, const wire::dns::Message& message) {
  way.steps.push_back({.zone = way.zone, .server = from.server, .server_name = from.server_name, .child = child, .servers = servers});
  way.servers.clear();
  for (const auto& server : servers) {
    auto& named = way.servers.emplace_back(NamedServer{server, {}});
    // What a zone says of names outside of it is nobody's word (RFC 2181 §5.4.1).
    if (wire::dns::is_within(server, way.zone)) named.addresses = addresses_beside(message, server);
    if (!named.addresses.empty()) glue_[server].insert(named.addresses.begin(), named.addresses.end());
  }
  while (way.next < way.names.size() && way.names[way.next] != child) ++way.next;
  ++way.next;
  way.zone = std::move(child);
}

}  // namespace ringback::dns
