/// Names that programs on this host find otherwise than the DNS has them.
#include "support/catch.hpp"

#include "build.hpp"

using namespace ringback;
using namespace ringback::build;
using Catch::Contains;
using dns::Role;

namespace {

using Addresses = std::vector<const char*>;
using Alteration = std::function<void(Evidence&)>;

/// The DNS has this home's addresses; programs find these, and by these sources.
Evidence looked_up(const Addresses& found_by_programs, const std::vector<std::string>& sources) {
  auto e = plain_nat();
  native_ipv6(e);
  name(e, {public_ipv4}, {stable});
  e.dns->name_sources = sources;
  auto& programs = e.dns->names[0].applications.emplace();
  for (const auto* address : found_by_programs) programs.addresses.push_back(ip(address));
  return e;
}

Alteration in_hosts_file(const char* address) {
  return [=](Evidence& e) { e.dns->names[0].applications->hosts_file = {ip(address)}; };
}

Alteration unanswered(const char* type, std::optional<Role> role = {}) {
  return [=](Evidence& e) {
    for (auto& a : e.dns->names[0].answers)
      if (a.type == type && (!role || a.role == *role)) a.rcode.reset(), a.addresses.clear(), a.trouble = "no answer, asked 4 times in 2000 ms";
  };
}

Alteration says(const char* server, const char* type, const Addresses& addresses) {
  return [=](Evidence& e) {
    for (auto& a : e.dns->names[0].answers)
      if (a.server.address == ip(server) && a.type == type) {
        a.addresses.clear();
        for (const auto* address : addresses) a.addresses.push_back(ip(address));
      }
  };
}

/// With authority, as no cache does.
Alteration answers_itself(const char* type, const Addresses& addresses) {
  return [=](Evidence& e) {
    says("192.168.1.1", type, addresses)(e);
    for (auto& a : e.dns->names[0].answers)
      if (a.role == Role::system && a.type == type) a.authoritative = true;
  };
}

void zone_not_asked(Evidence& e) {
  std::erase_if(e.dns->names[0].answers, [](const auto& a) { return a.role == Role::authoritative; });
}

void is_of_multicast_dns(Evidence& e) {
  zone_not_asked(e);
  e.dns->names[0].name = "himbeere.local";
  for (auto& a : e.dns->names[0].answers) a.question = "himbeere.local.", a.rcode = "NXDOMAIN", a.addresses.clear();
}

}  // namespace

TEST_CASE("this host is said to find a name by its own means where the DNS answered, and did not say the same") {
  struct Row {
    const char* what;
    Addresses programs;
    std::vector<std::string> sources;
    std::vector<Alteration> alterations;
    const char* expected;   ///< the confidence, empty: nothing is said
    const char* words;
  };
  const std::vector<std::string> plain{"files", "dns"}, with_mdns{"files", "mdns4_minimal", "[NOTFOUND=return]", "dns", "mdns4"},
      of_debian{"files", "mdns4_minimal", "[NOTFOUND=return]", "dns"}, by_resolved{"files", "resolve", "[!UNAVAIL=return]", "dns"};
  const char* inside = "192.168.1.10";
  const Row rows[] = {
      {"the same as the DNS", {stable, public_ipv4}, plain, {}, "", ""},
      {"nobody answered for the AAAA record, and a program got it", {stable, public_ipv4}, plain, {unanswered("AAAA")}, "", ""},
      {"the resolver did not answer for the AAAA record, and a program got another than the zone has", {"2a02:8070:1:2::99"}, with_mdns,
       {unanswered("AAAA", Role::system)}, "", ""},
      {"the hosts file", {inside}, plain, {in_hosts_file(inside)}, "certain",
       "because /etc/hosts says so. Visitors from the internet find 93.184.20.30, 2a02:8070:1:2:5054:ff:fe12:3456."},
      {"the hosts file, and no DNS server answered", {inside}, plain, {in_hosts_file(inside), unanswered("A"), unanswered("AAAA")}, "", ""},
      {"the hosts file, and what the DNS has for IPv6 is unknown", {inside}, plain, {in_hosts_file(inside), unanswered("AAAA")}, "certain",
       "Visitors from the internet find 93.184.20.30; what there is for IPv6 is not known."},
      {"the hosts file, and this network's resolver alone was asked", {inside}, plain, {in_hosts_file(inside), zone_not_asked}, "certain",
       "The DNS, as this network's resolver tells it, has 93.184.20.30, "},
      {"the hosts file, whose line the resolver has as well", {inside}, plain, {in_hosts_file(inside), says("192.168.1.1", "A", {inside})}, "", ""},
      {"multicast DNS for all names", {inside}, with_mdns, {}, "likely", "another source of nsswitch.conf does (mdns4). Visitors"},
      {"multicast DNS for names in .local alone, which cannot have it", {inside}, of_debian, {}, "possible", "the records may be changing. Visitors"},
      {"no source but the hosts file and the DNS", {inside}, plain, {}, "possible", "the records may be changing. Visitors"},
      {"systemd-resolved, which has sources of its own", {inside}, by_resolved, {}, "possible", "or systemd-resolved knows the name by other means."},
      {"nobody knows what sources there are", {inside}, {}, {}, "possible", "the records may be changing. Visitors"},
      {"a name of multicast DNS", {inside}, of_debian, {is_of_multicast_dns}, "certain",
       "(multicast DNS, RFC 6762): nobody on the internet can look them up. Visitors from the internet find no address."},
      {"another global address, where the DNS has one", {other_ipv4}, plain, {}, "possible", "find 93.184.20.30, "},
      {"another global address, where every server has its own", {"93.184.1.3"}, with_mdns, {says("195.20.2.2", "A", {"93.184.1.1"})}, "", ""},
      {"others out of a set, of which one server gives some at a time", {"93.184.1.3", "93.184.1.4"}, with_mdns,
       {zone_not_asked, says("192.168.1.1", "A", {"93.184.1.1", "93.184.1.2"})}, "", ""},
      {"this network's resolver answers itself, with somebody else's address", {other_ipv4}, plain, {answers_itself("A", {other_ipv4})}, "likely",
       "192.168.1.1, a resolver of this host, answers for home.example.org itself, with 93.184.99.99: programs here are led there."},
      {"the same for both types", {other_ipv4, stranger6}, plain, {answers_itself("A", {other_ipv4}), answers_itself("AAAA", {stranger6})}, "likely",
       "itself, with 93.184.99.99, 2a0b:1:2::30: programs"},
      {"the same, and what programs get is unknown", {}, plain,
       {answers_itself("A", {other_ipv4}), [](Evidence& e) { e.dns->names[0].applications.reset(); }}, "likely", "Visitors from the internet find 93.184.20.30,"},
      {"the same, with an address for the inside: a view made on purpose", {inside}, plain, {answers_itself("A", {inside})}, "", ""},
      {"the same, with an address of this home", {temporary}, plain, {answers_itself("AAAA", {temporary})}, "", ""},
      {"the same, with one that the zone has and one more", {public_ipv4, other_ipv4}, plain, {answers_itself("A", {public_ipv4, other_ipv4})}, "", ""},
      {"the same, and the zone's own servers were not asked", {other_ipv4}, plain, {answers_itself("A", {other_ipv4}), zone_not_asked}, "", ""},
      {"somebody else's address without authority: a cache may remember it", {other_ipv4}, plain, {says("192.168.1.1", "A", {other_ipv4})}, "", ""},
      {"another one, where several servers have the same two", {"93.184.1.3"}, with_mdns,
       {says("192.168.1.1", "A", {"93.184.1.1", "93.184.1.2"}), says("195.20.1.1", "A", {"93.184.1.2", "93.184.1.1"}),
        says("195.20.2.2", "A", {"93.184.1.1", "93.184.1.2"})}, "likely", "(mdns4)"},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    auto e = looked_up(row.programs, row.sources);
    for (const auto& alter : row.alterations) alter(e);
    const auto d = diagnose(e);
    const auto* f = found(d, "dns.local-answer");
    CHECK((f ? std::string(to_string(f->confidence)) : "") == row.expected);
    if (f) CHECK_THAT(f->detail, Contains(row.words));
  }
}
