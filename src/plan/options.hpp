#pragma once
/// What the user asked for, from argv and the configuration file; see --help for each.
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "net/service.hpp"

namespace ringback {

struct Options {
  std::vector<Service> services;
  std::vector<std::string> names;
  std::vector<std::string> vantages;             ///< http://HOST:PORT, echoip+http(s)://HOST[:PORT]
  std::vector<HostPort> stun;                    ///< empty: the built-in list
  std::vector<Address> public_resolvers;         ///< empty: the built-in list
  std::vector<std::string> only;                 ///< probe names; empty: all
  std::vector<std::string> skip;
  std::optional<std::string> interface;
  bool ipv4 = true;
  bool ipv6 = true;
  std::chrono::seconds deadline{10};
  bool exposure = true;
  bool third_party = true;
  bool allow_mapping = false;

  bool operator==(const Options&) const = default;
};

/// The probes, in the order of the report.
inline constexpr std::array probe_names{"host", "link", "stun", "web", "router", "path", "dns", "listeners", "filter", "inbound"};

}  // namespace ringback
