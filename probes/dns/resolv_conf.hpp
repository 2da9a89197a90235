#pragma once
/// The name servers of resolv.conf(5). Pure.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/address.hpp"

namespace ringback::dns {

struct Nameserver {
  Address address;
  std::optional<std::string> zone;  ///< "fe80::1%eth0": the interface, by name or by number (RFC 4007 §11)
  bool operator==(const Nameserver&) const = default;
};

struct ResolvConf {
  std::vector<Nameserver> nameservers;  ///< three at most: the system looks at no more (MAXNS)
  std::vector<std::string> troubles;    ///< lines that name no address, eight at most
  bool operator==(const ResolvConf&) const = default;
};

ResolvConf parse_resolv_conf(std::string_view text);

}  // namespace ringback::dns
