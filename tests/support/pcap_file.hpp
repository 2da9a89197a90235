#pragma once
/// Reads a capture file of the classic form (pcap-savefile(5)), written by a little-endian machine. By hand, so that tests of layers
/// without libpcap can use it.
#include <cstdint>
#include <cstring>
#include <stdexcept>

#include "support/fixture.hpp"

namespace ringback::test {

struct PcapFile {
  struct Frame {
    std::vector<std::byte> bytes;   ///< as many as were captured
    std::uint32_t length = 0;       ///< of the frame on the wire
  };
  int link_type = 0;                ///< LINKTYPE_*
  std::vector<Frame> frames;
};

inline PcapFile pcap_file(const std::string& path) {
  const auto bytes = fixture_bytes(path);
  std::size_t at = 0;
  const auto u32 = [&] {
    std::uint32_t value = 0;
    if (bytes.size() - at < sizeof value) throw std::runtime_error(path + " is cut short");
    std::memcpy(&value, bytes.data() + at, sizeof value);
    at += sizeof value;
    return value;
  };
  if (u32() != 0xa1b2c3d4) throw std::runtime_error(path + " is no pcap file of microseconds");
  at += 16;
  PcapFile file{.link_type = static_cast<int>(u32() & 0xffffU), .frames = {}};
  while (at < bytes.size()) {
    at += 8;
    const auto captured = u32();
    auto& frame = file.frames.emplace_back();
    frame.length = u32();
    if (bytes.size() - at < captured) throw std::runtime_error(path + " is cut short");
    const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    frame.bytes.assign(begin, begin + captured);
    at += captured;
  }
  return file;
}

}  // namespace ringback::test
