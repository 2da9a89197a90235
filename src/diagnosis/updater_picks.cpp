/// Which address a program that keeps a name up to date would publish on this very host.
#include <algorithm>

#include "diagnosis/records.hpp"
#include "diagnosis/updaters.hpp"

namespace ringback::diagnosis {
namespace {

using host::AddressSource;

const Interface* interface_of(const Evidence& evidence, const Facts& facts, const std::string& name, Family family) {
  const auto& wanted = name.empty() ? facts.of(family).facing : name;
  const auto found = std::ranges::find(evidence.host->interfaces, wanted, &Interface::name);
  return found == evidence.host->interfaces.end() ? nullptr : &*found;
}

/// As the program is seen from outside: by the way to the service that it asks where that is known, by the way to the internet otherwise.
Pick seen_over_ipv6(const Evidence& evidence, const Facts& facts, const host::Published& way) {
  const auto to_service = way_to_service(evidence, way, Family::ipv6);
  if (facts.ipv6.vpn && !to_service) return {};
  const auto known = to_service ? std::vector<RouteLookup>{to_service->lookup} : evidence.host->lookups;
  for (const auto& lookup : known) {
    if (!lookup.source || !lookup.source->is_v6()) continue;
    const auto* own = facts.find_own(*lookup.source);
    // Something between may translate it (NAT66, NPTv6): then nothing of this host's addresses is published.
    if (!own || !own->facing || (facts.ipv6.mapped.address && !facts.find_own(*facts.ipv6.mapped.address))) return {};
    if (own->value.temporary) return {Picks::temporary, own->value.address};
    if (own->is_stable_global()) return {Picks::stays, own->value.address};
  }
  return {};
}

/// The upper half of the address that it is seen with, and a lower one of its own. What no address of this host is may be another machine's.
Pick with_suffix(const Evidence& evidence, const Facts& facts, const host::Published& way) {
  const auto seen = seen_over_ipv6(evidence, facts, way);
  if (!seen.address) return {};
  std::array<std::uint8_t, 16> bytes{};
  std::ranges::copy(seen.address->bytes().first(8), bytes.begin());
  std::ranges::copy(way.suffix->bytes().last(8), bytes.begin() + 8);
  const auto* own = facts.find_own(Address::v6(bytes));
  if (!own) return {};
  if (own->value.temporary) return {Picks::temporary, own->value.address};
  return own->is_stable_global() ? Pick{Picks::stays, own->value.address} : Pick{};
}

/// The first in the kernel's order, which is that of ip(8) and of getifaddrs(3).
Pick first_of(const Interface& interface) {
  for (const auto& address : interface.addresses) {
    const auto kind = classify(address.address);
    if (!address.address.is_v6() || kind == AddressClass::link_local || kind == AddressClass::unique_local) continue;
    if (address.temporary) return {Picks::temporary, address.address};
    return is_stable_global(address) ? Pick{Picks::stays, address.address} : Pick{};
  }
  return {Picks::nothing, {}};
}

Pick of_interface_ipv6(const Evidence& evidence, const Facts& facts, const host::Updater& updater) {
  const auto& way = updater.ipv6;
  const auto* interface = interface_of(evidence, facts, way.interface, Family::ipv6);
  if (interface == nullptr) return {};
  if (way.skips_temporary == true) {
    const auto stays = std::ranges::find_if(interface->addresses, [](const InterfaceAddress& address) { return is_stable_global(address); });
    return {stays == interface->addresses.end() ? Picks::nothing : Picks::stays, {}};
  }
  if (way.skips_temporary != false) return {};
  // inadyn 2.10 takes a unique local address for good; scripts mostly leave those out.
  for (const auto& address : updater.program == "inadyn" ? interface->addresses : std::vector<InterfaceAddress>()) {
    const auto kind = classify(address.address);
    if (!address.address.is_v6() || kind == AddressClass::link_local) continue;
    if (kind == AddressClass::unique_local) return {Picks::local, address.address};
    break;
  }
  return first_of(*interface);
}

Pick pick_ipv4(const Case& c, const host::Published& way) {
  if (way.source == AddressSource::web && !c.facts.ipv4.vpn) {
    if (const auto to_service = way_to_service(c.evidence, way, Family::ipv4); to_service && to_service->lookup.interface != c.facts.ipv4.facing) return {};
    const auto kind = c.ipv4.connection.kind;
    if (c.ipv4.confidence < Confidence::likely) return {};
    if (shared_by_carrier(kind)) return {c.ipv4.let_in ? Picks::unknown : Picks::carriers, c.ipv4.connection.mapped_address};
    if (kind == Ipv4Kind::public_address || kind == Ipv4Kind::nat) return {Picks::households, c.ipv4.connection.mapped_address};
    return {};
  }
  if (way.source != AddressSource::interface) return {};
  const auto* interface = interface_of(c.evidence, c.facts, way.interface, Family::ipv4);
  for (const auto& address : interface != nullptr ? interface->addresses : std::vector<InterfaceAddress>())
    if (address.address.is_v4()) return is_global(address.address) ? Pick{} : Pick{Picks::local, address.address};
  return {};
}

}  // namespace

std::optional<WayToService> way_to_service(const Evidence& evidence, const host::Published& way, Family family) {
  if (!evidence.host || way.source != AddressSource::web || way.service.empty()) return std::nullopt;
  const auto& all = evidence.host->destinations;
  std::optional<WayToService> result;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!same_name(all[i].place, way.service) || all[i].lookup.destination.family() != family) continue;
    if (result && result->lookup.source != all[i].lookup.source) return std::nullopt;   // it depends on which of its addresses is taken
    if (!result) result = WayToService{all[i].lookup, pointer("host", "destinations", i, "lookup", "source")};
  }
  return result;
}

Pick pick_of(const Case& c, const host::Updater& updater, Family family) {
  if (!c.evidence.host) return {};
  return family == Family::ipv4 ? pick_ipv4(c, updater.ipv4) : pick_ipv6(c.evidence, c.facts, updater);
}

Pick pick_ipv6(const Evidence& evidence, const Facts& facts, const host::Updater& updater) {
  if (!evidence.host) return {};
  if (updater.ipv6.suffix) return with_suffix(evidence, facts, updater.ipv6);
  if (updater.ipv6.source == AddressSource::web) return seen_over_ipv6(evidence, facts, updater.ipv6);
  return updater.ipv6.source == AddressSource::interface ? of_interface_ipv6(evidence, facts, updater) : Pick{};
}

bool records_say(const Evidence& evidence, std::string_view name, const Address& address) {
  for (std::size_t i = 0; evidence.dns && i < evidence.dns->names.size(); ++i) {
    if (!same_name(evidence.dns->names[i].name, name)) continue;
    const auto records = records_of(evidence, i, address.family());
    if (std::ranges::find(records.addresses, address) != records.addresses.end()) return true;
  }
  return false;
}

std::optional<Address> literal_of(const host::Published& way) {
  if (way.source != AddressSource::literal) return std::nullopt;
  const auto address = Address::parse(way.setting.substr(way.setting.find('=') + 1));
  return address ? std::optional(*address) : std::nullopt;
}

}  // namespace ringback::diagnosis
