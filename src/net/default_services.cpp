#include "net/default_services.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace ringback {
namespace {

constexpr std::size_t most_services = 8;
constexpr std::size_t most_others = 11;   // with the control, the port that nobody opened and three services: one request to a vantage point
/// Above the ports that Linux gives connections of its own, which a router may keep open for everybody: what arrives here was let in by rule.
constexpr Port first_unopened = 61713;
/// net.ipv4.ip_local_port_range as Linux has it by default: most UDP sockets up there are clients that wait for an answer.
constexpr Port first_ephemeral = 32768;

struct LocalPort {
  Protocol protocol;
  Port port;
};

/// Bound to every address, and still not meant for the internet.
constexpr std::array local_ports{
    LocalPort{Protocol::udp, 67},    // DHCP server, RFC 2131 §4.1
    LocalPort{Protocol::udp, 68},    // DHCP client
    LocalPort{Protocol::udp, 137},   // NetBIOS name service, RFC 1002
    LocalPort{Protocol::udp, 138},   // NetBIOS datagrams
    LocalPort{Protocol::udp, 323},   // chronyd's own control channel
    LocalPort{Protocol::udp, 546},   // DHCPv6 client, RFC 8415 §7.2
    LocalPort{Protocol::udp, 547},   // DHCPv6 server and relay
    LocalPort{Protocol::udp, 631},   // printers that announce themselves (CUPS browsing)
    LocalPort{Protocol::udp, 1900},  // SSDP
    LocalPort{Protocol::udp, 3702},  // WS-Discovery
    LocalPort{Protocol::udp, 5350},  // NAT-PMP and PCP announcements, RFC 6886 §3.2.1
    LocalPort{Protocol::udp, 5353},  // multicast DNS, RFC 6762
    LocalPort{Protocol::udp, 5355},  // LLMNR, RFC 4795
    LocalPort{Protocol::tcp, 5355},
    LocalPort{Protocol::tcp, 111},   // portmapper, RFC 1833
    LocalPort{Protocol::udp, 111},
    LocalPort{Protocol::tcp, 139},   // SMB
    LocalPort{Protocol::tcp, 445},
    LocalPort{Protocol::tcp, 548},   // AFP
    LocalPort{Protocol::tcp, 631},   // IPP, RFC 8010: printers
    LocalPort{Protocol::tcp, 2049},  // NFS
    LocalPort{Protocol::tcp, 5357},  // WS-Discovery's other half
};

bool is_everywhere(const Listener& listener, Port port, Family family) {
  return listener.protocol == Protocol::udp && listener.local.port == port && listener.local.address == Address::any(family);
}

/// A UDP socket of the ephemeral range is a server's when the same port is bound in both families: WireGuard, Tailscale, a published port of
/// a container. The kernel picks a client's ports one by one.
bool is_client(const Listener& listener, const std::vector<Listener>& all) {
  const auto port = listener.local.port;
  if (listener.protocol != Protocol::udp || port < first_ephemeral) return false;
  const auto bound = [&](Family family) { return std::any_of(all.begin(), all.end(), [&](const Listener& l) { return is_everywhere(l, port, family); }); };
  return !bound(Family::ipv4) || !bound(Family::ipv6);
}

/// No stranger can send there.
bool is_out_of_reach(const Listener& listener) {
  const auto& address = listener.local.address;
  return address.unmapped().is_loopback() || listener.interface == "lo" || address.is_link_local() || address.is_multicast();
}

bool serves_local_network(const Listener& listener) {
  return std::any_of(local_ports.begin(), local_ports.end(),
                     [&](const LocalPort& l) { return l.protocol == listener.protocol && l.port == listener.local.port; });
}

/// TCP before UDP, then by port.
template <class Wanted>
std::set<Service> services_of(const std::vector<Listener>& listeners, const Wanted& wanted) {
  std::set<Service> found;
  for (const auto& listener : listeners) {
    const auto port = listener.local.port;
    if (listener.protocol == Protocol::icmp || port == 0 || is_out_of_reach(listener) || is_client(listener, listeners)) continue;
    if (wanted(listener)) found.insert({listener.protocol, port, port});
  }
  return found;
}

bool is_taken(Port port, const std::vector<Listener>& listeners, const std::vector<Service>& services) {
  return std::any_of(listeners.begin(), listeners.end(), [&](const Listener& l) { return l.local.port == port; }) ||
         std::any_of(services.begin(), services.end(), [&](const Service& s) { return s.outside == port || s.inside == port; });
}

}  // namespace

std::vector<Service> default_services(const std::vector<Listener>& listeners) {
  const auto found = services_of(listeners, [](const Listener& listener) { return !serves_local_network(listener); });
  std::vector<Service> services(found.begin(), found.end());
  if (services.size() > most_services) services.resize(most_services);
  return services;
}

std::vector<Service> other_services(const std::vector<Listener>& listeners, const std::vector<Service>& asked_for) {
  const auto found = services_of(listeners, [&](const Listener& listener) {
    return std::none_of(asked_for.begin(), asked_for.end(), [&](const Service& s) {
      return s.protocol == listener.protocol && (s.inside == listener.local.port || s.outside == listener.local.port);
    });
  });
  std::vector<Service> services(found.begin(), found.end());
  // What serves the local network alone is the worst to leave open, and comes first.
  const auto meant_for_home = [](const Service& s) {
    return std::any_of(local_ports.begin(), local_ports.end(), [&](const LocalPort& l) { return l.protocol == s.protocol && l.port == s.inside; });
  };
  std::stable_partition(services.begin(), services.end(), meant_for_home);
  if (services.size() > most_others) services.resize(most_others);
  return services;
}

std::optional<Service> unopened_port(const std::vector<Listener>& listeners, const std::vector<Service>& asked_for) {
  for (unsigned port = first_unopened; port <= 0xffffU; ++port)
    if (const auto candidate = static_cast<Port>(port); !is_taken(candidate, listeners, asked_for)) return Service{Protocol::tcp, candidate, candidate};
  return std::nullopt;
}

}  // namespace ringback
