#include "io/link_layer.hpp"

#include <fmt/format.h>
#include <pcap/pcap.h>

namespace ringback::io {
namespace {

using Frame = std::span<const std::byte>;

constexpr unsigned most_tags = 4;
constexpr unsigned outgoing_packet = 4;   // linux/if_packet.h PACKET_OUTGOING, the same in both versions of the cooked header

std::optional<unsigned> u16(Frame frame, std::size_t at) {
  if (frame.size() < at + 2) return std::nullopt;
  return std::to_integer<unsigned>(frame[at]) << 8U | std::to_integer<unsigned>(frame[at + 1]);
}

bool is_ip(Frame frame, std::size_t at) {
  if (frame.size() <= at) return false;
  const auto version = std::to_integer<unsigned>(frame[at]) >> 4U;
  return version == 4 || version == 6;
}

bool is_tag(unsigned type) { return type == 0x8100 || type == 0x88a8 || type == 0x9100; }

/// The PPP protocol number, which compression may have cut to one byte (RFC 1661 §6.5), and IP behind it.
std::optional<std::size_t> after_ppp_protocol(Frame frame, std::size_t at) {
  if (frame.size() <= at) return std::nullopt;
  const auto first = std::to_integer<unsigned>(frame[at]);
  if ((first & 1U) != 0) return first == 0x21 || first == 0x57 ? std::optional(at + 1) : std::nullopt;
  const auto protocol = u16(frame, at);
  return protocol && (*protocol == 0x0021 || *protocol == 0x0057) ? std::optional(at + 2) : std::nullopt;
}

/// PPPoE session data (RFC 2516 §4): version and type, code 0, session, length, then PPP.
std::optional<std::size_t> after_pppoe(Frame frame, std::size_t at) {
  const auto begin = u16(frame, at);
  return begin && *begin == 0x1100 ? after_ppp_protocol(frame, at + 6) : std::nullopt;
}

std::optional<Unwrapped> only(std::optional<std::size_t> offset, bool of_vlan = false) {
  return offset ? std::optional(Unwrapped{*offset, std::nullopt, std::nullopt, of_vlan}) : std::nullopt;
}

/// From the EtherType on: IEEE 802.1Q and 802.1ad tags, and PPPoE.
std::optional<Unwrapped> after_ether_type(Frame frame, std::size_t at) {
  bool of_vlan = false;
  for (unsigned tags = 0; tags <= most_tags; ++tags) {
    const auto type = u16(frame, at);
    if (!type) return std::nullopt;
    if (*type == 0x0800 || *type == 0x86dd) return only(at + 2, of_vlan);
    if (*type == 0x8864) return only(after_pppoe(frame, at + 2), of_vlan);
    if (!is_tag(*type)) return std::nullopt;
    of_vlan = of_vlan || (u16(frame, at + 2).value_or(0) & 0xfffU) != 0;
    at += 4;
  }
  return std::nullopt;
}

/// PPP, with the address and control bytes ff 03 of HDLC-like framing (RFC 1662 §3.1) or without. Cisco's framing (0f 00, 8f 00) has an
/// EtherType instead.
std::optional<Unwrapped> after_ppp(Frame frame, std::size_t at) {
  const auto begin = u16(frame, at);
  if (!begin) return std::nullopt;
  if (*begin == 0xff03) return only(after_ppp_protocol(frame, at + 2));
  if (*begin == 0x0f00 || *begin == 0x8f00) return after_ether_type(frame, at + 2);
  return only(after_ppp_protocol(frame, at));
}

/// LINKTYPE_LINUX_SLL: packet type (2), ARPHRD (2), address length (2), address (8), protocol (2).
std::optional<Unwrapped> unwrap_sll(Frame frame) {
  auto found = after_ether_type(frame, 14);
  if (found) found->outgoing = u16(frame, 0) == outgoing_packet;
  return found;
}

/// LINKTYPE_LINUX_SLL2: protocol (2), reserved (2), interface index (4), ARPHRD (2), packet type (1), address length (1), address (8).
std::optional<Unwrapped> unwrap_sll2(Frame frame) {
  constexpr std::size_t header = 20;
  const auto type = u16(frame, 0);
  if (!type || frame.size() < header) return std::nullopt;
  std::optional<Unwrapped> found;
  if (*type == 0x0800 || *type == 0x86dd) found = only(header);
  if (*type == 0x8864) found = only(after_pppoe(frame, header));
  if (is_tag(*type)) {   // the tag's content follows the header
    found = after_ether_type(frame, header + 2);
    if (found) found->of_vlan = found->of_vlan || (u16(frame, header).value_or(0) & 0xfffU) != 0;
  }
  if (!found) return std::nullopt;
  found->interface_index = *u16(frame, 4) << 16U | *u16(frame, 6);
  found->outgoing = std::to_integer<unsigned>(frame[10]) == outgoing_packet;
  return found;
}

/// PPP behind a byte that tells the direction (LINKTYPE_PPP_WITH_DIR: 0 received, otherwise sent). With LINKTYPE_PPP_PPPD that byte stands
/// in the place of ff, so that 03 follows.
std::optional<Unwrapped> unwrap_directed_ppp(Frame frame) {
  if (frame.size() < 2) return std::nullopt;
  const std::size_t begin = std::to_integer<unsigned>(frame[1]) == 0x03 ? 2 : 1;
  auto found = begin == 2 ? only(after_ppp_protocol(frame, begin)) : after_ppp(frame, begin);
  if (found) found->outgoing = std::to_integer<unsigned>(frame[0]) != 0;
  return found;
}

}  // namespace

std::optional<Unwrapped> unwrap(int link_type, std::span<const std::byte> frame) {
  std::optional<Unwrapped> found;
  switch (link_type) {
    case DLT_EN10MB: found = after_ether_type(frame, 12); break;
    case DLT_LINUX_SLL: found = unwrap_sll(frame); break;
    case DLT_LINUX_SLL2: found = unwrap_sll2(frame); break;
    case DLT_PPP:
    case DLT_PPP_SERIAL: found = after_ppp(frame, 0); break;
    case DLT_PPP_ETHER: found = only(after_pppoe(frame, 0)); break;
    case DLT_PPP_PPPD:
    case DLT_PPP_WITH_DIR: found = unwrap_directed_ppp(frame); break;
    case DLT_NULL:   // an address family number in either byte order: the version nibble tells
    case DLT_LOOP: found = only(4); break;
    case DLT_RAW:
    case DLT_IPV4:
    case DLT_IPV6: found = only(0); break;
    default: return std::nullopt;
  }
  return found && is_ip(frame, found->offset) ? found : std::nullopt;
}

bool is_known_link_type(int link_type) {
  switch (link_type) {
    case DLT_EN10MB:
    case DLT_LINUX_SLL:
    case DLT_LINUX_SLL2:
    case DLT_PPP:
    case DLT_PPP_SERIAL:
    case DLT_PPP_ETHER:
    case DLT_PPP_PPPD:
    case DLT_PPP_WITH_DIR:
    case DLT_NULL:
    case DLT_LOOP:
    case DLT_RAW:
    case DLT_IPV4:
    case DLT_IPV6: return true;
    default: return false;
  }
}

std::string link_type_name(int link_type) {
  const char* name = pcap_datalink_val_to_name(link_type);
  if (name == nullptr) return fmt::format("number {}", link_type);
  const char* description = pcap_datalink_val_to_description(link_type);
  return description != nullptr ? fmt::format("{} ({})", name, description) : name;
}

}  // namespace ringback::io
