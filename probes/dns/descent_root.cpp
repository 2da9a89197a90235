/// Whose root the way down starts from.
#include <algorithm>
#include <array>

#include "probes/dns/descent.hpp"

namespace ringback::dns {
namespace {

using wire::dns::Type;

/// Four of the thirteen, of different operators (IANA, "Root Servers").
struct KnownRoot {
  const char *name, *ipv4, *ipv6;
};
constexpr std::array known_root{KnownRoot{"d.root-servers.net.", "199.7.91.13", "2001:500:2d::d"},
                                KnownRoot{"f.root-servers.net.", "192.5.5.241", "2001:500:2f::f"},
                                KnownRoot{"k.root-servers.net.", "193.0.14.129", "2001:7fd::1"},
                                KnownRoot{"l.root-servers.net.", "199.7.83.42", "2001:500:9f::42"}};

/// The thirteen are "a" to "m".
bool is_server_of_internets_root(const std::string& name) {
  return name.size() > 1 && name.front() >= 'a' && name.front() <= 'm' && std::string_view(name).substr(1) == ".root-servers.net.";
}

/// What one resolver says of the root.
struct RootWord {
  const Target* by;
  const wire::dns::Message* message;
  std::vector<std::string> servers;   // sorted
};

}  // namespace

/// Starts where it is settled whose root to ask; otherwise the answers that it takes.
std::vector<Ticket> Descent::find_root() {
  const wire::dns::Question question{".", Type::ns};
  std::vector<Ticket> open;
  std::vector<RootWord> words;
  bool public_one_answers = false;
  for (const auto& resolver : resolvers_) {
    const auto ticket = exchange_.ask_first(resolver, question);
    const auto* message = exchange_.message(ticket);
    if (!exchange_.is_settled(ticket)) open.push_back(ticket);
    if (!message) continue;
    public_one_answers = public_one_answers || resolver.role == Role::public_resolver;
    auto servers = wire::dns::follow(*message, question).servers;
    std::ranges::sort(servers);
    if (!servers.empty()) words.push_back({&resolver, message, std::move(servers)});
  }
  // Where the internet's root has its servers nobody has to tell; and which one to ask is open where two tell different ones.
  const auto is_internets = [](const RootWord& word) { return std::ranges::all_of(word.servers, is_server_of_internets_root); };
  const auto differs = [&](const RootWord& word) { return word.servers != words.front().servers; };
  told_another_root_ = !words.empty();
  if (std::ranges::any_of(words, is_internets) || std::ranges::any_of(words, differs)) {
    take_known_root();
    return {};
  }
  const auto is_told_by = [&](Role role) { return std::ranges::any_of(words, [&](const RootWord& word) { return word.by->role == role; }); };
  const bool inside_and_outside = is_told_by(Role::public_resolver) && is_told_by(Role::system);
  if (!inside_and_outside && !open.empty()) return open;
  // What this network's resolvers alone tell counts where nobody else answers: they could say anything of the name's zone as well.
  if (words.empty() || (public_one_answers && !is_told_by(Role::public_resolver))) {
    take_known_root();
    return {};
  }
  root_told_by_ = *words.front().by;
  std::map<std::string, std::vector<Address>> servers;
  for (const auto& server : words.front().servers) servers[server] = addresses_beside(*words.front().message, server);
  start(servers);
  return {};
}

void Descent::take_known_root() {
  root_told_by_.reset();
  std::map<std::string, std::vector<Address>> servers;
  for (const auto& [name, ipv4, ipv6] : known_root) servers[name] = {*Address::parse(ipv4), *Address::parse(ipv6)};
  start(servers);
}

void Descent::start(const std::map<std::string, std::vector<Address>>& root) {
  started_ = true;
  for (auto& way : ways_) {
    way.done = way.names.size() > deepest;
    way.servers.clear();
    for (const auto& [name, addresses] : root) {
      if (way.servers.size() == most_servers_known) break;
      way.servers.emplace_back(name).add(addresses, is_at_home(way));
    }
  }
}

}  // namespace ringback::dns
