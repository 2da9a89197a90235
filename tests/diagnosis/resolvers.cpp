#include "support/catch.hpp"

#include "build.hpp"

using namespace ringback;
using namespace ringback::build;
using dns::Answer;
using dns::Role;

namespace {

using Change = std::function<void(Evidence&)>;

/// A healthy household whose name leads home; two public resolvers know it too.
Evidence asked() {
  auto e = plain_nat();
  native_ipv6(e);
  add(e, connected(Family::ipv4));
  add(e, connected(Family::ipv6));
  name(e, {public_ipv4}, {stable});
  for (const auto* server : {"9.9.9.9", "1.1.1.1"}) {
    e.dns->names[0].answers.push_back(answer(Role::public_resolver, server, "A", {public_ipv4}));
    e.dns->names[0].answers.push_back(answer(Role::public_resolver, server, "AAAA", {stable}));
  }
  for (auto& a : e.dns->names[0].answers) a.recursion_available = a.role != Role::authoritative;
  return e;
}

/// Changes the answers of this role and type; an empty type: of both.
Change at(Role role, const char* type, const std::function<void(Answer&)>& change) {
  return [=](Evidence& e) {
    for (auto& a : e.dns->names[0].answers)
      if (a.role == role && (*type == 0 || a.type == type)) change(a);
  };
}
Change without(Role role) {
  return [=](Evidence& e) { std::erase_if(e.dns->names[0].answers, [&](const auto& a) { return a.role == role; }); };
}
Change both(const Change& first, const Change& second) {
  return [=](Evidence& e) { first(e), second(e); };
}

void nodata(Answer& a) { a.addresses.clear(), a.ttl_s.reset(); }
void nxdomain(Answer& a) { nodata(a), a.rcode = "NXDOMAIN"; }
std::function<void(Answer&)> with_soa(void (*change)(Answer&)) {
  return [=](Answer& a) { change(a), a.negative_ttl_s = 900U; };
}
std::function<void(Answer&)> with_error(unsigned code, void (*change)(Answer&)) {
  return [=](Answer& a) { change(a), a.extended_error = code; };
}

std::function<void(Answer&)> with_authority(void (*change)(Answer&)) {
  return [=](Answer& a) { change(a), a.authoritative = true; };
}
std::function<void(Answer&)> gives(const char* address) {
  return [=](Answer& a) { a.addresses = {ip(address)}; };
}
std::function<void(Answer&)> with_error_15(const char* address) {
  return [=](Answer& a) { a.addresses = {ip(address)}, a.extended_error = 15U; };
}

/// The verdict of the name, then each finding about the serving of it, once, with its confidence.
std::string said(const Change& change) {
  const auto d = diagnose(with(asked(), change));
  std::string result(to_string(d.names.at(0).verdict));
  for (const auto& code : d.names[0].findings) result += fmt::format(" {} {}", code, to_string(found(d, code)->confidence));
  return result;
}

}  // namespace

TEST_CASE("a resolver that says no is told from one that remembers a no") {
  struct Row {
    const char* what;
    Change change;
    const char* expected;
  };
  const auto system = Role::system;
  const auto inside = gives("192.168.1.10");
  const Row rows[] = {
      {"nothing is wrong", [](auto&) {}, "right"},
      {"records taken out, and nothing left behind", at(system, "AAAA", nodata), "right dns.resolver-filters likely"},
      {"the same, and no public resolver was asked",
       both(at(system, "AAAA", nodata), without(Role::public_resolver)), "right dns.resolver-filters possible"},
      {"the zone's SOA record beside it: RFC 2308", at(system, "AAAA", with_soa(nodata)), "right dns.stale-cache likely"},
      {"NXDOMAIN with the SOA record", at(system, "", with_soa(nxdomain)), "right dns.stale-cache likely"},
      {"NXDOMAIN without", at(system, "", nxdomain), "right dns.stale-cache possible"},
      {"NXDOMAIN for one type alone", at(system, "AAAA", nxdomain), "right dns.resolver-filters likely"},
      {"dnsmasq's rebind protection says so: EDE 15", at(system, "", with_error(15, nxdomain)), "right dns.resolver-filters likely"},
      {"said for one type, without EDNS for the other", both(at(system, "A", with_error(15, nxdomain)), at(system, "AAAA", nxdomain)),
       "right dns.resolver-filters likely"},
      {"filtered, says it: EDE 17", at(system, "AAAA", with_error(17, nodata)), "right dns.resolver-filters likely"},
      {"stale, says it: EDE 19", at(system, "", with_error(19, nxdomain)), "right dns.stale-cache likely"},
      {"an old address", at(system, "A", [](auto& a) { a.addresses = {ip(other_ipv4)}; }), "right dns.stale-cache likely"},
      {"a view made for the inside", at(system, "A", inside), "right"},
      {"the same, and no record of the other type", both(at(system, "A", inside), at(system, "AAAA", nodata)), "right"},
      {"the same, and the zone's SOA record beside that", both(at(system, "A", inside), at(system, "AAAA", with_soa(nodata))), "right"},
      {"the other way round, with a unique local address",
       both(at(system, "AAAA", [](auto& a) { a.addresses = {ip("fd00::10")}; }), at(system, "A", nodata)), "right"},
      {"it has authority over the name, and no such record", at(system, "AAAA", with_authority(nodata)), "right"},
      {"it has authority over the name, and no such name", at(system, "", with_authority(nxdomain)), "right"},
      {"it has authority over the name, and another global address",
       at(system, "A", [](auto& a) { a.authoritative = true, a.addresses = {ip(other_ipv4)}; }), "right dns.local-answer likely"},
      {"Pi-hole's default: 0.0.0.0 and ::", both(at(system, "A", gives("0.0.0.0")), at(system, "AAAA", gives("::"))),
       "right dns.resolver-filters likely"},
      {"the same, and it says so: EDE 15", both(at(system, "A", with_error_15("0.0.0.0")), at(system, "AAAA", with_error_15("::"))),
       "right dns.resolver-filters likely"},
      {"0.0.0.0, and no record of the other type", both(at(system, "A", gives("0.0.0.0")), at(system, "AAAA", nodata)),
       "right dns.resolver-filters likely"},
      {"with authority, as dnsmasq answers what it blocks",
       at(system, "A", [](auto& a) { a.authoritative = true, a.addresses = {ip("0.0.0.0")}; }), "right dns.resolver-filters likely"},
      {"127.0.0.1", at(system, "A", gives("127.0.0.1")), "right dns.resolver-filters likely"},
      {"127.0.1.1, as this host's hosts file has it",
       both(at(system, "A", gives("127.0.1.1")),
            [](Evidence& e) { e.dns->names[0].applications = dns::Applications{.hosts_file = {ip("127.0.1.1")}}; }), "right"},
      {"the address of a page that says what is blocked, EDE 15", both(at(system, "A", with_error_15("192.168.1.2")), at(system, "AAAA", nodata)),
       "right dns.resolver-filters likely"},
      {"it refuses, and says that it filters: EDE 16",
       at(system, "", with_error(16, [](Answer& a) { nodata(a), a.rcode = "REFUSED"; })), "right dns.resolver-filters likely"},
      {"a public resolver blocks the name: EDE 17", at(Role::public_resolver, "", with_error(17, nxdomain)), "right"},
      {"a public resolver remembers a no", at(Role::public_resolver, "A", with_soa(nodata)), "right dns.stale-cache likely"},
      {"a public resolver says no and nothing else", at(Role::public_resolver, "A", nodata), "right"},
      {"a filter alone was asked",
       both(at(system, "", nxdomain), both(without(Role::authoritative), without(Role::public_resolver))), "unknown"},
      {"this network's resolver alone was asked, and no such name",
       both(at(system, "", with_soa(nxdomain)), both(without(Role::authoritative), without(Role::public_resolver))),
       "wrong dns.name-missing likely"},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    CHECK(said(row.change) == row.expected);
  }
}

TEST_CASE("where a stub on this host passes on what a resolver says, that one is named") {
  const auto d = diagnose(with(asked(), [](Evidence& e) {
    at(Role::system, "AAAA", nodata)(e);
    auto& answers = e.dns->names[0].answers;
    for (auto copy : std::vector(answers))
      if (copy.role == Role::system) copy.server.address = ip("127.0.0.53"), answers.push_back(std::move(copy));
  }));
  CHECK(std::ranges::count(d.findings, "dns.resolver-filters", &Finding::code) == 1);
  CHECK(!found(d, "dns.resolver-filters")->detail.starts_with("127.0.0.53"));
}

TEST_CASE("what resolvers make of an alias into another zone is held against what that zone has") {
  const auto leads_out = [](Evidence& e) {
    auto& answers = e.dns->names[0].answers;
    const auto before = answers;
    for (auto& answer : answers) {
      answer.names = {"pi.dyn.example."};
      if (answer.role == Role::authoritative) answer.addresses.clear();
    }
    for (auto answer : before)
      if (answer.role == Role::authoritative) answers.emplace_back(std::move(answer)).question = "pi.dyn.example.";
  };
  const auto no = [](Answer& a) { nodata(a), a.names.clear(); };
  struct Row {
    const char* what;
    Change change;
    const char* expected;
  };
  const Row rows[] = {
      {"all agree", [](Evidence&) {}, "right"},
      {"rebind protection: the alias and its end are gone", at(Role::system, "AAAA", no), "right dns.resolver-filters likely"},
      {"an old address at the end", at(Role::system, "A", [](Answer& a) { a.addresses = {ip(other_ipv4)}; }), "right dns.stale-cache likely"},
      {"the end has no records, which resolvers that remember some do not know yet",
       [](Evidence& e) {
         for (auto& answer : e.dns->names[0].answers)
           if (answer.question == "pi.dyn.example.") nxdomain(answer);
       },
       "wrong dns.name-missing certain"},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    CHECK(said(both(leads_out, row.change)) == row.expected);
  }
}

TEST_CASE("where something answers in place of every server, the zone's own servers are unknown") {
  struct Row {
    const char* what;
    Change change;
    const char* expected;
  };
  const auto zone = Role::authoritative;
  // What a forwarder on the way makes of a question to a server of the zone.
  const auto forwarded = [](Answer& a) { a.authoritative = false, a.recursion_available = true; };
  const auto refused = [](Answer& a) { a.authoritative = false, a.rcode = "REFUSED", a.addresses.clear(); };
  const auto second = [](const std::function<void(Answer&)>& change) {
    return at(Role::authoritative, "", [=](Answer& a) { if (a.server.address == ip("195.20.2.2")) change(a); });
  };
  const auto fails = [](Answer& a) { a.rcode = "SERVFAIL", a.addresses.clear(); };
  const Row rows[] = {
      {"it answers from its cache", at(zone, "", forwarded), "right"},
      {"it has the A record alone, and no AAAA", both(at(zone, "", forwarded), at(zone, "AAAA", nodata)), "right"},
      {"and the one public resolver that it asks is behind the times",
       both(at(zone, "", forwarded), at(Role::public_resolver, "A", with_soa(nodata))), "right"},
      {"it refuses questions without recursion", at(zone, "", refused), "right"},
      {"one server refuses, its sister has authority", second(refused), "right dns.lame-server likely"},
      {"one server has no authority and nothing to say",
       second([](Answer& a) { a.authoritative = false, a.addresses.clear(); }), "right dns.lame-server likely"},
      {"every server refuses, and nobody finds the name",
       both(at(zone, "", refused), both(at(Role::system, "", fails), at(Role::public_resolver, "", fails))), "unknown dns.lame-server likely"},
      {"it has the name in its own hosts file, and the other type from its cache",
       both(at(zone, "AAAA", forwarded), at(zone, "A", [](auto& a) { a.recursion_available = true, a.addresses = {ip("192.168.1.10")}; })), "right"},
      {"an intercepted public resolver gives the view for the inside",
       both(at(zone, "", forwarded), at(Role::public_resolver, "A", [](auto& a) { a.addresses = {ip("192.168.1.10")}; })), "unknown"},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    CHECK(said(row.change) == row.expected);
  }
}

TEST_CASE("signatures are bogus where it is said, or where two resolvers find them so") {
  struct Row {
    const char* what;
    Change change;
    const char* expected;
  };
  const auto bogus = [](Answer& a) { a.rcode = "SERVFAIL", a.addresses.clear(), a.unchecked_rcode = "NOERROR"; };
  const auto said_so = [=](Answer& a) { bogus(a), a.unchecked_rcode.reset(), a.extended_error = 7; };
  const auto one = [](const std::function<void(Answer&)>& change) {
    return at(Role::public_resolver, "", [=](Answer& a) { if (a.server.address == ip("9.9.9.9")) change(a); });
  };
  const auto others_silent = at(Role::public_resolver, "", [](Answer& a) {
    if (a.server.address != ip("9.9.9.9")) a.rcode.reset(), a.addresses.clear();
  });
  const auto validated = at(Role::public_resolver, "", [](Answer& a) { a.authentic = a.rcode == "NOERROR"; });
  const Row rows[] = {
      {"one resolver alone, others answer", at(Role::system, "", bogus), "right"},
      {"one resolver alone, and nobody else was asked",
       both(at(Role::system, "", bogus), without(Role::public_resolver)), "right dns.bogus possible"},
      {"two public resolvers", at(Role::public_resolver, "", bogus), "right dns.bogus certain"},
      {"this network's and a public one, and no other was asked",
       both(at(Role::system, "", bogus), both(one(bogus), others_silent)), "right dns.bogus certain"},
      {"this network's and a public one, and another public one answers", both(at(Role::system, "", bogus), one(bogus)), "right dns.bogus possible"},
      {"one says that a signature has expired", both(one(said_so), others_silent), "right dns.bogus likely"},
      {"one says that a signature has expired, another public one answers", one(said_so), "right dns.bogus possible"},
      {"one says so, another one has validated the name", both(one(said_so), validated), "right dns.bogus possible"},
      {"this network's fails, a public one has validated the name", both(at(Role::system, "", bogus), validated), "right"},
      {"it fails without validation too", at(Role::public_resolver, "", [=](Answer& a) { bogus(a), a.unchecked_rcode = "SERVFAIL"; }), "right"},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    CHECK(said(row.change) == row.expected);
  }
  const auto alone = diagnose(with(asked(), both(at(Role::system, "", bogus), without(Role::public_resolver))));
  CHECK(found(alone, "dns.bogus")->severity == Severity::warning);
}

TEST_CASE("a resolver that was never asked is not called broken") {
  const auto trouble = [](const char* text) {
    return at(Role::system, "", [=](Answer& a) { a.rcode.reset(), a.addresses.clear(), a.trouble = text; });
  };
  const auto is_broken = [&](const Change& change) { return found(diagnose(with(asked(), change)), "dns.resolver-broken") != nullptr; };
  CHECK(is_broken(trouble("no answer, asked 4 times in 2000 ms")));
  CHECK_FALSE(is_broken(trouble("not asked: the deadline came first")));
  CHECK_FALSE(is_broken(trouble("no route to fe80::1")));
}

TEST_CASE("an answer of nothing but junk is no filter") {
  const auto junk = [](Answer& a) {
    nodata(a), a.rcode.reset();
    a.trouble = "its answer holds records, and none of them answers the question";
  };
  CHECK(said(at(Role::system, "", junk)) == "right");
  const auto d = diagnose(with(asked(), at(Role::system, "", junk)));
  CHECK(found(d, "dns.resolver-broken"));
  CHECK_FALSE(found(d, "dns.resolver-filters"));
}

TEST_CASE("what a resolver's wrong answer rests on is said") {
  const auto system = Role::system, outside = Role::public_resolver;
  struct Row {
    const char* what;
    Change change;
    const char* code;
    std::string says;
  };
  const auto has_no = [](const char* server, const char* still, const char* type, const char* for_so_long, const char* address) {
    return fmt::format("{}{} says that home.example.org has no {} record{}; the zone has {}.", server, still, type, for_so_long, address);
  };
  const auto here_no_aaaa = has_no("192.168.1.1", "", "AAAA", "", stable);
  const Row rows[] = {
      {"a remembered no", at(system, "AAAA", with_soa(nodata)), "dns.stale-cache",
       has_no("192.168.1.1", " still", "AAAA", ", and may do so for another 900 s", stable)},
      {"a remembered no outside", at(outside, "A", with_soa(nodata)), "dns.stale-cache",
       has_no("9.9.9.9", " still", "A", ", and may do so for another 900 s", public_ipv4)},
      {"it says that it is stale", at(system, "", with_error(19, nxdomain)), "dns.stale-cache", has_no("192.168.1.1", " still", "A", "", public_ipv4)},
      {"an old address", at(system, "A", gives(other_ipv4)), "dns.stale-cache",
       "192.168.1.1 still gives 93.184.99.99 for home.example.org for another 300 s; the zone has 93.184.20.30."},
      {"an old address, and for how long is not known", at(system, "A", [](Answer& a) { a.addresses = {ip(other_ipv4)}, a.ttl_s.reset(); }), "dns.stale-cache",
       "192.168.1.1 still gives 93.184.99.99 for home.example.org; the zone has 93.184.20.30."},
      {"it remembers, or filters", at(system, "", nxdomain), "dns.stale-cache",
       here_no_aaaa + " It remembers an earlier \"no\", or it filters (rebind protection): the two look alike."},
      {"it says that it filters", at(system, "AAAA", with_error(17, nodata)), "dns.resolver-filters", here_no_aaaa + " It says itself that it filters."},
      {"it says so of the other type alone", both(at(system, "A", with_error(15, nxdomain)), at(system, "AAAA", nxdomain)), "dns.resolver-filters",
       here_no_aaaa + " It says itself that it filters."},
      {"others have the record", at(system, "AAAA", nodata), "dns.resolver-filters", here_no_aaaa + " Public resolvers have it."},
      {"nobody else was asked", both(at(system, "AAAA", nodata), without(outside)), "dns.resolver-filters",
       here_no_aaaa + " A resolver that remembers the time before the record was there can look the same."},
      {"it blocks the other record", both(at(system, "A", gives("0.0.0.0")), at(system, "AAAA", nodata)), "dns.resolver-filters",
       here_no_aaaa + " It blocks the other record of the name."},
      {"it gives an address that leads nowhere", at(system, "A", gives("0.0.0.0")), "dns.resolver-filters",
       "192.168.1.1 blocks home.example.org: it gives 0.0.0.0 as its A record; the zone has 93.184.20.30."},
      {"it refuses", at(system, "", with_error(16, [](Answer& a) { nodata(a), a.rcode = "REFUSED"; })), "dns.resolver-filters",
       "192.168.1.1 blocks home.example.org: its answer is REFUSED; the zone has 93.184.20.30. It says itself that it filters."},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    const auto d = diagnose(with(asked(), row.change));
    std::vector<std::string> details;
    for (const auto& f : d.findings)
      if (f.code == row.code) details.push_back(f.detail);
    INFO(fmt::format("{}", fmt::join(details, "\n")));
    CHECK(std::ranges::find(details, row.says) != details.end());
  }
}
