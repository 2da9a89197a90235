#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "support/catch.hpp"

#include "diagnosis/codes.hpp"
#include "evidence/evidence_json.hpp"
#include "evidence/json.hpp"
#include "advice.hpp"
#include "households.hpp"

using namespace ringback;
using namespace ringback::build;
namespace fs = std::filesystem;

namespace {

nlohmann::ordered_json load(const fs::path& file) {
  std::ifstream in(file);
  REQUIRE(in);
  return nlohmann::ordered_json::parse(in);
}

/// What holds for every diagnosis, whatever the household.
void check_promises(const Evidence& evidence) {
  const auto diagnosis = diagnose(evidence);
  const nlohmann::ordered_json report{{"evidence", evidence_to_json(evidence)}};
  std::set<std::string> codes_seen;
  for (const auto& f : diagnosis.findings) {
    INFO(f.code);
    REQUIRE(diagnosis::find_code(f.code));
    CHECK_FALSE(f.title.empty());
    CHECK_FALSE(f.detail.empty());
    CHECK_FALSE(f.evidence.empty());
    for (const auto& at : f.evidence) {
      INFO(at);
      CHECK(report.contains(nlohmann::ordered_json::json_pointer(at)));
    }
    if (f.severity != Severity::info) CHECK_FALSE(f.remedies.empty());
    for (const auto& remedy : f.remedies) {
      CHECK_FALSE(remedy.title.empty());
      CHECK_FALSE(remedy.steps.empty());
    }
    codes_seen.insert(f.code);
  }
  const auto descending = [](const auto& a, const auto& b) { return a.severity > b.severity; };
  CHECK(std::is_sorted(diagnosis.findings.begin(), diagnosis.findings.end(), descending));
  CHECK(diagnosis.services.size() == evidence.request.services.size() * evidence.request.families.size());
  for (const auto& v : diagnosis.services) {
    CHECK((v.reachable == Reachable::yes) == !v.cause.has_value());
    if (v.cause) CHECK(diagnosis::find_code(*v.cause));
    if (v.reachable == Reachable::no && v.cause) CHECK(codes_seen.contains(*v.cause));
  }
  for (const auto& n : diagnosis.names)
    for (const auto& code : n.findings) CHECK(codes_seen.contains(code));
}

}  // namespace

TEST_CASE("every finding has a code of the contract, evidence that resolves, and a remedy where it matters") {
  for (const auto& [name, evidence] : households()) {
    INFO(name);
    check_promises(evidence);
    auto four = evidence;
    four.request.families = {Family::ipv4};
    check_promises(four);
    auto unnamed = evidence;
    unnamed.request.services_named = false;
    unnamed.request.services.push_back(service("22/tcp"));
    check_promises(unnamed);
  }
  check_promises(home());
  check_promises(Evidence{});
}

TEST_CASE("every code has its words and its advice") {
  std::set<std::string_view> codes;
  for (const auto& code : diagnosis::codes()) {
    INFO(code.code);
    CHECK(codes.insert(code.code).second);
    CHECK_FALSE(code.title.empty());
    CHECK_FALSE(code.meaning.empty());
    CHECK_FALSE(code.told_apart.empty());
    for (const auto& evidence : {Evidence{}, plain_nat()}) {
      const auto f = diagnosis::finding(code.code, Confidence::likely, "x", {.service = service("443/tcp"), .family = Family::ipv4}, {});
      CHECK_FALSE(remedies_for(f, evidence).empty());
    }
  }
  CHECK(codes.size() == 57);
}

TEST_CASE("remedies speak this system's language") {
  const auto commands = [](const char* code, const std::function<void(Evidence&)>& change) {
    auto e = plain_nat();
    native_ipv6(e);
    change(e);
    const auto f = diagnosis::finding(code, Confidence::certain, "x", {.service = service("443/tcp"), .family = Family::ipv4}, {});
    std::string all;
    for (const auto& remedy : remedies_for(f, e)) all += fmt::format("{} {}\n", fmt::join(remedy.steps, " "), fmt::join(remedy.commands, " "));
    return all;
  };
  using Catch::Contains;
  CHECK_THAT(commands("inbound.host-firewall", [](auto& e) { e.host->system.firewall_tools = {"ufw"}; }), Contains("sudo ufw allow 443/tcp"));
  CHECK_THAT(commands("inbound.host-firewall", [](auto& e) { e.host->system.firewall_tools = {"firewalld"}; }), Contains("--add-port=443/tcp"));
  CHECK_THAT(commands("inbound.host-firewall",
                      [](auto& e) {
                        e.filter->walks[0] = {.port = 443, .action = filter::Action::drop, .table = "inet mine", .chain = "in", .rule = "drop", .handle = 7};
                      }),
             Contains("sudo nft insert rule inet mine in position 7 tcp dport 443 accept"));
  CHECK_THAT(commands("address.no-stable-ipv6", [](auto&) {}), Contains("ipv6.ip6-privacy 0"));
  CHECK_THAT(commands("address.no-stable-ipv6", [](auto& e) { e.host->system.manager = host::Manager::dhcpcd; }), Contains("use_tempaddr=0"));
  CHECK_THAT(commands("address.no-stable-ipv6", [](auto& e) { e.host->system.manager = host::Manager::systemd_networkd; }),
             Contains("IPv6PrivacyExtensions=no"));
  CHECK_THAT(commands("address.no-stable-ipv6", [](auto& e) { e.host->system.manager = host::Manager::ifupdown; }), Contains("privext 0"));
  CHECK_THAT(commands("inbound.no-port-forward", [](auto& e) { igd(e, public_ipv4).manufacturer = "AVM Berlin"; }), Contains("Permit Access"));
  CHECK_THAT(commands("inbound.no-port-forward", [](auto&) {}), !Contains("FRITZ"));
  CHECK_THAT(commands("dns.aaaa-wrong", [](auto&) {}), Contains(stable));
  CHECK_THAT(commands("dns.a-wrong", [](auto&) {}), Contains(public_ipv4));
}

TEST_CASE("recorded households are judged as they were") {
  std::size_t cases = 0;
  for (const auto& folder : fs::directory_iterator(fs::path(RINGBACK_FIXTURES) / "diagnosis")) {
    if (!folder.is_directory()) continue;
    INFO(folder.path().filename().string());
    ++cases;
    const auto evidence = evidence_from_json(load(folder.path() / "evidence.json"), "/evidence");
    if (!evidence) FAIL(evidence.error().what);
    const auto expected = load(folder.path() / "expected.json");
    const auto d = diagnose(*evidence);
    check_promises(*evidence);

    CHECK(to_string(d.connection.type) == expected.at("connection").at("type").get<std::string>());
    CHECK(to_string(d.connection.ipv4.kind) == expected.at("connection").at("ipv4").at("kind").get<std::string>());
    CHECK(to_string(d.connection.ipv6.kind) == expected.at("connection").at("ipv6").at("kind").get<std::string>());
    nlohmann::ordered_json services = nlohmann::ordered_json::array();
    for (const auto& v : d.services) services.push_back(json::write(v));
    CHECK(services.dump(1) == expected.at("services").dump(1));
    std::vector<std::string> codes;
    for (const auto& f : d.findings) codes.push_back(f.code);
    CHECK(fmt::format("{}", fmt::join(codes, " ")) == fmt::format("{}", fmt::join(expected.at("findings").get<std::vector<std::string>>(), " ")));
  }
  CHECK(cases >= 3);
}
