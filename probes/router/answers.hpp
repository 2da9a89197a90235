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
/// AddPinhole: the pinhole's id, or why there is none.
[[nodiscard]] PinholeTrial to_pinhole(const wire::igd::SoapAnswer& answer);
/// Does AVM, who makes the FRITZ!Box, name itself as the maker?
[[nodiscard]] bool is_avm(const std::string& manufacturer);
/// X_AVM_DE_GetExternalIPv6Address and X_AVM_DE_GetIPv6Prefix; a fault leaves everything as it is.
void take_avm_address(const wire::igd::SoapAnswer& answer, AvmIpv6& avm);
void take_avm_prefix(const wire::igd::SoapAnswer& answer, AvmIpv6& avm);
/// GetGenericPortMappingEntry. Errc::malformed names the argument.
[[nodiscard]] Expected<Mapping> to_mapping(const wire::igd::SoapAnswer& answer);
/// GetFirewallStatus. Errc::malformed names the argument or the fault.
[[nodiscard]] Expected<Ipv6Firewall> to_firewall(const wire::igd::SoapAnswer& answer);

}  // namespace ringback::router
