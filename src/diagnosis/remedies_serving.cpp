#include <algorithm>

#include "diagnosis/remedies_by_code.hpp"

namespace ringback::diagnosis::advice {
namespace {

/// The zone that the name is in, where it was found.
std::string zone_of(const Finding& f, const System& s) {
  if (s.evidence && s.evidence->dns)
    for (const auto& name : s.evidence->dns->names)
      if (name.name == f.subject.name && name.zone) return *name.zone;
  return dns_name(f, s);
}

}  // namespace

Remedies servers_disagree(const Finding& f, const System& s) {
  return {advise_by_steps("Make the domain's servers agree",
                          {{"A zone (the records of a domain) is kept on several servers; here they do not hold the same version. This command "
                            "shows each server's version: the number in its SOA line, which grows with every change.",
                            {{"dig +nssearch {}", zone_of(f, s)}}},
                           {"If you run the servers, raise the number on the first one and let the others fetch the zone again; otherwise ask the "
                            "company that keeps the zone."},
                           {"If one of them no longer belongs to the zone, take it out of the list of name servers where the domain is registered."},
                           {"This command asks one server directly; put its name in place of SERVER.", {{"dig +norecurse {} AAAA @SERVER", dns_name(f, s)}}}})};
}

Remedies lame_server(const Finding& f, const System& s) {
  if (f.severity == Severity::error)   // nobody on the internet can find the name
    return {advise("Get the domain's name servers to answer",
                   {"The name servers keep the records of the domain (the zone). While none of them answers, nobody finds the name, whatever its "
                    "records are.",
                    "If you run them, see that they run, and that port 53 is open to them, for UDP and TCP; otherwise ask the company that keeps "
                    "the zone.",
                    "If the zone has moved to other servers, enter those where the domain is registered.",
                    "The first command shows which servers the registry of the domain names; the second one asks one of them directly: put its name in place "
                    "of SERVER."},
                   {{"dig +trace {} NS", zone_of(f, s)}, {"dig +norecurse {} SOA @SERVER", zone_of(f, s)}})};
  return {advise("Take the server out, or let it serve the domain",
                 {"The domain's list of name servers names one that does not answer for it: it refuses, or says nothing; every visitor who "
                  "happens to ask that one waits or fails.",
                  "If it shall serve the records of the domain (the zone), see that it runs, and set the zone up on it, or ask its operator to.",
                  "Otherwise log in where the domain is registered, and delete it from the list of name servers and from the zone's own list of them (its "
                  "NS records).",
                  "The first command lists the servers, the second one asks one of them directly; put its name in place of SERVER."},
                 {{"dig +short {} NS", zone_of(f, s)}, {"dig +norecurse {} SOA @SERVER", zone_of(f, s)}})};
}

Remedies delegation_differs(const Finding& f, const System& s) {
  return {advise("Give the same list of name servers at both places",
                 {"The list stands twice: where the domain is registered, and among the records of the domain itself (NS records). "
                  "The first command shows the one, on the way down, and the second one the other.",
                  "Correct the one that is out of date. While both lists have servers that answer rightly, visitors find the name all the same."},
                 {{"dig +trace {} NS", zone_of(f, s)}, {"dig {} NS", zone_of(f, s)}})};
}

Remedies local_answer(const Finding& f, const System& s) {
  return {advise("Look at what this host knows of its own",
                 {"If it is meant so, so that the name also works from here, all is well: it concerns no one but this host.",
                  "Otherwise take the line out of /etc/hosts, if it is there. The first command shows it, the second one what programs get.",
                  "If a resolver (a server that looks names up) is named above, take its own record for the name out there (Pi-hole: Local DNS Records; AdGuard Home: DNS rewrites; "
                  "dnsmasq: address= or host-record=; unbound: local-data:)."},
                 {{"grep -i {} /etc/hosts", dns_name(f, s)}, {"getent ahosts {}", dns_name(f, s)}})};
}

Remedies stale_cache(const Finding& f, const System& s) {
  return {advise("Wait, or empty the cache",
                 {"The old answer goes away by itself when its time is over: the number of seconds that the commands below show.",
                  "In your own network, restarting the home router usually empties its cache. Cloudflare and Google have pages that empty "
                  "theirs: https://one.one.one.one/purge-cache/ and https://developers.google.com/speed/public-dns/cache",
                  "For the next change, set a shorter TTL for the record (how long it may be kept), such as 60 to 300 seconds."},
                 {{"dig +noall +answer +authority {} A", dns_name(f, s)}, {"dig +noall +answer +authority {} AAAA", dns_name(f, s)}})};
}

Remedies resolver_filters(const Finding& f, const System& s) {
  const auto name = shown_name(f);
  return {advise("Make an exception for your own name",
                 {"Many routers drop answers that lead into the home, so that foreign web pages cannot trick a browser into it. Your own "
                  "name needs an exception.",
                  s.fritzbox ? fmt::format("In the FRITZ!Box: Home Network > Network > Network Settings > DNS Rebind Protection: add {}.",
                                           name)
                             : fmt::format("Look in the home router's menu for \"DNS rebind protection\" (OpenWrt: \"Network > DHCP and DNS\", "
                                           "\"Domain whitelist\") and add {}.", name),
                  fmt::format("If you run the server that looks names up (the resolver) yourself: in dnsmasq, rebind-domain-ok=/{}/; in unbound, private-domain: \"{}\".",
                              name, name),
                  fmt::format("Where a filter of advertisements blocks the name (Pi-hole, AdGuard Home), put {} into its list of allowed domains.", name),
                  "The commands below show what this network is told: an address each, once the exception works."},
                 {{"dig +short {} A", dns_name(f, s)}, {"dig +short {} AAAA", dns_name(f, s)}})};
}

Remedies resolver_broken(const Finding& f, const System& s) {
  if (f.subject.name)  // it does answer, and wrongly refuses this one
    return {advise_by_steps("Set what looks names up (the resolver) right",
                            {{"A resolver that checks signatures needs the right time and the root's present key; one that refuses what is signed rightly may lack one of them."},
                             {"This command lists the resolvers that this host asks. If it is the home router, restart the router, and see that its clock is right.",
                              {{"cat /etc/resolv.conf"}}},
                             {"If it passes questions on to another resolver, that one may be at fault: enter another one there."},
                             {"If you run it yourself: set its clock, and renew its copy of the root's key, the trust anchor (in unbound: unbound-anchor)."},
                             {"This command asks for the name without the check of the signatures: it shows that the name itself is there.",
                              {{"dig +cd +dnssec {}", dns_name(f, s)}}}})};
  return {advise("Take out what does not answer",
                 {"This host asks one server or several (resolvers) to look names up; the first command lists them, and the second one those behind "
                  "127.0.0.53, where that stands in the list. One of them does not answer, so every look-up may wait for it.",
                  "If it is the home router, restart the router.", "If it was entered by hand, delete it from the network settings."},
                 {{"cat /etc/resolv.conf"}, {"resolvectl status"}})};
}

Remedies bogus(const Finding& f, const System& s) {
  std::vector<Step> steps{
      {"The records of a domain may be signed (DNSSEC); here the signatures do not fit, so visitors whose provider checks them do not find the name."},
      {fmt::format("Look at https://dnsviz.net/d/{}/dnssec/ to see which signature does not fit, or whether it is the DS record (the entry at the registry that names the domain's key).",
                  plain_or(dns_name(f, s), "NAME"))},
      {"The first command shows the signatures and when they end, the second one what is wrong with them (delv is in Debian's package bind9-dnsutils).",
       {{"dig +dnssec {} SOA", zone_of(f, s)}, {"delv {}", dns_name(f, s)}}},
      {"Where the domain is registered, replace the DS record by the present one, or remove it (the domain is then unsigned, and "
       "works)."},
      {"If you sign the domain's records yourself, sign them again: signatures expire."}};
  if (f.confidence == Confidence::possible)
    steps.insert(steps.begin() + 1, {"But first look at the clocks: a machine whose time is wrong, this host or the home router, finds every signature false. This "
                                     "command shows this host's clock.",
                                     {{"timedatectl"}}});
  return {advise_by_steps("Repair the signatures (DNSSEC)", steps)};
}

Remedies signatures_ending(const Finding& f, const System& s) {
  return {advise("See that the domain's records are signed again",
                 {"Whoever keeps the records has to renew its signatures from time to time; mostly a program does, and it may have stopped.",
                  "The command shows the time (the longer of the two numbers of 14 digits, as year, month, day, hour) when each one ends."},
                 {{"dig +dnssec {} SOA", zone_of(f, s)}})};
}

Remedies clock(const Finding&, const System&) {
  return {advise("Set the clock by the network",
                 {"The first command shows the time and whether it is taken from the network; the second one switches that on.",
                  "A board without a clock of its own (a Raspberry Pi) starts with the time of its last shutdown: a time server has to "
                  "be within reach, and port 123/udp open towards the internet."},
                 {{"timedatectl"}, {"sudo timedatectl set-ntp true"}})};
}

Remedies ttl_long(const Finding& f, const System&) {
  return {advise("Shorten the TTL",
                 {fmt::format("The TTL says how long others may keep the address of {}. Set it to 300 seconds or less while the address "
                              "may change.", shown_name(f))})};
}

}  // namespace ringback::diagnosis::advice
