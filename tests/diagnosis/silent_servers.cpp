/// Name servers that say nothing: who is at fault, and who may be.
#include "support/catch.hpp"

#include "build.hpp"

using namespace ringback;
using namespace ringback::build;
using Catch::Contains;
using dns::Answer;
using dns::Role;

namespace {

using Happenings = std::vector<std::function<void(Evidence&)>>;

const char* const ns1 = "195.20.1.1";
const char* const ns2 = "195.20.2.2";

/// A zone with two servers, each with one address; the name leads home, and two resolvers know it.
Evidence served_by_two() {
  auto e = plain_nat();
  native_ipv6(e);
  add(e, connected(Family::ipv4));
  add(e, connected(Family::ipv6));
  name(e, {public_ipv4}, {stable});
  auto& answers = e.dns->names[0].answers;
  answers.push_back(answer(Role::public_resolver, "9.9.9.9", "A", {public_ipv4}));
  answers.push_back(answer(Role::public_resolver, "9.9.9.9", "AAAA", {stable}));
  auto& zone = e.dns->zones.emplace_back(dns::Zone{"example.org", {}});
  for (const auto* server : {ns1, ns2})
    for (const auto* type : {"SOA", "NS"}) zone.answers.push_back(answer(Role::authoritative, server, type, {}, "example.org."));
  for (auto* list : {&answers, &zone.answers})
    for (auto& a : *list) {
      a.recursion_available = a.role != Role::authoritative;
      if (a.server.address == ip(ns2)) a.server_name = "ns2.example.org.";
    }
  return e;
}

void of_all_answers(Evidence& e, const std::function<void(Answer&)>& change) {
  for (auto& n : e.dns->names)
    for (auto& a : n.answers) change(a);
  for (auto& zone : e.dns->zones)
    for (auto& a : zone.answers) change(a);
}

struct Instead {
  std::string trouble;
  unsigned sent_in_vain = 0;
  std::optional<dns::IcmpWord> icmp{};
};
Instead trouble(const char* what) { return {what}; }
Instead silence(unsigned sendings) { return {"no answer", sendings}; }
Instead icmp(const char* from, unsigned type, unsigned code) { return {"unreachable", 0, dns::IcmpWord{ip(from), type, code}}; }

/// Of this server's questions, or of those of these types, this became.
std::function<void(Evidence&)> no_word(const char* server, const Instead& instead, const std::vector<std::string>& types = {}) {
  return [=](Evidence& e) {
    of_all_answers(e, [&](Answer& a) {
      if (a.server.address != ip(server) || (!types.empty() && std::ranges::find(types, a.type) == types.end())) return;
      a.rcode.reset(), a.authoritative = false, a.addresses.clear();
      a.trouble = instead.trouble, a.sent_in_vain = instead.sent_in_vain, a.icmp = instead.icmp;
    });
  };
}
std::function<void(Evidence&)> hushed(const char* server) { return no_word(server, silence(4)); }
std::function<void(Evidence&)> gives_up(const char* server, std::optional<unsigned> why = {}) {
  return [=](Evidence& e) {
    of_all_answers(e, [&](Answer& a) {
      if (a.server.address == ip(server)) a.rcode = "SERVFAIL", a.authoritative = false, a.addresses.clear(), a.extended_error = why;
    });
  };
}

/// A server of the zone above answered.
std::function<void(Evidence&)> led_down_by(const char* server) {
  return [=](Evidence& e) {
    e.dns->names[0].delegations = {{.zone = "org.", .server = {ip(server), 53}, .server_name = "a0.org.", .child = "example.org.",
                                    .servers = {"ns1.example.org.", "ns2.example.org."}}};
  };
}

std::function<void(Evidence&)> moved_to(const char* from, const char* to) {
  return [=](Evidence& e) { of_all_answers(e, [&](Answer& a) { if (a.server.address == ip(from)) a.server.address = ip(to); }); };
}

Diagnosis diagnosed_after(const Happenings& changes) {
  auto e = served_by_two();
  for (const auto& change : changes) change(e);
  return diagnose(e);
}

std::string blame_on_servers(const Diagnosis& d) {
  const auto* f = found(d, "dns.lame-server");
  const auto verdict = std::string(to_string(d.names.at(0).verdict));
  return f ? fmt::format("{} {} {}", verdict, to_string(f->confidence), to_string(f->severity)) : verdict;
}

const char* const resolver_inside = "192.168.1.1";
const char* const resolver_outside = "9.9.9.9";

}  // namespace

TEST_CASE("a server that leaves every question unanswered is named where a sister answers, and one that was not asked often enough is not") {
  const auto machine_off = icmp("62.155.1.1", 3, 1);
  struct Row {
    const char* what;
    Happenings changes;
    const char* expected;
  };
  const Row rows[] = {
      {"both answer", {}, "right"},
      {"one says nothing", {hushed(ns2)}, "right likely warning"},
      {"of many names: this one was asked for no more, and the zone had been",
       {hushed(ns2), no_word(ns2, trouble("not asked: no answer to earlier questions"), {"A", "AAAA"})}, "right likely warning"},
      {"one question alone was sent often",
       {hushed(ns2), no_word(ns2, trouble("not asked: no answer to earlier questions"), {"A", "AAAA", "NS"})}, "right"},
      {"the deadline came early", {no_word(ns2, silence(2))}, "right"},
      {"the deadline came late", {no_word(ns2, silence(4))}, "right likely warning"},
      {"it was never asked", {no_word(ns2, trouble("not asked: the deadline came first"))}, "right"},
      {"there is no way to it", {no_word(ns2, trouble("no route: there is no way out over ipv4"))}, "right"},
      {"it answers for the zone", {no_word(ns2, silence(4), {"A", "AAAA"})}, "right"},
      {"something that was not believed came from it",
       {hushed(ns2), [](Evidence& e) { of_all_answers(e, [](Answer& a) { if (!a.rcode) a.rejected = {"the message is broken"}; }); }}, "right"},
      {"questions to the sister are lost as well", {hushed(ns2), no_word(ns1, silence(4), {"AAAA"})}, "right"},
      {"it says itself that nothing is there", {no_word(ns2, icmp("195.20.2.2", 3, 3))}, "right likely warning"},
      {"the router before it finds no such machine", {no_word(ns2, machine_off)}, "right likely warning"},
      {"the home router finds none", {no_word(ns2, icmp("192.168.1.1", 3, 1))}, "right"},
      {"somebody on the way does not let it pass", {no_word(ns2, icmp("62.155.1.1", 3, 13))}, "right"},
      {"this host's own filter rejects it", {no_word(ns2, trouble("port unreachable, says this host's kernel"))}, "right"},
      {"it is at home, and silent towards the inside", {moved_to(ns2, public_ipv4), hushed(public_ipv4)}, "right"},
      {"nobody is heard over its family", {moved_to(ns2, "2a00:20::2"), hushed("2a00:20::2")}, "right"},
      {"others are heard over its family", {moved_to(ns2, "2a00:20::2"), hushed("2a00:20::2"), led_down_by("2001:500:e::1")}, "right likely warning"},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    CHECK(blame_on_servers(diagnosed_after(row.changes)) == row.expected);
  }
  CHECK(found(diagnosed_after({hushed(ns2)}), "dns.lame-server")->detail ==
        "ns2.example.org. (195.20.2.2) gave no answer to 4 questions, each sent 4 times, while ns1.example.org. (195.20.1.1) answered. Resolvers "
        "that ask it first wait for it in vain.");
  CHECK_THAT(found(diagnosed_after({no_word(ns2, machine_off)}), "dns.lame-server")->detail,
             Contains("ns2.example.org. (195.20.2.2) gave no answer: unreachable, says 62.155.1.1, while ns1"));
}

TEST_CASE("a server that is silent at one of its addresses is heard at the other") {
  const auto d = diagnosed_after({hushed(ns2), led_down_by("199.19.56.1"), [](Evidence& e) {
                          e.dns->names[0].answers.push_back(answer(Role::authoritative, "2a00:20::2", "A", {public_ipv4}));
                          e.dns->names[0].answers.back().server_name = "ns2.example.org.";
                        }});
  CHECK(blame_on_servers(d) == "right likely warning");
  CHECK_THAT(found(d, "dns.lame-server")->detail, Contains("ns2.example.org. (195.20.2.2) gave no answer") && Contains("At 2a00:20::2 it is heard."));
}

TEST_CASE("of many names in one zone its silent server is told of once, and of each zone by itself") {
  auto e = served_by_two();
  for (const auto* zone : {"example.org", "EXAMPLE.org.", "example.net"}) {
    auto another = e.dns->names[0];
    another.name = fmt::format("another{}.{}", e.dns->names.size(), zone);
    another.zone = zone;
    for (auto& a : another.answers) a.question = another.name + ".";
    e.dns->names.push_back(another);
    e.request.names.push_back(another.name);
  }
  hushed(ns2)(e);
  const auto d = diagnose(e);
  std::vector<std::string> told_of;
  for (const auto& f : d.findings)
    if (f.code == "dns.lame-server") told_of.push_back(*f.subject.name);
  CHECK(told_of == std::vector<std::string>{"home.example.org", "another3.example.net"});
}

TEST_CASE("where no server of a zone answers, others bear witness whose fault it is") {
  const auto both_silent = [](const Happenings& further) {
    Happenings all{hushed(ns1), hushed(ns2)};
    all.insert(all.end(), further.begin(), further.end());
    return all;
  };
  const auto root_answers = led_down_by("199.19.56.1");
  const auto remembers = [](Evidence& e) {
    of_all_answers(e, [](Answer& a) { if (a.role == Role::system) a.extended_error = 3U; });
  };
  const auto not_asked = [](Evidence& e) {
    std::erase_if(e.dns->names[0].answers, [](const Answer& a) { return a.role != Role::authoritative; });
  };
  const auto for_signatures = [](Evidence& e) { of_all_answers(e, [](Answer& a) { if (a.rcode == "SERVFAIL") a.unchecked_rcode = "NOERROR"; }); };
  struct Row {
    const char* what;
    Happenings changes;
    const char* expected;
  };
  const Row rows[] = {
      {"this network lets no such questions out", both_silent({hushed(resolver_outside)}), "right"},
      {"it lets those to well-known resolvers out", both_silent({}), "right"},
      {"it lets them out, and resolvers find the name", both_silent({root_answers}), "right possible info"},
      {"it lets them out, and no resolver answers", both_silent({root_answers, hushed(resolver_inside), hushed(resolver_outside)}),
       "unknown likely error"},
      {"it lets them out, and resolvers fail", both_silent({root_answers, gives_up(resolver_inside), gives_up(resolver_outside)}),
       "unknown likely error"},
      {"nobody answers anything", both_silent({hushed(resolver_inside), hushed(resolver_outside)}), "unknown"},
      {"a resolver outside fails", both_silent({hushed(resolver_inside), gives_up(resolver_outside)}), "unknown likely error"},
      {"a resolver outside fails for the signatures' sake", both_silent({hushed(resolver_inside), gives_up(resolver_outside), for_signatures}), "unknown"},
      {"the one here fails, and nobody outside is heard", both_silent({gives_up(resolver_inside, 22), hushed(resolver_outside)}), "unknown"},
      {"the one here gives what it remembers", both_silent({root_answers, remembers, hushed(resolver_outside)}), "right likely warning"},
      {"one server refuses, the other one is silent",
       {hushed(ns2), gives_up(ns1), root_answers, hushed(resolver_inside), hushed(resolver_outside)}, "unknown likely error"},
      {"one server was not asked at all",
       both_silent({no_word(ns1, trouble("not asked: the deadline came first")), root_answers, hushed(resolver_inside), hushed(resolver_outside)}),
       "unknown"},
      {"one server has no way that leads to it",
       both_silent({no_word(ns1, trouble("no route: there is no way out over ipv4")), root_answers, hushed(resolver_inside), hushed(resolver_outside)}),
       "unknown likely error"},
      {"no resolver was asked", both_silent({root_answers, not_asked}), "unknown"},
      {"one server was not asked often enough",
       both_silent({no_word(ns1, silence(3)), root_answers, hushed(resolver_inside), hushed(resolver_outside)}),
       "unknown"},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    CHECK(blame_on_servers(diagnosed_after(row.changes)) == row.expected);
  }
  const auto nobody = diagnosed_after(both_silent({root_answers, hushed(resolver_inside), hushed(resolver_outside)}));
  const auto* f = found(nobody, "dns.lame-server");
  REQUIRE(f);
  CHECK(f->title == "No name server of the domain answers");
  CHECK(f->detail == "None of the name servers of example.org that could be asked answers for it: ns1.example.org. (195.20.1.1), "
                     "ns2.example.org. (195.20.2.2) gave no answer to 8 questions, each sent 4 times, while servers of other zones answered. No "
                     "resolver that was asked finds the name.");
  REQUIRE_FALSE(f->remedies.empty());
  CHECK(f->remedies.front().title == "Get the domain's name servers to answer");
  CHECK(std::ranges::find(f->evidence, "/evidence/dns/names/0/delegations/0") != f->evidence.end());
  CHECK_THAT(found(diagnosed_after(both_silent({hushed(resolver_inside), gives_up(resolver_outside, 22)})), "dns.lame-server")->detail,
             Contains("9.9.9.9 says that it reaches none of them (RFC 8914)."));
  CHECK_THAT(found(diagnosed_after(both_silent({root_answers, remembers, hushed(resolver_outside)})), "dns.lame-server")->detail,
             Contains("192.168.1.1 gives what it remembers, and no resolver has anything newer."));
  const auto one_refuses = diagnosed_after({hushed(ns2), gives_up(ns1), root_answers, hushed(resolver_inside), hushed(resolver_outside)});
  CHECK_THAT(found(one_refuses, "dns.lame-server")->detail,
             Contains("that could be asked answers for it: ns2.example.org. (195.20.2.2) gave no answer to 4 questions"));
}
