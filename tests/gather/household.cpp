#include "gather/household.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "support/fixture.hpp"
#include "wire/reader.hpp"
#include "wire/stun.hpp"

namespace ringback::test {
namespace {

constexpr const char* nonce = "00112233445566778899aabbccddeeff";
const Endpoint knocker{vantage, 47001};

/// An IPv4 packet with a TCP header and nothing in it.
io::Bytes tcp(const Endpoint& from, const Endpoint& to, std::uint8_t flags) {
  wire::Writer out;
  out.u16(0x4500).u16(40).u32(0).u8(57).u8(6).u16(0).address(from.address).address(to.address);
  return out.u16(from.port).u16(to.port).u32(1).u32(0).u8(0x50).u8(flags).u16(0xffff).u32(0).take();
}

/// The router answers at the first hop and for its own WAN address, the provider at the second, and everything else beyond.
std::vector<Arrival> hop(const Sent& sent) {
  if (!sent.hop_limit) return {};
  if (sent.to.address == wan) return {port_unreachable(sent, 1ms)};
  if (*sent.hop_limit == 1) return {icmp_error(sent, router, 11, 0, 1ms)};
  if (*sent.hop_limit == 2) return {icmp_error(sent, provider, 11, 0, 10ms)};
  return {port_unreachable(sent, 20ms)};
}

std::vector<Arrival> nat_pmp(const Sent& sent) {
  auto bytes = fixture_bytes("wire/nat_pmp/miniupnpd-address.bin");
  std::ranges::copy(std::as_bytes(wan.bytes()), bytes.end() - 4);
  return {answer(sent, sent.payload[0] == std::byte{0} ? bytes : fixture_bytes("wire/pcp/miniupnpd-announce.bin"), 2ms)};
}

std::vector<Arrival> stun(const Sent& sent) {
  const auto request = wire::stun::parse(sent.payload).value();
  return {answer(sent, wire::stun::build_binding_success(request.transaction, {wan, sent.from.port}), 20ms)};
}

}  // namespace

HealthyHousehold::HealthyHousehold() {
  network.udp({router, 5351}, nat_pmp);
  network.udp({router, 53}, [](const Sent& sent) { return std::vector{port_unreachable(sent, 1ms)}; });
  network.udp({vantage, 3478}, stun);
  network.udp_anywhere(hop);
  network.http(vantage_url + "/v1/address", [](const auto&) {
    const nlohmann::json seen{{"address", wan.to_string()}, {"port", 50000}, {"families", {"ipv4"}}, {"version", "1"}};
    return http_ok(seen.dump(), "application/json");
  });
  network.http(vantage_url + "/v1/knock", [this](const io::HttpRequest& request) { return knock(request); });
}

/// Everything is announced at once; the SYN arrives 15 ms later, is answered, and the vantage point says so. The echo stays without answer.
HttpAnswer HealthyHousehold::knock(const io::HttpRequest& request) {
  std::string announcements, results;
  const auto asked = nlohmann::json::parse(request.body);
  for (const auto& each : asked["knocks"]) {
    const auto id = each["id"].get<std::string>();
    const bool is_tcp = each["protocol"] == "tcp";
    announcements += nlohmann::json{{"type", "announce"}, {"id", id}, {"target", wan.to_string()}, {"nonce", nonce},
                                    {"source", {{"address", vantage.to_string()}, {"port", is_tcp ? knocker.port : 0}}}}.dump() + "\n";
    if (is_tcp) results += nlohmann::json{{"type", "result"}, {"id", id}, {"result", "connected"}}.dump() + "\n";
  }
  const Endpoint here{host_address, 443};
  const auto announced = clock.now() + 10ms;
  network.arrives({.at = announced + 15ms, .interface = "eth0", .bytes = tcp(knocker, here, 0x02), .original_length = 40});
  network.arrives({.at = announced + 16ms, .outgoing = true, .interface = "eth0", .bytes = tcp(here, knocker, 0x12), .original_length = 40});
  auto answer = http_ok("", "application/x-ndjson");
  answer.stream = {{0ms, announcements}, {30ms, results}, {1200ms, ""}};
  return answer;
}

}  // namespace ringback::test
