/// Records that lead elsewhere.
#include "diagnosis/explanations_by_group.hpp"

namespace ringback::diagnosis::pages {
namespace {

constexpr std::string_view correct_updater =
    "If a program or the router keeps the record up to date (DynDNS), correct its settings first, or it puts the wrong address back.";
constexpr std::string_view wait_for_caches = "visitors who looked the name up before may go to the old address until their caches expire";

}  // namespace

std::vector<Explanation> of_wrong_records() {
  return {
      {.code = "dns.a-wrong",
       .plainly = {"The name's A record (its IPv4 address) sends visitors to somebody else: to an address that this home had once, to a typing "
                   "error, or to another machine. They never come to this router, so no port forward can help."},
       .neighbours = {{"dns.a-useless", "There it is how the internet sees this home, but the address is the provider's."},
                      {"dns.a-not-global", "There it is an address that the internet does not route, such as 192.168.1.10."},
                      {"dns.proxied", "There it belongs to a proxy that passes web pages on."},
                      {"host.vpn-default-route", "There it is the far end of a VPN that this host uses."},
                      {"dns.stale-cache", "There the zone is right, and a resolver gives what it remembers."}},
       .doubt = "Certain where two servers or more agree on how the internet sees this home, or the router was seen to own that address. Where the "
                "line has a shared address, the record may lead to a rented server on purpose: then it is possible, and a warning.",
       .steps = {log_in, "Set the A record to the public IPv4 address of this home.", correct_updater,
                 "If the name leads to a rented server that passes visitors on, all is well."},
       .commands = {"dig +short NAME A"},
       .costs = {.inconvenience = wait_for_caches},
       .reading = {{1035, "3.4.1", "the A record"}, {2181, "8", "how long others may remember it"}},
       .search_for = {"DynDNS wrong IP", "DNS A record update", "IP address changed"}},

      {.code = "dns.aaaa-wrong",
       .plainly = {"The name's AAAA record (its IPv6 address) leads to an address that is not this host's, not the router's, and mostly not in a "
                   "network of this home. Visitors who have IPv6 try it first and end elsewhere.",
                   "It may also lie in this home's network: then it is an address that this host does not have, or has no more, although a program of this host "
                   "keeps the name up to date."},
       .neighbours = {{"dns.aaaa-old-prefix",
                       "There its second half is that of this host or of another machine here, or its network was this home's a while ago."},
                      {"dns.aaaa-another-host", "There it lies in this home's network, and no program of this host is known to publish this host's addresses for it."},
                      {"dns.aaaa-router", "There it is the home router's."},
                      {"dns.aaaa-temporary", "There it is this host's, and will die."},
                      {"dns.proxied", "There it belongs to a proxy that passes web pages on."}},
       .doubt = "An address near to this home's (the same first 48 bits) may lie in another network of the same household: then nothing is said, "
                "unless the router names the prefix that it got. An address that this host is meant to have and another machine took first is "
                "reported so, too. Where all records of a name lead elsewhere and the line has a shared IPv4 address, it is no more than possible: "
                "that may be a rented server.",
       .steps = {log_in, "Set the AAAA record to this host's IPv6 address that stays.", correct_updater,
                 "If the name leads to a rented server that passes visitors on, all is well."},
       .commands = {"dig +short NAME AAAA", "ip -6 address show scope global"},
       .costs = {.inconvenience = wait_for_caches},
       .reading = {{3596, "2.1", "the AAAA record"},
                   {6177, "", "how large a network a home gets"},
                   {4862, "5.4", "how a host notices that its address is taken"}},
       .search_for = {"AAAA record wrong", "DynDNS IPv6", "IPv6 prefix"}},

      {.code = "dns.aaaa-router",
       .plainly =
           {"Over IPv4 a name leads to the router, and the router forwards. Over IPv6 nothing is translated: every device has an address of its own, "
            "and the name has to lead to this host. Here it leads to the router, which has no such service, and drops or refuses visitors.",
            "Mostly the router's own DynDNS did so: it publishes the router's address."},
       .neighbours = {{"dns.aaaa-another-host", "There it lies in this home's network, and nothing shows that it is the router's."},
                      {"dns.aaaa-temporary", "There it is this host's own address, and one that will die."},
                      {"dns.aaaa-wrong", "There it belongs to nobody at this home."}},
       .doubt = "Certain where it is the gateway's address, where the router's hardware answers for it, or where it answers at the first hop and is "
                "not of this host's own network. By the router's own word over UPnP alone it is likely. Where the router translates IPv6 (NAT66), "
                "its address is right and is not blamed.",
       .steps = {log_in, "Set the AAAA record to this host's IPv6 address that stays.",
                 "Let a program on this host keep the record up to date instead of the router. Some services can be given this home's prefix by the "
                 "router and the second half by hand.",
                 "Open the port for this host in the router's IPv6 firewall."},
       .commands = {"dig +short NAME AAAA", "ip -6 neighbour show"},
       .costs = {.privacy = "the name leads to this very device, for everybody who knows the name", .inconvenience = wait_for_caches},
       .reading = {{3596, "2.1", "the AAAA record"}, {6092, "", "what a home router lets through over IPv6"}},
       .search_for = {"DynDNS IPv6 router address", "ip6lanprefix", "IPv6 no port forwarding"}},

      {.code = "dns.aaaa-temporary",
       .plainly = {"So that web sites cannot recognise a device, systems make up a new IPv6 address every day and give the old one up (a temporary "
                   "address). The name leads to one of those. It works today, and is dead tomorrow or within a week.",
                   "Mostly a program that keeps the name up to date asked a web site how it is seen, and published that."},
       .neighbours = {{"address.temporary-preferred", "There nothing wrong is published yet."},
                      {"dns.aaaa-another-host",
                       "There the address is not this host's, or not any more. Where a program of this host publishes temporary addresses, that "
                       "tells what it was, and it is reported as temporary."},
                      {"dns.aaaa-old-prefix", "There the prefix is no longer this home's."}},
       .doubt = "Certain where this host has the address and the kernel marks it as temporary, or as deprecated with an end.",
       .steps = {"Let the program that keeps the name up to date take the address that stays, from the interface and not from a web site. In "
                 "ddclient: usev6=ifv6.",
                 "Or let this host use its stable address for everything.", "Correct the record once by hand, or wait until the program does."},
       .commands = {"ip -6 address show scope global"},
       .costs = {.privacy =
                     "the name leads to this device anyway; if the host uses its stable address for everything, web sites can recognise it as well",
                 .inconvenience = wait_for_caches},
       .reading = {{8981, "3.4", "how temporary addresses are made, and how long they live"}, {6724, "5", "rule 7: why they are preferred"}},
       .search_for = {"IPv6 privacy extensions DynDNS", "ddclient usev6", "temporary IPv6 address"}},

      {.code = "dns.aaaa-old-prefix",
       .plainly = {"The first half of an IPv6 address, the prefix, is the provider's: many hand out another one after a restart of the router, or "
                   "each night. The second half is the device's. Here the second half is right, and the first half was this home's once. Nobody told "
                   "the name that the prefix changed."},
       .neighbours = {{"dns.aaaa-wrong", "There neither half has anything to do with this home."},
                      {"dns.aaaa-another-host", "There the prefix is this home's today."},
                      {"dns.stale-cache", "There the zone has the new address already, and a resolver remembers the old one."}},
       .doubt = "Certain where the second half is that of an address which this host has today. Likely where it is that of another machine of this "
                "home, or where the whole network is one that the router advertises no more.",
       .steps = {log_in, "Set the AAAA record to this host's address under today's prefix, or to the other machine's where it is meant for that one.",
                 correct_updater, "Ask the provider whether the prefix can stay the same; some have an option for it."},
       .commands = {"dig +short NAME AAAA", "ip -6 address show scope global"},
       .costs = {.privacy = "a prefix that stays makes the home easier to recognise",
                 .money = "nothing, or what the provider asks for a prefix that stays",
                 .inconvenience = wait_for_caches},
       .reading = {{8978, "", "what goes wrong when a prefix changes"},
                   {9096, "", "what routers should do then"},
                   {6177, "", "how providers hand out prefixes"}},
       .search_for = {"dynamic IPv6 prefix", "IPv6 prefix changes", "DynDNS IPv6 prefix"}},

      {.code = "dns.a-not-global",
       .plainly = {"The name's A record is an address that is good only inside of some network, such as 192.168.1.10, or one that stands for "
                   "something special. From the internet it leads nowhere, or to a stranger's printer in the visitor's own home."},
       .neighbours = {{"dns.a-wrong", "There it is an address that the internet does route, and not this home's."},
                      {"dns.a-useless", "There it is the provider's public address."},
                      {"dns.local-answer",
                       "Where this network's own resolver alone gives such an address, it may be a view made for the inside, and is not blamed."}},
       .doubt = "The registry of special addresses admits no other reading.",
       .steps = {log_in, "Set the A record to the public IPv4 address of this home. Where the home has none of its own, delete the record.",
                 correct_updater,
                 "If the name shall work inside as well, let the home's own resolver give the inside address, and not the public name servers."},
       .commands = {"dig +short NAME A"},
       .costs = {.privacy = "the name makes the home's address known; the inside address, which it shows now, is known no more",
                 .inconvenience = wait_for_caches},
       .reading = {{6890, "2.2.2", "the IPv4 addresses that are special"}, {1918, "3", "the private ones"}},
       .search_for = {"private IP in public DNS", "DynDNS 192.168", "split-horizon DNS"}},

      {.code = "dns.aaaa-not-global",
       .plainly = {"The name's AAAA record is an address that is good only inside of this home (unique local, beginning with fd) or on one cable "
                   "(link-local, beginning with fe80), or one that stands for something special. From the internet nobody can come to it."},
       .neighbours = {{"dns.aaaa-wrong", "There it is an address that the internet does route, and not this home's."},
                      {"ipv6.local-only", "There this host has no better address. Here the name is at fault, whatever the host has."},
                      {"dns.local-answer",
                       "Where this network's own resolver alone gives such an address, it may be a view made for the inside, and is not blamed."}},
       .doubt = "The registry of special addresses admits no other reading.",
       .steps = {log_in, "Set the AAAA record to this host's IPv6 address that stays and that the internet routes.", correct_updater,
                 "If the home has no such address, delete the record."},
       .commands = {"dig +short NAME AAAA", "ip -6 address show scope global"},
       .costs = {.privacy = "the name leads to this very device, for everybody who knows the name", .inconvenience = wait_for_caches},
       .reading = {{6890, "2.2.3", "the IPv6 addresses that are special"}, {4193, "3", "unique local addresses"}},
       .search_for = {"ULA in DNS", "fd00 AAAA record", "link-local AAAA"}},

      {.code = "dns.aaaa-another-host",
       .plainly = {"The address lies in this home's own network, but this host does not have it. Perhaps the name is meant for another machine at "
                   "home, and all is well. Perhaps it is an address that this host had yesterday and gave up."},
       .neighbours = {{"dns.aaaa-temporary", "There this host still has the address, or a program here is known to publish temporary ones."},
                      {"dns.aaaa-router", "There it was seen to be the home router's."},
                      {"dns.aaaa-old-prefix", "There the prefix is no longer this home's."},
                      {"dns.aaaa-wrong", "There it lies outside of this home's network, or a program of this host publishes this host's addresses for the name."}},
       .doubt = "Which of the two it is could not be told, and so the name is not called wrong.",
       .steps = {"If the name is meant for another machine of this home, run ringback there.",
                 "Otherwise set the AAAA record to this host's address that stays.", correct_updater},
       .commands = {"dig +short NAME AAAA", "ip -6 neighbour show"},
       .costs = {.inconvenience = wait_for_caches},
       .reading = {{8981, "3.4", "addresses that a host gives up after a while"}, {6177, "", "how large a network a home gets"}},
       .search_for = {"AAAA record LAN host", "IPv6 prefix delegation", "DynDNS other device"}},
  };
}

}  // namespace ringback::diagnosis::pages
