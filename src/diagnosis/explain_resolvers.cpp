/// Who looks the name up.
#include "diagnosis/explanations_by_group.hpp"

namespace ringback::diagnosis::pages {

std::vector<Explanation> of_resolvers() {
  return {
      {.code = "dns.local-answer",
       .plainly = {"Programs on this host do not look names up in the DNS alone. A line in /etc/hosts, the names that machines of one home call to "
                   "each other (multicast DNS), or a record that the home's own resolver makes up may come first. Here they get another address than "
                   "the world does.",
                   "That is often meant so, and it concerns this host or this home alone. But a try from here proves nothing about visitors."},
       .neighbours = {{"dns.stale-cache", "There a resolver remembers what the zone had once. Here somebody answers of his own accord."},
                      {"dns.resolver-filters", "There an address is left out. Here another one is given."},
                      {"dns.a-wrong", "There the zone itself has the wrong address, and everybody gets it."}},
       .doubt = "Certain where the line stands in the hosts file. Likely where another source of nsswitch.conf has to have said so, or where a "
                "resolver of this host claims authority for an address that the zone does not have. Where nobody could be found who said it, the "
                "records may just be changing: possible.",
       .steps = {"If it is meant so, so that the name also works from here, all is well.", "Otherwise take the line out of /etc/hosts.",
                 "Or take the resolver's own record out (Pi-hole: Local DNS Records; AdGuard Home: DNS rewrites; dnsmasq: address= or host-record=; "
                 "unbound: local-data:)."},
       .commands = {"grep -i NAME /etc/hosts", "getent ahosts NAME"},
       .costs = {.inconvenience = "without it, this host goes out and comes back in to reach itself, which some routers do not allow"},
       .reading = {{6762, "3", "names that end in .local"}, {8375, "", "names that end in .home.arpa"}},
       .search_for = {"/etc/hosts override", "split-horizon DNS", "nsswitch hosts order", "hairpin NAT"}},

      {.code = "dns.stale-cache",
       .plainly = {"A resolver looks names up for others, and keeps what it found for a while, so that it need not ask again. This one still gives "
                   "what the zone had before: an old address, or an old \"there is none\". Whoever uses it is led astray until the time is over. "
                   "Nothing is broken, and it goes away by itself."},
       .neighbours = {{"dns.resolver-filters",
                       "There the resolver takes the right answer away, and always will. A remembered \"no\" comes with the zone's SOA record and a "
                       "time; a filtered one comes without."},
                      {"dns.servers-disagree", "There the zone's own servers differ. Here they agree."},
                      {"dns.local-answer", "There the resolver claims authority, which no cache does."},
                      {"dns.ttl-long", "That says how long such a thing can last."}},
       .doubt = "It is only looked for where the zone leads to an address of this home. A \"no such name\" without the zone's SOA record may be a "
                "filter as well: then it is possible.",
       .steps = {"Wait: the number of seconds that the answer has left is shown by dig.",
                 "In your own network, restarting the home router usually empties its cache.",
                 "Cloudflare and Google have pages that empty theirs for one name.",
                 "Before the next change, set a shorter TTL, such as 60 to 300 seconds."},
       .commands = {"dig +noall +answer NAME A", "dig +noall +answer NAME AAAA"},
       .costs = {.inconvenience = "a restart of the router takes everybody at home offline for some minutes"},
       .reading = {{2308, "3", "the SOA record in a \"no\", and how long it holds"},
                   {8767, "4", "resolvers that give old answers when nobody tells them anything newer"}},
       .search_for = {"flush DNS cache", "DNS propagation", "negative caching"}},

      {.code = "dns.resolver-filters",
       .plainly = {"The zone has the right address, and this network's resolver leaves it out. Many routers do so with every answer that leads into "
                   "the home itself, so that a foreign web page cannot trick a browser into the home (DNS rebind protection). A filter of "
                   "advertisements may block the name as well.",
                   "Visitors are not concerned. But from inside, the name does not work."},
       .neighbours = {{"dns.stale-cache", "There the resolver remembers an earlier \"no\": with the zone's SOA record in it, and only for a time."},
                      {"dns.name-missing", "There the zone itself says that there is no such name."},
                      {"dns.resolver-broken", "There the resolver answers nothing, or refuses a name as if its signatures were false."},
                      {"dns.bogus", "There the name's signatures are the reason."}},
       .doubt = "Likely where the resolver says itself that it filters, gives an address that leads nowhere (0.0.0.0), or has nothing while public "
                "resolvers have it. Otherwise a memory of the time before the record was there looks the same, and it is possible.",
       .steps = {"Make an exception for your own name. In the home router, look for \"DNS rebind protection\".",
                 "In dnsmasq: rebind-domain-ok=/NAME/. In unbound: private-domain: \"NAME\".",
                 "In a filter of advertisements (Pi-hole, AdGuard Home), put the name into the list of allowed domains."},
       .commands = {"dig +short NAME A", "dig +short NAME AAAA"},
       .costs = {.security =
                     "for this one name the protection is off: whoever can change the name's records could lead a browser to devices at home"},
       .reading = {{8914, "4", "how a resolver says that it filters"},
                   {2308, "3", "what a true \"no\" has in it"},
                   {1918, "3", "the addresses that such filters mostly look for"}},
       .search_for = {"DNS rebind protection", "rebind-domain-ok", "private-domain unbound", "Pi-hole whitelist domain"}},

      {.code = "dns.resolver-broken",
       .plainly = {"This host has a list of resolvers, which look names up for it. One of them gave no answer to anything, so that every look-up may "
                   "wait for it, some seconds each. Or it does answer, and refuses a name as false whose signatures are right."},
       .neighbours =
           {{"internet.offline", "There nobody outside answers at all. Here other servers answered the same questions."},
            {"dns.bogus",
             "There the name's signatures do not fit. Here they were validated, from the root's key down, or the name is proven to have none."},
            {"dns.resolver-filters", "There the resolver answers, and leaves something out."},
            {"host.clock-wrong", "There it is this host's own clock."}},
       .doubt =
           "Silence counts after two questions, while other servers answered. A refusal counts where it is not for one kind of record alone. Whether "
           "the resolver's clock, its trust anchor (the root's key) or those that it asks are at fault is said as far as its own words tell.",
       .steps = {"If it is the home router, restart the router, and see that its clock is right.",
                 "If it was entered by hand and is gone, delete it from the network settings.",
                 "If you run it yourself: set its clock, renew its trust anchor (unbound: unbound-anchor), or let it ask another resolver."},
       .commands = {"cat /etc/resolv.conf", "resolvectl status"},
       .costs = {.privacy = "whoever looks names up for this host sees which; another resolver is another company",
                 .inconvenience = "a restart of the router takes everybody at home offline for some minutes"},
       .reading = {{5625, "", "what a router that passes questions on has to do"},
                   {8914, "4", "how a resolver says what is wrong"},
                   {4035, "5.3", "how signatures are checked"}},
       .search_for = {"DNS server not responding", "resolv.conf dead nameserver", "SERVFAIL"}},
  };
}

std::vector<Explanation> of_signatures() {
  return {
      {.code = "dns.bogus",
       .plainly = {"The records of a domain can be signed, so that nobody on the way can change them (DNSSEC). Who looks the name up may check the "
                   "signatures; very many resolvers do. Here they do not fit: they have expired, are of another key than the zone above vouches for, "
                   "or are missing. Resolvers that check then refuse the name, and visitors who use them cannot find it; others still can."},
       .neighbours = {{"dns.resolver-broken", "There the signatures are right, and one resolver refuses the name all the same."},
                      {"host.clock-wrong",
                       "There signatures are out of time by this host's clock alone: another resolver finds them right, or the root's own are out of "
                       "time, too."},
                      {"dns.signatures-ending", "There they are still right, and about to end."},
                      {"dns.lame-server", "There no server answers. Here they answer, and the answer does not fit."}},
       .doubt = "The signatures are checked by ringback itself, from the root's key down. It is certain where resolvers outside refuse the name as "
                "well, or where a signature was over before another one on the way was made. If another resolver finds the name right, it is "
                "possible, and a warning. What is missing may have been left out on the way: then the zone's own servers have to show it.",
       .steps =
           {"See which signature or DS record does not fit: a checker such as dnsviz.net draws it.",
            "Where the domain is registered, replace the DS record by the zone's present one, or remove it: the domain is then unsigned, and works.",
            "If you sign the zone yourself, sign it again: signatures expire.",
            "If nobody confirms it, look at the clocks first: a wrong one makes every signature false."},
       .commands = {"dig +dnssec ZONE SOA", "delv NAME", "timedatectl"},
       .costs = {.security = "without a DS record nobody can tell a forged answer from a right one",
                 .inconvenience = "a new DS record takes up to a day or two to be seen everywhere"},
       .reading = {{4035, "5.3", "when a signature fits"},
                   {6781, "4.4", "how signatures are renewed in time"},
                   {8914, "4", "what resolvers say of it"}},
       .search_for = {"DNSSEC bogus", "DNSSEC SERVFAIL", "DS record mismatch", "RRSIG expired"}},

      {.code = "dns.signatures-ending",
       .plainly = {"DNSSEC signatures hold for a time, mostly some weeks, and have to be renewed before. These are nearly over, and nobody has "
                   "renewed them. When they end, resolvers that check signatures refuse the name from one minute to the next."},
       .neighbours = {{"dns.bogus", "There the time is over, or the signatures never fitted."},
                      {"host.clock-wrong", "There the time seems to be over because this host's clock is wrong."}},
       .doubt = "It is said where less than two days and less than a sixteenth of their whole time are left. Who renews them may do so on the last "
                "day: likely, and a note.",
       .steps = {"See that whoever keeps the zone renews its signatures. Mostly a program does, and it may have stopped.",
                 "If a company keeps the zone, tell its support when they end."},
       .commands = {"dig +dnssec ZONE SOA"},
       .costs = {},
       .reading = {{6781, "4.4", "how long signatures should hold, and when to renew them"},
                   {4035, "5.3", "what becomes of a signature that is over"}},
       .search_for = {"RRSIG expiration", "DNSSEC signing stopped", "zone re-signing"}},
  };
}

}  // namespace ringback::diagnosis::pages
