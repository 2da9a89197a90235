#include "diagnosis/case.hpp"
#include "diagnosis/codes.hpp"
#include "diagnosis/shell_command.hpp"
#include "diagnosis/updaters.hpp"

namespace ringback::diagnosis {
namespace {

/// When an address that is no longer used ends; of a temporary one another follows, and its end tells nothing.
std::string until_gone(const InterfaceAddress& address) {
  if (address.temporary || !address.valid_left) return {};
  const auto left = std::max<std::int64_t>(address.valid_left->count(), 0);   // a stored report may say anything
  if (left < 120) return fmt::format(", gone in {} s", left);
  if (left < 2 * 3600) return fmt::format(", gone in {} min", left / 60);
  return left < 2 * 86400 ? fmt::format(", gone in {} h", left / 3600) : fmt::format(", gone in {} days", left / 86400);
}

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
    all += fmt::format("{}{} ({}{})", all.empty() ? "" : ", ", own.value.address.to_string(),
                       own.value.temporary            ? "temporary"
                       : own.withdrawn_at.empty()     ? "deprecated"
                                                      : "of a prefix that the router advertises no more",
                       until_gone(own.value));
    if (own.withdrawn_at.empty()) continue;
    cite(evidence, own.withdrawn_at);
    confidence = Confidence::likely;   // a router may spread its prefixes over several advertisements
  }
  if (all.empty()) return std::nullopt;
  return finding("address.no-stable-ipv6", confidence, fmt::format("The global IPv6 addresses of this host: {}.", all),
                 {.family = Family::ipv6}, evidence);
}

/// A program that will put it into the DNS, and is for a name that was asked about: what may happen becomes what will.
void name_the_publisher(Finding& found, const KeptBy& publisher) {
  found.detail += fmt::format(" On this host {} publishes a temporary address for {}.", shown(*publisher.updater, Family::ipv6),
                              plain_or(publisher.name, "the name"));
  found.severity = Severity::warning;
  cite(found.evidence, publisher.at);
}

/// A route of its own leads to the service that an updater asks, and another address of this host is used on it.
std::optional<Finding> temporary_towards_service(const Case& c) {
  const auto publisher = publisher_of_temporary(c, c.evidence.request.names);
  if (!publisher) return std::nullopt;
  const auto way = way_to_service(c.evidence, publisher->updater->ipv6, Family::ipv6);
  if (!way || !way->lookup.source) return std::nullopt;
  const auto* own = c.facts.find_own(*way->lookup.source);
  if (!own || !own->value.temporary) return std::nullopt;
  auto found = finding("address.temporary-preferred", Confidence::certain,
                       fmt::format("Connections to {} leave from {}, a temporary address; {} stays.", plain_or(publisher->updater->ipv6.service, "its service"),
                                   way->lookup.source->to_string(), c.ipv6.connection.stable_addresses.front().to_string()),
                       {.family = Family::ipv6}, {way->at, own->at});
  name_the_publisher(found, *publisher);
  return found;
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
    if (const auto publisher = publisher_of_temporary(c, c.evidence.request.names)) name_the_publisher(found, *publisher);
    return found;
  }
  return temporary_towards_service(c);
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
