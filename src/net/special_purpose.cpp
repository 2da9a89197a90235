#include "net/special_purpose.hpp"

#include <array>

namespace ringback {
namespace {

struct Row {
  Prefix prefix;
  AddressClass kind;
};

Row row(const char* prefix, AddressClass kind) { return {Prefix::parse(prefix).value(), kind}; }

// The more specific row stands first where two overlap.
const std::array<Row, 22>& ipv4_rows() {
  using enum AddressClass;
  static const std::array rows{
      row("0.0.0.0/32", unspecified),    row("0.0.0.0/8", reserved),          row("10.0.0.0/8", private_use),
      row("100.64.0.0/10", shared),      row("127.0.0.0/8", loopback),        row("169.254.0.0/16", link_local),
      row("172.16.0.0/12", private_use), row("192.0.0.9/32", global),         row("192.0.0.10/32", global),
      row("192.0.0.0/29", ds_lite),      row("192.0.0.0/24", reserved),       row("192.0.2.0/24", documentation),
      row("192.31.196.0/24", global),    row("192.52.193.0/24", global),      row("192.168.0.0/16", private_use),
      row("192.175.48.0/24", global),    row("198.18.0.0/15", reserved),      row("198.51.100.0/24", documentation),
      row("203.0.113.0/24", documentation), row("224.0.0.0/4", multicast),    row("255.255.255.255/32", reserved),
      row("240.0.0.0/4", reserved)};
  return rows;
}

const std::array<Row, 27>& ipv6_rows() {
  using enum AddressClass;
  static const std::array rows{
      row("::/128", unspecified),        row("::1/128", loopback),            row("::ffff:0:0/96", reserved),
      row("64:ff9b::/96", nat64_well_known), row("64:ff9b:1::/48", reserved), row("100::/64", reserved),
      row("100:0:0:1::/64", reserved),   row("2001::/32", teredo),            row("2001:1::1/128", global),
      row("2001:1::2/128", global),      row("2001:1::3/128", global),        row("2001:2::/48", reserved),
      row("2001:3::/32", global),        row("2001:4:112::/48", global),      row("2001:20::/28", global),
      row("2001:30::/28", global),       row("2001::/23", reserved),          row("2001:db8::/32", documentation),
      row("3fff::/20", documentation),   row("2002::/16", six_to_four),       row("2620:4f:8000::/48", global),
      row("5f00::/16", reserved),        row("fc00::/7", unique_local),       row("fe80::/10", link_local),
      row("fec0::/10", reserved),        row("ff00::/8", multicast),          row("2000::/3", global)};
  return rows;
}

}  // namespace

AddressClass classify(const Address& address) {
  if (address.is_v4()) {
    for (const auto& [prefix, kind] : ipv4_rows())
      if (prefix.contains(address)) return kind;
    return AddressClass::global;
  }
  for (const auto& [prefix, kind] : ipv6_rows())
    if (prefix.contains(address)) return kind;
  return AddressClass::reserved;  // outside 2000::/3 nothing is allocated (IANA IPv6 address space)
}

bool is_global(const Address& address) {
  switch (classify(address)) {
    case AddressClass::global:
    case AddressClass::nat64_well_known:
    case AddressClass::teredo:
    case AddressClass::six_to_four: return true;
    default: return false;
  }
}

}  // namespace ringback
