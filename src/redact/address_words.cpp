/// What a mask stands for, in words: the family, the kind, and which one of its kind.
#include <fmt/format.h>

#include "net/special_purpose.hpp"
#include "redact/address_masks.hpp"

namespace ringback::redaction {
namespace {

std::string kind_in_words(const Address& address, bool proxy) {
  const auto family = address.is_v4() ? "IPv4" : "IPv6";
  if (address.is_v4_mapped()) return "IPv4-mapped IPv6";
  switch (classify(address)) {
    case AddressClass::global: return proxy ? fmt::format("proxy's {}", family) : address.is_v4() ? "public IPv4" : "IPv6";
    case AddressClass::private_use: return "private IPv4";
    case AddressClass::shared: return "carrier's IPv4";
    case AddressClass::unique_local: return "local IPv6";
    case AddressClass::nat64_well_known: return "NAT64 IPv6";
    case AddressClass::teredo: return "Teredo IPv6";
    case AddressClass::six_to_four: return "6to4 IPv6";
    default: return fmt::format("{} {}", to_string(classify(address)), family);
  }
}

/// Addresses of this household or of somebody's network, of which it matters which others begin alike.
bool has_network(const Address& address) {
  const auto kind = classify(address);
  return address.is_v6() && (kind == AddressClass::global || kind == AddressClass::unique_local);
}

}  // namespace

unsigned AddressMasks::number_of_network(const Prefix& mask) {
  return networks_told_.try_emplace(mask, static_cast<unsigned>(networks_told_.size()) + 1).first->second;
}

std::string AddressMasks::words_for(const Address& address, const Address& mask) {
  const auto kind = kind_in_words(address, block_of(address).proxy);
  auto words = fmt::format("{} #{}", kind, ++counts_[kind]);
  if (!has_network(address)) return words;
  if (const auto own = known_.own.find(address); own != known_.own.end()) words = (own->second ? "temporary " : "stable ") + words;
  return fmt::format("{} in prefix #{}", words, number_of_network(Prefix(mask, 64)));
}

std::string AddressMasks::words_for(const Prefix& prefix, const Prefix& mask) {
  const auto kind = classify(prefix.address());
  const bool of_tunnel = kind == AddressClass::six_to_four || kind == AddressClass::teredo;   // these have IPv4 in them as well
  const bool of_translator = prefix.family() == Family::ipv6 && prefix == mask && !of_tunnel && masked_by_parts(prefix.address(), prefix.length());
  if (prefix.address().is_link_local() || of_translator) return {};
  if (has_network(prefix.address()) && prefix.length() == 64) return fmt::format("prefix #{}", number_of_network(mask));
  return fmt::format("network #{} (/{})", ++counts_["network"], prefix.length());
}

}  // namespace ringback::redaction
