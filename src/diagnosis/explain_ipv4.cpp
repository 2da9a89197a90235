/// What keeps visitors out over IPv4 whatever is set on the home router.
#include "diagnosis/explanations_by_group.hpp"

namespace ringback::diagnosis::pages {
namespace {

constexpr Costs costs_of_ways_round{
    .privacy = "over IPv6 visitors see an address of this very device; a rented server's company can see who comes and when",
    .security = "what is opened to visitors is open to everybody: keep the program behind it up to date",
    .money = "IPv6 is free where the line has it; a public IPv4 address may cost a monthly fee, and a small rented server a few euros a month",
    .inconvenience = "over IPv6 alone, visitors whose own line has none cannot come; a rented server has to be looked after"};

constexpr std::string_view ask_provider =
    "Ask the provider for a public IPv4 address of your own. Their support calls it \"dual stack\", \"public IPv4\" or \"no CGNAT\".";
constexpr std::string_view use_ipv6 =
    "Let visitors come over IPv6 where the line has it: over it every device has a public address of its own. Open the port in the home router's "
    "IPv6 firewall, give the name an AAAA record, and no A record.";
constexpr std::string_view use_relay =
    "Or rent a small server with a public IPv4 address, connect this host to it with a tunnel (WireGuard or SSH), and let that server pass the port "
    "on.";

}  // namespace

std::vector<Explanation> of_ipv4() {
  return {
      {.code = "ipv4.cgnat",
       .plainly = {"There are fewer IPv4 addresses than customers. So the provider gives each home an inner address, and puts a large router of its "
                   "own, a translator, between all of them and the internet. Many homes go out under one public address.",
                   "A port forward in the home router opens the inner door alone. The outer one stands at the provider, is shared with strangers, "
                   "and cannot be opened from here. Nothing at home is set wrongly."},
       .neighbours =
           {{"ipv4.ds-lite",
             "There the home router has no IPv4 address of its own; a hop with the address 192.0.0.1, or IPv4 packets that are 40 bytes shorter than "
             "IPv6's, show the tunnel. Here the router has one, and it is not public."},
            {"ipv4.double-nat",
             "There the second translator stands at home: it speaks as home routers do (UPnP, NAT-PMP), or answers for the public address at the "
             "second hop. Here that address answers further away, or the router's own one is in 100.64.0.0/10, which carriers alone give out."},
            {"ipv4.shared-ports", "There the home router does own the public address, with some of its ports. Here it owns none."},
            {"inbound.no-port-forward", "There the public address answers at the home router itself, so the door is at home."}},
       .doubt = "It is certain where the router names an address in 100.64.0.0/10 as its own, or where such addresses lie on the way and the public "
                "address answers beyond the router. Without the router's word it is often only likely, and a private address of the router may as "
                "well mean a second router at home: then the kind of access is left unknown.",
       .steps = {use_ipv6, ask_provider, use_relay},
       .costs = costs_of_ways_round,
       .reading = {{6598, "4", "100.64.0.0/10, the addresses between a carrier's translator and its customers"},
                   {6888, "3", "what such a translator has to do"},
                   {6269, "5.2", "why incoming connections fail where an address is shared"},
                   {7021, "", "which programs suffer from it"}},
       .search_for = {"CGNAT", "carrier-grade NAT", "NAT444", "no public IPv4 address"}},

      {.code = "ipv4.ds-lite",
       .plainly =
           {"This line carries IPv6. What is IPv4 is packed into IPv6 by the home router, carried through a tunnel to the provider, unpacked there, "
            "and sent on under a public address that many homes share (DS-Lite, \"dual-stack lite\").",
            "So the home router has no public IPv4 address, and mostly no IPv4 address at all. Port forwards for IPv4 have nothing to work with."},
       .neighbours = {{"ipv4.cgnat",
                       "There the home router has an IPv4 address, only not a public one, and packets of full size pass. Here it names none, or one "
                       "of 192.0.0.0/29, which is the inner end of the tunnel."},
                      {"ipv4.shared-ports",
                       "There IPv4 travels in IPv6 as well, but the home router itself owns the public address and has some of its ports."},
                      {"ipv4.nat64", "There the home has no IPv4 at all inside; here it has, and the home router packs it up."},
                      {"ipv4.double-nat", "There two routers at home translate. In DS-Lite there is one translator, and it stands at the provider."}},
       .doubt = "It is certain where 192.0.0.1 lies on the way and IPv6 is native, or where a router that is connected and has an IPv6 prefix of the "
                "provider's says that it has no IPv4 address, and the public one answers beyond it. Native IPv6, a public address that answers "
                "beyond the router, and packets that are 40 bytes shorter make it likely.",
       .steps = {use_ipv6, ask_provider, use_relay},
       .costs = costs_of_ways_round,
       .reading = {{6333, "6.5", "the provider's end of the tunnel, and that it shows as 192.0.0.1"},
                   {6333, "5.7", "the addresses 192.0.0.0/29"},
                   {6269, "5.2", "why incoming connections fail where an address is shared"}},
       .search_for = {"DS-Lite", "dual-stack lite", "AFTR", "DS-Lite port forwarding"}},

      {.code = "ipv4.nat64",
       .plainly = {"This line has IPv6 and nothing else. So that pages which have IPv4 alone can be seen all the same, the provider translates "
                   "outgoing connections from IPv6 into IPv4 (NAT64). Many mobile networks work like that.",
                   "The translation works outwards only. Nobody can begin a connection to this home over IPv4."},
       .neighbours = {{"ipv4.none", "There neither the name ipv4only.arpa has IPv6 addresses nor the router advertises a translator."},
                      {"ipv4.ds-lite",
                       "There this host still has an IPv4 address and a route out. Here it has no IPv4 default route, or one of 192.0.0.0/29 that a "
                       "translator on this host itself made up."},
                      {"ipv4.cgnat", "There this host has an IPv4 route, and it leads to a translator from IPv4 to IPv4."}},
       .doubt =
           "Where only the router's advertisement speaks of a translator, and nothing was seen to answer behind it, it is likely and not certain.",
       .steps = {"Let visitors come over IPv6: open the port in the home router's IPv6 firewall where there is one, and give the name an AAAA record "
                 "and no A record. Many mobile networks let no visitors in over IPv6 either: ask the provider.",
                 ask_provider, use_relay},
       .commands = {"dig ipv4only.arpa AAAA"},
       .costs = costs_of_ways_round,
       .reading = {{6146, "", "how NAT64 translates"},
                   {7050, "3", "how a host finds out by ipv4only.arpa that there is one"},
                   {6877, "", "how programs that know IPv4 alone still work on such a line"}},
       .search_for = {"NAT64", "DNS64", "464XLAT", "IPv6-only network"}},

      {.code = "ipv4.shared-ports",
       .plainly = {"The home router has a public IPv4 address, but not for itself alone. The provider gave the same address to several homes and "
                   "divided its ports among them: each home may use its own set, such as 4096 of the 65536, and no other.",
                   "A port of the set can be forwarded as usual. A port outside the set, mostly 80 and 443 among them, belongs to a neighbour or to "
                   "nobody."},
       .neighbours =
           {{"ipv4.ds-lite", "There the public address answers beyond the home router. Here the router owns it, or no one else was seen to."},
            {"ipv4.cgnat", "There the ports that connections go out by may be any, and the router's own address is not public."},
            {"inbound.no-port-forward", "There the router uses the whole address: outside ports are those that this host chose, or any at all."},
            {"inbound.not-arriving", "A port that is in the set and does not arrive is reported so: most likely the router does not forward it."}},
       .doubt = "It is judged by the outside ports of dozens of connections. If they are spread over all ports and yet always share the same bits, "
                "and the router was seen to own the address, it is certain. If they come from one block, the router may simply use no others: then "
                "the size of packets, or the provider's own configuration, has to speak for it, or the kind is left unknown.",
       .steps = {"Look in the home router's menu for the port range of this line. The page may be called MAP-E, MAP-T, lw4o6 or \"IPv4 over IPv6\".",
                 "Forward a port of that range to the port of the service on this host, and tell visitors that port: an address with \":PORT\" at "
                 "its end.",
                 "Or let visitors come over IPv6, where every port is yours.", ask_provider},
       .costs = {.security = "what is opened to visitors is open to everybody: keep the program behind it up to date",
                 .money = "nothing for a port of the set; a public IPv4 address of one's own may cost a monthly fee",
                 .inconvenience = "visitors have to type the port, and certificates that are proven by port 80 need another way of proof"},
       .reading = {{7597, "5.1", "how the ports of a MAP-E line are counted out"},
                   {7599, "", "the same without packing IPv4 into IPv6"},
                   {7596, "5.1", "Lightweight 4over6, where the set is mostly one block"},
                   {6269, "5.2", "what becomes of well-known ports"}},
       .search_for = {"MAP-E", "MAP-T", "lw4o6", "IPoE IPv4 over IPv6", "port set"}},

      {.code = "ipv4.double-nat",
       .plainly = {"Two boxes at home do the work of a router, one behind the other. Mostly the outer one came from the provider, and somebody put a "
                   "router of his own behind it. Each of them translates: it shows one address outside and hides what is inside (NAT).",
                   "A visitor comes to the outer one first. That one knows nothing of the forward that was set in the inner one, and drops him."},
       .neighbours = {{"ipv4.cgnat",
                       "There the second translator is the provider's. Here the outer box speaks as home routers do (UPnP, NAT-PMP) and names the "
                       "public address as its own, or that address answers right behind the first router, and the addresses between are such as home "
                       "routers give out."},
                      {"inbound.no-port-forward", "There one router alone translates."},
                      {"inbound.not-arriving",
                       "Where another port does get through both, two routers are no hindrance as such, and it is reported so."}},
       .doubt = "Certain where the inner router names a private address as its own, and the outer box names the public one as its own, or speaks at "
                "the very hop where that answers. Where one of them keeps silent it is likely at best. Behind both the provider may translate once "
                "more: then it is ipv4.cgnat.",
       .steps = {"Find the two boxes: the outer one on the line, and the inner one that this host is connected to.",
                 "Best: let one of them be no router any more. Switch the inner one to access point mode (\"IP client\", \"bridge\"), or the outer "
                 "one to bridge mode. Then forward the port on the one that is left.",
                 "Or forward twice: on the outer router to the inner router's address in the outer network, on the inner router to this host."},
       .commands = {"tracepath -4 -n one.one.one.one"},
       .costs = {.security = "in access point mode the inner box no longer shields its network from devices on the outer one",
                 .inconvenience = "changing the mode takes everybody at home offline for some minutes; a provider's box may not offer it"},
       .reading = {{5684, "", "what goes wrong where networks behind translators overlap"}, {1918, "3", "the private addresses"}},
       .search_for = {"double NAT", "router behind router", "bridge mode", "access point mode"}},

      {.code = "ipv4.none",
       .plainly = {"Either this host does not know where to send what is for the IPv4 internet (it has no default route for it), or it does, and "
                   "nothing answers there while IPv6 works. That is no fault where the line has IPv6 alone. On an ordinary line it mostly means that "
                   "this host got no address from the router."},
       .neighbours = {{"ipv4.nat64",
                       "There ipv4only.arpa has IPv6 addresses here, or the router advertises a translator: IPv4 can be reached outwards."},
                      {"internet.offline", "There IPv6 has no answers either."},
                      {"ipv4.ds-lite", "There IPv4 works outwards, through a tunnel."}},
       .doubt = "Where another default route exists that this host does not use, the line behind it may have IPv4. Then it is said that the route in "
                "use leads nowhere, and whether the line has IPv4 could not be tested.",
       .steps = {"Look whether this host has an IPv4 address and a default route. It gets both from the home router (DHCP), or from the provider "
                 "where there is none. An address that begins with 169.254. means that nobody gave one out.",
                 "Look in the home router's menu whether it is connected over IPv4. Restart this host's network connection.",
                 "If the line has IPv6 alone, let visitors come over IPv6, or ask the provider for a public IPv4 address."},
       .commands = {"ip -4 address show", "ip -4 route show default"},
       .costs = {.money = "nothing, or what the provider asks for an IPv4 address",
                 .inconvenience = "restarting the connection interrupts what runs over it"},
       .reading = {{3927, "", "addresses that a host gives itself when nobody hands one out"}},
       .search_for = {"no IPv4 address from DHCP", "169.254 address", "IPv6-only network"}},
  };
}

}  // namespace ringback::diagnosis::pages
