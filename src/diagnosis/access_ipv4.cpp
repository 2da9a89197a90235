#include <algorithm>

#include "diagnosis/access_reading.hpp"
#include "diagnosis/without_ipv4.hpp"

namespace ringback::diagnosis {
namespace {

/// What this host sends to the internet from; a second address on the card says nothing of the line.
const OwnAddress* used_ipv4(const Evidence& evidence, const Facts& facts) {
  for (const auto& lookup : evidence.host ? evidence.host->lookups : std::vector<RouteLookup>{}) {
    const auto* own = lookup.source && lookup.source->is_v4() ? facts.find_own(*lookup.source) : nullptr;
    if (own && own->facing) return own;
  }
  return nullptr;
}

const OwnAddress* own_ipv4(const Evidence& evidence, const Facts& facts) {
  if (const auto* used = used_ipv4(evidence, facts)) return used;
  const OwnAddress* found = nullptr;
  for (const auto& own : facts.own) {
    if (!own.facing || !own.value.address.is_v4() || own.value.address.is_loopback() || own.value.address.is_link_local()) continue;
    if (facts.ipv4.mapped.address == own.value.address) return &own;
    if (!found || (is_global(own.value.address) && !is_global(found->value.address))) found = &own;
  }
  return found;
}

void read_mapped(const Facts& facts, Reading& reading) {
  const auto& mapped = facts.ipv4.mapped;
  if (mapped.address) {
    const auto n = mapped.agreeing.size();
    reading.because.push_back(fmt::format("The internet sees this household's IPv4 as {} ({} answer{}).", mapped.address->to_string(), n,
                                          n == 1 ? "" : "s"));
    cite(reading.evidence, mapped.at);
    reading.clues.mapped = MappedClue::known;
  }
  for (const auto& other : mapped.disagreeing) {
    reading.because.push_back(fmt::format("Against: {} says that it sees {}{}.", other.source, other.address.to_string(),
                                          mapped.address ? ", outvoted" : ""));
  }
}

void read_own(const Evidence& evidence, const Facts& facts, Reading& reading) {
  const auto* own = own_ipv4(evidence, facts);
  if (!own) return;
  const auto& address = own->value.address;
  const auto& mapped = facts.ipv4.mapped.address;
  const auto say = [&](OwnClue clue, const std::string& what) {
    reading.clues.own = clue;
    reading.because.push_back(fmt::format("This host's own IPv4 address is {}{}.", address.to_string(), what));
    cite(reading.evidence, own->at);
  };
  if (is_global(address)) {
    if (!mapped) return say(OwnClue::global_alone, ", which the internet can route");
    if (*mapped == address) return say(OwnClue::global_mapped, ", the very one that the internet sees");
    return say(OwnClue::global_other, ", a global one, but not the one that the internet sees");
  }
  if (classify(address) == AddressClass::shared) return say(OwnClue::shared, ", from the range between a carrier's translator and its customers (RFC 6598)");
  if (classify(address) == AddressClass::ds_lite) return say(OwnClue::clat, ", the inner side of a translator on this host (RFC 7335)");
  if (is_private(address) && line_ends_here(evidence, facts))
    return say(OwnClue::line, fmt::format(", a private one on {}, a line that ends in this host itself (a modem, or PPP)", own->interface));
  reading.clues.own = OwnClue::not_global;
}

WanClue wan_clue(const WanStatement& statement, const std::optional<Address>& mapped) {
  if (!statement.address) return !statement.delegated_at.empty() ? WanClue::empty_delegated : statement.avm ? WanClue::empty_avm : WanClue::empty;
  switch (classify(*statement.address)) {
    case AddressClass::shared: return WanClue::shared;
    case AddressClass::ds_lite: return WanClue::ds_lite;
    case AddressClass::private_use:
      return Prefix::parse("192.168.0.0/16").value().contains(*statement.address) ? WanClue::home_private : WanClue::other_private;
    case AddressClass::global:
      if (!mapped) return WanClue::global_alone;
      return *mapped == *statement.address ? WanClue::is_mapped : WanClue::global_other;
    default: return WanClue::unknown;
  }
}

/// Several sources may contradict each other. A special address is no router's invention; then the one that agrees with outside.
unsigned credibility(WanClue clue) {
  switch (clue) {
    case WanClue::shared:
    case WanClue::ds_lite: return 5;
    case WanClue::is_mapped: return 4;
    case WanClue::home_private:
    case WanClue::other_private: return 3;
    case WanClue::global_alone:
    case WanClue::global_other: return 2;
    case WanClue::empty_delegated:
    case WanClue::empty_avm:
    case WanClue::empty: return 1;
    case WanClue::unknown: return 0;
  }
  return 0;
}

/// The first hop answers for the address that the internet sees, and the router names another by every protocol: no other word of its has to stand
/// against it. An address that somebody outside saw as well is a second line's.
bool is_refuted(const WanStatement& statement, const Reading& reading, const Facts& facts) {
  return statement.address && reading.clues.owner == OwnerClue::router && reading.clues.wan != WanClue::is_mapped &&
         std::ranges::none_of(facts.ipv4.mapped.disagreeing, [&](const auto& other) { return other.address == *statement.address; });
}

void read_wan(const WanStatements& statements, const Facts& facts, Reading& reading) {
  const auto& mapped = facts.ipv4.mapped.address;
  for (const auto& statement : statements.home) {
    const auto clue = wan_clue(statement, mapped);
    // Where the first hop answers for the mapped address, a word that fits it is the true one.
    const auto weight = [&](WanClue c) { return reading.clues.owner == OwnerClue::router && c == WanClue::is_mapped ? 9U : credibility(c); };
    if (!reading.wan || weight(clue) > weight(reading.clues.wan)) {
      reading.wan = statement;
      reading.clues.wan = clue;
    }
  }
  const auto is_chosen = [&](const WanStatement& s) { return s.address == reading.wan->address; };
  reading.wan_unproven = reading.wan && std::ranges::all_of(statements.home, [&](const auto& s) { return !is_chosen(s) || s.source == "NAT-PMP"; });
  reading.wan_contradicted = reading.wan && std::ranges::any_of(statements.home, [&](const auto& s) { return s.address && !is_chosen(s); });
  for (const auto& statement : statements.home) {
    const auto word = statement.address ? "its internet address is " + statement.address->to_string() : std::string("it has no internet address");
    const bool outvoted = statement.address != reading.wan->address || is_refuted(statement, reading, facts);
    reading.because.push_back(fmt::format("{} home router says by {} that {}{}.", outvoted ? "Against: the" : "The",
                                          statement.source, word, outvoted ? ", outvoted" : ""));
    if (!outvoted) cite(reading.evidence, statement.at);
    if (outvoted || statement.delegated_at.empty()) continue;
    reading.because.push_back("The FRITZ!Box names an IPv6 prefix that was delegated to it, so it is a router and no mesh repeater.");
    cite(reading.evidence, statement.delegated_at);
  }
}

void read_outer(const WanStatements& statements, const Facts& facts, Reading& reading) {
  if (!statements.outer_speaks) return;
  reading.clues.outer = OuterClue::speaks;
  for (const auto& statement : statements.outer) {
    if (!statement.address) continue;
    if (facts.ipv4.mapped.address == statement.address) reading.clues.outer = OuterClue::owns_mapped;
    if (classify(*statement.address) == AddressClass::shared) reading.clues.outer = OuterClue::behind_cgn;
    reading.because.push_back(fmt::format("A second router, between the home router and the provider, says by {} that its internet address is {}.",
                                          statement.source, statement.address->to_string()));
    cite(reading.evidence, statement.at);
  }
  cite(reading.evidence, statements.outer_at);
}

/// A tunnel in IPv6 takes 40 bytes off what IPv6 itself has (RFC 6333 §5.3): 1460 of 1500, over PPPoE 1452 of 1492. A line whose packets are
/// small over both families is just that: some PPPoE lines have 1454, mobile ones less.
MtuClue mtu_clue(unsigned ipv4, std::optional<unsigned> ipv6) {
  constexpr unsigned header = 40;
  if (ipv6 && *ipv6 == ipv4) return MtuClue::plain;
  if (ipv6) return *ipv6 == ipv4 + header ? MtuClue::tunnel : ipv4 > 1460 ? MtuClue::plain : MtuClue::unknown;
  if (ipv4 == 1460 || ipv4 == 1452) return MtuClue::tunnel;
  return ipv4 > 1460 ? MtuClue::plain : MtuClue::unknown;
}

void read_line(const Evidence& evidence, const Ipv6Access& ipv6, Reading& reading) {
  const auto kind = ipv6.connection.kind;
  const auto mtu = evidence.path ? evidence.path->ipv4.mtu : std::nullopt;
  reading.clues.native_ipv6 = kind == Ipv6Kind::native    ? Ipv6Clue::native
                              : kind == Ipv6Kind::unknown ? Ipv6Clue::unknown
                                                          : Ipv6Clue::absent;
  if (!mtu) return;
  reading.clues.mtu = mtu_clue(*mtu, evidence.path->ipv6.mtu);
  if (reading.clues.mtu != MtuClue::tunnel) return;
  reading.because.push_back(fmt::format("The largest IPv4 packets that pass have {} bytes, as where a tunnel inside IPv6 takes 40 bytes of each packet for itself.", *mtu));
  cite(reading.evidence, pointer("path", "ipv4", "mtu"));
}

void read_arrivals(const Evidence& evidence, const Facts& facts, Reading& reading) {
  if (!evidence.inbound) return;
  for (std::size_t i = 0; i < evidence.inbound->knocks.size(); ++i) {
    const auto& knock = evidence.inbound->knocks[i];
    if (knock.family != Family::ipv4 || knock.arrivals.empty() || !knock.source || !proves(facts, knock)) continue;
    reading.clues.arrivals = ArrivalClue::let_in;
    reading.because.push_back("A knock from outside arrived over IPv4, so somebody on the way lets it in.");
    cite(reading.evidence, pointer("inbound", "knocks", i, "arrivals"));
    return;
  }
}

/// Sets leave the well-known ports out (RFC 7597 §5.1).
bool came_in_on_a_well_known_port(const Evidence& evidence, const Facts& facts) {
  return evidence.inbound && std::ranges::any_of(evidence.inbound->knocks, [&](const inbound::Knock& knock) {
    return knock.family == Family::ipv4 && knock.protocol != Protocol::icmp && knock.port < 1024 && !knock.arrivals.empty() && knock.source &&
           proves(facts, knock);
  });
}

/// Who gets any port, or is come to on a well-known one, has the whole address. Full-size packets, or a host without IPv6, speak against a
/// tunnel, and so does a port that came in where no set was seen.
ShareClue share_clue(const Clues& clues, bool well_known_port) {
  if (clues.ports == PortsClue::kept || clues.ports == PortsClue::any || well_known_port) return ShareClue::ruled_out;
  const bool set = clues.ports == PortsClue::block || clues.ports == PortsClue::spread;
  if (clues.mtu == MtuClue::plain) return ShareClue::unlikely;
  const bool doubtful = clues.arrivals == ArrivalClue::let_in || clues.native_ipv6 == Ipv6Clue::absent;
  return doubtful && !set && clues.mtu != MtuClue::tunnel ? ShareClue::unlikely : ShareClue::possible;
}

/// Nothing of the home's translates before the carrier does.
bool is_at_the_carrier(OwnClue own) { return own == OwnClue::shared || own == OwnClue::line; }

unsigned layers(Ipv4Kind kind, const Clues& clues) {
  switch (kind) {
    // The box that speaks DS-Lite does not translate (RFC 6333 §4.2): a router with a private address behind it does.
    case Ipv4Kind::ds_lite: return clues.wan == WanClue::home_private || clues.wan == WanClue::other_private || clues.outer != OuterClue::silent ? 2 : 1;
    case Ipv4Kind::nat:
    case Ipv4Kind::shared_ports:
    case Ipv4Kind::nat64: return 1;
    case Ipv4Kind::cgnat: return is_at_the_carrier(clues.own) ? 1 : clues.outer != OuterClue::silent ? 3 : 2;
    case Ipv4Kind::double_nat: return 2;
    default: return 0;
  }
}

/// Without this host's routes, a VPN's answers cannot be told from the line's.
Ipv4Access without_host(const Facts& facts) {
  Ipv4Access access;
  access.connection.mapped_address = facts.ipv4.mapped.address;
  cite(access.evidence, facts.ipv4.mapped.at);
  access.because.emplace_back("This host's addresses and routes are unknown, so what was measured may belong to a tunnel.");
  access.because.emplace_back("A run that can read this host's addresses would tell.");
  return access;
}

/// IPv4 works, and is IPv6 on the line: the address that the internet sees is the far translator's.
Ipv4Access translated_on_host(const Evidence& evidence, const Facts& facts, const Reading& reading) {
  auto access = without_route(evidence, facts, "IPv4 on this host is translated to IPv6 before it leaves (464XLAT, RFC 6877).",
                              Ipv4Kind::nat64);
  access.confidence = Confidence::certain;
  access.connection.mapped_address = facts.ipv4.mapped.address;
  access.because.insert(access.because.begin(), reading.because.begin(), reading.because.end());
  cite(access.evidence, reading.evidence);
  return access;
}

/// A public address in the mouth of a router that has none, after all that was seen.
bool is_untrue(WanClue wan, Ipv4Kind kind) {
  if (wan == WanClue::global_other) return shared_by_carrier(kind) || kind == Ipv4Kind::double_nat;   // otherwise perhaps of a second line
  return wan == WanClue::is_mapped && (shared_by_carrier(kind) || kind == Ipv4Kind::double_nat);
}

/// A private or silent hop between a silent home router and the carrier may be a second router at home, or the carrier's own.
bool hides_a_router(const Reading& reading, Ipv4Kind kind) {
  return shared_by_carrier(kind) && (reading.private_hop_behind || !reading.next_hop_seen) && reading.clues.outer == OuterClue::silent &&
         !is_at_the_carrier(reading.clues.own) && (!reading.wan || !reading.wan->address);
}

/// Does something that no machine of this link can forge bear the router's word out?
bool is_borne_out(const Clues& clues) {
  switch (clues.wan) {
    case WanClue::shared: return clues.second == SecondClue::shared || clues.owner == OwnerClue::second || clues.owner == OwnerClue::beyond || clues.owner == OwnerClue::passed_on || clues.outer == OuterClue::behind_cgn;
    case WanClue::is_mapped: return clues.owner == OwnerClue::router || clues.arrivals == ArrivalClue::let_in;
    default: return true;
  }
}

/// How sure a row can be that rests on one source's word. A router may repeat by every protocol what a STUN server told it: that it names the very
/// address that the internet sees is one source's word, however often it says so.
Confidence most_that(const Reading& reading, const AccessRow& row) {
  if (row.ports.mask != Accepts<PortsClue>().mask && reading.ports_by_one_server && row.kind == Ipv4Kind::shared_ports) return Confidence::likely;
  if (row.wan.mask == Accepts<WanClue>().mask || is_borne_out(reading.clues)) return Confidence::certain;
  if (reading.wan_contradicted) return Confidence::possible;
  return reading.wan_unproven || reading.clues.wan == WanClue::is_mapped ? Confidence::likely : Confidence::certain;
}

/// A row that is certain may have lost that to a source that stands alone.
void say_what_settles(const AccessRow& row, const Reading& reading, Ipv4Access& access) {
  if (access.confidence == Confidence::certain) return;
  const auto* otherwise = reading.clues.wan == WanClue::is_mapped ? "A knock that arrives would tell." : "The router's own internet address would tell.";
  access.because.push_back(in_place_of_home_router(*row.settles ? row.settles : otherwise, reading.first_hop));
}

Ipv4Access judge_wanted(const Evidence& evidence, const Facts& facts, const Ipv6Access& ipv6) {
  if (auto none = no_ipv4(evidence, facts)) return *none;
  Reading reading;
  auto statements = wan_statements(evidence);
  if (handed_on_within(evidence, facts)) {   // the second gateway is the home router
    statements.home.insert(statements.home.end(), statements.outer.begin(), statements.outer.end());
    statements.outer.clear();
    statements.outer_speaks = false;
  }
  read_mapped(facts, reading);
  read_own(evidence, facts, reading);
  reading.first_hop = first_hop(evidence, facts, reading.clues.own);
  read_owner(evidence, facts, reading);
  read_wan(statements, facts, reading);
  read_hops(evidence, facts, reading);
  read_outer(statements, facts, reading);
  read_line(evidence, ipv6, reading);
  read_arrivals(evidence, facts, reading);
  read_ports(evidence, facts, reading);
  read_pool(evidence, facts, reading);
  read_softwire(evidence, facts, reading);
  read_behaviour(evidence, facts, Family::ipv4, reading.evidence, reading.because);
  read_mismatch(evidence, reading);
  if (facts.ipv4.vpn) reading.because.push_back("IPv4 leaves through a VPN; what was measured through it is left out of account.");

  if (reading.clues.own == OwnClue::clat && has_nat64(evidence)) return translated_on_host(evidence, facts, reading);

  reading.clues.share = share_clue(reading.clues, came_in_on_a_well_known_port(evidence, facts));
  const auto& row = decide(reading.clues);
  Ipv4Access access;
  access.connection.kind = row.kind;
  access.confidence = std::min(row.confidence, most_that(reading, row));
  access.because = std::move(reading.because);
  access.because.push_back(in_place_of_home_router(row.reason, reading.first_hop));
  if (access.confidence < row.confidence)
    access.because.emplace_back("One source alone says so, which may be wrong or forged, or another one contradicts it.");
  access.evidence = std::move(reading.evidence);
  access.ports = reading.ports;
  access.let_in = reading.clues.arrivals == ArrivalClue::let_in;
  if (shared_by_carrier(row.kind) && access.let_in) {
    // Some providers pass on chosen ports, or translate one address to one: the type stands, the conclusion that nothing can come in does not.
    access.confidence = std::min(access.confidence, Confidence::likely);
    access.because.emplace_back("Against: a knock from outside arrived all the same, so the provider lets something in.");
  }
  say_what_settles(row, reading, access);
  access.router_owns_mapped = reading.clues.owner == OwnerClue::router;
  access.connection.mapped_address = facts.ipv4.mapped.address;
  if (reading.wan && !is_untrue(reading.clues.wan, row.kind)) access.connection.wan_address = reading.wan->address;
  if (reading.wan && is_untrue(reading.clues.wan, row.kind))
    access.because.push_back(fmt::format("Against: the public address that the home router names by {} is not its own; that word is wrong, or of another day.",
                                         reading.wan->source));
  if (row.kind == Ipv4Kind::nat && access.router_owns_mapped) access.connection.wan_address = facts.ipv4.mapped.address;
  if (row.kind == Ipv4Kind::public_address) access.connection.wan_address.reset();
  if (row.kind != Ipv4Kind::unknown && row.kind != Ipv4Kind::none && !hides_a_router(reading, row.kind))
    access.connection.nat_layers = layers(row.kind, reading.clues);
  return access;
}

}  // namespace

Ipv4Access judge_ipv4(const Evidence& evidence, const Facts& facts, const Ipv6Access& ipv6) {
  if (!facts.host_known) return without_host(facts);
  if (!facts.ipv4.wanted) return {.because = {"IPv4 was left out of this run."}};
  auto access = judge_wanted(evidence, facts, ipv6);
  access.local_fault = local_fault(evidence, facts, Family::ipv4);
  if (access.local_fault) {
    access.because.push_back(access.local_fault->detail);
    cite(access.evidence, access.local_fault->evidence);
  }
  return access;
}

}  // namespace ringback::diagnosis
