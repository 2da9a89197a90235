#include "io/sock_diag.hpp"

#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>

#include "io/netlink.hpp"
#include "io/sockaddr.hpp"

namespace ringback::io {
namespace {

constexpr std::size_t most_listeners = 16384;
// net/tcp_states.h: an unconnected UDP socket is in TCP_CLOSE, a connected one in TCP_ESTABLISHED.
constexpr unsigned tcp_close = 7;
constexpr unsigned tcp_listen = 10;

struct Found {
  Listener listener;
  unsigned long inode = 0;
};

std::optional<Found> read_socket(const nlmsghdr* message, Protocol protocol) {
  if (message->nlmsg_type != SOCK_DIAG_BY_FAMILY || mnl_nlmsg_get_payload_len(message) < sizeof(inet_diag_msg)) return std::nullopt;
  const auto* info = static_cast<const inet_diag_msg*>(mnl_nlmsg_get_payload(message));
  if (info->idiag_family != AF_INET && info->idiag_family != AF_INET6) return std::nullopt;
  const Attributes attributes(message, sizeof *info);
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(&info->id.idiag_src);
  Found found;
  found.inode = info->idiag_inode;
  found.listener.protocol = protocol;
  found.listener.local.address = Address::from_bytes({bytes, info->idiag_family == AF_INET ? 4U : 16U});
  found.listener.local.port = ntohs(info->id.idiag_sport);
  found.listener.v6_only = info->idiag_family == AF_INET6 && attributes.u8(INET_DIAG_SKV6ONLY).value_or(0) != 0;
  found.listener.uid = info->idiag_uid;
  found.listener.interface = interface_name(info->id.idiag_if);
  if (protocol == Protocol::tcp) {   // net/ipv4/tcp_diag.c: of a listening socket these are the accept queue and its limit
    found.listener.queued = info->idiag_rqueue;
    found.listener.backlog = info->idiag_wqueue;
  }
  return found;
}

Expected<void> ask(int domain, Protocol protocol, std::vector<Found>& found, Deadline deadline, const Clock& clock) {
  NetlinkRequest request(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP);
  auto& wanted = request.extra<inet_diag_req_v2>();
  wanted.sdiag_family = static_cast<std::uint8_t>(domain);
  wanted.sdiag_protocol = protocol == Protocol::tcp ? IPPROTO_TCP : IPPROTO_UDP;
  wanted.idiag_states = 1U << (protocol == Protocol::tcp ? tcp_listen : tcp_close);
  const auto before = found.size();
  return netlink_exchange(
      NETLINK_SOCK_DIAG, request, "list " + std::string(to_string(protocol)) + " sockets",
      [&](const nlmsghdr* message) {
        auto socket = read_socket(message, protocol);
        if (socket && found.size() < most_listeners) found.push_back(std::move(*socket));
      },
      [&] { found.resize(before); }, deadline, clock);
}

}  // namespace

Expected<std::vector<Listener>> read_listeners(Deadline deadline, const Clock& clock) {
  std::vector<Found> found;
  for (const auto protocol : {Protocol::tcp, Protocol::udp})
    for (const int domain : {AF_INET, AF_INET6})
      if (auto asked = ask(domain, protocol, found, deadline, clock); !asked) return tl::unexpected(asked.error());
  const auto programs = programs_by_socket(deadline, clock);
  std::vector<Listener> listeners;
  for (auto& [listener, inode] : found) {
    if (listener.local.port == 0) continue;  // not bound: nobody can reach it
    if (const auto program = programs.find(inode); program != programs.end()) listener.program = program->second;
    listeners.push_back(std::move(listener));
  }
  return listeners;
}

}  // namespace ringback::io
