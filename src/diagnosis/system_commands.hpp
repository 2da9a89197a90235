#pragma once
/// What commands on this very system look like: its network manager, its firewall tool, its router.
#include "diagnosis/facts.hpp"

namespace ringback::diagnosis {

struct System {
  host::Manager manager = host::Manager::unknown;
  std::vector<std::string> firewall_tools;
  std::string interface = "eth0";     ///< towards the home router
  std::string gateway;                ///< its IPv4 address; empty: unknown
  std::string gateway_ipv6;
  std::string ipv4;                   ///< of this host
  std::string stable_ipv6 = "a stable IPv6 address of this host";
  std::string mapped_ipv4;            ///< how the internet sees the household
  bool fritzbox = false;
  const Evidence* evidence = nullptr;

  [[nodiscard]] bool has_tool(std::string_view tool) const;
  [[nodiscard]] std::string gateway_of(std::optional<Family> family) const;
  [[nodiscard]] Remedy stable_address_steps() const;
  /// Lets visitors of the finding's service through this host's own filter.
  [[nodiscard]] Remedy open_port(const Finding& finding) const;
  [[nodiscard]] std::string close_command(const Finding& finding) const;
};

[[nodiscard]] System describe_system(const Evidence& evidence);

}  // namespace ringback::diagnosis
