/// Names and records that are not there, or had better not be.
#include "diagnosis/explanations_by_group.hpp"

namespace ringback::diagnosis::pages {

std::vector<Explanation> of_missing_records() {
  return {
      {.code = "dns.name-missing",
       .plainly = {"The name servers of the domain were asked, and said that there is no such name at all, for no kind of record. Mostly it is "
                   "misspelt, was never created, or has expired.",
                   "It may also be an alias: a name that only says \"look under that other name\" (CNAME), while the other one is gone."},
       .neighbours = {{"dns.a-missing", "There the name exists, and has no IPv4 address (A record)."},
                      {"dns.aaaa-missing", "There the name exists, and has no IPv6 address (AAAA record)."},
                      {"dns.lame-server", "There a server refuses or keeps silent, which says nothing of the name."},
                      {"dns.resolver-filters", "There the zone has the name, and the resolver of this network says that it does not exist."},
                      {"dns.local-answer",
                       "There programs on this host find the name, because this host or this home knows it by other means than the DNS."}},
       .doubt = "Certain by the word of the zone's own servers. Where those could not be asked it is a resolver's word, and likely: it may remember "
                "an earlier \"no\".",
       .steps = {"Check the spelling.", log_in,
                 "Create the name: an AAAA record with this host's IPv6 address that stays, and an A record with the home's public IPv4 address "
                 "where the home has one of its own.",
                 "If it is an alias, create the name at its end again, or lead the alias to a name that exists.",
                 "Names that end in .local, .home.arpa or .internal cannot be found from the internet: choose another one."},
       .commands = {"dig +trace NAME"},
       .costs = {.privacy = "a name makes the home's address known to everybody who knows the name",
                 .money = "nothing where the domain is yours already; a domain costs some euros a year, many DynDNS names nothing",
                 .inconvenience = "who asked before may remember the \"no\" for a while"},
       .reading = {{8020, "2", "what NXDOMAIN says of a name, and of all names below it"},
                   {2308, "5", "how long a \"no\" is remembered"},
                   {1034, "3.6.2", "aliases"}},
       .search_for = {"NXDOMAIN", "DNS name not found", "create DNS record"}},

      {.code = "dns.a-missing",
       .plainly = {"The name exists, and visitors could come in over IPv4, but the name does not say where: it has no A record, which is the entry "
                   "for an IPv4 address. Visitors whose own line has IPv4 alone cannot come by it, whatever is forwarded in the router."},
       .neighbours = {{"dns.name-missing", "There the name does not exist for any kind of record."},
                      {"dns.a-useless",
                       "There the name has an A record, and no IPv4 connection can come in by it. Where that is so, a missing one is right and is "
                       "not reported."},
                      {"dns.resolver-filters", "There the zone has the record, and this network's resolver leaves it out."}},
       .doubt = "Where knocks came in over IPv4 it is as certain as the answer: of the zone's own servers certain, of a public resolver likely. "
                "Where whether IPv4 is let in could not be tested, it is possible, and a note.",
       .steps = {"First see that IPv4 connections do come in: an address that lets nobody in makes visitors wait.", log_in,
                 "Add an A record with the public IPv4 address of this home.",
                 "Where the address changes, let the home router or a program on this host keep the record up to date (DynDNS)."},
       .commands = {"dig +short NAME A"},
       .costs = {.privacy = "the name makes the home's address known to everybody who knows the name"},
       .reading = {{1035, "3.4.1", "the A record"}, {2308, "5", "how long a \"no\" is remembered"}},
       .search_for = {"A record", "DynDNS", "dynamic DNS update"}},

      {.code = "dns.aaaa-missing",
       .plainly = {"The name exists, and visitors could come in over IPv6, but the name does not say where: it has no AAAA record, which is the "
                   "entry for an IPv6 address. On a line whose IPv4 is shared this is the very entry that would let visitors in."},
       .neighbours = {{"dns.name-missing", "There the name does not exist for any kind of record."},
                      {"dns.resolver-filters", "There the zone has the record, and this network's resolver leaves it out."},
                      {"address.no-stable-ipv6", "There this host has no address that would be worth an entry."}},
       .doubt = "Where knocks came in over IPv6 it is as certain as the answer: of the zone's own servers certain, of a public resolver likely. "
                "Where whether IPv6 is let in could not be tested, it is possible, and a note.",
       .steps = {"First see that IPv6 connections do come in: an address that lets nobody in makes visitors wait.", log_in,
                 "Add an AAAA record with the IPv6 address of this host that stays. Not the router's: over IPv6 nothing is forwarded.",
                 "Where the prefix changes, let a program on this host keep the record up to date, and take the address from the interface."},
       .commands = {"dig +short NAME AAAA", "ip -6 address show scope global"},
       .costs = {.privacy = "the name leads to this very device, for everybody who knows the name"},
       .reading = {{3596, "2.1", "the AAAA record"}, {8305, "5", "which address a visitor's program tries first"}},
       .search_for = {"AAAA record", "DynDNS IPv6", "ip6lanprefix"}},

      {.code = "dns.a-useless",
       .plainly =
           {"The name has an IPv4 address (A record), and it is the one under which the internet sees this home. But it is not this home's: the "
            "provider shares it among customers, and lets nobody through. Whoever tries it fails, or waits until his program tries IPv6 instead.",
            "Mostly a program that keeps the name up to date put it there (DynDNS), because it asked \"as whom am I seen?\""},
       .neighbours = {{"dns.a-wrong", "There the address is not how the internet sees this home."},
                      {"dns.a-not-global", "There the address is one that the internet does not route at all."},
                      {"ipv4.cgnat", "That is the reason why nobody is let in; this is about the name that leads there all the same."}},
       .doubt = "It is as certain as what was found about the line. Where something does come in over IPv4, it is not reported.",
       .steps = {"Let the program that keeps the name up to date publish IPv6 alone, or it puts the record back.", log_in,
                 "Delete the A record. Keep it only where it leads to a rented server that passes visitors on.",
                 "Keep or add an AAAA record. Without IPv6, no record of the name can lead here until the provider gives a public IPv4 address."},
       .commands = {"dig +short NAME A"},
       .costs = {.money = "nothing; a rented server or a public IPv4 address may cost a monthly fee",
                 .inconvenience = "visitors without IPv6 cannot come by the name; they could not before, either"},
       .reading = {{6269, "5.2", "why incoming connections fail where an address is shared"},
                   {8305, "5", "how long a program waits before it tries another address"}},
       .search_for = {"A record CGNAT", "DynDNS DS-Lite", "DynDNS IPv6 only"}},

      {.code = "dns.ttl-long",
       .plainly = {"Whoever looks a name up may keep the answer for as long as the record says: its time to live (TTL), in seconds. If the home's "
                   "address changes in the meantime, visitors still go to the old one until that time is over. Here it is six hours or more."},
       .neighbours = {{"dns.stale-cache", "There an old answer is in fact still being given. Here nothing is wrong yet."},
                      {"dns.aaaa-old-prefix", "There the zone itself has the old address."}},
       .doubt = "It is read from the zone's own servers; what a resolver says is no measure, because its number counts down.",
       .steps = {"Set the TTL of the record to 300 seconds or less while the address may change.",
                 "Where the address never changes, all is well as it is."},
       .commands = {"dig NAME A", "dig NAME AAAA"},
       .costs = {.inconvenience = "names are looked up more often, which nobody notices"},
       .reading = {{2181, "8", "what the time to live is"}, {1912, "", "which values are sensible"}},
       .search_for = {"DNS TTL", "TTL for dynamic DNS"}},

      {.code = "dns.proxied",
       .plainly =
           {"The name does not lead to this home, but to a company that takes visitors there and passes web pages on, as a reverse proxy does "
            "(Cloudflare's \"orange cloud\"). Somebody switched that on, mostly on purpose. It hides the home's address and works for web pages.",
            "Anything else, such as SSH, a VPN or a game, does not get through by this name."},
       .neighbours = {{"dns.a-wrong", "There the address belongs to nobody who is known to pass visitors on."},
                      {"dns.aaaa-wrong", "The same over IPv6: an address of nobody who is known to pass visitors on."},
                      {"dns.aaaa-another-host", "There the address lies in this home's own network."}},
       .doubt = "Known are the ranges that Cloudflare publishes. Whether the proxy reaches this home by the right address could not be tested: "
                "nobody but the proxy knows which it uses.",
       .steps = {"For web pages alone all is well.",
                 "For anything else, make a second name that leads here, or switch the proxy off for this record (\"DNS only\")."},
       .commands = {"dig +short NAME A"},
       .costs = {.privacy = "without the proxy the name shows the home's address; with it the company sees what visitors do",
                 .security = "without the proxy nobody stands between attackers and the home"},
       .reading = {{1034, "3.6.2", "aliases, by which such services often work"}},
       .search_for = {"reverse proxy", "Cloudflare DNS only", "proxied record SSH"}},
  };
}

}  // namespace ringback::diagnosis::pages
