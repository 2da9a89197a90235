#include "diagnosis/firewall_rule.hpp"

namespace ringback::diagnosis::firewall {
namespace {

/// firewalld's chains of a zone: filter_IN_public, filter_IN_public_allow, …
struct Zone {
  std::string name, part;
};
std::optional<Zone> zone_of(const Deciding& d) {
  constexpr std::string_view prefix = "filter_IN_";
  if (!d.walk || !d.walk->chain || !d.walk->chain->starts_with(prefix)) return std::nullopt;
  Zone zone{d.walk->chain->substr(prefix.size()), {}};
  for (const std::string_view part : {"_pre", "_log", "_deny", "_allow", "_post"})
    if (zone.name.ends_with(part)) {
      zone.name.resize(zone.name.size() - part.size());
      zone.part = part;
      break;
    }
  return zone;
}

}  // namespace

Remedy with_firewalld(const Deciding& d) {
  const Command reload{"sudo firewall-cmd --reload"};
  const auto zone = zone_of(d);
  // Rules that deny come before those that allow; only a priority of its own puts an exception in front (firewalld.richlanguage(5)).
  if (zone && (zone->part == "_deny" || zone->part == "_pre")) {
    const auto rule = fmt::format("rule priority=\"-32768\" port port=\"{}\" protocol=\"{}\" accept", d.port, d.protocol);
    return advise(title(d, "firewalld"),
                  {fmt::format("A rule of the zone \"{}\" denies the port (the last command lists such rules). Accept it in front of that "
                               "one, and load the rules again.",
                               plain_or(zone->name, "of this interface"))},
                  {{"sudo firewall-cmd --permanent --zone={} --add-rich-rule {}", zone->name, rule},
                   reload,
                   {"sudo firewall-cmd --zone={} --list-rich-rules", zone->name}});
  }
  if (zone)
    return advise(title(d, "firewalld"),
                  {fmt::format("firewalld sorts interfaces into zones; visitors come in through zone \"{}\". Open the port there for good, "
                               "and load the rules again.", plain_or(zone->name, "of this interface"))},
                  {{"sudo firewall-cmd --permanent --zone={} --add-port={}/{}", zone->name, d.port, d.protocol}, reload});
  return advise(title(d, "firewalld"),
                {"Open the port in firewalld's default zone for good, and load the rules again.",
                 "firewalld sorts interfaces into zones: if the first command does not name the default zone (the second one does), add "
                 "--zone=NAME with the name that it gives."},
                {{"sudo firewall-cmd --get-zone-of-interface={}", d.interface},
                 {"sudo firewall-cmd --get-default-zone"},
                 {"sudo firewall-cmd --permanent --add-port={}/{}", d.port, d.protocol},
                 reload});
}

}  // namespace ringback::diagnosis::firewall
