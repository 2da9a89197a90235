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

const Command reload{"sudo firewall-cmd --reload"};
const Step load_again{"Load the rules again with this command. They hold after a restart, too.", {reload}};

std::string rich_rule(const Deciding& d, const char* action) {
  return fmt::format("rule priority=\"-32768\" port port=\"{}\" protocol=\"{}\" {}", d.port, d.protocol, action);
}

/// Its zone lets the port in by a translation, which firewalld keeps beside the ports and services.
Closing stop_forwarding(const Deciding& d) {
  const auto& to = *d.walk->translated_to;
  auto forward = fmt::format("port={}:proto={}:toport={}", d.port, d.protocol, to.port);
  if (d.guest) forward += ":toaddr=" + d.guest->to_string();
  return {{{"firewalld forwards the port. This command lists such entries of its default zone (a set of rules).", {{"sudo firewall-cmd --list-forward-ports"}}},
           {"Take this one out with this command. If it is kept in another zone, add --zone=NAME.", {{"sudo firewall-cmd --permanent --remove-forward-port={}", forward}}}},
          {load_again}};
}

}  // namespace

Remedy with_firewalld(const Deciding& d) {
  const auto zone = zone_of(d);
  // Rules that deny come before those that allow; only a priority of its own puts an exception in front (firewalld.richlanguage(5)).
  if (zone && (zone->part == "_deny" || zone->part == "_pre")) {
    return advise_by_steps(title(d, "firewalld"),
                           {{fmt::format("A rule of the zone (the set of rules) \"{}\" denies the port; this command lists such rules.",
                                         plain_or(zone->name, "of this interface")),
                             {{"sudo firewall-cmd --zone={} --list-rich-rules", zone->name}}},
                            {"The first command accepts the port in front of that one, the second one loads the rules again.",
                             {{"sudo firewall-cmd --permanent --zone={} --add-rich-rule {}", zone->name, rich_rule(d, "accept")}, reload}}});
  }
  if (zone)
    return advise(title(d, "firewalld"),
                  {fmt::format("firewalld has a set of rules (a zone) for each network card; visitors come in through the zone \"{}\". The first command opens the "
                               "port there for good, the second one loads the rules again.", plain_or(zone->name, "of this interface"))},
                  {{"sudo firewall-cmd --permanent --zone={} --add-port={}/{}", zone->name, d.port, d.protocol}, reload});
  return advise_by_steps(title(d, "firewalld"),
                         {{fmt::format("firewalld has a set of rules (a zone) for each network card. The first command names the one of {}, the second one the one that is "
                                       "meant where none is named.", plain_or(d.interface, "the card")),
                           {{"sudo firewall-cmd --get-zone-of-interface={}", d.interface}, {"sudo firewall-cmd --get-default-zone"}}},
                          {"The first command opens the port for good; if the two names differ, add --zone=NAME to it, with the first one. The second command loads the "
                           "rules again.",
                           {{"sudo firewall-cmd --permanent --add-port={}/{}", d.port, d.protocol}, reload}}});
}

/// A port may be open by itself or as part of a service, which other ports belong to: what denies it in front of both closes it for sure.
Closing close_with_firewalld(const Deciding& d) {
  if (d.walk && d.walk->translated_to) return stop_forwarding(d);
  const auto zone = zone_of(d);
  const auto call = zone ? Command{"sudo firewall-cmd --zone={}", zone->name} : Command{"sudo firewall-cmd"};
  const auto for_good = zone ? Command{"sudo firewall-cmd --permanent --zone={}", zone->name} : Command{"sudo firewall-cmd --permanent"};
  return {{{fmt::format("Or close the port in this host's own firewall, firewalld. This command lists what {} lets in. If the port "
                        "stands under \"ports\" there, take it out with --permanent --remove-port={}/{}; if it is part of one of the \"services\" "
                        "(firewall-cmd --info-service=NAME lists a service's ports), take that out with --permanent --remove-service=NAME.",
                        zone ? fmt::format("its zone (set of rules) \"{}\"", plain_or(zone->name, "of this interface")) : std::string("its default zone (set of rules)"), d.port,
                        d.protocol),
            {call + Command{"--list-all"}}},
           {"Whichever it is, and if the service is needed for its other ports: this command denies the port in front of them.",
            {for_good + Command{"--add-rich-rule {}", rich_rule(d, "drop")}}}},
          {load_again}};
}

}  // namespace ringback::diagnosis::firewall
