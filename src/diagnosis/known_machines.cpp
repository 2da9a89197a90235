#include "diagnosis/known_machines.hpp"

#include <algorithm>
#include <array>

namespace ringback::diagnosis {
namespace {

/// An identifier drawn at random or made from the hardware address tells the host; "::1" is common to many.
bool tells_this_host(const Address& own, const Address& address) {
  const auto identifier = interface_identifier(own);
  if (identifier != interface_identifier(address) || identifier == 0) return false;
  const bool small = identifier >> 32 == 0;
  return !small || (is_global(own) && Prefix(own, 28).contains(address));
}

Address with_identifier(const Prefix& network, std::uint64_t identifier) {
  std::array<std::uint8_t, 16> bytes{};
  std::ranges::copy(network.address().bytes(), bytes.begin());
  for (unsigned i = 0; i < 8; ++i) bytes[8 + i] = static_cast<std::uint8_t>(identifier >> (56 - 8 * i));
  return Address::v6(bytes);
}

/// This home's network on the link towards the home router.
std::optional<Prefix> network_of_link(const Facts& facts) {
  for (const auto& own : facts.own)
    if (own.facing && own.value.address.is_v6() && is_global(own.value.address) && own.withdrawn_at.empty())
      return Prefix(own.value.address, 64);
  return std::nullopt;
}

}  // namespace

const OwnAddress* own_with_identifier(const Facts& facts, const Address& address) {
  const OwnAddress* found = nullptr;
  for (const auto& own : facts.own) {
    if (!own.value.address.is_v6() || own.tunnel || own.value.temporary || own.value.address.is_loopback()) continue;
    if (!tells_this_host(own.value.address, address)) continue;
    if (!found || (is_global(own.value.address) && !is_global(found->value.address))) found = &own;
  }
  return found;
}

std::optional<KnownMachine> machine_with_identifier(const Evidence& evidence, const Facts& facts, const Address& address) {
  const auto network = network_of_link(facts);
  const auto identifier = interface_identifier(address);
  if (!evidence.host || !network || identifier >> 32 == 0) return std::nullopt;
  const auto& host = *evidence.host;
  const auto gateway_mac = host.ipv6 && host.ipv6->gateway_mac ? host.ipv6->gateway_mac : host.ipv4 ? host.ipv4->gateway_mac : std::nullopt;
  for (std::size_t i = 0; i < host.neighbours.size(); ++i) {
    const auto& neighbour = host.neighbours[i];
    const bool of_this_host = std::ranges::any_of(host.interfaces, [&](const Interface& interface) { return interface.mac == neighbour.mac; });
    if (!neighbour.mac || of_this_host || neighbour.interface != facts.of(neighbour.address.family()).facing) continue;
    const bool seen = neighbour.address.is_v6() && interface_identifier(neighbour.address) == identifier;
    if (!seen && eui64_identifier(*neighbour.mac) != identifier) continue;
    return KnownMachine{.today = with_identifier(*network, identifier), .router = neighbour.router || neighbour.mac == gateway_mac,
                        .at = pointer("host", "neighbours", i)};
  }
  return std::nullopt;
}

}  // namespace ringback::diagnosis
