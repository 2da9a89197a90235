/// What the zone's own servers, and the zone above, say differently.
#include "support/catch.hpp"

#include "signatures.hpp"

using namespace ringback;
using namespace ringback::build;
using namespace ringback::build::signatures;
using Catch::Contains;

namespace {

const char* const name_servers[] = {"195.20.1.1", "2a00:20::1", "195.20.2.2", "2a00:20::2"};   // ns1 and ns2, each over IPv4 and IPv6

/// In turn what they say of the A record.
Evidence served(const std::vector<std::vector<const char*>>& said) {
  auto e = signed_household();
  auto& answers_about_name = e.dns->names[0].answers;
  std::erase_if(answers_about_name, [](const auto& a) { return a.role == Role::authoritative && a.type == "A"; });
  for (std::size_t i = 0; i < said.size(); ++i) {
    answers_about_name.push_back(answer(Role::authoritative, name_servers[i], "A", said[i]));
    answers_about_name.back().server_name = i < 2 ? "ns1.example.org." : "ns2.example.org.";
  }
  return e;
}

/// And of the version of the zone that they have.
Evidence served(const std::vector<std::vector<const char*>>& said, const std::vector<unsigned>& serials) {
  auto e = served(said);
  auto& zone = e.dns->zones.emplace_back(dns::Zone{"example.org", {}});
  for (std::size_t i = 0; i < serials.size(); ++i) {
    auto& soa = zone.answers.emplace_back(answer(Role::authoritative, name_servers[i], "SOA", {}, "example.org."));
    soa.serial = serials[i];
  }
  return e;
}

std::string disagreement_in(const Evidence& e) {
  const auto d = diagnose(e);
  const auto* f = found(d, "dns.servers-disagree");
  return f ? std::string(to_string(f->confidence)) : "agreed";
}

/// The zone above names these, and the zone itself those.
std::string delegation_detail(const std::vector<std::string>& above, const std::vector<std::string>& own) {
  auto e = signed_household();
  e.dns->names[0].delegations = {
      {.zone = "org.", .server = at("199.19.56.1:53"), .server_name = "a0.org.", .child = "example.org.", .servers = above}};
  auto& zone = e.dns->zones.emplace_back(dns::Zone{"example.org", {}});
  zone.answers.push_back(answer(Role::authoritative, "195.20.1.1", "NS", {}, "example.org."));
  zone.answers.back().names = own;
  const auto d = diagnose(e);
  const auto* f = found(d, "dns.delegation-differs");
  if (!f) return "";
  CHECK(f->severity == Severity::info);
  return f->detail;
}

}  // namespace

TEST_CASE("servers that keep to different words disagree; what varies by itself may be on purpose") {
  const std::vector<const char*> here{public_ipv4}, there{other_ipv4}, nothing;
  struct Row {
    const char* what;
    Evidence evidence;
    const char* expected;
  };
  const std::vector<const char*> pool[] = {{"93.184.1.1", "93.184.1.2"}, {"93.184.1.3", "93.184.1.4"}, {"93.184.1.2", "93.184.1.5"},
                                           {"93.184.1.6", "93.184.1.1"}};
  const std::vector<const char*> turned{pool[0][1], pool[0][0]};
  const Row rows[] = {
      {"all say the same", served({here, here, here, here}), "agreed"},
      {"the same addresses in another order", served({pool[0], turned, pool[0], turned}), "agreed"},
      {"each server keeps to its word", served({here, here, there, there}), "certain"},
      {"each server keeps to its word, and one has an older zone", served({here, here, there, there}, {42, 42, 41, 41}), "certain"},
      {"each server keeps to its word, and both have the same zone: by chance, out of a pool", served({here, here, there, there}, {42, 42, 42, 42}),
       "likely"},
      {"the second one was heard once", served({here, here, there}), "likely"},
      {"each server says the one and the other", served({here, there, here, there}), "likely"},
      {"one server keeps to its word, the other does not", served({here, here, there, here}), "likely"},
      {"some addresses at a time, out of a pool: no two answers alike", served({pool[0], pool[1], pool[2], pool[3]}), "likely"},
      {"the same, and each server has a version of its own", served({pool[0], pool[1], pool[2], pool[3]}, {7, 7, 9, 9}), "likely"},
      {"one server has nothing", served({here, here, nothing}), "certain"},
      {"one server has nothing, and says that it has the same zone", served({here, here, nothing, nothing}, {42, 42, 42, 42}), "certain"},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    CHECK(disagreement_in(row.evidence) == row.expected);
  }
  const auto of_one_version = diagnose(served({here, here, there, there}, {42, 42, 42, 42}));
  CHECK_THAT(found(of_one_version, "dns.servers-disagree")->detail, Contains("the same zone (serial 42)") && Contains("on purpose"));
}

TEST_CASE("the server with the older zone is named, though serial numbers go round") {
  constexpr auto greatest = 4294967295U, half = 2147483648U;
  const std::vector<const char*> here{public_ipv4}, there{other_ipv4};
  struct Row {
    const char* what;
    std::vector<unsigned> serials;
    const char* says;
  };
  const Row rows[] = {
      {"the second one's is smaller", {42, 42, 41, 41},
       " ns2.example.org. (195.20.2.2) has the older zone (serial 41, and 42 at ns1.example.org. (195.20.1.1)): it was not told of the change, or could not "
       "fetch it."},
      {"the first one's is smaller", {2026010101, 2026010101, 2026010102, 2026010102},
       " ns1.example.org. (195.20.1.1) has the older zone (serial 2026010101, and 2026010102 at ns2.example.org. (195.20.2.2)):"},
      {"the numbers have begun anew", {greatest, greatest, 1, 1},
       " ns1.example.org. (195.20.1.1) has the older zone (serial 4294967295, and 1 at ns2.example.org. (195.20.2.2)):"},
      {"the same, the other way round", {0, 0, greatest, greatest},
       " ns2.example.org. (195.20.2.2) has the older zone (serial 4294967295, and 0 at ns1.example.org. (195.20.1.1)):"},
      {"almost half of the numbers between them", {half - 1, half - 1, 0, 0}, " ns2.example.org. (195.20.2.2) has the older zone (serial 0, and 2147483647 at"},
      {"half of the numbers between them", {half, half, 0, 0}, " They have different zones (serial 2147483648 and 0)."},
      {"the same number", {7, 7, 7, 7}, " Both say that they have the same zone (serial 7): it was changed without a new number"},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    const auto d = diagnose(served({here, here, there, there}, row.serials));
    REQUIRE(found(d, "dns.servers-disagree"));
    CHECK_THAT(found(d, "dns.servers-disagree")->detail,
               Contains(fmt::format("home.example.org A: ns1.example.org. (195.20.1.1) says {}, ns2.example.org. (195.20.2.2) says {}.{}", public_ipv4,
                                    other_ipv4, row.says)));
  }
  const auto unknown = diagnose(served({here, here, there, there}, {42, 42}));   // the second server's is not known
  REQUIRE(found(unknown, "dns.servers-disagree"));
  CHECK_THAT(found(unknown, "dns.servers-disagree")->detail, !Contains("serial"));
}

TEST_CASE("where servers disagree, it is said whose answer was validated") {
  const std::vector<const char*> here{public_ipv4}, there{other_ipv4};
  const auto detail = [&](const std::vector<std::vector<const char*>>& said, const std::vector<Address>& proven) {
    auto e = served(said);
    e.dns->names[0].dnssec = judged(Security::secure, SecurityReason::fits, resolvers_alone);
    e.dns->names[0].dnssec->proven = proven;
    const auto d = diagnose(e);
    REQUIRE(found(d, "dns.servers-disagree"));
    return found(d, "dns.servers-disagree")->detail;
  };
  const std::vector<Address> signed_records{ip(public_ipv4), ip(stable)}, others{ip("93.184.1.1"), ip(stable)};
  CHECK_THAT(detail({here, here, there, there}, signed_records), Contains("What ns1.example.org. (195.20.1.1) says is what was validated here."));
  CHECK_THAT(detail({there, there, here, here}, signed_records), Contains("What ns2.example.org. (195.20.2.2) says is what was validated here."));
  CHECK_THAT(detail({here, here, there, there}, others), Contains("What was validated here is neither: 93.184.1.1."));
  CHECK_THAT(detail({here, here, there, there}, {}), !Contains("validated"));
}

TEST_CASE("a zone above that names other servers is told of in a sentence, however many they are") {
  std::vector<std::string> many, more;
  for (int i = 1; i <= 20; ++i) many.push_back(fmt::format("ns{}.example.net.", i));
  more = many;
  more.emplace_back("another.example.net.");
  CHECK(delegation_detail({"ns1.example.org."}, {"NS1.example.org"}).empty());
  CHECK_THAT(delegation_detail({"ns1.example.org.", "old.example.org."}, {"ns1.example.org."}),
             Contains("delegated to ns1.example.org., old.example.org. by a0.org.") && Contains("Visitors are led to old.example.org. though"));
  const auto detail = delegation_detail(many, {"ns.example.org."});
  CHECK_THAT(detail, Contains("ns8.example.net. and 12 more by a0.org.") && Contains("led to ns1.example.net.") && !Contains("ns9.example.net."));
  CHECK_THAT(delegation_detail(many, more), Contains("its own servers name ns1.example.net.") && Contains("ns8.example.net. and 13 more."));
}

TEST_CASE("who serves the end of an alias is judged as well where the alias alone is asked for") {
  const std::vector<const char*> here{public_ipv4}, there{other_ipv4};
  // The name's own zone rightly knows the alias alone; the dynamic zone is served by others.
  const auto alias = [&](const std::vector<std::vector<const char*>>& said, unsigned ttl_s = 60) {
    auto e = served({{}, {}, {}, {}});
    auto& n = e.dns->names[0];
    for (auto& a : n.answers)
      if (a.role == Role::authoritative) a.addresses.clear(), a.names = {"pi.dyn.example."};
    n.alias_end = dns::AliasEnd{.name = "pi.dyn.example.", .zone = "dyn.example.", .delegations = {}};
    const char* const servers[] = {"195.20.7.1", "195.20.7.2"};
    for (std::size_t i = 0; i < said.size(); ++i) {
      n.answers.push_back(answer(Role::authoritative, servers[i], "A", said[i], "pi.dyn.example."));
      n.answers.back().server_name = i == 0 ? "ns1.dyn.example." : "ns2.dyn.example.";
      n.answers.back().ttl_s = ttl_s;
    }
    return e;
  };
  const auto detail = [](const Evidence& e, std::string_view code) {
    const auto d = diagnose(e);
    const auto* f = found(d, code);
    return f ? f->detail : std::string();
  };
  for (const auto* code : {"dns.servers-disagree", "dns.lame-server", "dns.ttl-long", "dns.delegation-differs"}) CHECK(detail(alias({here, here}), code).empty());
  CHECK_THAT(detail(alias({here, there}), "dns.servers-disagree"),
             Catch::StartsWith("pi.dyn.example, which ") && Contains(" is an alias of: A: ns1.dyn.example. (195.20.7.1) says"));
  CHECK_THAT(detail(alias({here, here}, 86400), "dns.ttl-long"), Contains("pi.dyn.example, which ") && Contains("A may be kept for 24 hours"));

  auto lame = alias({here, {}});
  lame.dns->names[0].answers.back().rcode = "REFUSED";
  lame.dns->names[0].answers.back().authoritative = false;
  CHECK_THAT(detail(lame, "dns.lame-server"), Contains("ns2.dyn.example. (195.20.7.2) answers REFUSED to the question for pi.dyn.example."));

  auto differs = alias({here, here});
  differs.dns->names[0].alias_end->delegations = {
      {.zone = "example.", .server = at("199.19.56.1:53"), .server_name = "a0.example.", .child = "dyn.example.", .servers = {"ns1.dyn.example.", "ns3.dyn.example."}}};
  auto& zone = differs.dns->zones.emplace_back(dns::Zone{"dyn.example.", {}});
  zone.answers.push_back(answer(Role::authoritative, "195.20.7.1", "NS", {}, "dyn.example."));
  zone.answers.back().names = {"ns1.dyn.example.", "ns2.dyn.example."};
  CHECK_THAT(detail(differs, "dns.delegation-differs"), Contains("dyn.example. is delegated to ns1.dyn.example., ns3.dyn.example. by a0.example."));
  const auto d = diagnose(differs);
  CHECK(std::ranges::find(found(d, "dns.delegation-differs")->evidence, "/evidence/dns/names/0/alias_end/delegations/0") !=
        found(d, "dns.delegation-differs")->evidence.end());

  // A long alias to an end with a short life does no harm: where the home moves to, the end follows.
  auto long_alias = alias({here, here});
  for (auto& a : long_alias.dns->names[0].answers)
    if (a.role == Role::authoritative && a.addresses.empty()) a.ttl_s = 86400;
  CHECK(detail(long_alias, "dns.ttl-long").empty());
}
