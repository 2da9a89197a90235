#include "diagnosis/case.hpp"
#include "diagnosis/codes.hpp"
#include "diagnosis/shell_command.hpp"
#include "diagnosis/updaters.hpp"

namespace ringback::diagnosis {
namespace {

std::optional<Finding> no_stable(const Case& c) {
  const auto& ipv6 = c.ipv6.connection;
  if (!ipv6.stable_addresses.empty()) return std::nullopt;
  if (ipv6.kind != Ipv6Kind::native && ipv6.kind != Ipv6Kind::unknown && ipv6.kind != Ipv6Kind::tunnel) return std::nullopt;
  Pointers evidence;
  std::string all;
  auto confidence = Confidence::certain;
  for (const auto& own : c.facts.own) {
    if (!own.facing || !own.value.address.is_v6() || !is_global(own.value.address) || own.value.dad_failed) continue;
    // Duplicate address detection still runs (RFC 4862 §5.4): a moment later it may be the one that stays.
    if (own.value.tentative && !own.value.temporary) return std::nullopt;
    cite(evidence, own.at);
    all += fmt::format("{}{} ({})", all.empty() ? "" : ", ", own.value.address.to_string(),
                       own.value.temporary            ? "temporary"
                       : own.withdrawn_at.empty()     ? "deprecated"
                                                      : "of a prefix that the router advertises no more");
    if (own.withdrawn_at.empty()) continue;
    cite(evidence, own.withdrawn_at);
    confidence = Confidence::likely;   // a router may spread its prefixes over several advertisements
  }
  if (all.empty()) return std::nullopt;
  return finding("address.no-stable-ipv6", confidence, fmt::format("The global IPv6 addresses of this host: {}.", all),
                 {.family = Family::ipv6}, evidence);
}

std::optional<Finding> temporary_preferred(const Case& c) {
  if (!c.evidence.host || c.ipv6.connection.stable_addresses.empty()) return std::nullopt;
  for (std::size_t i = 0; i < c.evidence.host->lookups.size(); ++i) {
    const auto& lookup = c.evidence.host->lookups[i];
    if (!lookup.source || !lookup.source->is_v6()) continue;
    const auto* own = c.facts.find_own(*lookup.source);
    if (!own || !own->facing || !own->value.temporary) continue;
    auto found = finding("address.temporary-preferred", Confidence::certain,
                         fmt::format("Outgoing connections leave from {}, a temporary address; {} stays.", lookup.source->to_string(),
                                     c.ipv6.connection.stable_addresses.front().to_string()),
                         {.family = Family::ipv6}, {pointer("host", "lookups", i, "source"), own->at});
    // A program that will put it into the DNS, and is for a name that was asked about: what may happen becomes what will.
    if (const auto publisher = publisher_of_temporary(c, c.evidence.request.names)) {
      found.detail += fmt::format(" On this host {} publishes a temporary address for {}.", shown(*publisher->updater, Family::ipv6),
                                  plain_or(publisher->name, "the name"));
      found.severity = Severity::warning;
      cite(found.evidence, publisher->at);
    }
    return found;
  }
  return std::nullopt;
}

}  // namespace

Findings address_findings(const Case& c) {
  Findings result;
  if (!c.facts.ipv6.wanted) return result;
  if (auto found = no_stable(c)) result.push_back(std::move(*found));
  if (auto found = temporary_preferred(c)) result.push_back(std::move(*found));
  return result;
}

}  // namespace ringback::diagnosis
