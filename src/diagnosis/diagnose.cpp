#include <algorithm>

#include "diagnosis/case.hpp"
#include "diagnosis/past.hpp"
#include "diagnosis/path_mtu.hpp"
#include "diagnosis/remedies.hpp"
#include "diagnosis/updaters.hpp"
#include "diagnosis/vpn.hpp"

namespace ringback {
namespace {

void append(std::vector<Finding>& into, std::vector<Finding> more) {
  std::ranges::move(more, std::back_inserter(into));
}

bool has(const std::vector<Finding>& findings, std::string_view code) {
  return std::ranges::any_of(findings, [&](const auto& f) { return f.code == code; });
}

/// What was found goes before what could not be measured, unless it is a mere note.
std::pair<bool, std::pair<bool, Severity>> rank(const Finding& finding) {
  return {finding.severity != Severity::info, {!finding.code.starts_with("measure."), finding.severity}};
}

/// That a family is absent says nothing about the service over the other one.
bool settles(const ServiceVerdict& verdict) {
  if (verdict.reachable == Reachable::unknown) return false;
  return verdict.cause != "ipv4.none" && verdict.cause != "ipv6.none" && verdict.cause != "ipv6.local-only";
}

}  // namespace

Diagnosis diagnose(const Evidence& evidence) {
  namespace d = diagnosis;
  d::Case c{.evidence = evidence, .facts = d::gather_facts(evidence), .ipv4 = {}, .ipv6 = {}, .internet = {}, .connection = {}};
  c.ipv6 = d::judge_ipv6(evidence, c.facts);
  c.ipv4 = d::judge_ipv4(evidence, c.facts, c.ipv6);
  c.internet = d::judge_internet(evidence, c.facts);
  c.connection = d::judge_connection(c.ipv4, c.ipv6, c.internet);

  Diagnosis result{.connection = c.connection, .services = {}, .names = {}, .findings = {}};
  auto inbound = d::judge_inbound(c);
  result.services = std::move(inbound.services);
  auto names = d::judge_names(c, result.services);
  result.names = std::move(names.names);

  append(result.findings, d::access_findings(c, result.services));
  append(result.findings, std::move(inbound.findings));
  append(result.findings, d::mtu_findings(c, result.services));
  append(result.findings, d::router_findings(c, result.services));
  append(result.findings, std::move(names.findings));
  append(result.findings, d::address_findings(c));
  append(result.findings, d::exposure_findings(c));
  append(result.findings, d::vpn_findings(c, result.services, result.names));
  append(result.findings, d::measurement_findings(c, result.services));
  d::tell_of_name_at_vpn(c, result.names, result.findings);
  d::name_the_updater(c, result.findings);
  d::say_what_will_be_published(c, result.findings, result.names);
  d::tell_of_the_past(c, result.services, result.findings);

  // A habit of the kernel becomes a fault where it has already put a dying address into the DNS.
  if (has(result.findings, "dns.aaaa-temporary"))
    for (auto& found : result.findings)
      if (found.code == "address.temporary-preferred") found.severity = Severity::warning;
  // The vantage point that failed is the cause of what could not be tested, and said once.
  if (has(result.findings, "measure.vantage-down"))
    for (auto& found : result.findings)
      if (found.code == "inbound.untested") found.severity = Severity::info;
  auto system = d::describe_system(c);
  system.services = result.services;
  for (const auto& found : result.findings) system.told.push_back({found.code, found.subject, found.confidence, found.title});
  d::say_what_to_publish(c, system.stable_ipv6, result.connection.ipv6);
  for (auto& found : result.findings)
    if (found.remedies.empty()) found.remedies = d::remedies_for(found, system);
  if (!evidence.request.services_named) d::only_if_wanted(result.findings);
  std::ranges::stable_sort(result.findings, [](const auto& a, const auto& b) { return rank(a) > rank(b); });
  return result;
}

int exit_status(const Diagnosis& diagnosis) {
  Severity worst = Severity::info;
  for (const auto& found : diagnosis.findings) worst = std::max(worst, found.severity);
  if (worst == Severity::error) return 2;
  const bool determined = diagnosis.services.empty()
                              ? diagnosis.connection.type != ConnectionType::unknown
                              : std::ranges::any_of(diagnosis.services, settles);
  if (!determined) return 3;
  return worst == Severity::warning ? 1 : 0;
}

}  // namespace ringback
