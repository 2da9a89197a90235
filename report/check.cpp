#include "report/check.hpp"

#include <algorithm>

#include "diagnosis/access.hpp"
#include "report/summary.hpp"

namespace ringback {
namespace {

/// By address: whoever sits behind one of this host's interfaces.
bool is_here(const Address& address, const host::Evidence& host) {
  return std::ranges::any_of(host.interfaces, [&](const auto& interface) {
    return std::ranges::any_of(interface.addresses, [&](const auto& own) { return own.address == address; });
  });
}

/// Of the home router, as it lists them itself, where the whole list was read.
std::optional<std::vector<Service>> mappings_of(const Evidence& evidence) {
  if (!evidence.router || !evidence.host) return std::nullopt;
  std::optional<std::vector<Service>> result;
  for (const auto& gateway : evidence.router->gateways) {
    if (gateway.distance != 1) continue;
    for (const auto& igd : gateway.igds) {
      if (!igd.troubles.empty()) return std::nullopt;   // perhaps it was not read to its end
      if (!result) result.emplace();
      for (const auto& mapping : igd.mappings)
        if (mapping.enabled && is_here(mapping.internal_client, *evidence.host)) result->push_back({mapping.protocol, mapping.external_port, mapping.internal_port});
    }
  }
  if (!result) return std::nullopt;
  std::ranges::sort(*result);
  const auto again = std::ranges::unique(*result);
  result->erase(again.begin(), again.end());
  return result;
}

/// Behind a carrier's translator it is one of a pool, perhaps another one with every connection, and never this home's own.
std::optional<Address> address_of(const Report& report) {
  const auto& ipv4 = report.connection.ipv4;
  return diagnosis::shared_by_carrier(ipv4.kind) ? std::nullopt : ipv4.mapped_address;
}

template <class T>
std::size_t at_most(const std::vector<T>& all, std::size_t most) { return std::min(all.size(), most); }

}  // namespace

Level level_of(const Report& report) {
  return static_cast<Level>(exit_status({report.connection, report.services, report.names, report.findings}));
}

history::State state_of(const Report& report) {
  history::State state{.connection = report.connection.type,
                       .ipv4 = address_of(report),
                       .prefix = report.connection.ipv6.prefix,
                       .ipv6 = report.connection.ipv6.publish,
                       .mappings = mappings_of(report.evidence)};
  for (std::size_t i = 0; i < at_most(report.services, kMostServices); ++i) {
    const auto& verdict = report.services[i];
    state.services.push_back({verdict.service, verdict.family, verdict.reachable, verdict.cause});
  }
  for (std::size_t i = 0; i < at_most(report.names, kMostNames); ++i) state.names.push_back({report.names[i].name, report.names[i].verdict});
  for (std::size_t i = 0; i < at_most(report.findings, kMostFindings); ++i) {
    const auto& finding = report.findings[i];
    if (finding.severity != Severity::info) state.problems.push_back({finding.code, finding.severity, finding.subject});
  }
  return state;
}

}  // namespace ringback
