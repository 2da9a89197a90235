#include "io/link_layer.hpp"

#include <pcap/pcap.h>

namespace ringback::io {
namespace {

constexpr unsigned most_tags = 4;

std::optional<unsigned> u16(std::span<const std::byte> frame, std::size_t at) {
  if (frame.size() < at + 2) return std::nullopt;
  return std::to_integer<unsigned>(frame[at]) << 8U | std::to_integer<unsigned>(frame[at + 1]);
}

bool is_ip(std::span<const std::byte> frame, std::size_t at) {
  if (frame.size() <= at) return false;
  const auto version = std::to_integer<unsigned>(frame[at]) >> 4U;
  return version == 4 || version == 6;
}

/// From the EtherType on: IEEE 802.1Q and 802.1ad tags, and PPPoE (RFC 2516 §4) with its PPP protocol number.
std::optional<std::size_t> after_ether_type(std::span<const std::byte> frame, std::size_t at) {
  for (unsigned tags = 0; tags <= most_tags; ++tags) {
    const auto type = u16(frame, at);
    if (!type) return std::nullopt;
    if (*type == 0x0800 || *type == 0x86dd) return at + 2;
    if (*type == 0x8864) {
      const auto protocol = u16(frame, at + 8);
      if (!protocol || (*protocol != 0x0021 && *protocol != 0x0057)) return std::nullopt;
      return at + 10;
    }
    if (*type != 0x8100 && *type != 0x88a8 && *type != 0x9100) return std::nullopt;
    at += 4;
  }
  return std::nullopt;
}

/// LINKTYPE_LINUX_SLL2: protocol (2), reserved (2), interface index (4), ARPHRD (2), packet type (1), address length (1), address (8).
std::optional<Unwrapped> unwrap_sll2(std::span<const std::byte> frame) {
  const auto high = u16(frame, 4);
  const auto low = u16(frame, 6);
  const auto type = u16(frame, 0);
  if (!high || !low || !type) return std::nullopt;
  std::size_t at = 20;
  if (*type == 0x8100 || *type == 0x88a8 || *type == 0x9100) {  // the tag's content follows the header
    const auto inner = after_ether_type(frame, at + 2);
    if (!inner) return std::nullopt;
    at = *inner;
  } else if (*type != 0x0800 && *type != 0x86dd) {
    return std::nullopt;
  }
  return Unwrapped{at, *high << 16U | *low};
}

std::optional<Unwrapped> without_index(std::optional<std::size_t> offset) {
  return offset ? std::optional<Unwrapped>(Unwrapped{*offset, std::nullopt}) : std::nullopt;
}

}  // namespace

std::optional<Unwrapped> unwrap(int link_type, std::span<const std::byte> frame) {
  std::optional<Unwrapped> found;
  switch (link_type) {
    case DLT_EN10MB: found = without_index(after_ether_type(frame, 12)); break;
    case DLT_LINUX_SLL: found = without_index(after_ether_type(frame, 14)); break;
    case DLT_LINUX_SLL2: found = unwrap_sll2(frame); break;
    case DLT_NULL: found = Unwrapped{4, std::nullopt}; break;  // an address family number in either byte order: the version nibble tells
    case DLT_RAW:
    case DLT_IPV4:
    case DLT_IPV6: found = Unwrapped{0, std::nullopt}; break;
    default: return std::nullopt;
  }
  return found && is_ip(frame, found->offset) ? found : std::nullopt;
}

bool is_known_link_type(int link_type) {
  switch (link_type) {
    case DLT_EN10MB:
    case DLT_LINUX_SLL:
    case DLT_LINUX_SLL2:
    case DLT_NULL:
    case DLT_RAW:
    case DLT_IPV4:
    case DLT_IPV6: return true;
    default: return false;
  }
}

}  // namespace ringback::io
