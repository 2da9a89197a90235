#pragma once
/// What a capture file holds, whatever it proves: so that nobody wonders why nothing was found in it.
#include <vector>

#include "arrivals/attempt.hpp"

namespace ringback::arrivals {

struct AddressCount {
  Address address;
  std::uint64_t packets = 0;

  bool operator==(const AddressCount&) const = default;
  static constexpr auto describe() {
    return std::tuple{field("address", &AddressCount::address), field("packets", &AddressCount::packets)};
  }
};

struct FileContents {
  std::string format;                      ///< "pcap" or "pcapng"
  std::uint64_t packets = 0;               ///< records that could be read
  std::uint64_t ipv4 = 0, ipv6 = 0, not_ip = 0;
  std::uint64_t tcp = 0, udp = 0, icmp = 0;
  std::uint64_t openings = 0;              ///< of TCP, in whatever direction; repetitions included
  std::uint64_t malformed = 0;             ///< packets that no honest host sends, or cut before their ports
  std::uint64_t fragments = 0;             ///< later pieces of larger packets: they have no ports
  Time first{}, last{};
  std::vector<AddressCount> addresses;     ///< those with the most packets, first
  std::uint64_t more_addresses = 0;        ///< that are not listed; at the least, where there are thousands

  bool operator==(const FileContents&) const = default;
};

}  // namespace ringback::arrivals
