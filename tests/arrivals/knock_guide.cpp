#include "arrivals/knock_guide.hpp"

#include "arrivals/packets.hpp"
#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::arrivals;
using namespace ringback::test;

namespace {

Evidence home(const char* host4) {
  Evidence e;
  e.host.emplace();
  e.host->interfaces = {{.index = 2, .name = "eth0", .up = true, .addresses = {{.address = address(host4), .prefix_length = 24}}}};
  e.host->ipv4 = host::Uplink{.interface = "eth0", .gateway = address("192.168.1.1"), .default_interface = "eth0"};
  e.host->ipv6 = host::Uplink{.interface = "eth0", .default_interface = "eth0"};
  return e;
}

void router_says(Evidence& e, const char* nat_pmp, const char* upnp, const char* by = "192.168.1.1") {
  router::Gateway gateway{.address = address("192.168.1.1")};
  if (*nat_pmp != '\0') gateway.nat_pmp.external_address = address(nat_pmp);
  router::Igd igd{.responder = address(by)};
  igd.connections.emplace_back();
  if (*upnp != '\0') igd.connections.back().external_address = address(upnp);
  gateway.igds = {igd};
  e.router = router::Evidence{{gateway}};
}

std::string text(const Remedy& remedy) { return fmt::format("{}", fmt::join(remedy.steps, "\n")); }
std::string guide(const char* service, const KnockAt& at) { return text(how_to_knock(Service::parse(service).value(), at)); }

const KnockAt both{.ipv4 = Address::v4(0x4da91106), .ipv6 = address("2c0f:f6a::8")};

}  // namespace

TEST_CASE("where to knock: this host's own address, or what the router says of itself") {
  struct Row {
    const char *host4, *nat_pmp, *upnp;
    std::optional<const char*> ipv4, not_routed;
  };
  const Row rows[] = {
      {"77.169.17.6", "", "", "77.169.17.6", {}},
      {"192.168.1.5", "77.169.17.6", "", "77.169.17.6", {}},
      {"192.168.1.5", "", "77.169.17.6", "77.169.17.6", {}},
      {"192.168.1.5", "0.0.0.0", "77.169.17.6", "77.169.17.6", {}},
      {"192.168.1.5", "100.64.3.4", "", {}, "100.64.3.4"},
      {"192.168.1.5", "10.0.0.2", "77.169.17.6", "77.169.17.6", {}},
      {"192.168.1.5", "", "", {}, {}},
  };
  for (const auto& row : rows) {
    INFO(row.host4 << " " << row.nat_pmp << " " << row.upnp);
    auto state = home(row.host4);
    router_says(state, row.nat_pmp, row.upnp);
    const auto at = where_to_knock(state, true, true);
    CHECK(at.ipv4 == (row.ipv4 ? std::optional(address(*row.ipv4)) : std::nullopt));
    CHECK(at.not_routed == (row.not_routed ? std::optional(address(*row.not_routed)) : std::nullopt));
  }
  auto state = home("192.168.1.5");
  router_says(state, "", "77.169.17.6", "192.168.1.9");   // another machine of the network speaks of an address that nobody asked it for
  CHECK_FALSE(where_to_knock(state, true, true).ipv4);
}

TEST_CASE("where to knock over IPv6: the address that stays, and never a tunnel's") {
  auto state = home("192.168.1.5");
  auto& addresses = state.host->interfaces.front().addresses;
  addresses.push_back({.address = address("2c0f:f6a::1"), .prefix_length = 64, .temporary = true});
  CHECK(where_to_knock(state, true, true).ipv6 == address("2c0f:f6a::1"));   // better than nothing, and good for now
  addresses.push_back({.address = address("2c0f:f6a::8"), .prefix_length = 64});
  CHECK(where_to_knock(state, true, true).ipv6 == address("2c0f:f6a::8"));
  addresses = {{.address = address("fd00::8"), .prefix_length = 64}, {.address = address("fe80::8"), .prefix_length = 64}};
  state.host->interfaces.push_back(
      {.index = 3, .name = "tun0", .up = true, .tunnel = true, .addresses = {{.address = address("2a07::8"), .prefix_length = 64}}});
  CHECK_FALSE(where_to_knock(state, true, true).ipv6);
}

TEST_CASE("what to do with the phone depends on the service") {
  struct Row {
    const char* service;
    const char *ipv4, *ipv6;
  };
  for (const auto& row :
       {Row{"443/tcp", "open https://77.169.17.6 in", "open https://[2c0f:f6a::8] in"},
        Row{"80/tcp", "open http://77.169.17.6 in", "open http://[2c0f:f6a::8] in"},
        Row{"8443:443/tcp", "open https://77.169.17.6:8443 in", "open https://[2c0f:f6a::8] in"},
        Row{"8123/tcp", "open http://77.169.17.6:8123 in", "open http://[2c0f:f6a::8]:8123 in"},
        Row{"22/tcp", "SSH app, connect to 77.169.17.6:22", "SSH app, connect to [2c0f:f6a::8]:22"},
        Row{"6000/tcp", "browsers refuse this port", "browsers refuse this port"},
        Row{"51820/udp", "WireGuard app, set the tunnel's endpoint to 77.169.17.6:51820",
            "WireGuard app, set the tunnel's endpoint to [2c0f:f6a::8]:51820"},
        Row{"1194/udp", "OpenVPN app", "OpenVPN app"}, Row{"443/udp", "send to 77.169.17.6:443 (UDP", "send to [2c0f:f6a::8]:443 (UDP"}}) {
    INFO(row.service);
    const auto said = guide(row.service, both);
    CHECK(said.find("switch its Wi-Fi off") != std::string::npos);
    CHECK(said.find(row.ipv4) != std::string::npos);
    CHECK(said.find(row.ipv6) != std::string::npos);
    CHECK(said.find("one of the two alone") != std::string::npos);
    CHECK((said.find("certificate") != std::string::npos) == (said.find("in its browser") != std::string::npos));
  }
}

TEST_CASE("an address that is not known is to be looked up at home, and one family alone is said to be one") {
  const auto unknown = guide("443/tcp", {.ipv6 = both.ipv6});
  CHECK(unknown.find("https://ADDRESS") != std::string::npos);
  CHECK(unknown.find("what is my IP") != std::string::npos);
  const auto shared = guide("443/tcp", {.not_routed = address("100.64.3.4"), .ipv6 = both.ipv6});
  CHECK(shared.find("100.64.3.4") != std::string::npos);
  CHECK(shared.find("perhaps nobody can come in over IPv4") != std::string::npos);
  const auto four = guide("443/tcp", {.ipv4 = both.ipv4, .over_ipv6 = false});
  CHECK(four.find("Over IPv6") == std::string::npos);
  CHECK(four.find("do not carry IPv4") != std::string::npos);
  const auto six = guide("443/tcp", {.ipv4 = both.ipv4, .ipv6 = both.ipv6, .over_ipv4 = false});
  CHECK(six.find("Over IPv4") == std::string::npos);
  CHECK(six.find("do not carry IPv6") != std::string::npos);
}
