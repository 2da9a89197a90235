#include "probes/dns/server_address.hpp"

#include <algorithm>
#include <array>

#include "net/embedded_address.hpp"
#include "net/special_purpose.hpp"

namespace ringback::dns {
namespace {

constexpr std::array zones_at_home{"home.arpa.", "internal.", "local.", "lan.", "home.", "private.", "corp.", "intranet.", "localdomain."};

bool is_inside(const Address& address) {
  switch (classify(behind_translation(address))) {
    case AddressClass::private_use:
    case AddressClass::shared:
    case AddressClass::unique_local: return true;
    default: return false;
  }
}

}  // namespace

bool can_be_a_server(const Address& address) {
  return !address.is_unspecified() && !address.is_multicast() && !address.is_link_local() && !address.is_v4_mapped() &&
         address != Address::v4(0xffffffff);
}

bool may_be_asked(const Address& address, bool zone_is_at_home) {
  if (!can_be_a_server(address) || behind_translation(address).is_loopback()) return false;
  return zone_is_at_home || !is_inside(address);
}

bool is_at_home(const std::string& name, const Target& told_by, Exchange& exchange) {
  if (told_by.role != Role::system) return false;
  if (std::ranges::any_of(zones_at_home, [&](const char* zone) { return wire::dns::is_within(name, zone); })) return true;
  std::vector<Address> addresses;
  for (const auto type : {wire::dns::Type::a, wire::dns::Type::aaaa})
    std::ranges::copy(exchange.answer(exchange.ask(told_by, {name, type})).addresses, std::back_inserter(addresses));
  return !addresses.empty() && std::ranges::all_of(addresses, is_inside);
}

}  // namespace ringback::dns
