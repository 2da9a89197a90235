#include "probes/router/answers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "wire/printable.hpp"

namespace ringback::router {
namespace {

using wire::igd::SoapAnswer;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view space = " \t\r\n";
  const auto first = text.find_first_not_of(space);
  return first == std::string_view::npos ? std::string_view{} : text.substr(first, text.find_last_not_of(space) - first + 1);
}

std::string_view argument(const SoapAnswer& answer, std::string_view name) { return trimmed(answer.argument(name).value_or("")); }

tl::unexpected<Error> wrong(std::string_view name, std::string_view value) {
  return failure(Errc::malformed, fmt::format("{} is \"{}\"", name, wire::printable(value, 60)));
}

bool same_word(std::string_view left, std::string_view right) {
  const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; };
  return std::ranges::equal(left, right, {}, upper, upper);
}

template <class Number>
std::optional<Number> number(std::string_view digits) {
  Number value{};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

/// UPnP Device Architecture 1.1 §2.5: 0, false, no; 1, true, yes.
std::optional<bool> boolean(std::string_view text) {
  for (const auto* word : {"1", "true", "yes"})
    if (same_word(text, word)) return true;
  for (const auto* word : {"0", "false", "no"})
    if (same_word(text, word)) return false;
  return std::nullopt;
}

}  // namespace

std::string fault(const SoapAnswer& answer) { return fmt::format("error {} {}", answer.upnp_error.value_or(0), answer.error_description); }

void take_external_address(const SoapAnswer& answer, WanConnection& connection) {
  connection.upnp_error = answer.upnp_error;
  const auto text = answer.argument("NewExternalIPAddress");
  if (!text) return;
  connection.external_text = wire::printable(*text, 80);
  if (const auto address = Address::parse(trimmed(*text))) connection.external_address = *address;
}

void take_status(const SoapAnswer& answer, WanConnection& connection) {
  if (const auto status = answer.argument("NewConnectionStatus")) connection.status = wire::printable(trimmed(*status), 80);
}

PinholeTrial to_pinhole(const SoapAnswer& answer) {
  PinholeTrial trial{.upnp_error = answer.upnp_error, .error_description = answer.error_description};
  if (!answer.upnp_error) trial.unique_id = number<unsigned>(argument(answer, "UniqueID"));
  trial.closed = !trial.unique_id && answer.upnp_error;
  return trial;
}

bool is_avm(const std::string& manufacturer) { return manufacturer.starts_with("AVM"); }

void take_avm_address(const SoapAnswer& answer, AvmIpv6& avm) {
  if (const auto text = answer.argument("NewExternalIPv6Address")) avm.external_address = wire::printable(trimmed(*text), 80);
}

void take_avm_prefix(const SoapAnswer& answer, AvmIpv6& avm) {
  if (const auto text = answer.argument("NewIPv6Prefix")) avm.prefix = wire::printable(trimmed(*text), 80);
  avm.prefix_length = number<unsigned>(argument(answer, "NewPrefixLength"));
  avm.valid_s = number<unsigned>(argument(answer, "NewValidLifetime"));
  avm.preferred_s = number<unsigned>(argument(answer, "NewPreferedLifetime"));   // AVM's spelling
}

Expected<Mapping> to_mapping(const SoapAnswer& answer) {
  Mapping mapping;
  const auto protocol = argument(answer, "NewProtocol");
  if (!same_word(protocol, "TCP") && !same_word(protocol, "UDP")) return wrong("NewProtocol", protocol);
  mapping.protocol = same_word(protocol, "TCP") ? Protocol::tcp : Protocol::udp;
  for (const auto& [name, member] : {std::pair{"NewExternalPort", &Mapping::external_port}, std::pair{"NewInternalPort", &Mapping::internal_port}}) {
    const auto port = number<Port>(argument(answer, name));
    if (!port) return wrong(name, argument(answer, name));
    mapping.*member = *port;
  }
  const auto client = Address::parse(argument(answer, "NewInternalClient"));
  if (!client) return wrong("NewInternalClient", argument(answer, "NewInternalClient"));
  mapping.internal_client = *client;
  const auto enabled = boolean(argument(answer, "NewEnabled"));
  if (!enabled) return wrong("NewEnabled", argument(answer, "NewEnabled"));
  mapping.enabled = *enabled;
  mapping.lease_s = number<unsigned>(argument(answer, "NewLeaseDuration"));
  mapping.description = wire::printable(argument(answer, "NewPortMappingDescription"));
  return mapping;
}

Expected<Ipv6Firewall> to_firewall(const SoapAnswer& answer) {
  if (answer.upnp_error) return failure(Errc::refused, "GetFirewallStatus: " + fault(answer));
  const auto enabled = boolean(argument(answer, "FirewallEnabled"));
  if (!enabled) return wrong("FirewallEnabled", argument(answer, "FirewallEnabled"));
  const auto allowed = boolean(argument(answer, "InboundPinholeAllowed"));
  if (!allowed) return wrong("InboundPinholeAllowed", argument(answer, "InboundPinholeAllowed"));
  return Ipv6Firewall{*enabled, *allowed};
}

}  // namespace ringback::router
