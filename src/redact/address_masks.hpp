#pragma once
/// Addresses, prefixes and hardware addresses of one report, and their masks.
#include <map>
#include <set>
#include <string>

#include "evidence/evidence.hpp"
#include "redact/address_blocks.hpp"
#include "redact/legend.hpp"
#include "redact/prefix_masks.hpp"

namespace ringback::redaction {

/// What has to be known of the evidence before the first address is masked.
struct Survey {
  std::map<Address, bool> own;      ///< this host's IPv6 addresses; true: temporary
  std::vector<Prefix> nat64;        ///< prefixes before IPv4 addresses (RFC 6052) that no address of this host is in
  std::set<Address> seen = {};      ///< every address of the evidence: of these, also other spellings are looked for in texts
};
[[nodiscard]] Survey survey(const Evidence& evidence);

class AddressMasks {
 public:
  explicit AddressMasks(Survey known);

  [[nodiscard]] Address mask(const Address& address);
  [[nodiscard]] Prefix mask(const Prefix& prefix);
  [[nodiscard]] MacAddress mask(const MacAddress& mac);

  /// The evidence has this address, or one that begins with these bits.
  [[nodiscard]] bool has_seen(const Address& address) const { return known_.seen.contains(address); }
  [[nodiscard]] bool has_seen(const Prefix& prefix) const {
    const auto first = known_.seen.lower_bound(prefix.address());
    return first != known_.seen.end() && prefix.contains(*first);
  }

  [[nodiscard]] const Legend& legend() const { return legend_; }
  /// There was no mask left for something.
  [[nodiscard]] bool exhausted() const { return exhausted_; }

 private:
  // `length`: the bits that count; the others may be anything.
  [[nodiscard]] Address masked(const Address& address, unsigned length);
  [[nodiscard]] Address masked_ipv4(const Address& address, unsigned length);
  [[nodiscard]] Address masked_ipv6(const Address& address, unsigned length);
  [[nodiscard]] std::optional<Address> masked_by_parts(const Address& address, unsigned length);
  [[nodiscard]] std::uint64_t replaced(Family family, std::uint64_t first);
  // address_words.cpp; empty: there is nothing to tell, since it says no more than the block that it is in.
  [[nodiscard]] std::string words_for(const Address& address, const Address& mask);
  [[nodiscard]] std::string words_for(const Prefix& prefix, const Prefix& mask);
  [[nodiscard]] unsigned number_of_network(const Prefix& mask);

  Survey known_;
  PrefixMasks ipv4_, networks_, identifiers_;   ///< IPv4 addresses; the upper and the lower halves of IPv6 addresses
  std::map<std::pair<Family, std::uint64_t>, std::uint64_t> replaced_;
  std::map<Address, Address> addresses_;
  std::map<Prefix, Prefix> prefixes_;
  std::map<MacAddress, MacAddress> macs_;
  std::set<Address> taken_;
  std::map<std::string, unsigned> counts_;
  std::map<Prefix, unsigned> networks_told_;    ///< masks of /64 prefixes
  Legend legend_;
  bool exhausted_ = false;
};

}  // namespace ringback::redaction
