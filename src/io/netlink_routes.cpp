/// RTM_GETROUTE and RTM_GETNEIGH.
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <unistd.h>

#include <cstring>

#include "io/netlink.hpp"
#include "io/sockaddr.hpp"
#include "io/system.hpp"

namespace ringback::io {
namespace {

constexpr std::size_t most_routes = 65536;
constexpr std::size_t most_neighbours = 65536;
// A single answer is there before the question's sendto(2) returns: this only rules out a hang.
constexpr milliseconds at_once{200};

std::string name_of(unsigned index) { return interface_name(index).value_or(""); }

/// rtnetlink(7) RTPROT_*, as iproute2 prints them.
std::string protocol_name(unsigned char protocol) {
  switch (protocol) {
    case RTPROT_UNSPEC: return "none";
    case RTPROT_REDIRECT: return "redirect";
    case RTPROT_KERNEL: return "kernel";
    case RTPROT_BOOT: return "boot";
    case RTPROT_STATIC: return "static";
    case RTPROT_RA: return "ra";
    case RTPROT_DHCP: return "dhcp";
    default: return std::to_string(protocol);
  }
}

/// RTA_GATEWAY, or RTA_VIA: an IPv4 route through an IPv6 router (RFC 5549).
std::optional<Address> gateway_of(const Attributes& attributes) {
  if (auto gateway = attributes.address(RTA_GATEWAY)) return gateway;
  const auto* via = attributes.find(RTA_VIA);
  if (via == nullptr || mnl_attr_get_payload_len(via) != sizeof(rtvia) + 16) return std::nullopt;
  const auto* bytes = static_cast<const std::uint8_t*>(mnl_attr_get_payload(via));
  return Address::from_bytes({bytes + sizeof(rtvia), 16});
}

struct Hop {
  unsigned index = 0;
  std::optional<Address> gateway;
};

/// Where the route leads: of several parallel hops the first.
Hop hop_of(const Attributes& attributes) {
  Hop hop{attributes.u32(RTA_OIF).value_or(0), gateway_of(attributes)};
  const auto* several = attributes.find(RTA_MULTIPATH);
  if (several == nullptr || mnl_attr_get_payload_len(several) < sizeof(rtnexthop)) return hop;
  rtnexthop first{};
  const auto* bytes = static_cast<const char*>(mnl_attr_get_payload(several));
  std::memcpy(&first, bytes, sizeof first);
  if (first.rtnh_len < sizeof first || first.rtnh_len > mnl_attr_get_payload_len(several)) return hop;
  return {static_cast<unsigned>(first.rtnh_ifindex), gateway_of(Attributes(bytes + sizeof first, first.rtnh_len - sizeof first))};
}

/// rta_expires counts in ticks of the user-space clock.
std::optional<seconds> expiry_of(const Attributes& attributes) {
  const auto cache = attributes.structure<rta_cacheinfo>(RTA_CACHEINFO);
  if (!cache || cache->rta_expires == 0) return std::nullopt;
  const long ticks = ::sysconf(_SC_CLK_TCK);
  return seconds(std::max(0, cache->rta_expires) / (ticks > 0 ? ticks : 100));
}

std::optional<Route> read_route(const nlmsghdr* message) {
  if (message->nlmsg_type != RTM_NEWROUTE || mnl_nlmsg_get_payload_len(message) < sizeof(rtmsg)) return std::nullopt;
  const auto* info = static_cast<const rtmsg*>(mnl_nlmsg_get_payload(message));
  if (info->rtm_type != RTN_UNICAST || (info->rtm_flags & RTM_F_CLONED) != 0) return std::nullopt;
  if (info->rtm_family != AF_INET && info->rtm_family != AF_INET6) return std::nullopt;
  const Attributes attributes(message, sizeof *info);
  const auto family = info->rtm_family == AF_INET ? Family::ipv4 : Family::ipv6;
  const auto hop = hop_of(attributes);
  Route route;
  route.destination = Prefix(attributes.address(RTA_DST).value_or(Address::any(family)), info->rtm_dst_len);
  route.gateway = hop.gateway;
  route.interface = name_of(hop.index);
  route.metric = attributes.u32(RTA_PRIORITY).value_or(0);
  route.table = attributes.u32(RTA_TABLE).value_or(info->rtm_table);
  route.protocol = protocol_name(info->rtm_protocol);
  route.preferred_source = attributes.address(RTA_PREFSRC);
  route.expires_in = expiry_of(attributes);
  return route;
}

std::optional<Neighbour> read_neighbour(const nlmsghdr* message) {
  if (message->nlmsg_type != RTM_NEWNEIGH || mnl_nlmsg_get_payload_len(message) < sizeof(ndmsg)) return std::nullopt;
  const auto* info = static_cast<const ndmsg*>(mnl_nlmsg_get_payload(message));
  if (info->ndm_family != AF_INET && info->ndm_family != AF_INET6) return std::nullopt;
  const Attributes attributes(message, sizeof *info);
  const auto address = attributes.address(NDA_DST);
  if (!address) return std::nullopt;
  Neighbour neighbour{.address = *address, .interface = name_of(static_cast<unsigned>(info->ndm_ifindex)), .mac = {}, .router = false};
  neighbour.router = (info->ndm_flags & NTF_ROUTER) != 0;
  const auto* mac = attributes.find(NDA_LLADDR);
  const bool known = (info->ndm_state & (NUD_INCOMPLETE | NUD_FAILED)) == 0;
  if (known && mac != nullptr && mnl_attr_get_payload_len(mac) == 6) {
    neighbour.mac.emplace();
    std::memcpy(neighbour.mac->bytes.data(), mnl_attr_get_payload(mac), 6);
  }
  return neighbour;
}

/// One RTM_GETROUTE answer: the route's type, and what it says.
struct Answer {
  unsigned char type = RTN_UNSPEC;
  RouteLookup lookup;
};

struct Question {
  Address destination;
  std::optional<Address> source;
  std::uint8_t protocol = 0;         ///< IPPROTO_*; 0: any, as are ports of 0
  Port source_port = 0, destination_port = 0;
  unsigned interface = 0;   ///< that it shall leave by; 0: any
  unsigned flags = 0;
};

Expected<Answer> ask(const Question& question, const std::string& what, const Clock& clock) {
  const auto& destination = question.destination;
  NetlinkRequest request(RTM_GETROUTE, 0);
  auto& header = request.extra<rtmsg>();
  header.rtm_family = static_cast<unsigned char>(domain_of(destination.family()));
  header.rtm_dst_len = static_cast<unsigned char>(destination.bytes().size() * 8);
  header.rtm_flags = question.flags;
  mnl_attr_put(request.get(), RTA_DST, destination.bytes().size(), destination.bytes().data());
  if (question.source) {
    header.rtm_src_len = static_cast<unsigned char>(question.source->bytes().size() * 8);
    mnl_attr_put(request.get(), RTA_SRC, question.source->bytes().size(), question.source->bytes().data());
  }
  if (question.protocol != 0) mnl_attr_put_u8(request.get(), RTA_IP_PROTO, question.protocol);
  if (question.source_port != 0) mnl_attr_put_u16(request.get(), RTA_SPORT, htons(question.source_port));
  if (question.destination_port != 0) mnl_attr_put_u16(request.get(), RTA_DPORT, htons(question.destination_port));
  if (question.interface != 0) mnl_attr_put_u32(request.get(), RTA_OIF, question.interface);
  Answer answer;
  const auto asked = netlink_exchange(
      NETLINK_ROUTE, request, what,
      [&](const nlmsghdr* message) {
        if (message->nlmsg_type != RTM_NEWROUTE || mnl_nlmsg_get_payload_len(message) < sizeof(rtmsg)) return;
        const auto* info = static_cast<const rtmsg*>(mnl_nlmsg_get_payload(message));
        const Attributes attributes(message, sizeof *info);
        const auto hop = hop_of(attributes);
        answer.type = info->rtm_type;
        answer.lookup = {destination, attributes.address(RTA_PREFSRC), hop.gateway, name_of(hop.index), std::nullopt};
        if (const auto* metrics = attributes.find(RTA_METRICS)) answer.lookup.mtu = Attributes(metrics).u32(RTAX_MTU);
      },
      [&] { answer = {}; }, {clock.now() + at_once}, clock);
  if (!asked) return tl::unexpected(asked.error());
  return answer;
}

Expected<RouteLookup> look_up(const Question& question, const std::string& what, const Clock& clock) {
  auto answer = ask(question, what, clock);
  if (!answer) {
    // A blackhole, prohibit or throw route answers with EINVAL, EACCES or EAGAIN (rtnetlink(7) RTN_*).
    const bool refused = answer.error().code == Errc::failed || answer.error().code == Errc::not_permitted;
    return failure(refused ? Errc::no_route : answer.error().code, answer.error().what);
  }
  const bool leads_somewhere = answer->type == RTN_UNICAST || answer->type == RTN_LOCAL || answer->type == RTN_MULTICAST ||
                               answer->type == RTN_BROADCAST || answer->type == RTN_ANYCAST;
  if (!leads_somewhere) return failure(Errc::no_route, what + ": unreachable by its route");
  return std::move(answer->lookup);
}

}  // namespace

Expected<std::vector<Route>> read_routes(Deadline deadline, const Clock& clock) {
  std::vector<Route> routes;
  NetlinkRequest request(RTM_GETROUTE, NLM_F_DUMP);
  request.extra<rtmsg>().rtm_family = AF_UNSPEC;
  auto asked = netlink_exchange(
      NETLINK_ROUTE, request, "list routes",
      [&](const nlmsghdr* message) {
        if (auto route = read_route(message); route && routes.size() < most_routes) routes.push_back(std::move(*route));
      },
      [&] { routes.clear(); }, deadline, clock);
  if (!asked) return tl::unexpected(asked.error());
  return routes;
}

Expected<std::vector<Neighbour>> read_neighbours(Deadline deadline, const Clock& clock) {
  std::vector<Neighbour> neighbours;
  NetlinkRequest request(RTM_GETNEIGH, NLM_F_DUMP);
  request.extra<ndmsg>().ndm_family = AF_UNSPEC;
  auto asked = netlink_exchange(
      NETLINK_ROUTE, request, "list neighbours",
      [&](const nlmsghdr* message) {
        if (auto neighbour = read_neighbour(message); neighbour && neighbours.size() < most_neighbours)
          neighbours.push_back(std::move(*neighbour));
      },
      [&] { neighbours.clear(); }, deadline, clock);
  if (!asked) return tl::unexpected(asked.error());
  return neighbours;
}

Expected<RouteLookup> look_up_route(const Address& destination, const std::optional<std::string>& interface, const Clock& clock) {
  const auto what = "route to " + destination.to_string() + (interface ? " out of " + *interface : std::string());
  const unsigned index = index_of(interface);
  if (interface && index == 0) return failure(Errc::no_route, what + ": no such interface");
  // With an output interface and no route IPv4 takes the destination to be on that link; the routing tables alone are asked first.
  if (interface && destination.is_v4())
    if (const auto matched = ask({.destination = destination, .interface = index, .flags = RTM_F_FIB_MATCH}, what, clock); !matched)
      return failure(matched.error().code == Errc::failed ? Errc::no_route : matched.error().code, matched.error().what);
  return look_up({.destination = destination, .interface = index}, what, clock);
}

Expected<RouteLookup> look_up_route_back(Protocol protocol, const Endpoint& from, const Endpoint& to, const Clock& clock) {
  Question question{.destination = to.address, .source = from.address};
  if (protocol != Protocol::icmp) {
    question.protocol = protocol == Protocol::tcp ? IPPROTO_TCP : IPPROTO_UDP;
    question.source_port = from.port;
    question.destination_port = to.port;
  }
  return look_up(question, "route to " + to.to_string() + " from " + from.to_string(), clock);
}

bool is_own_address(const Address& address, const Clock& clock) {
  const auto answer = ask({.destination = address}, "route to " + address.to_string(), clock);
  return answer && answer->type == RTN_LOCAL;
}

}  // namespace ringback::io
