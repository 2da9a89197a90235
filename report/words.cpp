#include "report/words.hpp"

namespace ringback {

std::string_view words(Family family) { return family == Family::ipv4 ? "IPv4" : "IPv6"; }

std::string_view words(ConnectionType type) {
  switch (type) {
    case ConnectionType::dual_stack: return "IPv4 and IPv6, both your own (dual stack)";
    case ConnectionType::ipv4_only: return "IPv4 alone";
    case ConnectionType::ds_lite:
      return "IPv6 of your own; IPv4 only through a tunnel to an address that the provider shares among customers (DS-Lite)";
    case ConnectionType::cgnat_dual_stack:
      return "IPv6 of your own; the provider shares its IPv4 addresses among customers (carrier-grade NAT)";
    case ConnectionType::cgnat_ipv4_only: return "IPv4 alone, and the provider shares its addresses among customers (carrier-grade NAT)";
    case ConnectionType::shared_ports: return "one IPv4 address whose ports the provider divides among customers (MAP or lw4o6)";
    case ConnectionType::ipv6_only_nat64: return "IPv6 alone; the provider translates to reach IPv4 (NAT64)";
    case ConnectionType::ipv6_only: return "IPv6 alone";
    case ConnectionType::offline: return "no connection to the internet";
    case ConnectionType::unknown: break;
  }
  return "could not be determined";
}

std::string_view words(Ipv4Kind kind) {
  switch (kind) {
    case Ipv4Kind::public_address: return "a public address on this host itself";
    case Ipv4Kind::nat: return "your own public address, on the home router, which passes on what it is told to (NAT)";
    case Ipv4Kind::double_nat: return "two routers of this household translate one after the other (double NAT)";
    case Ipv4Kind::cgnat: return "shared with other customers by the provider (carrier-grade NAT)";
    case Ipv4Kind::ds_lite: return "shared with other customers, at the provider's end of a tunnel (DS-Lite)";
    case Ipv4Kind::shared_ports: return "an address shared with other customers; only some of its ports are yours";
    case Ipv4Kind::nat64: return "translated from IPv6 by the provider (NAT64), outwards only";
    case Ipv4Kind::none: return "none";
    case Ipv4Kind::unknown: break;
  }
  return "could not be determined";
}

std::string_view words(Ipv6Kind kind) {
  switch (kind) {
    case Ipv6Kind::native: return "native, every host has addresses of its own";
    case Ipv6Kind::tunnel: return "through a transition tunnel (Teredo, 6to4 or another), which is no good for incoming connections";
    case Ipv6Kind::local_only: return "addresses for the home network alone, none that the internet can reach";
    case Ipv6Kind::broken: return "a global address, but nothing outside answers";
    case Ipv6Kind::none: return "none";
    case Ipv6Kind::unknown: break;
  }
  return "could not be determined";
}

std::string_view words(NameState state) {
  switch (state) {
    case NameState::right: return "leads here";
    case NameState::wrong: return "is not right";
    case NameState::unknown: break;
  }
  return "could not be checked";
}

std::string_view words(Severity severity) {
  switch (severity) {
    case Severity::error: return "Error";
    case Severity::warning: return "Warning";
    case Severity::info: break;
  }
  return "Note";
}

std::string_view words(Confidence confidence) {
  switch (confidence) {
    case Confidence::certain: return "";
    case Confidence::likely: return "likely, not certain";
    case Confidence::possible: break;
  }
  return "possible, not certain";
}

}  // namespace ringback
