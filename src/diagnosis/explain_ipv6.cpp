#include "diagnosis/explanations_by_group.hpp"

namespace ringback::diagnosis::pages {

std::vector<Explanation> of_ipv6() {
  return {
      {.code = "ipv6.none",
       .plainly = {"IPv6 is the newer internet protocol; over it every device at home has a public address of its own. This host has none of that: "
                   "no router here offers it a prefix or a way out. It is a loss where IPv4 cannot let visitors in, and otherwise a note."},
       .neighbours = {{"ipv6.local-only",
                       "There this host has at least a unique local address, or a router is there. Here no router offers anything."},
                      {"ipv6.broken", "There this host has a global address, and nothing answers over it."}},
       .doubt = "Where IPv6 is switched off on this host itself, where its own firewall drops ICMPv6, or where it ignores what the router "
                "advertises, that is said, and whether the line has IPv6 could not be tested.",
       .steps = {"Look in the home router's menu for IPv6 and switch it on (native, not a tunnel).",
                 "If the provider has no IPv6 on this line, ask for it.",
                 "Look whether IPv6 is switched off on this host itself: the command says 1 then. Restart its network connection."},
       .commands = {"sysctl -ar 'ipv6.*disable_ipv6'", "ip -6 address show"},
       .costs = {.privacy =
                     "devices get addresses that lead to them; temporary addresses, which most systems use by default, hide which device it is",
                 .security = "over IPv6 the home router's firewall alone keeps strangers out, as no translation does: see that it is on",
                 .inconvenience = "some providers change the prefix now and then, and addresses with it"},
       .reading = {{7084, "", "what a home router has to do for IPv6"}, {4291, "2.5.6", "the link-local address that every interface gives itself"}},
       .search_for = {"enable IPv6 on router", "native IPv6", "prefix delegation"}},

      {.code = "ipv6.local-only",
       .plainly =
           {"This host has IPv6 addresses, but only such as are good for the home: unique local ones, which begin with fd, or link-local ones, which "
            "begin with fe80. The internet does not route them, as it does not route 192.168.… of IPv4. Visitors cannot come to them."},
       .neighbours = {{"ipv6.none", "There is no unique local address either, and no router that offers a way."},
                      {"ipv6.broken", "There is a global address, and nothing answers over it."},
                      {"inbound.no-ipv6-opening",
                       "Where something outside answers although this host has local addresses alone, the router translates IPv6; that counts as "
                       "native IPv6, and the port has to be forwarded there."}},
       .doubt = "If the router advertises a prefix that the internet routes and this host does not take it, or if a FRITZ!Box has one of the "
                "provider's, that is said: then it is the home network that goes without, and not the line.",
       .steps = {"Look in the home router's menu whether it has an IPv6 prefix of the provider's, and whether it hands it on to the home network.",
                 "If the provider has no IPv6 on this line, ask for it.", "Restart this host's network connection, and look at its addresses again."},
       .commands = {"ip -6 address show scope global"},
       .costs = {.privacy = "devices get addresses that lead to them; temporary addresses hide which device it is",
                 .security = "over IPv6 the home router's firewall alone keeps strangers out: see that it is on",
                 .inconvenience = "restarting the connection interrupts what runs over it"},
       .reading = {{4193, "3", "unique local addresses"},
                   {4291, "2.5.6", "link-local addresses"},
                   {6296, "", "translating prefixes, which some routers do instead"}},
       .search_for = {"ULA only", "no global IPv6 address", "fd00 address", "prefix delegation"}},

      {.code = "ipv6.broken",
       .plainly = {"This host has an IPv6 address that looks right, and yet nothing outside answers over it, while IPv4 works. Programs try IPv6 "
                   "first and wait for it in vain, so pages open slowly; visitors who come over IPv6 get nowhere."},
       .neighbours = {{"ipv6.local-only", "There is no global address. Here there is one."},
                      {"ipv6.tunnel", "There IPv6 comes through a tunnel and answers. A tunnel through which nothing answers is reported as broken."},
                      {"internet.offline", "There IPv4 has no answers either."},
                      {"host.vpn-default-route",
                       "Where IPv6 leaves through a VPN, the line's own IPv6 could not be tested, and nothing is said of it."}},
       .doubt = "Two destinations outside have to be silent for it to be certain. Without an IPv6 default route it is likely; whether a router "
                "offers one that this host does not take is said beside it.",
       .steps = {"Restart the home router, so that it asks the provider for a fresh prefix (the first half of this home's addresses).",
                 "Look in its menu whether it shows an IPv6 prefix and \"connected\" for IPv6.",
                 "Find out where packets end: is there a default route, does the router answer, how far does tracepath get?",
                 "See that no firewall at home drops ICMPv6: IPv6 does not work without it.",
                 "If other devices have no IPv6 either, call the provider with that output."},
       .commands = {"ip -6 route show default", "tracepath -6 -n one.one.one.one"},
       .costs = {.inconvenience = "a restart of the router takes everybody at home offline for some minutes"},
       .reading = {{4861, "4.2", "what a router says in its advertisements, and how it says that it is no way out"},
                   {4890, "4.4.1", "which ICMPv6 messages must not be dropped"},
                   {8305, "5", "how programs choose between IPv6 and IPv4"}},
       .search_for = {"IPv6 broken", "IPv6 no route to host", "IPv6 prefix changed", "slow page loading IPv6"}},

      {.code = "ipv6.tunnel",
       .plainly = {"Where a provider has no IPv6, it can be carried inside IPv4 to somebody who has it. 6to4 and Teredo do so by themselves, over "
                   "relays that nobody answers for; they are unfit for letting visitors in. A tunnel that somebody set up with a tunnel broker "
                   "works, though slower than a line's own IPv6."},
       .neighbours = {{"ipv6.broken", "A tunnel over which nothing outside answers, while IPv4 works, is reported so."},
                      {"host.vpn-default-route",
                       "A VPN takes all that this host sends, IPv4 as well. Here the interface towards the router carries IPv6 in IPv4 alone."}},
       .doubt = "Addresses in 2002::/16 (6to4) or 2001::/32 (Teredo), or the kernel's word that the interface is a tunnel, admit no other reading. "
                "How well the tunnel lets visitors in is not told by this code, but by the knocks.",
       .steps = {"Ask the provider for native IPv6, and switch it on in the home router.", "Switch automatic tunnels (6to4, Teredo) off.",
                 "A tunnel of a tunnel broker may stay as long as there is nothing better."},
       .costs = {.privacy = "nothing; a tunnel's operator, which one gets rid of, sees all that goes through it",
                 .inconvenience = "addresses change: names have to be set anew"},
       .reading = {{7526, "", "why 6to4's relays were given up"},
                   {3056, "", "6to4"},
                   {4380, "", "Teredo"},
                   {4213, "", "tunnels that somebody sets up (6in4)"}},
       .search_for = {"6to4", "Teredo", "6in4", "tunnel broker"}},
  };
}

std::vector<Explanation> of_addresses() {
  return {
      {.code = "address.no-stable-ipv6",
       .plainly = {"An IPv6 address has two halves: the prefix, which is the home's, and the second half, which the host picks. So that web sites "
                   "cannot recognise a device by it, systems pick a random second half and change it every day: a temporary address. A name that "
                   "leads to one is dead within days.",
                   "Here every address that the internet routes is of that kind, or is about to expire because the router gave its prefix up. There "
                   "is none that a name could lead to for long."},
       .neighbours = {{"address.temporary-preferred", "There one that stays does exist; the host merely prefers a temporary one for what it sends."},
                      {"dns.aaaa-temporary", "That is about a name that does lead to such an address. This is about the host, whatever names say."},
                      {"ipv6.local-only", "There the host has no address that the internet routes at all."}},
       .doubt = "An address that is still being tried out may be the one that stays: then nothing is said. Where a prefix that the router advertises "
                "no more is the reason, it is likely, as a router may tell its prefixes in several advertisements.",
       .steps =
           {"Tell the program that manages this host's network to use an address that stays. NetworkManager: ipv6.ip6-privacy 0. systemd-networkd: "
            "IPv6PrivacyExtensions=no. ifupdown: privext 0. netplan: ipv6-privacy: false. dhcpcd: the kernel's setting use_tempaddr=0.",
            "Bring the connection up again, and look which addresses stay.",
            "If the addresses are expiring because the prefix changed, restart the network connection; if no other prefix comes, look in the home "
            "router's menu whether it has one."},
       .commands = {"ip -6 address show scope global"},
       .costs = {.privacy = "web sites can recognise this host by an address that stays, as long as it is what the host sends from",
                 .inconvenience = "bringing the connection up again may cut you off for a moment"},
       .reading = {{8981, "3.4", "how temporary addresses are made, and how long they live"},
                   {7217, "", "addresses that stay and still tell nothing of the hardware"},
                   {4862, "5.5.4", "preferred, deprecated and invalid addresses"}},
       .search_for = {"IPv6 privacy extensions", "temporary IPv6 address", "stable-privacy", "use_tempaddr"}},

      {.code = "address.temporary-preferred",
       .plainly = {"This host has an IPv6 address that stays, and beside it a temporary one that changes every day, which it uses for what it sends. "
                   "That is good for privacy and harmless by itself.",
                   "It matters where a program keeps a name up to date (DynDNS). Many of them ask a web site \"as whom do you see me?\" and publish "
                   "the answer: the temporary address. Next day the name leads nowhere."},
       .neighbours = {{"address.no-stable-ipv6", "There no address that stays exists."},
                      {"dns.aaaa-temporary", "There the name leads to a temporary address already. Here it may happen, or will."}},
       .doubt = "It is a note as long as nothing shows that such an address is published. It is a warning where a program of this host was found "
                "whose settings say that it will do so for one of the names.",
       .steps = {"Tell the program that keeps the name up to date to take the address from the interface, and not from a web site. In ddclient: "
                 "usev6=ifv6.",
                 "Or let this host use its stable address for everything, as address.no-stable-ipv6 tells."},
       .commands = {"ip -6 address show scope global"},
       .costs = {.privacy =
                     "nothing if the program alone is changed; if the host uses its stable address for everything, web sites can recognise it"},
       .reading = {{6724, "5", "rule 7: why temporary addresses are preferred"}, {7721, "", "what addresses give away"}},
       .search_for = {"DynDNS IPv6 wrong address", "ddclient IPv6 temporary address", "privacy extensions server"}},
  };
}

}  // namespace ringback::diagnosis::pages
