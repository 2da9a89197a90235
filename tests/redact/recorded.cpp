/// The great promise: a redacted report is judged as it was.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include <nlohmann/json.hpp>

#include "evidence/evidence_json.hpp"
#include "evidence/json.hpp"
#include "redact/redact.hpp"
#include "support/catch.hpp"

#include "diagnosis/diagnosis.hpp"

using namespace ringback;
namespace fs = std::filesystem;

namespace {

std::string shown(const std::optional<Service>& service) { return service ? service->to_string() : "-"; }
std::string shown(const std::optional<Family>& family) { return family ? std::string(to_string(*family)) : "-"; }

/// A name by its place in the list of names: that stays, while the name does not.
std::string shown(const std::optional<std::string>& name, const Evidence& evidence) {
  if (!name) return "-";
  const auto& names = evidence.request.names;
  const auto found = std::find(names.begin(), names.end(), *name);
  return found == names.end() ? "another name" : "name " + std::to_string(found - names.begin());
}

/// All of a verdict that masks do not change: everything but sentences, and of the advice how many steps and commands there are.
std::string verdict(const Evidence& evidence) {
  const auto d = diagnose(evidence);
  auto text = fmt::format("{} {}, ipv4 {} {} layers, ipv6 {}, {} stable, {} temporary, {} reasons, status {}\n", to_string(d.connection.type),
                          to_string(d.connection.confidence), to_string(d.connection.ipv4.kind), d.connection.ipv4.nat_layers.value_or(99),
                          to_string(d.connection.ipv6.kind), d.connection.ipv6.stable_addresses.size(), d.connection.ipv6.temporary_addresses.size(),
                          d.connection.because.size(), exit_status(d));
  if (d.connection.ipv6.publish_kind) text += fmt::format("to publish: {}\n", to_string(*d.connection.ipv6.publish_kind));
  for (const auto& v : d.services) text += json::write(v).dump() + "\n";
  for (const auto& n : d.names)
    text += fmt::format("{} A, {} AAAA: {} ({}), {} reasons\n", n.a.size(), n.aaaa.size(), to_string(n.verdict), fmt::join(n.findings, " "), n.because.size());
  for (const auto& f : d.findings) {
    text += fmt::format("{} {} {}, {} {} {}, rests on {}", f.code, to_string(f.severity), to_string(f.confidence), shown(f.subject.service),
                        shown(f.subject.family), shown(f.subject.name, evidence), fmt::join(f.evidence, " "));
    for (const auto& r : f.remedies) text += fmt::format(", {} steps and {} commands", r.steps.size(), r.commands.size());
    text += "\n";
  }
  return text;
}

/// The first line that is not in both; empty: they are the same.
std::string difference(const Evidence& a, const Evidence& b) {
  if (a == b) return {};
  std::istringstream left(evidence_to_json(a).dump(1)), right(evidence_to_json(b).dump(1));
  std::string one, other, before;
  while (std::getline(left, one) && std::getline(right, other)) {
    if (one != other) return before + " " + one + " and not " + other;
    before = one;
  }
  return "somewhere";
}

}  // namespace

TEST_CASE("recorded households are judged the same when they are redacted") {
  std::size_t cases = 0;
  for (const auto& folder : fs::directory_iterator(fs::path(RINGBACK_FIXTURES) / "diagnosis")) {
    if (!folder.is_directory()) continue;
    INFO(folder.path().filename().string());
    std::ifstream in(folder.path() / "evidence.json");
    const auto evidence = evidence_from_json(nlohmann::ordered_json::parse(in), "/evidence").value();
    ++cases;
    const auto masked = redact(evidence);
    if (!masked) FAIL(masked.error().what);
    CHECK(verdict(masked->evidence) == verdict(evidence));
    const auto twice = redact(masked->evidence).value();
    CHECK(difference(twice.evidence, masked->evidence) == "");
    CHECK(twice.legend == masked->legend);
  }
  CHECK(cases >= 200);
}
