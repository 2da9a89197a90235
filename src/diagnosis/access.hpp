#pragma once
/// What kind of access the household has over each family.
#include "diagnosis/local_fault.hpp"
#include "diagnosis/port_set.hpp"

namespace ringback::diagnosis {

struct Ipv4Access {
  Ipv4Connection connection;
  Confidence confidence = Confidence::possible;
  std::vector<std::string> because;
  Pointers evidence;
  bool router_owns_mapped = false;  ///< observed, not concluded
  bool let_in = false;              ///< a knock from outside arrived
  std::optional<PortSet> ports;     ///< the outside ports that this home has, where it has not all
  std::optional<LocalFault> local_fault;
};

struct Ipv6Access {
  Ipv6Connection connection;
  Confidence confidence = Confidence::possible;
  std::vector<std::string> because;
  Pointers evidence;
  std::optional<LocalFault> local_fault;
};

[[nodiscard]] Ipv6Access judge_ipv6(const Evidence& evidence, const Facts& facts);
[[nodiscard]] Ipv4Access judge_ipv4(const Evidence& evidence, const Facts& facts, const Ipv6Access& ipv6);

/// The line ends in this host: a modem of its own, or PPP. Such a link has no hardware addresses, and no router of a home's stands on it.
[[nodiscard]] bool line_ends_here(const Evidence& evidence, const Facts& facts);

/// Nobody can be let in over IPv4, whatever the household does.
[[nodiscard]] constexpr bool shared_by_carrier(Ipv4Kind kind) {
  return kind == Ipv4Kind::cgnat || kind == Ipv4Kind::ds_lite || kind == Ipv4Kind::nat64;
}

}  // namespace ringback::diagnosis
