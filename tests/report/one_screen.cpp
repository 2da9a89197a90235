/// Recorded households in which nothing is wrong fit one screen.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include <nlohmann/json.hpp>

#include "evidence/evidence_json.hpp"
#include "report/details.hpp"
#include "report/html.hpp"
#include "report/judged.hpp"
#include "report/markdown.hpp"
#include "report/summary.hpp"
#include "report/text.hpp"
#include "reports.hpp"
#include "support/catch.hpp"

using namespace ringback;
namespace fs = std::filesystem;

namespace {

constexpr std::ptrdiff_t kLinesOfATerminal = 24;   // of 80 columns
constexpr std::ptrdiff_t kLinesOfThePrompt = 2;
// A phone that is held upright and shows 40 columns: its letters are about as wide as 1/40 of its width, twice as high as wide, and its screen is
// more than twice as high as wide.
constexpr std::ptrdiff_t kLinesOfAPhone = 42;

std::ptrdiff_t count_of_lines(const std::string& text) { return std::count(text.begin(), text.end(), '\n'); }

}  // namespace

TEST_CASE("recorded households in which nothing is wrong fit one screen") {
  std::size_t well = 0;
  for (const auto& folder : fs::directory_iterator(fs::path(RINGBACK_FIXTURES) / "diagnosis")) {
    if (!folder.is_directory()) continue;
    const auto name = folder.path().filename().string();
    std::ifstream in(folder.path() / "evidence.json");
    const auto report = judged({.evidence = evidence_from_json(nlohmann::ordered_json::parse(in), "/evidence").value()});
    if (!is_all_well(report)) continue;
    ++well;
    const auto text = to_text(report, {.columns = 80}), narrow = to_text(report, {.columns = 40});
    INFO(name << "\n" << text << narrow);
    CHECK(count_of_lines(text) <= kLinesOfATerminal - kLinesOfThePrompt);
    CHECK(count_of_lines(narrow) <= kLinesOfAPhone);
    CHECK(test::has(text, "ringback explain") == test::has(text, "Also noticed"));
    CHECK_FALSE(test::has(text, "started "));
    const auto full = to_text(report, {.columns = 80, .verbose = true});
    CHECK(test::has(full, "\n  Type  "));
    CHECK(test::has(full, "started at an unknown time"));
  }
  CHECK(well >= 30);
}

TEST_CASE("where nothing is wrong, the connection is told in a line for each family") {
  auto report = test::healthy();
  report.connection.ipv6 = {.kind = Ipv6Kind::native,
                            .prefix = Prefix::parse("2001:db8:1:2::/64").value(),
                            .stable_addresses = {Address::parse("2001:db8:1:2::10").value()},
                            .publish = Address::parse("2001:db8:1:2::10").value(),
                            .publish_kind = IdentifierKind::eui64,
                            .publish_left = std::chrono::hours(24),
                            .outgoing = Address::parse("2001:db8:1:2::10").value()};
  REQUIRE(is_all_well(report));
  CHECK(test::has(to_text(report, {.columns = 80}), "\nConnection: IPv4 and IPv6, both your own (dual stack)\n"
                                                    "  IPv4  198.51.100.7, your own public address, on the home router (NAT)\n"
                                                    "  IPv6  native; a name should lead to 2001:db8:1:2::10\n"
                                                    "\n"));
  const auto full = to_text(report, {.columns = 400, .verbose = true});
  CHECK(test::has(full, "which passes on what it is told to (NAT); the internet sees 198.51.100.7\n"));
  CHECK(test::has(full, "because it stays: it is made from the hardware address (the router has to renew it within 24 h)\n"));
}

TEST_CASE("what was noticed beside names in a line what explains it, where nothing is wrong as well") {
  const auto report = test::with_note();
  REQUIRE(is_all_well(report));
  CHECK(test::has(to_text(report, {.columns = 80}), "\nAlso noticed\n  - A VPN is on\n          ringback explain host.vpn-default-route\n"));
}

TEST_CASE("what the user left out of a run is no failure, and what could not be determined has a reason") {
  auto report = test::healthy();
  report.connection.type = ConnectionType::unknown;
  report.connection.ipv6 = {};
  const auto all = [&] { return to_text(report, {.columns = 400}) + to_text(report, {.columns = 400, .verbose = true}) + to_html(report) + to_markdown(report); };
  CHECK(test::has(to_text(report, {.columns = 400}), "Connection: could not be determined\n"));
  CHECK(test::has(to_text(report, {.columns = 400}), "\n  IPv6  could not be determined\n  Because: The router says that its outside address is 198.51.100.7 (UPnP).\n\n"));
  report.evidence.request.families = {Family::ipv4};
  CHECK_FALSE(test::has(all(), "could not be determined"));
  CHECK(test::has(to_text(report, {.columns = 400}), "Connection: not known, for IPv4 alone was asked for (-4)\n"));
  CHECK(test::has(to_text(report, {.columns = 400}), "\n  IPv6  left out of this run (-4)\n\n"));
  CHECK(test::has(to_html(report), "<dd>left out of this run (-4)</dd>"));
  CHECK(test::has(to_markdown(report), "- IPv6: left out of this run (-4)\n"));
  report.connection.ipv4 = {};
  report.connection.ipv6.kind = Ipv6Kind::native;
  report.evidence.request.families = {Family::ipv6};
  CHECK_FALSE(test::has(all(), "could not be determined"));
  CHECK(test::has(to_text(report, {.columns = 400}), "\n  IPv4  left out of this run (-6)\n"));
}

TEST_CASE("where nothing is wrong, what is to be borne in mind of the addresses is told all the same") {
  const auto own = Address::parse("2001:db8:1:2::10").value(), temporary = Address::parse("2001:db8:1:2:9c4e:1:2:3").value();
  const Ipv6Connection plain{.kind = Ipv6Kind::native, .stable_addresses = {own}, .publish = own, .outgoing = own};
  const auto said = [&](auto change) {
    auto ipv6 = plain;
    change(ipv6);
    return brief_sentence(ipv6, 3);
  };
  CHECK(said([](auto&) {}) == "native; a name should lead to 2001:db8:1:2::10");
  CHECK(test::has(said([](auto& v) { v.publish_left = std::chrono::minutes(90); }), "has to renew it within 90 min"));
  CHECK(test::has(said([&](auto& v) { v.temporary_addresses = {temporary}, v.outgoing = temporary; }), "outgoing connections use 2001:db8:1:2:9c4e:1:2:3, which is temporary"));
  CHECK(test::has(said([&](auto& v) { v.stable_addresses.push_back(temporary); }), "this host has 2001:db8:1:2::10, 2001:db8:1:2:9c4e:1:2:3"));
  for (const auto kind : {Ipv6Kind::tunnel, Ipv6Kind::local_only, Ipv6Kind::broken, Ipv6Kind::none, Ipv6Kind::unknown}) {
    auto other = plain;
    other.kind = kind;
    CHECK(brief_sentence(other, 3) == sentence(other, 3));
  }
  Ipv4Connection ipv4{.kind = Ipv4Kind::nat, .mapped_address = Address::v4(0xc6336407)};
  CHECK(brief_sentence(ipv4) == "198.51.100.7, your own public address, on the home router (NAT)");
  ipv4.wan_address = Address::v4(0xc6336408);
  CHECK(test::has(brief_sentence(ipv4), "the router's own outside address is 198.51.100.8"));
  CHECK(brief_sentence(Ipv4Connection{.kind = Ipv4Kind::cgnat}) == sentence(Ipv4Connection{.kind = Ipv4Kind::cgnat}));
}

TEST_CASE("where nothing is wrong, the steps of what could be changed wait for -v") {
  auto report = test::closed_router();
  for (auto& finding : report.findings) finding.severity = Severity::info;
  CHECK(is_all_well(report));
  const auto brief = to_text(report, {.columns = 400}), full = to_text(report, {.columns = 400, .verbose = true});
  CHECK(test::has(brief, "What could be changed, if you want it (-v shows the steps)\n"
                         "1. Note: Your router passes no IPv4 connections for this port on to this host (443/tcp over IPv4)\n"
                         "   → Forward TCP port 443 to 192.168.1.10 in the router\n"
                         "2. Note: "));
  CHECK_FALSE(test::has(brief, "Open the router's settings."));
  CHECK_FALSE(test::has(brief, "Because:"));
  CHECK(test::has(full, "1. Open the router's settings."));
  CHECK(test::has(full, "Because:"));
  report.findings.front().severity = Severity::error;
  CHECK_FALSE(is_all_well(report));
  CHECK(test::has(to_text(report), "Open the router's settings."));
}

TEST_CASE("notes that differ in their steps alone are told together where they are told briefly") {
  auto report = test::no_listener();
  report.findings.front().severity = Severity::info;
  report.findings.front().remedies.front().steps = {"Start this one."};
  report.findings.push_back(report.findings.front());
  report.findings.back().subject.service = Service::parse("22/tcp").value();
  report.findings.back().remedies.front().steps = {"Start that one."};
  report.services.push_back(report.services.front());
  report.services.back().service = Service::parse("22/tcp").value();
  REQUIRE(problems(report).size() == 2);
  CHECK(joined_by_code(problems(report)).size() == 1);
  CHECK(test::has(to_text(report, {.columns = 400}), "(8443:443/tcp over IPv4; 22/tcp over IPv4)\n"));
}
