#include "io/link_layer.hpp"

#include <pcap/pcap.h>

#include "support/catch.hpp"

using namespace ringback::io;

namespace {

std::vector<std::byte> hex(std::string_view text) {
  std::vector<std::byte> bytes;
  std::string digits;
  for (const char c : text)
    if (c != ' ') digits += c;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) bytes.push_back(static_cast<std::byte>(std::stoi(digits.substr(i, 2), nullptr, 16)));
  return bytes;
}

struct Row {
  const char* what;
  int type;
  const char* frame;
  std::optional<std::size_t> offset;
};

const std::string macs = "020000000001 020000000002 ";

}  // namespace

TEST_CASE("the IP packet is found behind every known link layer") {
  const Row rows[] = {
      {"Ethernet, IPv4", DLT_EN10MB, "020000000001 020000000002 0800 45", 14},
      {"Ethernet, IPv6", DLT_EN10MB, "020000000001 020000000002 86dd 60", 14},
      {"Ethernet, one tag", DLT_EN10MB, "020000000001 020000000002 8100 0007 86dd 60", 18},
      {"Ethernet, two tags", DLT_EN10MB, "020000000001 020000000002 88a8 0007 8100 0008 0800 45", 22},
      {"Ethernet, PPPoE session, IPv6", DLT_EN10MB, "020000000001 020000000002 8864 1100 0001 0030 0057 60", 22},
      {"Ethernet, PPPoE session, LCP", DLT_EN10MB, "020000000001 020000000002 8864 1100 0001 0030 c021 60", std::nullopt},
      {"Ethernet, ARP", DLT_EN10MB, "020000000001 020000000002 0806 0001", std::nullopt},
      {"Ethernet, five tags", DLT_EN10MB, "020000000001 020000000002 8100 0001 8100 0001 8100 0001 8100 0001 8100 0001 0800 45", std::nullopt},
      {"Ethernet, cut in the tag", DLT_EN10MB, "020000000001 020000000002 8100 00", std::nullopt},
      {"Ethernet, cut before IP", DLT_EN10MB, "020000000001 020000000002 0800", std::nullopt},
      {"Ethernet, IPv4 type without IPv4", DLT_EN10MB, "020000000001 020000000002 0800 f5", std::nullopt},
      {"cooked 1", DLT_LINUX_SLL, "0000 0001 0006 020000000001 0000 0800 45", 16},
      {"cooked 2", DLT_LINUX_SLL2, "0800 0000 00000003 0001 00 06 0200000000010000 45", 20},
      {"cooked 2, tagged", DLT_LINUX_SLL2, "8100 0000 00000003 0001 00 06 0200000000010000 0007 86dd 60", 24},
      {"cooked 2, cut", DLT_LINUX_SLL2, "0800 0000 0000", std::nullopt},
      {"cooked 2, PPPoE", DLT_LINUX_SLL2, "8864 0000 00000003 0001 00 06 0200000000010000 1100 0001 0030 0021 45", 28},
      {"PPP with address and control", DLT_PPP, "ff03 0021 45", 4},
      {"PPP without", DLT_PPP, "0057 60", 2},
      {"PPP, compressed protocol", DLT_PPP, "21 45", 1},
      {"PPP, LCP", DLT_PPP, "ff03 c021 45", std::nullopt},
      {"PPP, cut", DLT_PPP, "ff03 00", std::nullopt},
      {"PPP in HDLC", DLT_PPP_SERIAL, "ff03 0021 45", 4},
      {"Cisco HDLC", DLT_PPP_SERIAL, "0f00 0800 45", 4},
      {"PPPoE without Ethernet", DLT_PPP_ETHER, "1100 0001 0030 0057 60", 8},
      {"PPPoE discovery", DLT_PPP_ETHER, "1109 0000 0030 0057 60", std::nullopt},
      {"pppd, sent", DLT_PPP_PPPD, "01 03 0021 45", 4},
      {"PPP behind a direction", DLT_PPP_WITH_DIR, "00 ff03 0021 45", 5},
      {"OpenBSD loopback", DLT_LOOP, "00000002 45", 4},
      {"BSD loopback", DLT_NULL, "02000000 45", 4},
      {"raw", DLT_RAW, "60", 0},
      {"raw, not IP", DLT_RAW, "00", std::nullopt},
      {"nothing", DLT_RAW, "", std::nullopt},
      {"a link type that is not read", DLT_IEEE802_11, "08000000", std::nullopt},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    const auto found = unwrap(row.type, hex(row.frame));
    REQUIRE(found.has_value() == row.offset.has_value());
    if (row.offset) CHECK(found->offset == *row.offset);
  }
}

TEST_CASE("a frame that is cut anywhere is never read beyond its end") {
  for (const int type : {DLT_EN10MB, DLT_LINUX_SLL, DLT_LINUX_SLL2, DLT_NULL, DLT_RAW, DLT_PPP, DLT_PPP_SERIAL, DLT_PPP_ETHER, DLT_PPP_PPPD, DLT_PPP_WITH_DIR})
    for (const auto* frame : {"020000000001 020000000002 8100 0007 8864 1100 0001 0030 0057 60", "8100 0000 00000003 0001 00 06 0200000000010000 0007 86dd 60"}) {
      const auto whole = hex(frame);
      for (std::size_t length = 0; length <= whole.size(); ++length) {
        const std::vector<std::byte> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
        if (const auto found = unwrap(type, cut)) CHECK(found->offset < cut.size());
      }
    }
}

TEST_CASE("the direction is known where the link layer tells it") {
  CHECK(unwrap(DLT_LINUX_SLL, hex("0004 0001 0006 020000000001 0000 0800 45"))->outgoing == true);
  CHECK(unwrap(DLT_LINUX_SLL, hex("0000 0001 0006 020000000001 0000 0800 45"))->outgoing == false);
  CHECK(unwrap(DLT_LINUX_SLL2, hex("0800 0000 00000003 0001 04 06 0200000000010000 45"))->outgoing == true);
  CHECK(unwrap(DLT_PPP_PPPD, hex("01 03 0021 45"))->outgoing == true);
  CHECK(unwrap(DLT_PPP_WITH_DIR, hex("00 ff03 0021 45"))->outgoing == false);
  CHECK_FALSE(unwrap(DLT_EN10MB, hex(macs + "0800 45"))->outgoing);
}

TEST_CASE("a link type has a name") {
  CHECK(link_type_name(DLT_IEEE802_11_RADIO).starts_with("IEEE802_11_RADIO"));
  CHECK(link_type_name(65000) == "number 65000");
}

TEST_CASE("the cooked header names the interface") {
  CHECK(unwrap(DLT_LINUX_SLL2, hex("0800 0000 00010003 0001 00 06 0200000000010000 45"))->interface_index == 0x10003U);
  CHECK_FALSE(unwrap(DLT_EN10MB, hex(macs + "0800 45"))->interface_index);
}
