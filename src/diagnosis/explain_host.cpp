/// This host itself, and the measurement.
#include "diagnosis/explanations_by_group.hpp"

namespace ringback::diagnosis::pages {

std::vector<Explanation> of_host() {
  return {
      {.code = "host.vpn-default-route",
       .plainly = {"A VPN on this host takes everything that it sends to the internet through a tunnel. Whoever it talks to sees the VPN's address, "
                   "and not this home's. That has two consequences: a program that asks \"as whom am I seen?\" learns the wrong address, and "
                   "visitors who come by the home's own line are answered through the tunnel, where answers get lost."},
       .neighbours = {{"inbound.reply-lost", "That is what becomes of a visitor. This is why."},
                      {"internet.offline", "A VPN through which nothing answers is not taken for a dead line."},
                      {"ipv6.tunnel", "There the line's IPv6 alone comes through a tunnel."},
                      {"ipv4.cgnat",
                       "There the provider's translator hides the home's address; here the VPN does, and past it the home's own may be seen."}},
       .doubt = "The kernel's own route to the internet tells, so it is certain. ringback measures past the VPN where it can; where the VPN took "
                "away the way to the home router, or a strict filter drops what comes by it, the line itself could not be tested, and that is said.",
       .steps = {"To see the line itself, switch the VPN off for a moment and run ringback again, or name the interface towards the home router with "
                 "--interface.",
                 "If visitors shall come while the VPN runs, let it not take everything (WireGuard: AllowedIPs without 0.0.0.0/0 and ::/0; in an "
                 "app: \"split tunnelling\"), or give what this host sends from its own address the home router as its way.",
                 "If the name shall lead to the VPN, ask its provider for \"port forwarding\". Otherwise let the program that keeps the name ask "
                 "past the VPN."},
       .commands = {"ip route get 1.1.1.1", "ip -6 route get 2606:4700:4700::1111"},
       .costs = {.privacy = "what no longer goes through the VPN shows this home's address to whom it goes, and its destinations to the provider",
                 .money = "nothing; some VPNs let visitors in at a price",
                 .inconvenience = "routes have to be set by hand, and again when the VPN changes"},
       .reading = {{3704, "2.2", "why answers that take another way are dropped"}, {6724, "5", "which address a host sends from"}},
       .search_for = {"VPN server not reachable from outside", "split tunnelling", "policy routing", "AllowedIPs"}},

      {.code = "host.clock-wrong",
       .plainly = {"This host's clock is wrong by enough that signatures with a time in them seem to be over, or not yet valid. Certificates of web "
                   "sites and signatures of names are refused then, and entries in logs have the wrong time. Small boards without a clock of their "
                   "own (a Raspberry Pi) start with the time of their last shutdown."},
       .neighbours = {{"dns.bogus",
                       "There the signature is out of time for others as well. Here another resolver finds it right, or the root's own signatures "
                       "are out of time."},
                      {"dns.resolver-broken", "There a resolver's clock may be wrong, and this host's is right."}},
       .doubt = "Likely where another resolver finds the same signatures right, or several answers show it; otherwise possible.",
       .steps = {"Look at the time, and whether it is taken from the network.", "Switch that on: sudo timedatectl set-ntp true.",
                 "If it does not help, see that UDP port 123 is open towards the internet, or name a time server within reach."},
       .commands = {"timedatectl"},
       .costs = {.privacy = "the time server sees that this host runs"},
       .reading = {{5905, "", "how clocks are set over the network"}, {4035, "5.3", "that signatures hold for a time"}},
       .search_for = {"NTP", "timedatectl set-ntp", "Raspberry Pi clock wrong"}},
  };
}

std::vector<Explanation> of_measurement() {
  return {
      {.code = "measure.no-privilege",
       .plainly = {"Watching the network card and reading the packet filter's rules is for the administrator (root) alone. This run had no such "
                   "rights. So whether a knock arrived at this host could not be seen, or what its firewall does with one; what was concluded "
                   "without it is less certain."},
       .neighbours = {{"measure.lossy", "There the card was watched, and the watching itself lost packets."},
                      {"inbound.untested", "There nobody knocked. Here somebody may have, and it was not to be seen what became of it."},
                      {"inbound.host-firewall", "There the rules were read, or a knock was seen to arrive and to be dropped."}},
       .doubt = "It is the kernel's own refusal. Where a service could not be reached, and this is the reason why it is not known where it stopped, "
                "it is as grave as that.",
       .steps = {"Run ringback with sudo. It looks at packets and rules, and gives the rights up before it reads anything from the network.",
                 "Or give the program the two rights that it needs once and for all: cap_net_raw and cap_net_admin, with setcap.",
                 "In a container without these rights even root cannot: run it on the host itself."},
       .commands = {"sudo ringback -s 443/tcp"},
       .costs = {.security = "with setcap, everybody who may start the program can watch the card by it"},
       .reading = {},
       .search_for = {"CAP_NET_RAW", "CAP_NET_ADMIN", "setcap"}},

      {.code = "measure.vantage-down",
       .plainly = {"A vantage point is a helper on the internet that knocks on this home when asked. One was named and did not do so: it could not "
                   "be reached, refused, or sent something else. What nobody else knocked on could not be tested. It says nothing about this home."},
       .neighbours = {{"inbound.untested", "That is said of the services that nobody knocked on. This is about the helper."},
                      {"internet.offline", "There nobody outside answers at all; then vantage points are not blamed."},
                      {"inbound.not-arriving", "There it did knock, and nothing arrived."}},
       .doubt = "It has to have failed over every family that it could have. One that has IPv4 alone is not down because of IPv6; one whose name "
                "could not be looked up while no name could be is not blamed either.",
       .steps = {"Ask it with curl: it answers with the address that it sees.",
                 "If it does not, see that ringback-vantage runs there, and that its firewall lets TCP port 8370 in.",
                 "If it refuses because it was asked too often, wait a minute.",
                 "Or name another one with --vantage, or use a phone: ringback wait."},
       .commands = {"curl http://HOST:8370/v1/address", "sudo ringback wait 443/tcp"},
       .costs = {.privacy = "a vantage point of somebody else's learns this home's address and which ports were tried"},
       .reading = {{6585, "4", "status 429: asked too often"}},
       .search_for = {"port checker", "self-hosted port check"}},

      {.code = "measure.lossy",
       .plainly = {"To know whether a knock arrived, ringback watches the network card. The kernel says that it had to drop packets before ringback "
                   "could read them, or the card was not watched long enough. So a knock that was not seen may have arrived all the same: silence "
                   "proves less than usual."},
       .neighbours = {{"measure.no-privilege", "There the card could not be watched at all."},
                      {"inbound.not-arriving", "There the card was watched without a loss, and nothing came."},
                      {"inbound.reply-lost", "There an answer was seen to leave, and did not get there."}},
       .doubt = "The kernel's own count, so it is certain. It is not about packets that the line loses: those are allowed for in every judgement.",
       .steps = {"Run ringback again when this host is less busy, with a cable instead of Wi-Fi if you can."},
       .costs = {},
       .reading = {{7680, "2.7", "packets that the measuring machine itself loses"}},
       .search_for = {"packets dropped by kernel", "pcap dropped packets"}},
  };
}

}  // namespace ringback::diagnosis::pages
