#pragma once
/// What a router's UPnP answers mean, as evidence.
#include "probes/router/evidence.hpp"
#include "wire/igd_soap.hpp"

namespace ringback::router {

/// "error 501 Action Failed"
[[nodiscard]] std::string fault(const wire::igd::SoapAnswer& answer);
/// GetExternalIPAddress.
void take_external_address(const wire::igd::SoapAnswer& answer, WanConnection& connection);
/// GetStatusInfo.
void take_status(const wire::igd::SoapAnswer& answer, WanConnection& connection);
/// GetGenericPortMappingEntry. Errc::malformed names the argument.
[[nodiscard]] Expected<Mapping> to_mapping(const wire::igd::SoapAnswer& answer);
/// GetFirewallStatus. Errc::malformed names the argument or the fault.
[[nodiscard]] Expected<Ipv6Firewall> to_firewall(const wire::igd::SoapAnswer& answer);

}  // namespace ringback::router
