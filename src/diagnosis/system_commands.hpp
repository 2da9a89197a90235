#pragma once
/// What the remedies know of this very system: its network manager, its firewall tools, its router, and what may be published.
#include "diagnosis/case.hpp"
#include "diagnosis/shell_command.hpp"

namespace ringback::diagnosis {

using Remedies = std::vector<Remedy>;

/// Whose the address is that the internet sees over IPv4, as far as the diagnosis settled it.
enum class Ipv4Owner { unknown, household, carrier };

/// A finding of the same report.
struct Reported {
  std::string code;
  Subject subject;
  Confidence confidence = Confidence::possible;
  std::string title{};   ///< what a reader finds it by
};

struct System {
  host::Manager manager = host::Manager::unknown;
  host::System software;                 ///< what the evidence says of distribution and manager
  std::vector<std::string> firewall_tools;
  std::string interface = "eth0";        ///< towards the home router; in IPv6's commands `interface_ipv6`
  std::string interface_ipv6 = "eth0";
  std::optional<Address> gateway, gateway_ipv6;
  std::optional<Address> ipv4;           ///< of this host
  std::optional<Address> seen_ipv6;      ///< how the internet sees it over IPv6, where that is translated and it has no global address itself
  std::optional<Address> stable_ipv6;    ///< of this host; one that a knock reached, where there is one
  Ipv4Owner ipv4_owner = Ipv4Owner::unknown;
  std::optional<Address> public_ipv4;    ///< the household's own: an A record may lead there
  std::optional<PortSet> ports;          ///< of that address, where this home has not all
  bool ipv6_internet = false;
  bool no_ipv6 = false;                  ///< nothing that the internet can route, as far as that is known
  bool has_router = true;                ///< false: nothing of the household's stands between this host and the provider
  bool line_has_ipv6 = false;            ///< whatever this host has: DS-Lite is IPv4 inside of IPv6
  bool fritzbox = false;
  const Evidence* evidence = nullptr;
  std::vector<ServiceVerdict> services;  ///< what became of them; empty where advice is given before that is known
  std::vector<Reported> told;            ///< what else the report tells; empty likewise

  /// NetworkManager's active connection: its name, or the UUID that stands for it; absent where nobody knows either.
  [[nodiscard]] std::optional<std::string> connection() const;
  [[nodiscard]] bool has_tool(std::string_view tool) const;
  /// A finding about this name, whose code begins so.
  [[nodiscard]] bool tells(std::string_view code, const std::string& name) const;
  [[nodiscard]] const std::string& interface_of(std::optional<Family> family) const;
  /// The home router's address for a command, or a word to replace.
  [[nodiscard]] std::string gateway_of(std::optional<Family> family) const;
  /// How to get to the home router's menu.
  [[nodiscard]] std::string open_menu() const;
  /// For a sentence.
  [[nodiscard]] std::string shown_interface(std::optional<Family> family) const;
  [[nodiscard]] std::string shown_ipv4() const;
  [[nodiscard]] std::string shown_ipv6() const;
};

/// The case has to outlive the result.
[[nodiscard]] System describe_system(const Case& c);

/// "port 443 (TCP)", of the service that the finding is about.
[[nodiscard]] std::string outside_port(const Finding& finding);
[[nodiscard]] std::string inside_port(const Finding& finding);

/// remedies_manager.cpp: makes the addresses of this host stay.
[[nodiscard]] Remedy stable_address_steps(const System& system, std::string title);
/// remedies_firewall.cpp: lets visitors of the finding's service through this host's own filter.
[[nodiscard]] Remedy open_port(const Finding& finding, const System& system);

}  // namespace ringback::diagnosis
