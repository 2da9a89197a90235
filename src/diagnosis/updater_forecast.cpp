/// What the program that keeps a name up to date will make of it, before the records show it.
#include <algorithm>

#include "diagnosis/records.hpp"
#include "diagnosis/shell_command.hpp"
#include "diagnosis/updaters.hpp"

namespace ringback::diagnosis {
namespace {

using host::AddressSource;

/// What it publishes over this family, after its name; empty: that cannot be told, or it publishes none.
std::string forecast(const Case& c, const host::Updater& updater, Family family) {
  const auto& way = way_of(updater, family);
  const auto pick = pick_of(c, updater, family);
  const auto address = pick.address ? pick.address->to_string() : std::string();
  const bool as_seen = way.source == AddressSource::web;
  switch (pick.picks) {
    case Picks::stays: return "publishes an IPv6 address of this host that stays, as it should be";
    case Picks::households: return "publishes this home's own IPv4 address, as it should be";
    case Picks::temporary:
      return fmt::format("publishes {}, which is temporary: {}. Once it is gone, the name leads to nobody until the next update", address,
                         as_seen      ? "it is the address that the program is seen with"
                         : way.suffix ? "the setting says its last four groups"
                                      : "it is the first that the interface shows");
    case Picks::local: return fmt::format("publishes {}, the first address of the interface, and that is good inside the home alone", address);
    case Picks::carriers:
      return fmt::format("publishes {}, the IPv4 address that this home is seen with. It is the provider's, and nobody can be let in there",
                         address.empty() ? "an address" : address);
    case Picks::nothing: return fmt::format("finds no IPv{} address that it would publish", family == Family::ipv4 ? 4 : 6);
    case Picks::unknown: break;
  }
  // ddclient alone is known to take such a setting and to do nothing by it (nic_updateable() of 3.10: "is not implemented and does nothing").
  if (way.source == AddressSource::router && family == Family::ipv6 && updater.program == "ddclient" && way.setting == "usev6=fwv6")
    return "is told to ask the router for the IPv6 address, which it does not do: it publishes none";
  return {};
}

/// A finding about the records of this family, or about this host's addresses, names the program already, and what it does wrong.
bool is_told_of(const std::vector<Finding>& findings, const std::string& name, Family family, const KeptBy& kept) {
  return std::ranges::any_of(findings, [&](const Finding& found) {
    return (!found.subject.name || found.subject.name == name) && found.subject.family == family && std::ranges::find(found.evidence, kept.at) != found.evidence.end();
  });
}

}  // namespace

void say_what_will_be_published(const Case& c, const std::vector<Finding>& findings, std::vector<NameVerdict>& names) {
  for (auto& name : names)
    for (const auto family : {Family::ipv4, Family::ipv6}) {
      if (!c.facts.of(family).wanted) continue;
      const auto kept = kept_by(c.evidence, name.name, family);
      if (!kept || kept->updater->active != true || is_told_of(findings, name.name, family, *kept)) continue;
      const auto what = forecast(c, *kept->updater, family);
      if (what.empty()) continue;
      const auto whose = kept->behind_alias ? fmt::format(" for {}, which is behind the alias", plain_or(kept->name, "the name")) : std::string();
      name.updates.push_back(fmt::format("On this host {}{} {}.", shown(*kept->updater, family), whose, what));
    }
}

}  // namespace ringback::diagnosis
