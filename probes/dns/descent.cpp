#include "probes/dns/descent.hpp"

#include <algorithm>

#include "probes/dns/server_address.hpp"

namespace ringback::dns {
namespace {

using wire::dns::Type;

constexpr std::size_t most_ways = 256;
constexpr std::size_t most_addresses_known = 4;  // of one server
constexpr std::size_t most_servers_looked_up = 3;
constexpr std::size_t at_a_time = 2, most_tried = 4;   // servers of one zone

}  // namespace

Descent::Descent(const std::vector<Inquiry>& inquiries, std::vector<Target> resolvers, Exchange& exchange)
    : exchange_(exchange), resolvers_(std::move(resolvers)) {
  std::erase_if(resolvers_, [&](const Target& resolver) { return !exchange_.may_ask(resolver); });
  std::map<std::string, std::size_t> known;
  for (const auto& inquiry : inquiries) {
    if (inquiry.possible_zones.empty() || ways_.size() == most_ways) break;
    const auto& end = inquiry.possible_zones.front();
    const auto [way_there, is_new] = known.try_emplace(end, ways_.size());
    way_of_.push_back(way_there->second);
    if (!is_new) continue;
    auto& way = ways_.emplace_back();
    way.names = wire::dns::enclosing_names(end);
    std::ranges::reverse(way.names);
    way.done = way.names.size() > deepest;
  }
}

std::vector<Ticket> Descent::advance() {
  std::vector<Ticket> open;
  if (ways_.empty()) return open;
  if (!started_) open = find_root();
  if (!started_) return open;
  for (auto& way : ways_) go_on(way, open);
  const bool leads_nowhere = std::ranges::all_of(ways_, [](const Way& way) { return way.done && !way.answered; });
  if (!leads_nowhere || !root_told_by_) return open;
  take_known_root();
  for (auto& way : ways_) go_on(way, open);
  return open;
}

std::vector<Address> Descent::glue(const std::string& server) const {
  const auto found = glue_.find(server);
  return found == glue_.end() ? std::vector<Address>{} : std::vector<Address>(found->second.begin(), found->second.end());
}

/// Of the zone that this way leads to: what the internet's root delegates is never at home.
bool Descent::is_at_home(const Way& way) const {
  return root_told_by_ && !way.names.empty() && dns::is_at_home(way.names.back(), *root_told_by_, exchange_);
}

void Descent::NamedServer::add(const std::vector<Address>& told, bool at_home) {
  for (const auto& address : told)
    if (addresses.size() < most_addresses_known && may_be_asked(address, at_home) && std::ranges::find(addresses, address) == addresses.end())
      addresses.push_back(address);
}

void Descent::go_on(Way& way, std::vector<Ticket>& open) {
  while (!way.done) {
    way.done = way.next >= way.names.size();
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
    std::ranges::copy(find_addresses_of(server, is_at_home(way)), std::back_inserter(waiting));
  if (known()) return true;
  way.done = waiting.empty();
  std::ranges::copy(waiting, std::back_inserter(open));
  return false;
}

/// As a public resolver says, and as this network's do where none of those answers: these are asked at the same time, and could name any machine
/// as the server of any zone. What is still waited for.
std::vector<Ticket> Descent::find_addresses_of(NamedServer& server, bool at_home) {
  std::vector<Ticket> result;
  bool settled = false;
  for (const auto role : {Role::public_resolver, Role::system}) {
    bool answers = false;
    std::vector<Ticket> open;
    for (const auto& resolver : resolvers_)
      for (const auto type : {Type::a, Type::aaaa}) {
        if (resolver.role != role) continue;
        const auto ticket = exchange_.ask_first(resolver, {server.name, type});
        answers = answers || exchange_.message(ticket);
        if (!exchange_.is_settled(ticket)) open.push_back(ticket);
        if (!settled) server.add(exchange_.answer(ticket).addresses, at_home);
      }
    if (!settled) result = open;
    settled = settled || answers || !open.empty();
  }
  return result;
}

/// Asks some of the zone's servers, and others in place of those that were of no use. For the last label one will do: nothing rests on it.
/// True: an answer led on.
bool Descent::ask_servers(Way& way, std::vector<Ticket>& open) {
  const std::size_t wanted = way.next + 1 == way.names.size() ? 1 : at_a_time;
  std::vector<Ticket> waiting;
  for (const auto& target : targets(way)) {
    if (waiting.size() == wanted) break;
    const auto ticket = exchange_.ask_first(target, {way.names[way.next], Type::ns});
    if (take(way, ticket)) return true;
    if (!exchange_.is_settled(ticket)) waiting.push_back(ticket);
  }
  way.done = waiting.empty();   // nobody there is of use
  std::ranges::copy(waiting, std::back_inserter(open));
  return false;
}

/// Those that are tried.
std::vector<Target> Descent::targets(const Way& way) const {
  std::vector<Target> result;
  for (const auto& server : way.servers)
    for (const auto& address : server.addresses) {
      if (result.size() == most_tried) return result;
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
    descend(way, exchange_.target(ticket), *closer, *message);
    return way.answered = true;
  }
  if (!message->authoritative || (message->rcode != 0 && message->rcode != 3)) return false;
  const auto own = wire::dns::follow(*message, {name, Type::ns});
  if (!own.servers.empty() && own.chain.empty()) way.zone = name;   // it serves the zone below as well, and says that zone's own word
  ++way.next;
  way.done = message->rcode == 3;                                   // RFC 8020: nothing is below
  return way.answered = true;
}

void Descent::descend(Way& way, const Target& from, const wire::dns::Referral& closer, const wire::dns::Message& message) {
  // A zone that another of these servers has said to be no zone of its own leads back, and the way is given up.
  const auto child = static_cast<std::size_t>(std::ranges::find(way.names, closer.zone) - way.names.begin());
  if (child < way.next || child == way.names.size()) {
    way.done = true;
    return;
  }
  way.steps.push_back({.zone = way.zone, .server = from.server, .server_name = from.server_name, .child = closer.zone, .servers = closer.servers});
  way.servers.clear();
  for (const auto& server : std::span(closer.servers).first(std::min(closer.servers.size(), most_servers_known))) {
    auto& named = way.servers.emplace_back(server);
    // What a zone says of names outside of it is nobody's word (RFC 2181 §5.4.1).
    const auto beside = addresses_beside(message, server);
    if (!wire::dns::is_within(server, way.zone)) {
      exchange_.leave_out_glue(beside.size());
      continue;
    }
    named.add(beside, is_at_home(way));
    if (auto& known = glue_[server]; known.size() < most_addresses_known) known.insert(beside.begin(), beside.end());
  }
  way.next = child + 1;
  way.zone = closer.zone;
}

}  // namespace ringback::dns
