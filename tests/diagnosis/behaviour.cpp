/// What the behaviour of translators towards this host's sockets tells, and what it does not (RFC 4787, RFC 5780).
#include "support/catch.hpp"

#include "households.hpp"

using namespace ringback;
using namespace ringback::build;
using Catch::Contains;

namespace {

/// One socket asks a server, that server's second address, and there a second port; another one heard from who was not asked.
stun::Behaviour treated(const char* mapped, const char* at_other_address, const char* at_other_port, bool lets_anybody_in = false) {
  return {.server = at("77.72.169.210:3478"), .other = at("77.72.169.211:3479"), .local = at("192.168.1.10:51000"), .mapped = at(mapped),
          .mapped_at_other_address = at(at_other_address), .mapped_at_other_port = at(at_other_port), .filter_tried = true,
          .heard_from_other_address = lets_anybody_in, .heard_from_other_port = lets_anybody_in};
}

stun::Behaviour keeps_one_port() { return treated("93.184.20.30:51000", "93.184.20.30:51000", "93.184.20.30:51000"); }

std::string reasons(const Evidence& e) { return fmt::format("{}", fmt::join(diagnose(e).connection.because, "\n")); }

std::string kind_of(const Evidence& e) {
  const auto c = diagnose(e).connection;
  return fmt::format("{} {}", to_string(c.ipv4.kind), to_string(c.confidence));
}

/// One socket and several servers, which see it at these ports.
Evidence seen_at(const std::vector<unsigned>& ports) {
  auto e = plain_nat();
  e.stun->observations.clear();
  unsigned server = 1;
  for (const auto port : ports)
    ask_stun(e, fmt::format("74.125.250.{}", server++).c_str(), "192.168.1.10:50001", fmt::format("{}:{}", public_ipv4, port).c_str());
  return e;
}

}  // namespace

TEST_CASE("a port for each destination is told, and is no reason for another kind of access") {
  const auto* symmetric = "a symmetric translator";
  CHECK_THAT(reasons(seen_at({40001, 40777, 41234})), Contains("Seen from 3 addresses") && Contains(symmetric));
  CHECK_THAT(reasons(seen_at({40001, 40777, 40001})), !Contains(symmetric));   // one server tells another tale
  CHECK_THAT(reasons(seen_at({40001, 40001})), !Contains(symmetric));
  CHECK_THAT(reasons(seen_at({40001})), !Contains(symmetric));
  CHECK(kind_of(seen_at({40001, 40777, 41234})) == kind_of(seen_at({40001, 40001, 40001})));

  const auto with_behaviour = [](Evidence e, const stun::Behaviour& behaviour) {
    e.stun->behaviours = {behaviour};
    return e;
  };
  const auto by_address = treated("93.184.20.30:40001", "93.184.20.30:42000", "93.184.20.30:42000");
  const auto by_port = treated("93.184.20.30:40001", "93.184.20.30:42000", "93.184.20.30:42001");
  CHECK_THAT(reasons(with_behaviour(plain_nat(), by_address)), Contains(symmetric));
  CHECK_THAT(reasons(with_behaviour(plain_nat(), by_port)), Contains(symmetric));
  CHECK_THAT(reasons(with_behaviour(plain_nat(), keeps_one_port())), !Contains(symmetric));
  CHECK_THAT(reasons(with_behaviour(seen_at({40001, 40001}), by_port)), !Contains(symmetric));   // another socket shows that it is not so
  CHECK_THAT(reasons(with_behaviour(cgnat(), by_port)), Contains(symmetric));
  CHECK(kind_of(with_behaviour(cgnat(), by_port)) == "cgnat certain");
  CHECK(kind_of(with_behaviour(cgnat(), keeps_one_port())) == "cgnat certain");
  auto through_vpn = with_behaviour(plain_nat(), by_port);
  through_vpn.host->interfaces.push_back({.index = 3, .name = "wg0", .kind = "wireguard", .up = true, .tunnel = true,
                                          .addresses = {{.address = ip("10.8.0.2"), .prefix_length = 32}}});
  through_vpn.stun->behaviours[0].local = at("10.8.0.2:51000");
  CHECK_THAT(reasons(through_vpn), !Contains(symmetric));
}

TEST_CASE("a server's second address that gets in at a port in use is told, and proves no way in") {
  const auto open = [](Evidence e) {
    e.stun->behaviours = {treated("93.184.20.30:51000", "93.184.20.30:51000", "93.184.20.30:51000", true)};
    return e;
  };
  const auto* words = "77.72.169.211, which this host had sent nothing to, got in";
  CHECK_THAT(reasons(open(plain_nat())), Contains(words));
  CHECK(kind_of(open(cgnat())) == "cgnat certain");   // carriers are asked to let in as much (RFC 6888 REQ-7)
  auto knocked = open(plain_nat());
  add(knocked, knock(Family::ipv4));
  CHECK(shown(verdict(diagnose(knocked), Family::ipv4)) == "no router inbound.no-port-forward likely");
  CHECK(found(diagnose(knocked), "exposure.exposed-host") == nullptr);
  auto untried = open(plain_nat());
  untried.stun->behaviours[0].filter_tried = false;   // the socket's own question was not answered: whatever came, it is not this
  CHECK_THAT(reasons(untried), !Contains(words));
  auto closed = plain_nat();
  closed.stun->behaviours = {keeps_one_port()};
  CHECK_THAT(reasons(closed), !Contains(words));
}

TEST_CASE("a port that is kept counts among the kept ones, and an address among the pool's") {
  auto kept = home();
  ask_stun(kept, "74.125.250.129", "192.168.1.10:50001", "93.184.20.30:50001");
  nat_pmp(kept, public_ipv4), owned_at(kept, 1);
  CHECK(kind_of(kept) == "nat likely");
  kept.stun->behaviours = {keeps_one_port()};
  CHECK(kind_of(kept) == "nat certain");

  // Two servers: the first saw the other address once, and what the second one saw of one socket bears it out.
  auto pool = home();
  seen_as(pool), native_ipv6(pool), owned_at(pool, 3);
  for (unsigned i = 0; i < 20; ++i) {
    const auto local = static_cast<Port>(20000 + i * 97);
    pool.stun->ports.push_back({at(i % 2 == 0 ? "74.125.250.129:3478" : "77.72.169.210:3478"), {ip("192.168.1.10"), local},
                                Endpoint{ip(i == 4 ? other_ipv4 : public_ipv4), local}});
  }
  CHECK(kind_of(pool) == "cgnat possible");
  pool.stun->behaviours = {treated("93.184.20.30:51000", "93.184.99.99:51000", "93.184.20.30:51000")};
  CHECK(kind_of(pool) == "cgnat likely");
  CHECK_THAT(reasons(pool), Contains("come out at 2 addresses"));
}

TEST_CASE("whatever translators do with this host's sockets, no household is judged otherwise for it") {
  const auto verdicts = [](const Diagnosis& d) {
    std::string result = fmt::format("{} {} {}", to_string(d.connection.type), to_string(d.connection.ipv4.kind), to_string(d.connection.ipv6.kind));
    for (const auto& service : d.services) result += "; " + shown(service);
    return result;
  };
  for (const auto& [name, evidence] : households()) {
    INFO(name);
    for (const auto& behaviour : {keeps_one_port(), treated("93.184.20.30:51000", "93.184.20.30:51000", "93.184.20.30:51000", true),
                                  treated("93.184.20.30:40001", "93.184.20.30:42000", "93.184.20.30:42001")})
      CHECK(verdicts(diagnose(with(evidence, [&](auto& e) { e.stun->behaviours = {behaviour}; }))) == verdicts(diagnose(evidence)));
  }
}
