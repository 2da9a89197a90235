/// RTM_GETLINK and RTM_GETADDR.
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include <algorithm>
#include <cstring>

#include "io/files.hpp"
#include "io/netlink.hpp"

namespace ringback::io {
namespace {

constexpr std::size_t most_interfaces = 4096;
constexpr std::size_t most_addresses = 4096;  // of one interface

struct Link {
  Interface interface;
  unsigned flags = 0;
  bool ppp = false;
  bool hardware = false;  ///< it has a device on a bus
};

/// IFLA_INFO_KIND of what carries packets inside other packets, or to a program. A TAP device is of kind "tun" too: whatever stands behind
/// it is no cable.
bool is_tunnel_kind(const std::string& kind) {
  static constexpr std::array kinds{"tun",    "wireguard", "amneziawg", "sit",    "ip6tnl", "gre",  "gretap",   "ip6gre",  "ip6gretap", "erspan",
                                    "ip6erspan", "ipip",      "vti",       "vti6",   "xfrm",   "ovpn", "ovpn-dco", "vxlan",   "geneve",    "gtp",
                                    "bareudp", "fou"};
  return std::any_of(kinds.begin(), kinds.end(), [&](const char* known) { return kind == known; });
}

/// PPP carries a DSL line as well as an old VPN (PPTP, L2TP), and the link does not say which. The kernel lists its PPPoE sessions
/// (RFC 2516) in /proc/net/pppoe: with as many of them as there are PPP interfaces, every one is a line. A modem's PPP (over a serial
/// port) is not in that list; whether it is the only way out is for the reader of the routes to see.
std::size_t pppoe_sessions() {
  const auto list = read_whole_file("/proc/thread-self/net/pppoe", 16 * 1024);
  if (!list) return 0;
  const auto lines = std::count(list->begin(), list->end(), '\n');
  return lines > 1 ? static_cast<std::size_t>(lines - 1) : 0;  // the first line is the heading
}

void mark_tunnels(std::vector<Link>& links) {
  const auto ppp = static_cast<std::size_t>(std::count_if(links.begin(), links.end(), [](const Link& l) { return l.ppp; }));
  const bool lines = ppp > 0 && pppoe_sessions() >= ppp;
  for (auto& link : links) {
    if (link.ppp)
      link.interface.tunnel = !lines;
    else if (is_tunnel_kind(link.interface.kind))
      link.interface.tunnel = true;
    else  // a mobile modem's raw IP interface is point to point too, but hardware
      link.interface.tunnel = (link.flags & IFF_POINTOPOINT) != 0 && !link.hardware && link.interface.kind != "wwan" && link.interface.kind != "rmnet";
  }
}

std::optional<Link> read_link(const nlmsghdr* message) {
  if (message->nlmsg_type != RTM_NEWLINK || mnl_nlmsg_get_payload_len(message) < sizeof(ifinfomsg)) return std::nullopt;
  const auto* info = static_cast<const ifinfomsg*>(mnl_nlmsg_get_payload(message));
  const Attributes attributes(message, sizeof *info);
  Link link;
  auto& interface = link.interface;
  link.flags = info->ifi_flags;
  link.ppp = info->ifi_type == ARPHRD_PPP;
  link.hardware = attributes.find(IFLA_PARENT_DEV_NAME) != nullptr;
  interface.index = static_cast<unsigned>(info->ifi_index);
  interface.name = attributes.text(IFLA_IFNAME);
  interface.mtu = attributes.u32(IFLA_MTU).value_or(0);
  interface.up = (info->ifi_flags & IFF_UP) != 0 && (info->ifi_flags & IFF_RUNNING) != 0;
  interface.loopback = (info->ifi_flags & IFF_LOOPBACK) != 0;
  if (const auto* nest = attributes.find(IFLA_LINKINFO)) interface.kind = Attributes(nest).text(IFLA_INFO_KIND);
  if (info->ifi_type == ARPHRD_ETHER)
    if (const auto* mac = attributes.find(IFLA_ADDRESS); mac != nullptr && mnl_attr_get_payload_len(mac) == 6) {
      interface.mac.emplace();
      std::memcpy(interface.mac->bytes.data(), mnl_attr_get_payload(mac), 6);
    }
  return link;
}

std::optional<seconds> lifetime(std::uint32_t value) {
  return value == 0xffffffffU ? std::nullopt : std::optional<seconds>(seconds(value));  // RFC 4861 §4.6.2: all ones is infinity
}

struct AddressOfLink {
  unsigned index = 0;
  InterfaceAddress address;
};

std::optional<AddressOfLink> read_address(const nlmsghdr* message) {
  if (message->nlmsg_type != RTM_NEWADDR || mnl_nlmsg_get_payload_len(message) < sizeof(ifaddrmsg)) return std::nullopt;
  const auto* info = static_cast<const ifaddrmsg*>(mnl_nlmsg_get_payload(message));
  const Attributes attributes(message, sizeof *info);
  auto own = attributes.address(IFA_LOCAL);  // of a point-to-point link IFA_ADDRESS is the peer's
  if (!own) own = attributes.address(IFA_ADDRESS);
  if (!own) return std::nullopt;
  const auto flags = attributes.u32(IFA_FLAGS).value_or(info->ifa_flags);
  const auto has = [&](std::uint32_t flag) { return (flags & flag) != 0; };
  AddressOfLink result{.index = info->ifa_index, .address = {}};
  auto& address = result.address;
  address.address = *own;
  address.prefix_length = info->ifa_prefixlen;
  address.temporary = own->is_v6() && has(IFA_F_TEMPORARY);
  address.deprecated = has(IFA_F_DEPRECATED);
  address.tentative = has(IFA_F_TENTATIVE);
  address.dad_failed = has(IFA_F_DADFAILED);
  address.permanent = has(IFA_F_PERMANENT);
  address.manage_temporary = has(IFA_F_MANAGETEMPADDR);
  address.stable_privacy = has(IFA_F_STABLE_PRIVACY);
  if (const auto cache = attributes.structure<ifa_cacheinfo>(IFA_CACHEINFO)) {
    address.preferred_left = lifetime(cache->ifa_prefered);
    address.valid_left = lifetime(cache->ifa_valid);
  }
  return result;
}

}  // namespace

Expected<std::vector<Interface>> read_interfaces(Deadline deadline, const Clock& clock) {
  std::vector<Link> links;
  NetlinkRequest link_request(RTM_GETLINK, NLM_F_DUMP);
  link_request.extra<ifinfomsg>().ifi_family = AF_UNSPEC;
  auto asked = netlink_exchange(
      NETLINK_ROUTE, link_request, "list interfaces",
      [&](const nlmsghdr* message) {
        if (auto link = read_link(message); link && links.size() < most_interfaces) links.push_back(std::move(*link));
      },
      [&] { links.clear(); }, deadline, clock);
  if (!asked) return tl::unexpected(asked.error());
  mark_tunnels(links);

  std::vector<AddressOfLink> addresses;
  NetlinkRequest address_request(RTM_GETADDR, NLM_F_DUMP);
  address_request.extra<ifaddrmsg>().ifa_family = AF_UNSPEC;
  asked = netlink_exchange(
      NETLINK_ROUTE, address_request, "list addresses",
      [&](const nlmsghdr* message) {
        if (auto address = read_address(message)) addresses.push_back(std::move(*address));
      },
      [&] { addresses.clear(); }, deadline, clock);
  if (!asked) return tl::unexpected(asked.error());

  std::vector<Interface> interfaces;
  for (auto& link : links) interfaces.push_back(std::move(link.interface));
  for (const auto& [index, address] : addresses)
    for (auto& interface : interfaces)
      if (interface.index == index && interface.addresses.size() < most_addresses) interface.addresses.push_back(address);
  return interfaces;
}

}  // namespace ringback::io
