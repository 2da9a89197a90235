/// Whose refusals count, and whom they accuse.
#include "support/catch.hpp"

#include "signatures.hpp"

using namespace ringback;
using namespace ringback::build;
using namespace ringback::build::signatures;
using Catch::Contains;

namespace {

using Circumstances = std::vector<std::function<void(Evidence&)>>;

const auto home_resolver = "192.168.1.1";

std::function<void(Evidence&)> resolver(Role role, const char* server, Word word) {
  return [=](Evidence& e) { let_say(e, role, server, word); };
}

/// Of one type it says something else.
std::function<void(Evidence&)> of_type(const char* server, const char* type, const std::function<void(dns::Answer&)>& change) {
  return [=](Evidence& e) {
    for (auto& a : e.dns->names[0].answers)
      if (a.server.address == ip(server) && a.type == type) change(a);
  };
}

void failed(dns::Answer& a) { a.rcode = "SERVFAIL", a.addresses.clear(), a.unchecked_rcode = "NOERROR"; }
void failed_and_said(dns::Answer& a) { failed(a), a.extended_error = 9U; }
void was_silent(dns::Answer& a) { a.rcode.reset(), a.addresses.clear(), a.trouble = "no answer, asked 4 times in 2000 ms"; }

std::function<void(Evidence&)> another_name(const char* rcode) {
  return [=](Evidence& e) {
    e.dns->ipv4only.push_back(answer(Role::system, home_resolver, "AAAA", {}, "ipv4only.arpa."));
    e.dns->ipv4only.back().rcode = rcode;
  };
}

/// Two public resolvers answer, unless something else is said of them.
Diagnosis under(const std::optional<Dnssec>& own, const Circumstances& circumstances) {
  auto e = signed_household();
  for (const auto* server : {"9.9.9.9", "1.1.1.1"}) let_say(e, Role::public_resolver, server, answers);
  e.dns->names[0].dnssec = own;
  for (const auto& change : circumstances) change(e);
  return diagnose(e);
}

}  // namespace

TEST_CASE("a stray failure is no word on signatures, and the addresses of one operator are one voice") {
  const auto outside = Role::public_resolver;
  struct Row {
    const char* what;
    Circumstances circumstances;
    const char* expected;
  };
  const Row rows[] = {
      {"one operator fails once over each family, and answers the other type",
       {resolver(outside, "2620:fe::fe", answers), of_type("9.9.9.9", "AAAA", failed), of_type("2620:fe::fe", "AAAA", failed)}, ""},
      {"the same, and nobody else answers",
       {resolver(outside, "2620:fe::fe", answers), of_type("9.9.9.9", "AAAA", failed), of_type("2620:fe::fe", "AAAA", failed),
        resolver(outside, "1.1.1.1", silent), resolver(Role::system, home_resolver, silent)}, ""},
      {"one operator refuses by both its addresses, and this network's resolver answers",
       {resolver(outside, "9.9.9.9", fails), resolver(outside, "2620:fe::fe", fails), resolver(outside, "1.1.1.1", silent)}, ""},
      {"one operator refuses by both its addresses, and nobody else answers",
       {resolver(outside, "9.9.9.9", fails), resolver(outside, "2620:fe::fe", fails), resolver(outside, "1.1.1.1", silent),
        resolver(Role::system, home_resolver, silent)}, "dns.bogus possible"},
      {"it is this host's own resolver as well",
       {resolver(outside, "9.9.9.9", fails), resolver(Role::system, "9.9.9.9", fails), resolver(outside, "1.1.1.1", silent),
        resolver(Role::system, home_resolver, silent)}, "dns.bogus possible"},
      {"two operators refuse", {resolver(outside, "9.9.9.9", fails), resolver(outside, "1.1.1.1", fails)}, "dns.bogus certain"},
      {"two operators refuse, and a third one answers without a word on signatures",
       {resolver(outside, "9.9.9.9", fails), resolver(outside, "1.1.1.1", fails), resolver(outside, "194.242.2.2", answers)}, "dns.bogus possible"},
      {"two operators refuse, and a third one validates",
       {resolver(outside, "9.9.9.9", fails), resolver(outside, "1.1.1.1", fails), resolver(outside, "194.242.2.2", validates)}, ""},
      {"two operators refuse, and this network's forwarder says that it validated",
       {resolver(outside, "9.9.9.9", fails), resolver(outside, "1.1.1.1", fails), resolver(Role::system, home_resolver, validates)},
       "dns.bogus certain"},
      {"one says what is wrong with the AAAA record, and answers for the A record",
       {of_type("9.9.9.9", "AAAA", failed_and_said), resolver(outside, "1.1.1.1", silent)}, "dns.bogus possible"},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    CHECK(told(under(std::nullopt, row.circumstances)) == row.expected);
    CHECK(told(under(judged(Security::indeterminate, SecurityReason::stripped, resolvers_alone), row.circumstances)) == row.expected);
  }
}

TEST_CASE("this network's resolver is blamed for its clock where it refuses whatever it is asked, or what is known to be right") {
  const auto refuses_all = resolver(Role::system, home_resolver, fails);
  const auto unsigned_zone = judged(Security::insecure, SecurityReason::no_ds, {Role::public_resolver});
  const auto signed_zone = judged(Security::secure, SecurityReason::fits, {Role::public_resolver});
  auto passes_it_on = judged(Security::secure, SecurityReason::fits, resolvers_alone);
  auto passes_on_less = passes_it_on;
  passes_on_less.sources.back().security = Security::indeterminate;
  passes_on_less.sources.back().reason = SecurityReason::stripped;
  struct Row {
    const char* what;
    Dnssec own;
    Circumstances circumstances;
    const char* expected;
    const char* words;
  };
  const Row rows[] = {
      {"one failure, while the other type was answered", unsigned_zone, {of_type(home_resolver, "AAAA", failed), another_name("NOERROR")}, "", ""},
      {"one failure that says why, while the other type was answered", signed_zone,
       {of_type(home_resolver, "AAAA", failed_and_said), another_name("SERVFAIL")}, "", ""},
      {"one failure, and the other answer was lost", unsigned_zone,
       {of_type(home_resolver, "AAAA", failed), of_type(home_resolver, "A", was_silent), another_name("NOERROR")}, "", ""},
      {"the same, and it fails for another name too", unsigned_zone,
       {of_type(home_resolver, "AAAA", failed), of_type(home_resolver, "A", was_silent), another_name("SERVFAIL")},
       "dns.resolver-broken likely", "clock"},
      {"both types, and for another name too", signed_zone, {refuses_all, another_name("SERVFAIL")}, "dns.resolver-broken likely",
       "or those that it asks leave signatures out"},
      {"both types, while it answers for another name", signed_zone, {refuses_all, another_name("NOERROR")}, "dns.resolver-broken possible",
       "may give it other records"},
      {"both types, and what it passes on unchecked is right", passes_it_on, {refuses_all}, "dns.resolver-broken likely",
       "Its clock or its copy of the root's key (the trust anchor) is wrong."},
      {"both types, and what it passes on unchecked lacks the signatures", passes_on_less, {refuses_all, another_name("SERVFAIL")},
       "dns.resolver-broken likely", "Those that it asks give it other records, or leave signatures out."},
      {"both types, and it says that signatures are missing: EDE 10", signed_zone,
       {refuses_all, of_type(home_resolver, "A", [](dns::Answer& a) { a.extended_error = 10U; })}, "dns.resolver-broken likely",
       "Those that it asks give it other records, or leave signatures out."},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    const auto d = under(row.own, row.circumstances);
    CHECK(told(d) == row.expected);
    if (*row.words) CHECK_THAT(found(d, "dns.resolver-broken")->detail, Contains(row.words));
  }
}

TEST_CASE("the AD bit of a forwarder counts where its answer is what signatures prove") {
  const auto proven = judged(Security::secure, SecurityReason::fits, {Role::public_resolver});
  const Circumstances refused_outside{resolver(Role::public_resolver, "9.9.9.9", fails), resolver(Role::public_resolver, "1.1.1.1", fails),
                                      resolver(Role::system, home_resolver, validates)};
  CHECK(told(under(proven, refused_outside)).empty());
  auto of_a_view = refused_outside;
  of_a_view.push_back(of_type(home_resolver, "A", [](dns::Answer& a) { a.addresses = {ip("192.168.1.10")}; }));
  of_a_view.push_back(of_type(home_resolver, "AAAA", [](dns::Answer& a) { a.addresses = {ip("fd00::10")}; }));
  const auto d = under(proven, of_a_view);
  CHECK(told(d) == "dns.bogus possible");
  CHECK_THAT(found(d, "dns.bogus")->detail, Contains("not all servers of the zone may be of the same state"));
}

TEST_CASE("where public resolvers refuse what is proven, the server of the zone that says something else is named") {
  const auto d = under(judged(Security::secure, SecurityReason::fits, {Role::public_resolver}),
                       {resolver(Role::public_resolver, "9.9.9.9", fails), resolver(Role::public_resolver, "1.1.1.1", fails),
                        of_type("195.20.2.2", "A", [](dns::Answer& a) { a.addresses = {ip(other_ipv4)}; })});
  CHECK(told(d) == "dns.bogus possible");
  CHECK_THAT(found(d, "dns.bogus")->detail, Contains("(195.20.2.2) says 93.184.99.99, and 93.184.20.30 is what was proven."));
}
