/// Words of the trade that pages use, each in a sentence. A page shows those that stand on it.
#include <algorithm>
#include <cctype>
#include <string>

#include "diagnosis/codes.hpp"
#include "diagnosis/explanations.hpp"

namespace ringback::diagnosis {
namespace {

bool is_of_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_'; }

/// Where the word stands by itself, or with an s behind it; its first letter may be a capital.
std::size_t find_word(const std::string& text, std::string_view word) {
  auto capital = std::string(word);
  capital.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(capital.front())));
  for (std::size_t at = 0; at + word.size() <= text.size(); ++at) {
    if (text.compare(at, word.size(), word) != 0 && text.compare(at, word.size(), capital) != 0) continue;
    auto end = at + word.size();
    if (end < text.size() && text[end] == 's') ++end;
    if ((at == 0 || !is_of_word(text[at - 1])) && (end >= text.size() || !is_of_word(text[end]))) return at;
  }
  return std::string::npos;
}

/// Everything that is read, in the order of the page.
std::string text_of(const Explanation& page) {
  std::string text;
  const auto add = [&](std::string_view more) { text.append(more).push_back('\n'); };
  const auto* code = find_code(page.code);
  if (code) add(code->title), add(code->meaning);
  for (const auto paragraph : page.plainly) add(paragraph);
  if (code) add(code->told_apart);
  for (const auto& neighbour : page.neighbours) add(neighbour.decides);
  add(page.doubt);
  for (const auto step : page.steps) add(step);
  for (const auto cost : {page.costs.privacy, page.costs.security, page.costs.money, page.costs.inconvenience}) add(cost);
  return text;
}

}  // namespace

std::vector<Term> glossary() {
  return {
      {"A record", "the entry of a name that holds its IPv4 address"},
      {"AAAA record", "the entry of a name that holds its IPv6 address"},
      {"AFTR", "the provider's end of a DS-Lite tunnel, which translates"},
      {"alias", "a name that only says \"look under that other name\" (CNAME)"},
      {"authority", "a server answers with authority when the records are kept on it, and not merely remembered"},
      {"cache", "what a resolver remembers, so that it need not ask again"},
      {"captive portal", "a page that a network puts in front of the internet until somebody logs in"},
      {"CGNAT", "carrier-grade NAT: the provider's own translator, by which many homes share one public IPv4 address"},
      {"CNAME", "the entry of a name that leads on to another name: an alias"},
      {"default route", "the way that a host takes to everything for which it knows no better one: mostly the home router"},
      {"delegated prefix", "the range of IPv6 addresses that the provider gave to a home router for the home"},
      {"deprecated", "of an address: still there, and not used for anything new"},
      {"DHCP", "how a router hands out addresses and settings to the devices at home"},
      {"DMZ", "in a home router: everything that comes from outside goes to one device"},
      {"DNS", "the directory of the internet: it tells the address that a name leads to"},
      {"DNSSEC", "signatures over the records of a name, by which forged ones can be told"},
      {"DS record", "the entry in the zone above that says with which key a zone is signed"},
      {"DS-Lite", "IPv4 inside of IPv6 to the provider, who lets many homes share one public IPv4 address"},
      {"DynDNS", "a service that lets a program or a router change a name's address by itself"},
      {"dual stack", "IPv4 and IPv6 side by side"},
      {"echo request", "a packet that asks \"are you there?\": what ping sends"},
      {"exposed host", "a device to which the home router passes everything that comes from outside"},
      {"getaddrinfo", "the function of the system by which programs look names up"},
      {"hop", "one router on the way, counted from this host"},
      {"hosts file", "/etc/hosts: names that this host knows by itself"},
      {"ICMP", "the error messages of the internet, such as \"not here\" and \"too big\"; ping uses it as well"},
      {"ICMPv6", "the error messages of IPv6, which does not work without them"},
      {"interface identifier", "the second half of an IPv6 address, which the device chooses"},
      {"ipv4only.arpa", "a name without an IPv6 address; where it seems to have one, the provider translates (NAT64)"},
      {"kernel", "the innermost part of the operating system; it has the last word on packets, sockets and rules"},
      {"knock", "one try to get in from outside, made by a vantage point"},
      {"link-local", "an address that is good on one cable or Wi-Fi alone: fe80:… or 169.254.…"},
      {"loopback", "the addresses by which a host talks to itself: 127.0.0.1 and ::1"},
      {"lw4o6", "one of the ways to share an IPv4 address by ports, in blocks"},
      {"MAP-E", "one of the ways to share an IPv4 address by ports, with IPv4 packed into IPv6"},
      {"MAP-T", "one of the ways to share an IPv4 address by ports, with IPv4 translated into IPv6"},
      {"MSS", "how much data one packet of a connection carries"},
      {"MTU", "the largest packet that a line carries"},
      {"multicast DNS", "how the machines of one home ask each other for names that end in .local"},
      {"name server", "a server that keeps the records of a domain and tells them to all who ask"},
      {"NAT", "translation: many inner addresses appear as one outer address, and what comes from outside needs a rule to get in"},
      {"NAT64", "a translator of the provider's that lets devices with IPv6 alone reach IPv4"},
      {"NAT66", "translation of IPv6 addresses, as NAT does it for IPv4; rare at home"},
      {"NAT-PMP", "a way for programs to ask a home router for its address and for forwards"},
      {"neighbour table", "the list of the machines on the same cable or Wi-Fi that this host knows"},
      {"network card", "where packets come into this host, by cable or Wi-Fi"},
      {"NS record", "the entry that names a name server of the zone"},
      {"nsswitch.conf", "the file that says where programs look names up, and in which order"},
      {"NXDOMAIN", "a name server's word that there is no such name"},
      {"packet filter", "the firewall inside of the Linux kernel, whatever program writes its rules"},
      {"PCP", "the successor of NAT-PMP, also for openings over IPv6"},
      {"pinhole", "an opening in an IPv6 firewall for one port of one device"},
      {"prefix", "the first part of an IPv6 address, which is the home's and comes from the provider"},
      {"proxy", "a server that visitors come to in place of the real one, and that passes on what they ask"},
      {"resolver", "a server that looks names up for others: mostly the home router, or one of the provider's"},
      {"reverse-path filter", "a guard of the kernel's: it drops what comes by one card and would be answered by another"},
      {"signature", "a proof over a record that only the holder of the zone's key can make"},
      {"SOA record", "the head of a zone, with the number of its version"},
      {"socket", "where a program waits for visitors: a protocol, an address and a port"},
      {"SSH", "the usual way to log in to a host from afar"},
      {"temporary address", "an IPv6 address that a host makes up for a day or so, for the sake of privacy"},
      {"TTL", "time to live: how many seconds others may remember a record"},
      {"translator", "a box that replaces addresses in packets on their way (NAT)"},
      {"trust anchor", "the key from which a resolver begins to check signatures: that of the root"},
      {"tunnel", "packets that travel inside of other packets, as if by a cable of their own"},
      {"unique local", "an IPv6 address for use inside of one home: fd…"},
      {"UPnP", "how programs at home find the router and ask it for its address, its forwards and new ones"},
      {"vantage point", "a helper on the internet that knocks on this home when asked"},
      {"VPN", "a tunnel to another network, by which what a host sends comes out elsewhere"},
      {"WireGuard", "a widespread way to make a tunnel between two machines (a VPN)"},
      {"zone", "the records of a domain, as its name servers keep them"},
  };
}

std::vector<Term> words_on(const Explanation& page) { return words_in(text_of(page)); }

std::vector<Term> words_in(const std::string& text) {
  std::vector<std::pair<std::size_t, Term>> found;
  for (const auto& term : glossary())
    if (const auto at = find_word(text, term.word); at != std::string::npos) found.emplace_back(at, term);
  std::ranges::stable_sort(found, {}, [](const auto& one) { return one.first; });
  std::vector<Term> words;
  for (const auto& [at, term] : found) words.push_back(term);
  return words;
}

}  // namespace ringback::diagnosis
