/// How translators treat this host's sockets (RFC 4787 §4.1 and §5): by which server asked, and whom a port in use lets in.
///
/// It does not tell whose a translator is, and so it is no column of the table: home routers and carriers are asked for the same mapping
/// (RFC 4787 REQ-1, RFC 6888 REQ-1), both may let in whoever sends to a port in use (RFC 4787 REQ-8, RFC 6888 REQ-7), and among
/// both there are those that do otherwise. Nor does a forward depend on it. Kept ports and pools of addresses do count, in their columns.
#include <algorithm>
#include <map>
#include <set>

#include "diagnosis/access_reading.hpp"

namespace ringback::diagnosis {
namespace {

/// What one socket of this host came out as.
struct SeenSocket {
  std::map<Address, std::set<Port>> outside_ports;   ///< by the address that was sent to
  Pointers at;
};

std::vector<SeenSocket> seen_sockets(const Evidence& evidence, const Facts& facts, Family family) {
  std::map<Endpoint, SeenSocket> asking;
  std::vector<SeenSocket> result;
  const auto translated = [&](const Endpoint& local, const std::optional<Endpoint>& mapped) {
    if (!mapped || local.port == 0 || facts.on_vpn(local.address)) return false;
    return mapped->address.family() == family && mapped->address != local.address;
  };
  for (std::size_t i = 0; i < evidence.stun->observations.size(); ++i) {
    const auto& o = evidence.stun->observations[i];
    if (o.server.address.family() != family || !translated(o.local, o.mapped)) continue;
    auto& socket = asking[o.local];
    socket.outside_ports[o.server.address].insert(o.mapped->port);
    cite(socket.at, pointer("stun", "observations", i, "mapped"));
  }
  for (auto& [local, socket] : asking) result.push_back(std::move(socket));
  for (std::size_t i = 0; i < evidence.stun->behaviours.size(); ++i) {
    const auto& b = evidence.stun->behaviours[i];
    if (b.server.address.family() != family || !translated(b.local, b.mapped)) continue;
    SeenSocket socket{.outside_ports = {{b.server.address, {b.mapped->port}}}, .at = {pointer("stun", "behaviours", i)}};
    for (const auto& other : {b.mapped_at_other_address, b.mapped_at_other_port})
      if (other) socket.outside_ports[b.other.address].insert(other->port);
    result.push_back(std::move(socket));
  }
  return result;
}

/// Each destination got a port of its own. One that two of them share is kept, and whoever saw another one may have told wrong.
bool goes_by_destination(const SeenSocket& socket) {
  std::set<Port> all;
  std::size_t count = 0;
  for (const auto& [destination, ports] : socket.outside_ports) {
    all.insert(ports.begin(), ports.end());
    count += ports.size();
  }
  return socket.outside_ports.size() >= 2 && all.size() == count;
}

void tell_mapping(const std::vector<SeenSocket>& sockets, Pointers& cited, std::vector<std::string>& because) {
  std::size_t most = 0;
  Pointers at;
  for (const auto& socket : sockets) {
    if (socket.outside_ports.size() < 2) continue;
    if (!goes_by_destination(socket)) return;   // another socket, or another server, shows that it does not
    most = std::max(most, socket.outside_ports.size());
    cite(at, socket.at);
  }
  if (most == 0) return;
  because.push_back(fmt::format("Seen from {} addresses of servers, one and the same socket of this host comes out at another port each time (a "
                                "symmetric translator, RFC 4787 §4.1): two homes that mean to meet without a server between, as in calls "
                                "or some VPNs, hardly will. A port forward is no worse for it.", most));
  cite(cited, at);
}

void tell_filtering(const Evidence& evidence, const Facts& facts, Family family, Pointers& cited, std::vector<std::string>& because) {
  for (std::size_t i = 0; i < evidence.stun->behaviours.size(); ++i) {
    const auto& b = evidence.stun->behaviours[i];
    if (b.server.address.family() != family || facts.on_vpn(b.local.address) || !b.filter_tried || !b.heard_from_other_address) continue;
    because.push_back(fmt::format("{}, which this host had sent nothing to, got in at a port that it sends from. What stands in the way lets "
                                  "anybody in there (endpoint-independent filtering, RFC 4787 §5), as carriers' translators are asked to as "
                                  "well, or leads everything to this host: that visitors get in does not follow.", b.other.address.to_string()));
    cite(cited, pointer("stun", "behaviours", i, "heard_from_other_address"));
  }
}

}  // namespace

void read_behaviour(const Evidence& evidence, const Facts& facts, Family family, Pointers& cited, std::vector<std::string>& because) {
  if (!evidence.stun) return;
  tell_mapping(seen_sockets(evidence, facts, family), cited, because);
  tell_filtering(evidence, facts, family, cited, because);
}

}  // namespace ringback::diagnosis
