#include "diagnosis/updaters.hpp"

#include <algorithm>

#include "diagnosis/records.hpp"
#include "diagnosis/shell_command.hpp"

namespace ringback::diagnosis {
namespace {

using host::AddressSource;

bool publishes(const host::Updater& updater, Family family) { return way_of(updater, family).source != AddressSource::none; }

/// "pi.dynv6.net" below "dynv6.net", with the final dot or without.
bool is_below(std::string_view zone, std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  if (name.size() <= zone.size() + 1 || name[name.size() - zone.size() - 1] != '.') return false;
  return same_name(name.substr(name.size() - zone.size()), zone);
}

/// Runs before nobody knows, and that before stands still.
int eagerness(const host::Updater& updater) { return !updater.active ? 1 : *updater.active ? 2 : 0; }

/// It is neither the name that was asked about nor that one in ASCII.
bool is_behind_alias(const Evidence& evidence, std::string_view kept, std::string_view name) {
  const auto is_that = [&](const dns::Name& asked) { return same_name(asked.name, name) && same_name(queried(asked), kept); };
  return !same_name(kept, name) && (!evidence.dns || std::ranges::none_of(evidence.dns->names, is_that));
}

/// What went wrong, after "… keeps the name up to date"; empty: what it publishes does not explain this finding.
std::string mistake(const Case& c, const Finding& found, const host::Updater& updater) {
  const auto family = *found.subject.family;
  const auto& way = way_of(updater, family);
  const auto pick = pick_of(c, updater, family);
  const bool as_seen = way.source == AddressSource::web;
  if (const auto literal = literal_of(way); literal && records_say(c.evidence, *found.subject.name, *literal))
    return "it publishes the address that this line says";
  if (found.code == "dns.a-wrong" && as_seen && c.facts.ipv4.vpn)
    return "it asks through the VPN how this host is seen, and publishes the VPN's address";
  if (found.code == "dns.aaaa-temporary" && pick.picks == Picks::temporary)
    return as_seen      ? "it publishes the address that it is seen with, and outgoing connections use a temporary one"
           : way.suffix ? "its setting says the last four groups of a temporary address"
                        : "it publishes the first address that the interface shows, and that is a temporary one";
  if (found.code == "dns.a-useless" && pick.picks == Picks::carriers)
    return "it publishes the address that this home is seen with over IPv4, and that is the provider's";
  if ((found.code == "dns.a-not-global" || found.code == "dns.aaaa-not-global") && pick.picks == Picks::local)
    return "it publishes an address of the interface, and that is good inside the home alone";
  if (found.code == "dns.aaaa-router" && way.source == AddressSource::router) return "over IPv6 this setting does nothing, and something else, such as the router itself, publishes this address";
  return {};
}

constexpr std::string_view about_records[] = {"dns.a-wrong",    "dns.aaaa-wrong",      "dns.aaaa-router",     "dns.aaaa-temporary", "dns.aaaa-old-prefix",
                                              "dns.a-useless",  "dns.a-not-global",    "dns.aaaa-not-global", "dns.a-missing",      "dns.aaaa-missing"};

}  // namespace

const host::Published& way_of(const host::Updater& updater, Family family) { return family == Family::ipv4 ? updater.ipv4 : updater.ipv6; }

std::optional<std::string> kept_of(const host::Updater& updater, const std::vector<std::string>& names) {
  for (const auto& name : names)
    for (const auto& its : updater.names)
      if (same_name(its, name)) return its;
  return std::nullopt;
}

std::optional<KeptBy> kept_by(const Evidence& evidence, std::string_view name, Family family) {
  if (!evidence.host || evidence.host->updaters.empty()) return std::nullopt;
  std::optional<KeptBy> best;
  const auto names = known_as(evidence, name, family);
  for (std::size_t i = 0; i < evidence.host->updaters.size(); ++i) {
    const auto& updater = evidence.host->updaters[i];
    if (!publishes(updater, family) || (best && eagerness(updater) <= eagerness(*best->updater))) continue;
    if (auto kept = kept_of(updater, names))
      best = {&updater, pointer("host", "updaters", i), *kept, is_behind_alias(evidence, *kept, name)};
  }
  return best;
}

std::optional<KeptBy> publisher_of_temporary(const Case& c, const std::vector<std::string>& names) {
  for (std::size_t i = 0; c.evidence.host && i < c.evidence.host->updaters.size(); ++i) {
    const auto& updater = c.evidence.host->updaters[i];
    if (updater.active != true || pick_of(c, updater, Family::ipv6).picks != Picks::temporary) continue;
    for (const auto& name : names)
      if (auto kept = kept_of(updater, known_as(c.evidence, name, Family::ipv6)))
        return KeptBy{&updater, pointer("host", "updaters", i), *kept, is_behind_alias(c.evidence, *kept, name)};
  }
  return std::nullopt;
}

std::string shown(const host::Updater& updater, Family family) {
  const auto& way = way_of(updater, family);
  std::string place = plain_or(updater.file, "its file");
  if (way.line != 0) place += fmt::format(", line {}", way.line);
  if (!way.setting.empty()) place += ": " + (way.setting.find(' ') == std::string::npos ? plain_or(way.setting, "a setting") : std::string("ip addr"));
  return fmt::format("{} ({})", plain_or(updater.program, "a program"), place);
}

void name_the_updater(const Case& c, std::vector<Finding>& findings) {
  for (auto& found : findings) {
    if (!found.subject.name || !found.subject.family || std::ranges::find(about_records, found.code) == std::end(about_records)) continue;
    const auto kept = kept_by(c.evidence, *found.subject.name, *found.subject.family);
    if (!kept) continue;
    const auto& updater = *kept->updater;
    const auto who = shown(updater, *found.subject.family);
    const auto why = mistake(c, found, updater);
    std::string what = "the name";
    if (kept->behind_alias) what += fmt::format(" behind the alias, {},", plain_or(kept->name, "another one"));
    if (updater.active == false)
      found.detail += fmt::format(" On this host {} is set up for {} and does not run.", who, kept->behind_alias ? what : what + ",");
    else
      found.detail += fmt::format(" On this host {} {} {} up to date{}{}.", who, updater.active == true ? "keeps" : "is set up to keep", what,
                                  why.empty() ? "" : ": ", why);
    cite(found.evidence, kept->at);
  }
}

void say_what_to_publish(const Case& c, const std::optional<Address>& best, Ipv6Connection& connection) {
  if (!c.evidence.host || c.facts.ipv6.vpn) return;
  const auto mac_of = [&](const std::string& name) {
    const auto found = std::ranges::find(c.evidence.host->interfaces, name, &Interface::name);
    return found == c.evidence.host->interfaces.end() ? std::optional<MacAddress>() : found->mac;
  };
  if (best) {
    connection.publish = best;
    if (const auto* own = c.facts.find_own(*best)) {
      connection.publish_kind = identifier_kind(own->value, mac_of(own->interface));
      connection.publish_left = own->value.valid_left;
    }
  }
  for (const auto& lookup : c.evidence.host->lookups) {
    if (!lookup.source || !lookup.source->is_v6()) continue;
    const auto* own = c.facts.find_own(*lookup.source);
    if (!own || !own->facing || !is_global(*lookup.source)) continue;
    connection.outgoing = lookup.source;
    if (own->value.temporary) connection.outgoing_left = own->value.valid_left;
  }
}

bool is_myfritz(std::string_view owner) { return is_below("myfritz.net", owner); }

/// By its zones, and by the servers of the zone where that was looked for: it serves its users' own as well.
bool is_of_dynv6(const Evidence& evidence, std::string_view owner) {
  static constexpr std::string_view zones[] = {"dynv6.net", "dns.army", "dns.navy", "v6.army", "v6.navy", "v6.rocks"};
  if (std::ranges::any_of(zones, [&](std::string_view zone) { return is_below(zone, owner); })) return true;
  for (const auto& asked : evidence.dns ? evidence.dns->names : std::vector<dns::Name>()) {
    if (!same_name(asked.name, owner) && !same_name(queried(asked), owner)) continue;
    if (std::ranges::any_of(asked.zone_servers, [](const std::string& server) { return is_below("dynv6.com", server); })) return true;
  }
  return false;
}

}  // namespace ringback::diagnosis
