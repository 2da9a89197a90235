#pragma once
/// Takes the link layer off a captured frame. Pure; bytes are hostile.
#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace ringback::io {

struct Unwrapped {
  std::size_t offset = 0;                  ///< of the IP header
  std::optional<unsigned> interface_index; ///< where the link type tells
  std::optional<bool> outgoing;            ///< did the capturing host send it; where the link type tells
  bool of_vlan = false;                    ///< a tag names a virtual LAN; VLAN 0 is a priority alone (IEEE 802.1Q §6.9)
};

/// `link_type` is a DLT_* of pcap(3PCAP). nullopt: no IPv4 or IPv6 packet inside, or cut short before it begins.
[[nodiscard]] std::optional<Unwrapped> unwrap(int link_type, std::span<const std::byte> frame);
/// Can `unwrap` read this link type at all?
[[nodiscard]] bool is_known_link_type(int link_type);
/// "IEEE802_11_RADIO (802.11 plus radiotap header)"; "number 4711" where libpcap knows none.
[[nodiscard]] std::string link_type_name(int link_type);

}  // namespace ringback::io
