#include "arrivals/knock_guide.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "arrivals/home.hpp"
#include "net/interface_identifier.hpp"
#include "net/special_purpose.hpp"

namespace ringback::arrivals {
namespace {

/// What people use for a service. {} is the address with its port, as it is written there.
struct Tool {
  Protocol protocol;
  Port port;
  const char* scheme;                      ///< of a URL; null: a browser is no use
  Port without_port;                       ///< which the scheme implies
  const char* how;                         ///< where there is no scheme
};
constexpr Tool tools[] = {
    {Protocol::tcp, 443, "https", 443, nullptr},
    {Protocol::tcp, 8443, "https", 443, nullptr},
    {Protocol::tcp, 80, "http", 80, nullptr},
    {Protocol::tcp, 21, nullptr, 0, "with an FTP app, connect to {}"},
    {Protocol::tcp, 22, nullptr, 0, "with an SSH app, connect to {}"},
    {Protocol::tcp, 25, nullptr, 0, "with a mail app or a port scanner app, connect to {}"},
    {Protocol::tcp, 993, nullptr, 0, "with a mail app (incoming server, IMAP), connect to {}"},
    {Protocol::udp, 51820, nullptr, 0, "in the WireGuard app, set the tunnel's endpoint to {} and switch the tunnel on"},
    {Protocol::udp, 1194, nullptr, 0, "in the OpenVPN app, use a profile with the remote {} and connect"},
    {Protocol::udp, 500, nullptr, 0, "in the phone's VPN settings, connect an IKEv2 or IPsec VPN to {}"},
    {Protocol::udp, 4500, nullptr, 0, "in the phone's VPN settings, connect an IKEv2 or IPsec VPN to {}"},
};

/// Browsers open no connection to these (Fetch standard, "port blocking").
constexpr Port refused_by_browsers[] = {
    1,    7,    9,    11,   13,   15,   17,   19,   20,   21,   22,   23,   25,   37,   42,   43,   53,   69,   77,   79,  87,
    95,   101,  102,  103,  104,  109,  110,  111,  113,  115,  117,  119,  123,  135,  137,  139,  143,  161,  179,  389, 427,
    465,  512,  513,  514,  515,  526,  530,  531,  532,  540,  548,  554,  556,  563,  587,  601,  636,  989,  990,  993, 995,
    1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080};

const Tool* tool_for(const Service& service) {
  for (const auto port : {service.inside, service.outside})
    for (const auto& tool : tools)
      if (tool.protocol == service.protocol && tool.port == port) return &tool;
  return nullptr;
}

/// `host`: an address as it stands in a URL, or words in its place.
std::string knock(const Service& service, const std::string& host, Port port) {
  const auto* tool = tool_for(service);
  const auto with_port = fmt::format("{}:{}", host, port);
  const bool browser = service.protocol == Protocol::tcp && std::ranges::find(refused_by_browsers, port) == std::end(refused_by_browsers);
  if (browser && (tool == nullptr || tool->scheme != nullptr)) {
    const char* scheme = tool != nullptr ? tool->scheme : "http";
    return fmt::format("open {}://{} in its browser", scheme, tool != nullptr && tool->without_port == port ? host : with_port);
  }
  if (tool != nullptr && tool->how != nullptr) return fmt::format(fmt::runtime(tool->how), with_port);
  if (service.protocol == Protocol::udp)
    return fmt::format("let the app that uses this service send to {} (UDP; a browser cannot)", with_port);
  return fmt::format("with the app that uses this service, or a port scanner app, connect to {} (browsers refuse this port)", with_port);
}

bool uses_browser(const Service& service) { return knock(service, "x", service.inside).find("in its browser") != std::string::npos; }

std::optional<Address> first_global(const std::vector<Address>& addresses) {
  const auto found = std::ranges::find_if(addresses, [](const Address& address) { return is_global(address); });
  return found != addresses.end() ? std::optional(*found) : std::nullopt;
}

/// Of the interface that faces the router where that is known: a tunnel's address belongs to somebody else's network.
std::vector<InterfaceAddress> addresses_of(const host::Evidence& host, Family family) {
  const auto& uplink = family == Family::ipv4 ? host.ipv4 : host.ipv6;
  std::vector<InterfaceAddress> found;
  for (const auto& interface : host.interfaces)
    if (!interface.tunnel && (!uplink || interface.name == uplink->interface))
      for (const auto& address : interface.addresses)
        if (address.address.family() == family && is_global(address.address) && !address.deprecated && !address.tentative)
          found.push_back(address);
  std::stable_partition(found.begin(), found.end(),
                        [](const InterfaceAddress& address) { return !address.address.is_v6() || is_stable_global(address); });
  return found;
}

std::string over_ipv4(const Service& service, const KnockAt& at) {
  if (at.ipv4) return fmt::format("Over IPv4: {}.", knock(service, at.ipv4->to_string(), service.outside));
  const auto look_up =
      "Search for \"what is my IP\" on a device at home (on its Wi-Fi) to see the address that belongs in place of ADDRESS.";
  const auto with_word = knock(service, "ADDRESS", service.outside);
  if (at.not_routed)
    return fmt::format(
        "Over IPv4: {}. {} The home router itself has {} there, which the internet cannot reach: another router, or the provider, shares "
        "its address with this home, so perhaps nobody can come in over IPv4.",
        with_word, look_up, at.not_routed->to_string());
  return fmt::format("Over IPv4: {}. {} The home router did not tell it.", with_word, look_up);
}

}  // namespace

KnockAt where_to_knock(const Evidence& state, bool ipv4, bool ipv6) {
  KnockAt at{.over_ipv4 = ipv4, .over_ipv6 = ipv6};
  if (state.host) {
    if (const auto mine = addresses_of(*state.host, Family::ipv4); !mine.empty()) at.ipv4 = mine.front().address;
    if (const auto mine = addresses_of(*state.host, Family::ipv6); !mine.empty()) at.ipv6 = mine.front().address;
  }
  if (at.ipv4 || !state.router) return at;
  const auto said = wan_addresses(*state.router);
  at.ipv4 = first_global(said);
  if (!at.ipv4 && !said.empty()) at.not_routed = said.front();
  return at;
}

Remedy how_to_knock(const Service& service, const KnockAt& at) {
  Remedy remedy{.title = "Now knock from outside", .steps = {}, .commands = {}};
  remedy.steps.emplace_back(
      "Take a phone and switch its Wi-Fi off (and a VPN on it), so that it comes over the mobile network. A friend in another network will "
      "do as well.");
  if (at.over_ipv4) remedy.steps.push_back(over_ipv4(service, at));
  if (at.over_ipv6 && at.ipv6)
    remedy.steps.push_back(fmt::format("Over IPv6: {}.", knock(service, fmt::format("[{}]", at.ipv6->to_string()), service.inside)));
  if (uses_browser(service))
    remedy.steps.emplace_back("A warning about a certificate, or an error page, does no harm: what counts is what appears below.");
  if (at.over_ipv4 && at.over_ipv6 && at.ipv6)
    remedy.steps.emplace_back(
        "Try both: some mobile networks carry one of the two alone, and what the phone cannot send proves nothing about this home.");
  else
    remedy.steps.push_back(
        fmt::format("Some mobile networks do not carry {}: what such a phone cannot send proves nothing about this home.",
                    at.over_ipv4 ? "IPv4" : "IPv6"));
  return remedy;
}

Remedy if_somebody_knocked(const Service& service) {
  return {.title = "If somebody did knock from outside",
          .steps = {"Then the knock ended before this host: the home router does not let it through, or the provider does not, or the "
                    "phone's network does "
                    "not carry this address family. The command tells which of the first two it is."},
          .commands = {fmt::format("sudo ringback run -s {}", service.to_string())}};
}

}  // namespace ringback::arrivals
