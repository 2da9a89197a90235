/// The program of this host that keeps the name: what to change in its file, what follows when, or why it may not do what it should.
#include <algorithm>

#include "diagnosis/records.hpp"
#include "diagnosis/remedies_by_code.hpp"
#include "diagnosis/updater_edits.hpp"
#include "diagnosis/updaters.hpp"

namespace ringback::diagnosis::advice {
namespace {

using host::AddressSource;

using Actions = std::vector<Step>;

/// The edit in words, and the command that opens the file. What the words depend on is asked before them.
Actions edit(const host::Updater& u, const System& s, Steps words) {
  Actions steps;
  if (std::ranges::find(words, with_old_ddclient(s)) != words.end()) steps.push_back(ask_ddclient_version());
  for (auto& step : words) steps.push_back({std::move(step)});
  steps.push_back({"This command opens the file for that.", {edit_file(u)}});
  return steps;
}

/// A hook is called when its interface comes up again, or the network changes.
void call_hook(const host::Updater& u, const System& s, Actions& steps) {
  if (u.active == false) {
    steps.push_back({"Nothing calls it now: the program that would, when the network changes, does not run. Have it called by cron or a timer."});
    return;
  }
  steps.push_back({"Nothing has to be restarted, and nothing changes yet: it is called when the network comes up or changes, and publishes the right "
                   "address then."});
  const auto connection = s.connection();
  std::optional<Command> bring_up;
  if (s.manager == host::Manager::network_manager && connection)
    bring_up = Command{"sudo nmcli connection up {}", *connection};
  else if (s.manager == host::Manager::systemd_networkd || (s.manager == host::Manager::netplan && s.software.renderer == "networkd"))
    bring_up = Command{"sudo networkctl reconfigure {}", s.interface_ipv6};
  if (bring_up)
    steps.push_back({"This command brings the connection up again, so that it is called at once; you may be cut off for a moment.", {*bring_up}});
  else
    steps.push_back({"To have it called at once, pull this host's cable for a moment (or switch its Wi-Fi off and on), or restart it."});
}

/// What makes the change take effect, and when.
void restart(const host::Updater& u, const System& s, Actions& steps) {
  const bool by_others = u.started_by == host::StartedBy::cron || u.started_by == host::StartedBy::timer || is_script(u);
  if (u.started_by == host::StartedBy::hook) {
    call_hook(u, s, steps);
  } else if (by_others && u.active != false) {
    steps.push_back({"Nothing has to be restarted: it is called again and again, and publishes the right address with the next call."});
  } else if (!u.unit.empty() && !is_script(u)) {
    steps.push_back({fmt::format("{} with this command; it publishes the right address at once.", u.active == false ? "It does not run: start it" : "Restart it"),
                     {u.active == false ? Command{"sudo systemctl enable --now {}", u.unit} : Command{"sudo systemctl restart {}", u.unit}}});
  } else if (u.program == "ddns-updater") {
    steps.push_back({"Restart it (in Docker: docker restart, and its container's name)."});
  } else if (u.active == false) {
    steps.push_back({"It does not run: start it, or have it called by cron or a timer."});
  } else {
    steps.push_back({"Restart it; it publishes the right address with its next turn."});
  }
}

/// Until every visitor goes to the new address.
std::string afterwards(const host::Updater& u, const System& s, Family family) {
  unsigned longest = 0;
  for (std::size_t i = 0; s.evidence && s.evidence->dns && i < s.evidence->dns->names.size(); ++i) {
    if (!kept_of(u, known_as(*s.evidence, i, family))) continue;
    for (const auto& answer : s.evidence->dns->names[i].answers)
      if (!answer.addresses.empty() && answer.type == type_of(family)) longest = std::max(longest, answer.ttl_s.value_or(0));
  }
  if (longest == 0) return "Where visitors come from, the old record may be remembered for a while.";
  return longest < 120 ? fmt::format("Where visitors come from, the old record is remembered for up to {} second{} after that.", longest, longest == 1 ? "" : "s")
                       : fmt::format("Where visitors come from, the old record is remembered for up to {} minutes after that.", (longest + 59) / 60);
}

/// The edit is in the steps already.
Remedy edited(const host::Updater& u, const System& s, Family family, std::string title, Steps words) {
  auto steps = edit(u, s, std::move(words));
  restart(u, s, steps);
  steps.push_back({afterwards(u, s, family)});
  return advise_by_steps(std::move(title), steps);
}

/// It is set up to publish another address than the name has.
Remedy look_why(const KeptBy& kept) {
  const auto& u = *kept.updater;
  const auto program = shown_program(u), name = plain_or(kept.name, "the name");
  Actions steps{{u.active == false
                  ? fmt::format("{} is set up for {} in {}, and does not run.", program, name, shown_file(u))
                  : fmt::format("{} is set up in {} to publish another address for {} than it has. Perhaps the file was changed and it was not restarted since, or its "
                                "next update is still to come; or it has stopped, or its last update failed (password, service, network). Its messages tell.",
                                program, shown_file(u), name)}};
  if (u.program == "ddclient" && u.ipv4.setting.starts_with("use=") && u.ipv6.setting.starts_with("usev6="))
    steps.push_back({fmt::format("From version 3.11 on, ddclient leaves {} out where there is a line with usev6=, and publishes no IPv4 address: write usev4= in its "
                                 "place then (usev4=webv4 for use=web).", plain_or(u.ipv4.setting, "the line with use="))});
  if (u.unit.empty()) {
    steps.push_back({"Start it by hand once, and read what it says."});
  } else {
    steps.push_back({"The first command shows whether it runs, the second one what it said last.", {{"systemctl status {}", u.unit}, {"sudo journalctl -u {} -n 30", u.unit}}});
    if (u.active == false)
      steps.push_back({"This command starts it, now and at every start of this host.", {{"sudo systemctl enable --now {}", u.unit}}});
    else if (!is_script(u))
      steps.push_back({"This command restarts it; it publishes the address at once then.", {{"sudo systemctl restart {}", u.unit}}});
  }
  return advise_by_steps(fmt::format("Find out why {} does not update {}", program, name), steps);
}

/// Its file is right, and it runs all the time: it publishes what the file says once it has read it, or with its next update.
Remedy restart_alone(const host::Updater& u, const System& s, const std::string& name) {
  const auto program = shown_program(u);
  Actions steps{{fmt::format("{} lets {} publish the address that stays: nothing has to be changed in it. Perhaps it was changed and {} was not restarted since, or its next "
                             "update is still to come.", shown_file(u), program, program)}};
  restart(u, s, steps);
  const auto failed = fmt::format("If {} does not lead to that address some minutes later, the last update failed (password, service, network), and ", name);
  if (u.unit.empty())
    steps.push_back({failed + "the program's messages tell why."});
  else
    steps.push_back({failed + "the program says why: the first command shows whether it runs, the second one what it said last.",
                     {{"systemctl status {}", u.unit}, {"sudo journalctl -u {} -n 30", u.unit}}});
  return advise_by_steps(fmt::format("Restart {}: its file is right already", program), steps);
}

/// It is set up to publish the address that stays.
Remedy let_it_publish(const KeptBy& kept, const System& s) {
  const auto& u = *kept.updater;
  using enum host::StartedBy;
  const bool stays_up = u.active == true && !is_script(u) && (u.started_by == daemon || u.started_by == unknown);
  return stays_up ? restart_alone(u, s, plain_or(kept.name, "the name")) : look_why(kept);
}

std::optional<KeptBy> updater_of(const Finding& f, const System& s, Family family) {
  if (!s.evidence) return std::nullopt;
  if (f.subject.name) return kept_by(*s.evidence, *f.subject.name, family);
  for (const auto& name : s.evidence->request.names)
    if (auto kept = kept_by(*s.evidence, name, family)) return kept;
  return std::nullopt;
}

const Interface* interface_named(const System& s, const std::string& name) {
  const auto& all = s.evidence->host->interfaces;
  const auto found = std::ranges::find(all, name, &Interface::name);
  return found == all.end() ? nullptr : &*found;
}

/// It takes the address from an interface that is not the one towards the home router, and has none of this home's networks.
bool takes_from_elsewhere(const System& s, const Facts& facts, const host::Published& way, Family family) {
  const auto& facing = facts.of(family).facing;
  if (way.source != AddressSource::interface || way.interface.empty() || facing.empty() || way.interface == facing) return false;
  const auto* its = interface_named(s, way.interface);
  if (its == nullptr || family == Family::ipv4) return true;
  const auto in_this_home = [&](const InterfaceAddress& address) {
    return std::ranges::any_of(facts.own, [&](const OwnAddress& own) {
      const auto& beside = own.value.address;
      return own.facing && beside.is_v6() && is_global(beside) && Prefix(beside, 64).contains(address.address);
    });
  };
  return std::ranges::none_of(its->addresses, [&](const auto& address) { return is_stable_global(address) && in_this_home(address); });
}

Remedy take_from_home(const host::Updater& u, const System& s, const host::Published& way, Family family) {
  const auto home = s.shown_interface(family), its = plain_or(way.interface, "another interface");
  Steps steps{fmt::format("{} takes the address from {}, and this home's line is on {}: in {}, write {} in place of {}.", shown_program(u), its, home,
                          shown_file(u), home, its)};
  return edited(u, s, family, fmt::format("Let {} take the address from {}", shown_program(u), home), std::move(steps));
}

/// Is what the name leads to what this interface shows already? Temporary addresses are left out.
bool shows_the_record(const Finding& f, const System& s, const Facts& facts, const host::Published& way, Family family) {
  const auto* interface = interface_named(s, way.interface.empty() ? facts.of(family).facing : way.interface);
  return interface != nullptr && std::ranges::any_of(interface->addresses, [&](const InterfaceAddress& own) {
    return own.address.family() == family && !(own.address.is_v6() && own.temporary) && records_say(*s.evidence, *f.subject.name, own.address);
  });
}

bool takes_what_dies(const host::Published& way) {
  return way.source == AddressSource::web || (way.source == AddressSource::interface && way.skips_temporary != true);
}

std::optional<Remedy> about_literal(const Finding& f, const KeptBy& kept, const System& s, Family family) {
  const auto& u = *kept.updater;
  const auto& way = way_of(u, family);
  const auto literal = literal_of(way);
  if (!f.subject.name) return std::nullopt;
  if (way.suffix && pick_ipv6(*s.evidence, gather_facts(*s.evidence), u).picks == Picks::temporary) {
    Steps steps;
    publish_stable(u, s, steps);
    return edited(u, s, family, fmt::format("Let {} publish the address that stays", shown_program(u)), std::move(steps));
  }
  if (way.suffix && pick_ipv6(*s.evidence, gather_facts(*s.evidence), u).picks == Picks::stays) return let_it_publish(kept, s);
  // With its last bits alone it follows every prefix. What else it says is for its writer to know.
  if (!literal) return f.code == "dns.aaaa-old-prefix" && way.setting == "ipv6_suffix" ? std::optional(look_why(kept)) : std::nullopt;
  if (!records_say(*s.evidence, *f.subject.name, *literal)) return look_why(kept);
  Steps steps;
  if (family == Family::ipv4) {
    publish_no_literal_ipv4(u, is_of_dynv6(*s.evidence, record_owner(f, s)), steps);
    return edited(u, s, family, fmt::format("Let {} publish the public IPv4 address", shown_program(u)), std::move(steps));
  }
  tell_of_literal(u, way, steps);
  publish_stable(u, s, steps);
  return edited(u, s, family, fmt::format("Let {} publish the address that stays", shown_program(u)), std::move(steps));
}

Remedy ask_past_the_vpn(const host::Updater& u, const System& s) {
  const auto& uplink = s.evidence->host->ipv4;
  Actions steps{{fmt::format("{} asks how this host is seen, and asks through {}, a tunnel (VPN): it publishes the VPN's address, and not this home's.",
                             shown_program(u), plain_or(uplink ? uplink->default_interface : "", "another interface"))}};
  if (is_script(u) && u.program != "wget") {   // which cannot be bound to an interface
    for (auto& step : edit(u, s, {fmt::format("{}, give curl the option --interface {}: then it asks through the home router.", place_of(u, u.ipv4),
                                              s.shown_interface(Family::ipv4))}))
      steps.push_back(std::move(step));
  }
  steps.push_back({"Or let the VPN not take everything (in WireGuard: AllowedIPs without 0.0.0.0/0 and ::/0)."});
  return advise_by_steps(fmt::format("Let {} ask past the VPN", shown_program(u)), steps);
}

/// What a command of somebody's own prints is not known.
Remedy look_at_its_command(const KeptBy& kept, const System& s) {
  const auto& u = *kept.updater;
  const auto program = shown_program(u);
  Steps words{fmt::format("{} publishes what a command of its own prints, which {} names{}. Call that command by hand. If it prints {}, the file is right: leave it as it is, and "
                          "go on where {} is restarted.", program, shown_file(u), u.ipv6.line != 0 ? fmt::format(" in line {}", u.ipv6.line) : "",
                          s.shown_ipv6(), program)};
  publish_stable(u, s, words);
  return edited(u, s, Family::ipv6, fmt::format("Let {} publish the address that stays", program), std::move(words));
}

}  // namespace

/// What is temporary or deprecated is left out, and so are unique local addresses.
std::string prints_stable_address(const System& s) {
  return fmt::format("ip -6 -o addr show dev {} scope global -temporary -deprecated | awk '{{print $4}}' | cut -d/ -f1 | grep -v ^f | head -n 1",
                     s.shown_interface(Family::ipv6));
}

bool may_be_ddclient(const Finding& f, const System& s) {
  const auto kept = updater_of(f, s, Family::ipv6);
  return !kept || kept->updater->program == "ddclient";
}

std::vector<Step> updater_follows(const Finding& f, const System& s) {
  const std::string until = "the name leads to the old one, which is gone.";
  const auto kept = updater_of(f, s, Family::ipv6);
  if (!kept) return {{"Then restart the program that keeps the name up to date: until it publishes the new address, " + until}};
  Actions steps;
  restart(*kept->updater, s, steps);
  steps.front().words = fmt::format("Until {} publishes the new address, {} {}", shown_program(*kept->updater), until, steps.front().words);
  return steps;
}

bool updater_is_set_up_well(const Finding& f, const System& s) {
  const auto kept = updater_of(f, s, Family::ipv6);
  return kept && pick_ipv6(*s.evidence, gather_facts(*s.evidence), *kept->updater).picks == Picks::stays;
}

std::optional<Remedy> updater_publishes_stable(const Finding& f, const System& s) {
  const auto kept = updater_of(f, s, Family::ipv6);
  if (!kept) return std::nullopt;
  const auto& u = *kept->updater;
  const auto& way = u.ipv6;
  if (way.source == AddressSource::literal) return about_literal(f, *kept, s, Family::ipv6);
  const auto facts = gather_facts(*s.evidence);
  if (takes_from_elsewhere(s, facts, way, Family::ipv6)) return take_from_home(u, s, way, Family::ipv6);
  const bool through_vpn = way.source == AddressSource::web && facts.ipv6.vpn;
  const bool stands_still = f.code == "dns.aaaa-old-prefix" && u.active == false && takes_what_dies(way) && !through_vpn;
  // What takes the first address that it is shown may be shown another one tomorrow.
  const bool well = pick_ipv6(*s.evidence, facts, u).picks == Picks::stays && (way.source == AddressSource::web || way.skips_temporary == true);
  if (stands_still || well) {
    if (!f.subject.name || shows_the_record(f, s, facts, way, Family::ipv6)) return std::nullopt;
    return well ? let_it_publish(*kept, s) : look_why(*kept);
  }
  if (way.source == AddressSource::command && !is_script(u)) return look_at_its_command(*kept, s);
  if (!takes_what_dies(way) && way.source != AddressSource::router) return std::nullopt;   // its own command: only its writer knows
  Steps steps;
  publish_stable(u, s, steps);
  return edited(u, s, Family::ipv6, fmt::format("Let {} publish the address that stays", shown_program(u)), std::move(steps));
}

std::optional<Remedy> updater_publishes_no_ipv4(const Finding& f, const System& s) {
  const auto kept = updater_of(f, s, Family::ipv4);
  if (!kept) return std::nullopt;
  const auto& u = *kept->updater;
  Steps words;
  publish_no_ipv4(u, s, f.subject.name && is_of_dynv6(*s.evidence, record_owner(f, s)), words);
  auto steps = edit(u, s, std::move(words));
  restart(u, s, steps);
  return advise_by_steps(fmt::format("Let {} publish no IPv4 address", shown_program(u)), steps);
}

std::optional<Remedy> updater_publishes_ipv4(const Finding& f, const System& s) {
  const auto kept = updater_of(f, s, Family::ipv4);
  if (!kept || !f.subject.name) return std::nullopt;
  const auto& u = *kept->updater;
  const auto& way = u.ipv4;
  if (way.source == AddressSource::literal) return about_literal(f, *kept, s, Family::ipv4);
  // The router's word, or a command's: it does what it is told.
  if (way.source != AddressSource::web && way.source != AddressSource::interface) return std::nullopt;
  const auto facts = gather_facts(*s.evidence);
  if (way.source == AddressSource::web) return facts.ipv4.vpn ? ask_past_the_vpn(u, s) : look_why(*kept);
  Steps steps;
  if (s.has_router && publish_seen_ipv4(u, is_of_dynv6(*s.evidence, record_owner(f, s)), steps))
    return edited(u, s, Family::ipv4, fmt::format("Let {} publish the public IPv4 address", shown_program(u)), std::move(steps));
  if (takes_from_elsewhere(s, facts, way, Family::ipv4)) return take_from_home(u, s, way, Family::ipv4);
  return shows_the_record(f, s, facts, way, Family::ipv4) ? std::nullopt : std::optional(look_why(*kept));
}

}  // namespace ringback::diagnosis::advice
