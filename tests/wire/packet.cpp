#include "support/catch.hpp"

#include "wire/packet.hpp"

using namespace ringback;
using wire::parse_packet;

namespace {

std::vector<std::byte> bytes(std::string_view hex) {
  std::vector<std::byte> result;
  std::string digits;
  for (const char c : hex)
    if (c != ' ' && c != '\n') digits += c;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) result.push_back(static_cast<std::byte>(std::stoi(digits.substr(i, 2), nullptr, 16)));
  return result;
}

const std::string ipv4_tcp = "45000028 00010000 40060000 c0000201 c6336407";      // 192.0.2.1 > 198.51.100.7
const std::string syn = "9c4001bb 00000001 00000000 50020000 00000000";           // 40000 > 443, SYN
const std::string ipv6 = "60000000 00140640 20010db8000000000000000000000001 20010db8000000000000000000000002";

}  // namespace

TEST_CASE("a TCP SYN over IPv4 is read") {
  const auto b = bytes(ipv4_tcp + syn);
  const auto packet = parse_packet(b).value();
  CHECK(packet.source.to_string() == "192.0.2.1");
  CHECK(packet.destination.to_string() == "198.51.100.7");
  CHECK(packet.hop_limit == 64);
  CHECK(packet.transport.destination == 443);
  CHECK(packet.transport.flags == wire::TcpFlags{.syn = true});
}

TEST_CASE("the maximum segment size of a TCP opening is read where it stands whole") {
  const auto mss_of = [](const std::string& options, const char* offset_and_flags) {
    const auto b = bytes("4500003c 00010000 40060000 c0000201 c6336407 9c4001bb 00000001 00000000 " + std::string(offset_and_flags) + "0000 00000000" + options);
    const auto packet = parse_packet(b);
    return packet ? packet->transport.mss : std::nullopt;
  };
  CHECK(mss_of("020405b4", "6002") == 1460);
  CHECK(mss_of("0101080a0000000000000000 02040578", "9002") == 1400);   // after two no-operations and a timestamp
  CHECK(mss_of("020405b4", "6012") == 1460);                            // a SYN-ACK has one as well
  CHECK_FALSE(mss_of("020405b4", "6010"));                              // in the middle of a connection it means nothing
  CHECK_FALSE(mss_of("00020405b4000000", "7002"));                      // after the end of the list
  CHECK_FALSE(mss_of("0200000000000000", "7002"));                      // a length that leads nowhere
  CHECK_FALSE(mss_of("0204", "6002"));                                  // cut off by the snap length
  CHECK_FALSE(mss_of("0101010102", "7002"));
}

TEST_CASE("IPv6 extension headers before the transport header are walked") {
  // hop-by-hop (0), destination options (60), fragment (44, first), then TCP
  const auto b = bytes("60000000 002c0040 20010db8000000000000000000000001 20010db8000000000000000000000002"
                       "3c00010400000000 2c00010400000000 0600000000000001" + syn);
  const auto packet = parse_packet(b).value();
  CHECK(packet.transport.protocol == wire::ip_tcp);
  CHECK(packet.transport.source == 40000);
}

TEST_CASE("an ICMP error names the packet that it quotes") {
  const auto b = bytes("4500 0044 0001 0000 4001 0000 c6336407 c0000201 0301 0000 00000000" + ipv4_tcp + syn);
  const auto packet = parse_packet(b).value();
  REQUIRE(packet.quoted);
  CHECK(packet.quoted->source.to_string() == "192.0.2.1");
  CHECK(packet.quoted->transport.destination == 443);
}

TEST_CASE("a quotation cut after eight bytes of transport still tells the ports") {
  const auto b = bytes("4500 0038 0001 0000 4001 0000 c6336407 c0000201 0303 0000 00000000" + ipv4_tcp + "9c4001bb 00000001");
  CHECK(parse_packet(b).value().quoted->transport.source == 40000);
}

TEST_CASE("packets that no honest host sends are named") {
  struct Row {
    std::string hex;
    const char* why;
  };
  const Row rows[] = {
      {"", "an empty packet"},
      {"45", "ipv4 packet of 1 bytes"},
      {"43000028 00010000 40060000 c0000201 c6336407", "ipv4 header of 12 bytes"},
      {"4f000028 00010000 40060000 c0000201 c6336407", "ipv4 header of 60 bytes"},
      {"45000010 00010000 40060000 c0000201 c6336407", "ipv4 total length 16 below its header"},
      {"45000028 00010001 40060000 c0000201 c6336407", "a later ipv4 fragment"},
      {ipv4_tcp + "9c40", "transport header of 2 bytes"},
      {ipv4_tcp + "9c4001bb 00000001 00000000 10020000 00000000", "tcp header of 4 bytes"},
      {"15000028", "ip version 1"},
      {ipv6.substr(0, 30), "ipv6 packet of 14 bytes"},
      {"60000000 00080040 20010db8000000000000000000000001 20010db8000000000000000000000002 3cff000000000000", "ipv6 extension header of 2048 bytes, 8 left"},
  };
  for (const auto& row : rows) {
    INFO(row.hex);
    const auto b = bytes(row.hex);
    const auto packet = parse_packet(b);
    REQUIRE_FALSE(packet);
    CHECK(packet.error().what == row.why);
  }
}
