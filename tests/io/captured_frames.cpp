/// The link layer of real captures.
#include <pcap/pcap.h>

#include "io/link_layer.hpp"
#include "support/catch.hpp"
#include "support/pcap_file.hpp"

using namespace ringback;
using namespace ringback::test;

namespace {

/// LINKTYPE_* of the file as DLT_*: the same number but where a system had used it otherwise (pcap-linktype(7)).
int data_link_type(const PcapFile& file) { return file.link_type == 276 ? DLT_LINUX_SLL2 : file.link_type; }

/// The packet's own length, of its header.
std::size_t length_of(std::span<const std::byte> packet) {
  const auto at = [&](std::size_t i) { return std::to_integer<std::size_t>(packet[i]); };
  return at(0) >> 4U == 4 ? at(2) << 8U | at(3) : (at(4) << 8U | at(5)) + 40;
}

}  // namespace

TEST_CASE("every frame of a real capture has its IP packet where the link layer ends") {
  struct Row {
    const char* file;
    int type;
    std::size_t offset;
  };
  const Row rows[] = {{"capture/ethernet.pcap", DLT_EN10MB, 14},
                      {"capture/linux-sll2.pcap", DLT_LINUX_SLL2, 20},
                      {"capture/ipv6-extensions.pcap", DLT_EN10MB, 14}};
  for (const auto& row : rows) {
    const auto file = pcap_file(row.file);
    REQUIRE(data_link_type(file) == row.type);
    REQUIRE(io::is_known_link_type(row.type));
    CHECK(file.frames.size() >= 7);
    for (std::size_t i = 0; i < file.frames.size(); ++i) {
      INFO(row.file << ", frame " << i + 1);
      const auto& frame = file.frames[i];
      const auto found = io::unwrap(row.type, frame.bytes);
      REQUIRE(found);
      CHECK(found->offset == row.offset);
      CHECK(length_of(std::span(frame.bytes).subspan(found->offset)) == frame.length - found->offset);
      CHECK(found->interface_index.has_value() == (row.type == DLT_LINUX_SLL2));
    }
  }
}

TEST_CASE("a frame of a real capture that is cut anywhere is read or refused, never read beyond its end") {
  for (const auto* name : {"capture/ethernet.pcap", "capture/linux-sll2.pcap", "capture/ipv6-extensions.pcap"}) {
    const auto file = pcap_file(name);
    for (const auto& frame : file.frames)
      for (std::size_t size = 0; size < frame.bytes.size(); ++size) {
        const std::vector<std::byte> cut(frame.bytes.begin(), frame.bytes.begin() + static_cast<std::ptrdiff_t>(size));
        const auto found = io::unwrap(data_link_type(file), cut);
        if (found) CHECK(found->offset < size);
      }
  }
}
