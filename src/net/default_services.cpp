#include "net/default_services.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace ringback {
namespace {

constexpr std::size_t most_services = 8;
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

bool is_local(const Listener& listener) {
  const auto& address = listener.local.address;
  if (address.unmapped().is_loopback() || listener.interface == "lo") return true;
  if (address.is_link_local() || address.is_multicast()) return true;  // no stranger can send there
  return std::any_of(local_ports.begin(), local_ports.end(),
                     [&](const LocalPort& l) { return l.protocol == listener.protocol && l.port == listener.local.port; });
}

}  // namespace

std::vector<Service> default_services(const std::vector<Listener>& listeners) {
  std::set<Service> found;  // TCP before UDP, then by port
  for (const auto& listener : listeners) {
    const auto port = listener.local.port;
    if (listener.protocol == Protocol::icmp || port == 0 || is_local(listener) || is_client(listener, listeners)) continue;
    found.insert({listener.protocol, port, port});
  }
  std::vector<Service> services(found.begin(), found.end());
  if (services.size() > most_services) services.resize(most_services);
  return services;
}

}  // namespace ringback
