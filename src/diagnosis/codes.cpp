#include "diagnosis/codes.hpp"

#include <array>
#include <stdexcept>

namespace ringback::diagnosis {
namespace {

using enum Severity;

constexpr std::array every_code{
    Code{"internet.offline", error, "No internet connection",
         "Nothing outside answers, neither over IPv4 nor over IPv6.",
         "Several servers that know nothing of each other were asked; one that is down alone does not count."},
    Code{"internet.captive-portal", error, "A login page answers in place of the internet",
         "A portal of this network answers instead of the page that was asked for, until somebody logs in or agrees.",
         "A page whose right answer is known came back as something else, and nothing else outside answered as it should."},
    Code{"ipv4.cgnat", error, "The provider shares one public IPv4 address among several customers",
         "The public IPv4 address belongs to a translator of the provider (carrier-grade NAT), so a port forward on the home router "
         "cannot let anybody in.",
         "The router's own internet address is not the one the internet sees (often in 100.64.0.0/10), and the address that the internet "
         "sees answers beyond the home router. In DS-Lite the home router has no IPv4 address of its own; with two routers at home the "
         "outer one answers for the address."},
    Code{"ipv4.ds-lite", error, "IPv4 comes through a tunnel to an address that the provider shares among customers (DS-Lite)",
         "The line carries IPv6; IPv4 is packed into it and translated at the provider (RFC 6333), so nobody can connect to this home "
         "over IPv4.",
         "A hop in 192.0.0.0/29, a router without an IPv4 address of its own, native IPv6 and a packet size 40 bytes smaller than usual; "
         "one translator, and it stands at the provider."},
    Code{"ipv4.nat64", error, "This line has IPv6 only; what goes to IPv4 is converted at the provider (NAT64)",
         "Outgoing IPv4 is translated from IPv6 at the provider (NAT64, RFC 6146); nobody can connect to this home over IPv4.",
         "ipv4only.arpa has IPv6 addresses here (RFC 7050), and no IPv4 route leads to the internet."},
    Code{"ipv4.shared-ports", error, "The public IPv4 address is shared: only some of its ports are this home's",
         "Several homes have the same public IPv4 address, each with its own set of ports (MAP-E, MAP-T, lw4o6); a port outside the set "
         "cannot be forwarded.",
         "The home router owns the address that the internet sees, and yet the outside ports of its connections all come from one set."},
    Code{"ipv4.double-nat", error, "Two routers stand one behind the other, and both have to let IPv4 visitors in (double NAT)",
         "Behind the home router stands a second one that translates again; both have to forward.",
         "The outer router answers as a home router does (NAT-PMP, UPnP) and owns the address that the internet sees; a provider's "
         "translator does not."},
    Code{"ipv4.none", info, "No IPv4", "This host has no way to the IPv4 internet.", "No IPv4 default route, or nothing answers over it "
                                                                                     "while IPv6 works."},
    Code{"ipv6.none", info, "No IPv6", "This host has no IPv6, at most the link-local address that every interface gives itself.",
         "No router offers a prefix or a way out; with a unique local prefix it is ipv6.local-only."},
    Code{"ipv6.local-only", info, "IPv6 only inside the home",
         "This host has unique local addresses (RFC 4193) alone, or link-local ones beside a router, which the internet cannot route.",
         "No global address; with a global address that leads nowhere it is ipv6.broken, without any router ipv6.none."},
    Code{"ipv6.broken", error, "IPv6 addresses, but no IPv6 internet",
         "This host has a global IPv6 address, but nothing outside answers over it, while IPv4 works.",
         "Several servers were asked over both families; IPv4 answered, IPv6 stayed silent."},
    Code{"ipv6.tunnel", info, "IPv6 comes through a tunnel", "IPv6 is carried over IPv4 (6to4, Teredo, 6in4 or another tunnel).",
         "The prefix is 2002::/16 or 2001::/32, or the IPv6 default route leaves through a tunnel interface of this host."},
    Code{"address.no-stable-ipv6", warning, "No IPv6 address of this host stays",
         "Every global IPv6 address of this host is temporary (RFC 8981) or expiring, so whatever a name leads to dies within days.",
         "The kernel's flags of every global address on the interface towards the router."},
    Code{"address.temporary-preferred", info, "Outgoing connections use a temporary IPv6 address",
         "An updater that publishes the address it is seen with publishes a temporary one, which dies.",
         "The kernel chooses a temporary source address although a stable one exists. It is a warning where a program of this host runs that "
         "will publish it for one of the names."},
    Code{"dns.name-missing", error, "The name does not exist", "The name servers say that there is no such name (NXDOMAIN).",
         "Every server of the zone that answered says so; a name that exists without addresses is dns.a-missing or dns.aaaa-missing."},
    Code{"dns.a-missing", warning, "The name has no IPv4 address", "Connections over IPv4 can come in here, but the name has no A record.",
         "The name exists, and IPv4 is a family that can be reached here."},
    Code{"dns.aaaa-missing", warning, "The name has no IPv6 address", "Connections over IPv6 can come in here, but the name has no AAAA "
                                                                      "record.",
         "The name exists, and IPv6 is a family that can be reached here."},
    Code{"dns.a-wrong", error, "The name's IPv4 address is not this home's", "The A record leads to an address that is not how the "
                                                                             "internet sees this home.",
         "It is neither the address that outside servers see, nor the router's, nor one that answers at the router."},
    Code{"dns.aaaa-wrong", error, "The name's IPv6 address is not this host's", "The AAAA record leads to an address that is not this "
                                                                                "household's.",
         "It is no address of this host, of its router or of its network, and it does not look like an old one of this host."},
    Code{"dns.aaaa-router", error, "The name's IPv6 address is the router's",
         "The AAAA record leads to the home router instead of this host; IPv6 is not forwarded by it as IPv4 is.",
         "The address answers at the first hop, or the neighbour table shows the router's hardware address for it."},
    Code{"dns.aaaa-temporary", error, "The name's IPv6 address is a temporary one",
         "The AAAA record leads to a temporary or deprecated address of this host, which stops working within hours or days.",
         "It is an address of this host, and the kernel marks it as temporary or deprecated."},
    Code{"dns.aaaa-old-prefix", error, "The name's IPv6 address begins as this home's addresses did before (an old prefix)",
         "The AAAA record has the interface identifier of this host, or of another machine of this home, under a prefix that is no longer "
         "this home's.",
         "The last 64 bits are this host's, or those of a machine in its neighbour table, and the first 64 are not; or it lies in a network that the "
         "home router advertises no more."},
    Code{"dns.a-not-global", error, "The name's IPv4 address cannot be reached from the internet",
         "The A record is a private or otherwise special address.", "The IANA special-purpose address registry (RFC 6890)."},
    Code{"dns.aaaa-not-global", error, "The name's IPv6 address cannot be reached from the internet",
         "The AAAA record is a unique local, link-local or otherwise special address.", "The IANA special-purpose address registry (RFC "
                                                                                        "6890)."},
    Code{"dns.a-useless", warning, "The name has an IPv4 address at which nobody can be let in",
         "No IPv4 connection can come in on this line, but the name has an A record: who tries it fails or waits.",
         "The A record is how the internet sees this home, and that address is the provider's."},
    Code{"dns.aaaa-another-host", info, "The name's IPv6 address is not this host's, but of this home's network",
         "The AAAA record leads to another machine of this home, or to an address that this host had once.",
         "It lies in a network of this host's link, or in the prefix that the provider delegated to the router, by the router's word; this host "
         "does not have it, and it is not known to be the router's."},
    Code{"dns.proxied", info, "The name leads to a server that passes web pages on (a proxy)",
         "Visitors who come by this name come to the proxy. It passes on what comes to the ports of the web, and nothing else.",
         "The address is in the ranges that the proxy's operator publishes. It is a warning where a service was asked for that no such proxy passes on."},
    Code{"dns.servers-disagree", warning, "The domain's name servers give different answers", "Who asks which server decides where a visitor "
                                                                                            "ends.",
         "Servers of the zone answered the same question with authority, and differently."},
    Code{"dns.lame-server", warning, "A name server of the domain does not answer for it", "A server that the zone names refuses or fails to "
                                                                                   "answer for it, or says nothing at all.",
         "It answered, but not with authority, or it left every question unanswered, though each was sent again and again, while another server "
         "of the zone did answer. Where none does, servers of other zones have to answer, or resolvers to say that they cannot find the name: "
         "otherwise this network may let no such questions out. Nothing is said where it answers port 53 in place of every server."},
    Code{"dns.delegation-differs", info, "The list of the domain's name servers stands in two places, and differs",
         "Visitors are led to the servers that the zone above names, and then on to those that the zone itself names.",
         "A server of the zone above, and one of the zone with authority, gave different lists of name servers."},
    Code{"dns.local-answer", info, "Programs on this host find the name at another address than visitors",
         "Programs on this host get another address than the DNS gives to the world: from the hosts file, from multicast DNS, from another "
         "source that nsswitch.conf names, or from a resolver that has a record of its own for the name.",
         "getaddrinfo, which programs use, gave an address that no DNS server gave; the hosts file was read. Or a resolver of this host gave, with "
         "authority, an address that the zone does not have."},
    Code{"dns.stale-cache", info, "A server that looks names up (a resolver) still has the old answer", "A resolver's cache holds addresses that the zone no longer has.",
         "The zone's own servers agree on an address of this home, and the resolver gives another one, or a \"no\" that it remembers: with "
         "the zone's SOA record in it (RFC 2308 §3)."},
    Code{"dns.resolver-filters", warning, "The server that looks names up for this network (its resolver) drops the right answer",
         "The resolver leaves out addresses of the home itself (rebind protection), or blocks the name, so it does not work inside the home.",
         "The zone's own servers have the address, and this resolver says that there is none, without the SOA record that a remembered "
         "\"no\" has "
         "(RFC 2308 §3), or says itself that it filters (RFC 8914)."},
    Code{"dns.resolver-broken", warning, "A server that looks names up for this host (a resolver) does not answer", "A resolver that this host is told to use gave no answer at all.",
         "Every question to it failed while other servers answered the same ones; or it refuses, as if its signatures did not fit, a name "
         "that was validated here, from the root's key down: its clock or its trust anchor is wrong, or it is led astray by the one that it asks."},
    Code{"dns.bogus", error, "The name's signatures (DNSSEC) are not valid",
         "Resolvers that check signatures refuse the name, so many visitors cannot find it.",
         "The signatures were checked here, from the root's key down. Where that was not possible: a resolver names a DNSSEC error (RFC 8914), "
         "or several fail and answer once validation is switched off. One that fails alone while others answer has a trouble of its own."},
    Code{"dns.signatures-ending", info, "The name's signatures (DNSSEC) are about to end",
         "Unless the zone is signed anew by then, validating resolvers refuse the name.",
         "They end within two days, and less than a sixteenth of their time is left: who signs anew with every answer is far from that."},
    Code{"dns.ttl-long", info, "The name's addresses are cached for long", "After a change of address, visitors go to the old one until "
                                                                           "their caches expire.",
         "The time to live that the zone's own servers give."},
    Code{"inbound.no-port-forward", error, "The home router does not forward this port",
         "The home router has the public IPv4 address, and nothing that a stranger sends to this port comes out of it towards this host.",
         "Knocks do not reach the network card, although the router owns the address; the provider shares nothing. When another port "
         "arrives, a missing forward and a block at the provider look the same and it is inbound.not-arriving; so it is where the router's own "
         "list has the forward."},
    Code{"inbound.no-ipv6-opening", error, "The home router's IPv6 firewall does not let this port through",
         "This host has a global IPv6 address, but the home router keeps strangers' packets to this port away.",
         "Knocks do not reach the network card, while something shows that it is the router: it refuses, it says that its firewall is on, "
         "or echo requests pass. When another port arrives, a missing opening and a block at the provider look the same and it is "
         "inbound.not-arriving, unless this port arrives over IPv4 or at another address of this host."},
    Code{"inbound.provider-block", error, "The provider blocks this port", "Knocks on this port vanish before the home router, while "
                                                                           "others arrive.",
         "Another port arrives, this one does not, and no router can be it: there is none, or it lets every port through, or it lists the "
         "forward as it does that of a port that arrives, and over IPv6 the same port is missing."},
    Code{"inbound.not-arriving", error, "Nothing arrives from the internet",
         "Knocks do not reach this host's network card, and whether the router or the provider keeps them is not to be seen.",
         "The capture was running and lost nothing; no observation shows where the knocks end."},
    Code{"inbound.host-firewall", error, "This host's own firewall keeps visitors out",
         "Knocks arrive at the network card, and this host's packet filter drops or rejects them.",
         "The knock was captured before any local filter; no answer left, or a refusal that only a filter sends."},
    Code{"inbound.no-listener", error, "Nothing listens on this port", "No program of this host takes connections on this port.",
         "The kernel's list of sockets, and the refusal that it sends."},
    Code{"inbound.wrong-bind", error, "The program listens, but not where visitors arrive",
         "Something listens on this port, but on loopback, on another address or interface, or on the other address family alone.",
         "The kernel's list of sockets shows the address that the program is bound to."},
    Code{"inbound.reply-lost", error, "This host answers, but the answer gets lost",
         "A knock arrives and is answered, but the answer does not get back to the visitor.",
         "The answer was seen leaving (or leaves through a tunnel), and the vantage point got nothing."},
    Code{"inbound.mtu-blackhole", error, "Connections open, then large packets vanish", "Full-size packets get lost without a word on the "
                                                                                        "way.",
         "Two servers answer small packets and never large ones, nobody on the way says \"too big\", and the segment size that visitors "
         "arrive with allows the large ones: where the home router lowers it (MSS clamping), connections work."},
    Code{"inbound.answered-elsewhere", error, "Another machine answers on this port",
         "The vantage point got an answer that this host never sent: the router's own page, or another machine.",
         "The capture was running, lost nothing and saw no knock, while the vantage point was answered."},
    Code{"inbound.untested", info, "Not tested from outside", "Nobody outside knocked over this address family, so whether visitors get in "
                                                              "is unknown.",
         "No vantage point, or none that has this family, or it did not answer."},
    Code{"router.forward-elsewhere", error, "The router forwards this port to another machine",
         "The router's own list sends this port to another address than this host's.", "The list that the router gives over UPnP."},
    Code{"router.pinhole-forbidden", info, "The router does not let programs open IPv6 ports",
         "Its IPv6 firewall is on, and openings can be made in its menu alone.",
         "What the router says over UPnP (GetFirewallStatus), or its refusal where one was tried (--allow-mapping)."},
    Code{"exposure.unexpected-service", warning, "A service that was not named can be reached from the internet",
         "A stranger's knock on it was answered by this host.", "The vantage point's word, and the capture where it ran."},
    Code{"exposure.exposed-host", warning, "Even ports that nobody opened let strangers through to this host",
         "The router passes everything to this host: it is the router's exposed host, or IPv6 is not filtered at all.",
         "A knock on a port on which nothing listens arrived at the network card."},
    Code{"host.vpn-default-route", warning, "This host reaches the internet through a VPN",
         "What this host sends leaves through a VPN's tunnel, so the address that others see is the VPN's, and answers to visitors may go "
         "astray.",
         "The kernel's own route to the internet, and the interface that it leaves through."},
    Code{"host.clock-wrong", warning, "This host's clock is wrong",
         "Certificates and signatures are refused where the clock is wrong, and no log entry has its right time.",
         "By this clock, signatures of the names' zones are out of time that another resolver finds right, or those of the root itself are."},
    Code{"measure.no-privilege", info, "Without root's rights not everything could be seen",
         "Watching the network card and reading the packet filter's rules need rights that this run did not have.",
             "What the kernel refused."},
    Code{"measure.vantage-down", warning, "A vantage point (a helper on the internet that knocks) did not work", "A vantage point that was named did not knock.",
         "What came back in place of its announcement."},
    Code{"measure.lossy", info, "The measurement lost packets", "Packets were lost while measuring, so silence proves less.",
         "The capture's own count of lost packets."},
};

}  // namespace

std::span<const Code> codes() { return every_code; }

const Code* find_code(std::string_view code) {
  for (const auto& row : every_code)
    if (row.code == code) return &row;
  return nullptr;
}

Finding finding(std::string_view code, Confidence confidence, std::string detail, Subject subject, std::vector<std::string> evidence) {
  const auto* row = find_code(code);
  if (!row) throw std::logic_error("no such finding code: " + std::string(code));
  return {.code = std::string(code),
          .severity = row->severity,
          .confidence = confidence,
          .title = std::string(row->title),
          .detail = std::move(detail),
          .subject = std::move(subject),
          .evidence = std::move(evidence),
          .remedies = {}};
}

}  // namespace ringback::diagnosis
