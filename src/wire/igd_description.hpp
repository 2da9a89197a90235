#pragma once
/// The device description of an Internet Gateway Device (UPnP Device Architecture 1.1 §2.3). No I/O.
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.hpp"

namespace ringback::wire::igd {

struct Service {
  std::string type;         ///< "urn:schemas-upnp-org:service:WANIPConnection:1": letters, digits and ":-._" alone
  std::string control_url;  ///< as it came; may be relative
  bool operator==(const Service&) const = default;
};

/// Texts are printable and at most 200 bytes.
struct Description {
  std::string friendly_name, manufacturer, model;  ///< of the outermost device
  std::string url_base;                            ///< URLBase of UPnP 1.0; mostly empty
  std::vector<Service> services;                   ///< of all devices inside, in document order; at most 64
  bool operator==(const Description&) const = default;
};

[[nodiscard]] Expected<Description> parse_description(std::string_view xml);

/// WANIPConnection or WANPPPConnection of any version: it owns an external address and port mappings.
[[nodiscard]] bool is_wan_connection(const Service& service);
/// WANIPv6FirewallControl of any version.
[[nodiscard]] bool is_ipv6_firewall(const Service& service);

}  // namespace ringback::wire::igd
