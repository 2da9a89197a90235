#include <algorithm>

#include "diagnosis/remedies_by_code.hpp"
#include "net/interface_identifier.hpp"

namespace ringback::diagnosis::advice {
namespace {

/// As a FRITZ!Box shows it: "::5054:ff:fe12:3456".
std::string identifier_of(const Address& address) {
  const auto identifier = interface_identifier(address);
  return fmt::format("::{:x}:{:x}:{:x}:{:x}", identifier >> 48, identifier >> 32 & 0xffff, identifier >> 16 & 0xffff, identifier & 0xffff);
}

std::string same_or_other(const Finding& f) {
  if (!f.subject.service) return "Forward the port";
  const auto& service = *f.subject.service;
  if (service.outside == service.inside) return fmt::format("Forward {}, outside and inside the same,", outside_port(f));
  return fmt::format("Forward outside {} to inside {}", outside_port(f), inside_port(f));
}

Remedies opening(const Finding& f, const System& s) {
  return f.subject.family == Family::ipv6 ? ipv6_opening(f, s) : port_forward(f, s);
}

Remedies begun_with(const char* first, std::string title, Remedies remedies) {
  remedies.front().title = std::move(title);
  insert_step(remedies.front(), 0, first);
  return remedies;
}

/// Behind the steps that lead to the router's list of forwards or openings.
Remedies with_step_in_menu(std::string step, std::string title, Remedies remedies) {
  constexpr std::size_t to_the_list = 2;
  remedies.front().title = std::move(title);
  insert_step(remedies.front(), std::min(to_the_list, remedies.front().steps.size()), std::move(step));
  return remedies;
}

/// Where the router's own list sends the port.
std::optional<Address> destination_in_list(const Finding& f, const System& s) {
  if (!s.evidence || !s.evidence->router || !f.subject.service) return std::nullopt;
  for (const auto& gateway : s.evidence->router->gateways)
    for (const auto& igd : gateway.igds)
      for (const auto& mapping : igd.mappings)
        if (mapping.protocol == f.subject.service->protocol && mapping.external_port == f.subject.service->outside && mapping.enabled)
          return mapping.internal_client;
  return std::nullopt;
}

/// Another one that looks alike and is easily remembered.
unsigned another_port(unsigned port) {
  if (port < 1024) return port + 8000;
  return port < 55536 ? port + 10000 : port - 10000;
}

}  // namespace

Remedies port_forward(const Finding& f, const System& s) {
  return {advise("Forward the port on the home router",
                 {s.open_menu(),
                  s.fritzbox ? "Go to Internet > Permit Access > Port Sharing > Add Device for Sharing, choose this host as the device, "
                               "then New Sharing > Port Sharing > Other Application."
                             : "Look for \"port forwarding\", \"port sharing\", \"virtual server\" or \"NAT\".",
                  fmt::format("{} to {}.", same_or_other(f), s.shown_ipv4()),
                  s.fritzbox ? "Under Home Network > Network, edit this host and tick \"Always assign this network device the same IPv4 "
                               "address\", so that the forward keeps pointing at it."
                             : "Give this host a fixed address where the router hands addresses out (DHCP), so that the forward keeps pointing at it."})};
}

Remedies ipv6_opening(const Finding& f, const System& s) {
  if (s.seen_ipv6)
    return {advise("Forward the port over IPv6 on the home router",
                   {s.open_menu(),
                    fmt::format("The router puts an address of its own in front of this home's, over IPv6 as over IPv4: visitors come to {}. Look for port forwarding with IPv6 (on OpenWrt: "
                                "Network > Firewall > Port Forwards), and forward {} to this host's own address; the command lists it.",
                                s.seen_ipv6->to_string(), inside_port(f)),
                    "Or switch that off (\"NAT66\", \"NPTv6\", \"IPv6 masquerading\"), where the provider gives this home IPv6 addresses of its own: then "
                    "every device has a public address, and the port is opened, not forwarded."},
                   {{"ip -6 address show dev {} scope global", s.interface_ipv6}})};
  std::vector<Step> steps{{s.open_menu()}};
  if (s.fritzbox) {
    steps.push_back({"Go to Internet > Permit Access > Port Sharing, edit this host (or add it), then New Sharing > Port Sharing > Other "
                     "Application, and enable it for IPv6."});
    steps.push_back({s.stable_ipv6 ? fmt::format("Check that the field \"IPv6 Interface ID\" of this host says {}; if not, write it there.",
                                                 identifier_of(*s.stable_ipv6))
                                   : "The field \"IPv6 Interface ID\" has to be the second half of an address of this host that stays."});
  } else {
    steps.push_back({"Look for \"IPv6 firewall\", \"IPv6 pinhole\", \"inbound rules\" or \"port sharing\" with IPv6."});
  }
  steps.push_back({fmt::format("Allow {} from anywhere to {}. Over IPv6 every device has a public address: the port is opened, not forwarded.", inside_port(f),
                               s.shown_ipv6())});
  steps.push_back({"This command lists the addresses of this host that stay.", {{"ip -6 address show dev {} scope global -temporary -deprecated", s.interface_ipv6}}});
  return {advise_by_steps("Open the port in the home router's IPv6 firewall", steps)};
}

Remedies provider_block(const Finding& f, const System&) {
  const unsigned other = another_port(f.subject.service ? f.subject.service->outside : 443U);
  return {advise("Use another outside port",
                 {f.subject.family == Family::ipv6
                      ? fmt::format("Let the program listen on a high port as well, such as {}, open that one in the home router's IPv6 "
                                    "firewall, and tell visitors that port.", other)
                      : fmt::format("Forward a high outside port, such as {}, to {} of this host, and tell visitors that port.", other,
                                    inside_port(f)),
                  "Or ask the provider to open the port; many block 25, 80, 445 and some 443 on home lines."})};
}

Remedies not_arriving(const Finding& f, const System& s) {
  if (!s.has_router)
    return {advise(
        "Ask the provider",
        {"This host has the public address itself, so there is no home router to set: the modem in front of it, or the provider, drops the "
         "packets.",
         "Look for a firewall in the modem's menu or in the provider's customer area, and ask the provider whether it blocks this port.",
         "Try another port: if that one arrives, the provider blocks the first."})};
  auto remedies = opening(f, s);
  remedies.front().title =
      f.subject.family == Family::ipv6 ? "Check the home router's IPv6 firewall" : "Check the home router's port forward";
  remedies.push_back(advise("Ask the provider",
                            {"If the router is set rightly and still nothing arrives, ask the provider whether it blocks this port.",
                             "Try another outside port: if that one arrives, the provider blocks the first."}));
  return remedies;
}

Remedies answered_elsewhere(const Finding& f, const System& s) {
  return with_step_in_menu(
      "Something else answers: if it is the router's own page, switch its remote access off or move it to another port; if an entry for "
      "this "
      "port leads to another machine, delete that entry.",
      "Make the router send the port here", opening(f, s));
}

Remedies forward_elsewhere(const Finding& f, const System& s) {
  const auto other = destination_in_list(f, s);
  return with_step_in_menu(
      fmt::format("Find the entry for {}, which leads to {}, and delete it: a port can be forwarded to one machine only.", outside_port(f),
                  other ? other->to_string() : "another machine"),
      "Change the forward on the home router", port_forward(f, s));
}

Remedies pinhole(const Finding& f, const System& s) {
  const auto* by_itself =
      s.fritzbox
          ? "To let this host open ports itself: Internet > Permit Access > Port Sharing, edit this host, tick \"Permit independent port "
            "sharing for this device\". Otherwise open the port by hand:"
          : "To let this host open ports itself, switch UPnP or PCP on for IPv6 in the router's menu, where it has that. Otherwise open "
            "the port by hand:";
  return begun_with(by_itself, "Open the port by hand, or let this host open ports itself", ipv6_opening(f, s));
}

}  // namespace ringback::diagnosis::advice
