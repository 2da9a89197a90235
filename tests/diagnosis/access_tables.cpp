/// The tables of IPv6, of hosts without IPv4, and of both families together, as tables: every combination of clues has a row, no row is hidden by those above
/// it, and whatever leaves a doubt says what would settle it.
#include "diagnosis/access_ipv6_table.hpp"
#include "diagnosis/case.hpp"
#include "diagnosis/without_ipv4.hpp"

#include <fmt/format.h>
#include <set>

#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::diagnosis;
using Catch::Contains;

TEST_CASE("each combination of IPv6 clues has a row, and each row decides some of them") {
  std::set<const Ipv6Row*> decided;
  for (auto own = 0U; own <= static_cast<unsigned>(OwnIpv6Clue::tunnelled); ++own)
    for (auto contact = 0U; contact <= static_cast<unsigned>(ContactClue::hardly_tried); ++contact)
      for (auto way = 0U; way <= static_cast<unsigned>(WayClue::vpn); ++way)
        for (auto seen = 0U; seen <= static_cast<unsigned>(SeenClue::another); ++seen)
          for (auto ipv4 = 0U; ipv4 <= static_cast<unsigned>(OtherFamilyClue::answers); ++ipv4)
            decided.insert(&decide(Ipv6Clues{static_cast<OwnIpv6Clue>(own), static_cast<ContactClue>(contact), static_cast<WayClue>(way),
                                             static_cast<SeenClue>(seen), static_cast<OtherFamilyClue>(ipv4)}));
  const auto rows = ipv6_rows();
  for (const auto* row : decided) CHECK((row >= rows.data() && row < rows.data() + rows.size()));
  for (const auto& row : rows) {
    INFO(row.reason);
    CHECK(decided.contains(&row));
  }
}

TEST_CASE("whatever leaves a doubt about IPv6 names what would settle it") {
  for (const auto& row : ipv6_rows()) {
    INFO(row.reason);
    CHECK(*row.reason != '\0');
    CHECK((*row.settles == '\0') == (row.confidence == Confidence::certain));
    CHECK((row.kind != Ipv6Kind::unknown || row.confidence == Confidence::possible));
    CHECK_THAT(row.reason, !Contains("would tell"));
  }
}

TEST_CASE("each combination of clues to a host without IPv4 has a row, each row decides some of them, and a doubt names what would settle it") {
  std::set<const NoIpv4Row*> decided;
  for (const auto way : {NoWay::no_route, NoWay::silent})
    for (const auto translator : {Translator::not_looked_for, Translator::absent, Translator::router, Translator::resolver})
      for (const auto ipv6 : {OtherWay::possible, OtherWay::none}) decided.insert(&decide(NoIpv4Clues{way, translator, ipv6}));
  CHECK(decided.size() == no_ipv4_rows().size());
  for (const auto& row : no_ipv4_rows()) {
    INFO(row.reason);
    CHECK(decided.contains(&row));
    CHECK((*row.settles == '\0') == (row.confidence == Confidence::certain));
    CHECK((row.kind == Ipv4Kind::nat64) == (row.translator.has(Translator::router) || row.translator.has(Translator::resolver)));
  }
}

TEST_CASE("both families together are the type of the connection, by a row with its reason") {
  using enum Ipv4Kind;
  std::set<std::string> reasons;
  const auto type = [&](Ipv4Kind ipv4, Ipv6Kind ipv6) {
    Ipv4Access four;
    four.connection.kind = ipv4;
    four.confidence = Confidence::certain;
    Ipv6Access six;
    six.connection.kind = ipv6;
    six.confidence = Confidence::likely;
    const auto c = judge_connection(four, six, {});
    REQUIRE(c.because.size() == 1);
    reasons.insert(c.because[0]);
    return fmt::format("{} {}", to_string(c.type), to_string(c.confidence));
  };
  const struct {
    Ipv4Kind ipv4;
    const char *native, *none, *unknown;
  } expected[] = {
      {public_address, "dual-stack likely", "ipv4-only likely", "unknown possible"},
      {nat, "dual-stack likely", "ipv4-only likely", "unknown possible"},
      {double_nat, "dual-stack likely", "ipv4-only likely", "unknown possible"},
      {cgnat, "cgnat-dual-stack likely", "cgnat-ipv4-only likely", "unknown possible"},
      {ds_lite, "ds-lite certain", "ds-lite certain", "ds-lite certain"},
      {shared_ports, "shared-ports certain", "shared-ports certain", "shared-ports certain"},
      {nat64, "ipv6-only-nat64 likely", "ipv6-only-nat64 likely", "ipv6-only-nat64 likely"},
      {none, "ipv6-only likely", "unknown possible", "unknown possible"},
      {unknown, "unknown possible", "unknown possible", "unknown possible"},
  };
  for (const auto& row : expected) {
    INFO(to_string(row.ipv4));
    for (const auto usable : {Ipv6Kind::native, Ipv6Kind::tunnel}) CHECK(type(row.ipv4, usable) == row.native);
    for (const auto absent : {Ipv6Kind::none, Ipv6Kind::local_only, Ipv6Kind::broken}) CHECK(type(row.ipv4, absent) == row.none);
    CHECK(type(row.ipv4, Ipv6Kind::unknown) == row.unknown);
  }
  CHECK(reasons.size() == 12);   // of each row; none is hidden by those above it
}
