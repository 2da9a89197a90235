/// Packets of real captures (fixtures/capture): knocks and their answers as a card saw them, and IPv6 extension headers as a kernel writes them.
#include <fmt/format.h>

#include "support/catch.hpp"
#include "support/pcap_file.hpp"
#include "wire/packet.hpp"

using namespace ringback;
using namespace ringback::test;
using wire::parse_packet;

namespace {

std::span<const std::byte> packet_of(const PcapFile& file, std::size_t frame) {
  return std::span(file.frames.at(frame).bytes).subspan(file.link_type == 1 ? 14 : 20);   // Ethernet, or Linux cooked version 2
}

/// "443 > 60565 SYN ACK", or what else it is.
std::string summary(std::span<const std::byte> bytes) {
  const auto packet = parse_packet(bytes);
  if (!packet) return packet.error().what;
  const auto& t = packet->transport;
  if (t.protocol == wire::ip_icmpv6) return fmt::format("icmpv6 {} to {}", t.icmp_type, packet->destination.to_string());
  if (t.protocol == wire::ip_udp) return fmt::format("udp to {}, {} bytes", t.destination, packet->payload.size());
  return fmt::format("{} > {}{}{}{}", t.source, t.destination, t.flags.syn ? " SYN" : "", t.flags.ack ? " ACK" : "", t.flags.rst ? " RST" : "");
}

}  // namespace

TEST_CASE("knocks and their answers are read the same on either link layer") {
  const auto ethernet = pcap_file("capture/ethernet.pcap"), cooked = pcap_file("capture/linux-sll2.pcap");
  REQUIRE(ethernet.frames.size() == cooked.frames.size());
  std::size_t knocks = 0, answers = 0;
  for (std::size_t i = 0; i < ethernet.frames.size(); ++i) {
    INFO("frame " << i + 1);
    CHECK(summary(packet_of(ethernet, i)) == summary(packet_of(cooked, i)));
    const auto packet = parse_packet(packet_of(ethernet, i)).value();
    CHECK(packet.transport.protocol == wire::ip_tcp);
    CHECK(packet.payload.empty());
    knocks += packet.transport.destination == 443 && packet.transport.flags == wire::TcpFlags{.syn = true};
    answers += packet.transport.source == 443 && packet.transport.flags == wire::TcpFlags{.syn = true, .ack = true};
  }
  CHECK(knocks == 2);    // one over each family
  CHECK(answers == 2);
}

TEST_CASE("what a kernel puts behind IPv6 extension headers is found") {
  const auto file = pcap_file("capture/ipv6-extensions.pcap");
  std::vector<std::string> seen;
  for (std::size_t i = 0; i < file.frames.size(); ++i) seen.push_back(summary(packet_of(file, i)));
  REQUIRE(seen.size() == 7);
  CHECK(seen[0].ends_with(" > 443 SYN"));                        // behind destination options
  CHECK(seen[1].ends_with(" > 443 SYN"));                        // behind hop-by-hop and destination options
  CHECK(seen[2] == "udp to 443, 40 bytes");                      // behind hop-by-hop options
  CHECK(seen[3].starts_with("udp to 443, "));                    // the first fragment
  CHECK(parse_packet(packet_of(file, 4)).error().code == Errc::unsupported);   // the second has no transport header
  CHECK(seen[5] == "icmpv6 143 to ff02::16");                    // MLDv2, RFC 3810 §5.2
}

TEST_CASE("a real packet that is cut anywhere is read or refused, never read beyond its end") {
  for (const auto* name : {"capture/ethernet.pcap", "capture/ipv6-extensions.pcap"}) {
    const auto file = pcap_file(name);
    for (std::size_t i = 0; i < file.frames.size(); ++i)
      for (std::size_t size = 0; size < packet_of(file, i).size(); ++size) {
        const auto whole = packet_of(file, i);
        const std::vector<std::byte> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        const auto packet = parse_packet(cut);
        if (packet) CHECK(packet->payload.size() <= size);
      }
  }
}
