/// The updater's own words: which file to edit, which line, what to write there, and what follows when.
#include <algorithm>

#include "diagnosis/records.hpp"
#include "diagnosis/remedies_by_code.hpp"
#include "diagnosis/updaters.hpp"
#include "net/interface_identifier.hpp"

namespace ringback::diagnosis::advice {
namespace {

using host::AddressSource;

bool is_script(const host::Updater& u) { return u.program != "ddclient" && u.program != "inadyn" && u.program != "ddns-updater"; }

std::string file_of(const host::Updater& u) { return plain_or(u.file, "its file"); }

/// "In place of line 3 (usev6=webv6), write: …"
std::string in_place_of(const host::Published& way, const std::string& file, const std::string& text, const std::string& otherwise) {
  if (way.line == 0) return fmt::format("In {}, {}: {}", file, otherwise, text);
  const auto setting = plain_or(way.setting, "");
  return fmt::format("In {}, in place of {}line {}, write: {}", file, setting.empty() ? "" : fmt::format("\"{}\" in ", setting), way.line, text);
}

/// What makes the change take effect, and when.
void restart(const host::Updater& u, std::vector<std::string>& steps, std::vector<Command>& commands) {
  const bool by_others = u.started_by == host::StartedBy::cron || u.started_by == host::StartedBy::timer || is_script(u);
  if (by_others && u.active != false) {
    steps.emplace_back("Nothing has to be restarted: it is called again and again, and publishes the right address with the next call.");
  } else if (!u.unit.empty() && !is_script(u)) {
    steps.push_back(fmt::format("{}; it publishes the right address at once.", u.active == false ? "It does not run: start it" : "Restart it"));
    commands.push_back(u.active == false ? Command{"sudo systemctl enable --now {}", u.unit} : Command{"sudo systemctl restart {}", u.unit});
  } else if (u.program == "ddns-updater") {
    steps.emplace_back("Restart it (in Docker: docker restart, and its container's name).");
  } else if (u.active == false) {
    steps.emplace_back("It does not run: start it, or have it called by cron or a timer.");
  } else {
    steps.emplace_back("Restart it; it publishes the right address with its next turn.");
  }
}

/// Until every visitor goes to the new address.
std::string afterwards(const host::Updater& u, const System& s, Family family) {
  unsigned longest = 0;
  for (const auto& name : s.evidence && s.evidence->dns ? s.evidence->dns->names : std::vector<dns::Name>()) {
    if (std::ranges::none_of(u.names, [&](const std::string& its) { return same_name(its, name.name); })) continue;
    for (const auto& answer : name.answers)
      if (!answer.addresses.empty() && answer.type == type_of(family)) longest = std::max(longest, answer.ttl_s.value_or(0));
  }
  if (longest == 0) return "Visitors' resolvers may keep the old record for a while.";
  return longest < 120 ? fmt::format("Visitors' resolvers keep the old record for up to {} seconds after that.", longest)
                       : fmt::format("Visitors' resolvers keep the old record for up to {} minutes after that.", (longest + 59) / 60);
}

std::string key_of(const host::Published& way, const char* otherwise) {
  const auto setting = plain_or(way.setting, "");
  const auto equals = setting.find('=');
  return equals == std::string::npos ? otherwise : setting.substr(0, equals);
}

void edit(const host::Updater& u, std::vector<Command>& commands) { commands.push_back({"sudoedit {}", u.file}); }

/// The file of a program that has one, or a script: the address that stays.
void publish_stable(const host::Updater& u, const System& s, std::vector<std::string>& steps) {
  const auto& way = u.ipv6;
  const auto file = file_of(u);
  const auto interface = s.shown_interface(Family::ipv6);
  if (u.program == "ddclient") {
    steps.push_back(in_place_of(way, file, fmt::format("usev6=ifv6, ifv6={}", interface), "above the line with the name, write"));
    steps.emplace_back("ddclient then takes the address from the interface, and leaves temporary ones out.");
    // nic_*_update() of 3.10.0: the others send "myip=" and nothing behind it.
    steps.push_back(fmt::format("Before version 4.0 it does so for few services (Cloudflare, FreeDNS, Hetzner, Njalla). For any other, write instead: use=cmd, cmd=\"{}\"",
                                prints_stable_address(s)));
  } else if (u.program == "inadyn") {
    steps.push_back(in_place_of(way.setting == "allow-ipv6=true" ? host::Published{} : way, file,
                                fmt::format("checkip-command = \"{}\"", prints_stable_address(s)),
                                "in the section of the provider, write"));
    steps.emplace_back("The line allow-ipv6 = true has to stay. Of an interface inadyn takes any address, a temporary one too; the command shows it the "
                       "ones that stay alone.");
  } else if (u.program == "ddns-updater") {
    const auto identifier = s.stable_ipv6 ? interface_identifier(*s.stable_ipv6) : 0;
    const auto group = [&](unsigned shift) { return identifier >> shift & 0xffffU; };
    steps.push_back(s.stable_ipv6 ? fmt::format("In {}, write into the entry of the name: \"ipv6_suffix\": \"0:0:0:0:{:x}:{:x}:{:x}:{:x}/64\"", file, group(48),
                                                group(32), group(16), group(0))
                                  : fmt::format("In {}, write into the entry of the name an \"ipv6_suffix\" with the last four groups of this host's stable address.", file));
    steps.emplace_back("It goes on asking how it is seen, and puts these last four groups in place of the temporary ones.");
  } else if (way.source == AddressSource::interface) {
    steps.push_back(way.line != 0 ? fmt::format("In {}, line {}, write behind \"scope global\": -temporary -deprecated", file, way.line)
                                  : fmt::format("In {}, write behind \"scope global\": -temporary -deprecated", file));
    steps.emplace_back("The script takes the first address that it is shown; these words leave out those that die.");
  } else {
    steps.push_back(in_place_of(way, file, fmt::format("{}=$({})", key_of(way, "ipv6"), prints_stable_address(s)), "put the address that stays into the URL"));
    steps.emplace_back(u.file.ends_with(".service") ? "A unit has no shell: put the whole command into a script, and call that."
                                                    : "The URL has to stand in double quotes for that, not in single ones.");
  }
}

void publish_no_ipv4(const host::Updater& u, const System& s, bool dynv6, std::vector<std::string>& steps) {
  const auto& way = u.ipv4;
  const auto file = file_of(u);
  if (u.program == "ddclient") {
    const bool both = way.setting.starts_with("use=");
    steps.push_back(both && s.ipv6_internet
                        ? in_place_of(way, file, fmt::format("usev6=ifv6, ifv6={}", s.shown_interface(Family::ipv6)), "write")
                        : in_place_of(way, file, both ? "use=disabled" : "usev4=disabled", "above the line with the name, write"));
    steps.emplace_back("ddclient sets records and deletes none: the A record that is there has to be deleted by hand, as above.");
  } else if (u.program == "inadyn") {
    publish_stable(u, s, steps);
    steps.emplace_back("inadyn then sees no IPv4 address, and publishes none. It deletes no record: do that by hand, as above.");
  } else if (u.program == "ddns-updater") {
    steps.push_back(fmt::format("In {}, write into the entry of the name: \"ip_version\": \"ipv6\"", file));
  } else {
    const auto setting = plain_or(way.setting, "");
    steps.push_back(way.line != 0 ? fmt::format("In {}, line {}, take out {}.", file, way.line, setting.empty() ? "the call" : "\"" + setting + "\", or the call with it")
                                  : fmt::format("In {}, take out the call that publishes IPv4.", file));
    if (dynv6) steps.emplace_back("Call dynv6's update URL once with ipv4=- (a hyphen): that removes the A record.");
  }
}

/// The household's public address, which nothing on this host's interfaces shows.
bool publish_seen_ipv4(const host::Updater& u, std::vector<std::string>& steps) {
  if (u.ipv4.source != AddressSource::interface) return false;
  const auto file = file_of(u);
  if (u.program == "ddclient")
    steps.push_back(in_place_of(u.ipv4, file, u.ipv4.setting.starts_with("use=") ? "use=web" : "usev4=webv4", "write"));
  else if (u.program == "inadyn")
    steps.push_back(u.ipv4.line != 0 ? fmt::format("In {}, take out line {}, which begins with \"iface\".", file, u.ipv4.line)
                                     : fmt::format("In {}, take out the line that begins with \"iface\".", file));
  else
    return false;
  steps.emplace_back("Behind a home router no interface of this host has the public IPv4 address; the program has to ask how it is seen.");
  return true;
}

/// It is set up as it should be, and yet the record is wrong.
Remedy look_why(const Finding& f, const host::Updater& u) {
  const auto program = plain_or(u.program, "the program");
  std::vector<std::string> steps{fmt::format("{} is set up for {} in {}, and does not say there to publish this address: it has stopped, or its last update failed "
                                             "(password, service, network). Its messages tell.", program, shown_name(f), file_of(u))};
  std::vector<Command> commands;
  if (!u.unit.empty()) {
    commands.push_back({"systemctl status {}", u.unit});
    commands.push_back({"sudo journalctl -u {} -n 30", u.unit});
  }
  if (u.active == false && !u.unit.empty()) commands.push_back({"sudo systemctl enable --now {}", u.unit});
  if (u.unit.empty()) steps.emplace_back("Start it by hand once, and read what it says.");
  return advise(fmt::format("Find out why {} does not update {}", program, shown_name(f)), steps, commands);
}

std::optional<KeptBy> updater_of(const Finding& f, const System& s, Family family) {
  if (!s.evidence) return std::nullopt;
  if (f.subject.name) return kept_by(*s.evidence, *f.subject.name, family);
  for (const auto& name : s.evidence->request.names)
    if (auto kept = kept_by(*s.evidence, name, family)) return kept;
  return std::nullopt;
}

bool takes_what_dies(const host::Published& way) {
  return way.source == AddressSource::web || (way.source == AddressSource::interface && way.skips_temporary != true);
}

}  // namespace

/// What is temporary or deprecated is left out, and so are unique local addresses.
std::string prints_stable_address(const System& s) {
  return fmt::format("ip -6 -o addr show dev {} scope global -temporary -deprecated | awk '{{print $4}}' | cut -d/ -f1 | grep -v ^f | head -n 1",
                     s.shown_interface(Family::ipv6));
}

std::optional<Remedy> updater_publishes_stable(const Finding& f, const System& s) {
  const auto kept = updater_of(f, s, Family::ipv6);
  if (!kept) return std::nullopt;
  const auto& u = *kept->updater;
  const bool right = u.ipv6.source == AddressSource::interface && u.ipv6.skips_temporary == true;
  if (right || (f.code == "dns.aaaa-old-prefix" && u.active == false)) return look_why(f, u);
  if (!takes_what_dies(u.ipv6) && u.ipv6.source != AddressSource::router) return std::nullopt;   // its own command or a literal: only its writer knows
  std::vector<std::string> steps;
  std::vector<Command> commands;
  edit(u, commands);
  publish_stable(u, s, steps);
  restart(u, steps, commands);
  steps.push_back(afterwards(u, s, Family::ipv6));
  return advise(fmt::format("Let {} publish the address that stays", plain_or(u.program, "the updater")), steps, commands);
}

std::optional<Remedy> updater_publishes_no_ipv4(const Finding& f, const System& s) {
  const auto kept = updater_of(f, s, Family::ipv4);
  if (!kept) return std::nullopt;
  const auto& u = *kept->updater;
  std::vector<std::string> steps;
  std::vector<Command> commands;
  edit(u, commands);
  publish_no_ipv4(u, s, f.subject.name && is_of_dynv6(*s.evidence, *f.subject.name), steps);
  restart(u, steps, commands);
  return advise(fmt::format("Let {} publish no IPv4 address", plain_or(u.program, "the updater")), steps, commands);
}

std::optional<Remedy> updater_publishes_ipv4(const Finding& f, const System& s) {
  const auto kept = updater_of(f, s, Family::ipv4);
  if (!kept) return std::nullopt;
  const auto& u = *kept->updater;
  std::vector<std::string> steps;
  std::vector<Command> commands;
  if (!publish_seen_ipv4(u, steps)) return look_why(f, u);
  edit(u, commands);
  restart(u, steps, commands);
  steps.push_back(afterwards(u, s, Family::ipv4));
  return advise(fmt::format("Let {} publish the public IPv4 address", plain_or(u.program, "the updater")), steps, commands);
}

std::vector<std::string> hints_of_service(const Finding& f, const System& s) {
  std::vector<std::string> hints;
  if (!f.subject.name || !s.evidence) return hints;
  const auto identifier = s.stable_ipv6 ? interface_identifier(*s.stable_ipv6) : 0;
  const auto group = [&](unsigned shift) { return identifier >> shift & 0xffffU; };
  const auto last_half = s.stable_ipv6 ? fmt::format("::{:x}:{:x}:{:x}:{:x}", group(48), group(32), group(16), group(0)) : std::string("the last four groups of this host's stable address");
  if (is_myfritz(*f.subject.name)) {
    hints.push_back(f.code == "dns.aaaa-router"
                        ? "The MyFRITZ! name of the FRITZ!Box leads to the box itself, over IPv6 as well. This host has a name of its own before it "
                          "(DEVICE.….myfritz.net) once the box shares a port for it: the list of shared ports shows the name."
                        : "A MyFRITZ! name is kept by the FRITZ!Box: no program of this host can set it.");
    hints.push_back(fmt::format("In the box's menu, under Internet > Permit Access (Freigaben), open this device and set its IPv6 interface ID to {}; the name "
                                "then follows every new prefix.", last_half));
  } else if (is_of_dynv6(*s.evidence, *f.subject.name)) {
    hints.push_back(fmt::format("dynv6 can put addresses together by itself: a record of type AAAA below the zone with {} gets the zone's prefix before it, and "
                                "ipv6prefix=auto in the update URL keeps the prefix current, whoever calls it. The zone's own address is set with ipv6= alone.",
                                last_half));
  }
  return hints;
}

}  // namespace ringback::diagnosis::advice
