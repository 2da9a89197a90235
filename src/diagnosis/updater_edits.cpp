#include "diagnosis/updater_edits.hpp"

#include <algorithm>

#include "diagnosis/remedies_by_code.hpp"
#include "net/interface_identifier.hpp"

namespace ringback::diagnosis::advice {
namespace {

using host::AddressSource;

/// "In place of "usev6=webv6" in line 3, write: …"; of a keyword alone what it is set to stands behind it in the file, and goes as well.
std::string in_place_of(const host::Published& way, const std::string& file, const std::string& text, const std::string& otherwise) {
  if (way.line == 0) return fmt::format("In {}, {}:\n{}", file, otherwise, text);
  const auto setting = plain_or(way.setting, "");
  const bool whole = setting.find('=') != std::string::npos;
  return fmt::format("In {}, in place of {}line {}{}, write:\n{}", file, whole ? fmt::format("\"{}\" in ", setting) : "", way.line,
                     whole || setting.empty() ? "" : fmt::format(", which begins with \"{}\"", setting), text);
}

/// It stands above the sections, or in one of them.
std::string take_out_iface(const host::Published& way, const std::string& file) {
  return way.line != 0 ? fmt::format("In {}, take out line {}, which begins with \"iface\".", file, way.line)
                       : fmt::format("In {}, take out the line that begins with \"iface\".", file);
}

/// NetworkManager calls its hooks before the addresses of IPv6 are there, even of a connection that has to wait for them (1.42).
void hook_waits(const host::Updater& u, const System& s, Steps& steps) {
  if (u.started_by != host::StartedBy::hook) return;
  steps.push_back(fmt::format("It may be called before the address is there, and would publish nothing then. Above that line, write:\nfor i in 1 2 3 4 5; do ip -6 "
                              "addr show dev {} scope global -temporary -deprecated | grep -q inet6 && break; sleep 1; done", s.shown_interface(Family::ipv6)));
}

/// A line of a script may hold the whole job: only what finds the address is replaced.
void script_lists_stable(const host::Updater& u, const System& s, Steps& steps) {
  const auto place = place_of(u, u.ipv6);
  if (u.ipv6.setting.ends_with("scope global"))
    steps.push_back(fmt::format("{}, write behind \"scope global\":\n-temporary -deprecated", place));
  else
    steps.push_back(fmt::format("{}, in place of the command that lists the addresses, and of all that it is piped into, write:\n{}", place,
                                prints_stable_address(s)));
  steps.emplace_back("The script takes the first address that it is shown; these words leave out those that die.");
  hook_waits(u, s, steps);
}

void script_says_stable(const host::Updater& u, const System& s, Steps& steps) {
  const auto& way = u.ipv6;
  const auto place = place_of(u, way);
  const auto command = prints_stable_address(s);
  const auto setting = plain_or(way.setting, ""), parameter = plain_or(way.parameter, "");
  const auto equals = setting.find('=');
  if (!setting.empty() && equals == std::string::npos) {
    steps.push_back(fmt::format("{}, let {} be filled in this way:\n{}=$({})", place, setting, setting, command));
  } else {
    if (!setting.empty())
      steps.push_back(fmt::format("{}, in place of \"{}\" in the URL, write:\n{}=$({})", place, setting, setting.substr(0, equals), command));
    else if (!parameter.empty())
      steps.push_back(fmt::format("{}, put into the URL, behind what stands there:\n&{}=$({})", place, parameter, command));
    else
      steps.push_back(fmt::format("{}, put into the URL the parameter in which this service takes an IPv6 address (its instructions name it), with "
                                  "this value:\n$({})", place, command));
    if (!u.file.ends_with(".service")) steps.emplace_back("The URL has to stand in double quotes for that, not in single ones.");
  }
  if (u.file.ends_with(".service")) steps.emplace_back("A unit has no shell: put the whole command into a script, and call that.");
  hook_waits(u, s, steps);
}

constexpr std::string_view crontabs = "/var/spool/cron/crontabs/";

/// The other family is no way in either.
constexpr auto nothing_to_publish = "this host has no IPv6 that the internet reaches either, so there is no address to publish";

/// checkip-command stands in a section and nowhere else, and iface would go before it (inadyn.conf(5)).
void inadyn_publishes_stable(const host::Updater& u, const System& s, Steps& steps) {
  const auto& way = u.ipv6.source != AddressSource::none ? u.ipv6 : u.ipv4;
  const bool of_interface = way.source == AddressSource::interface;
  if (of_interface) steps.push_back(take_out_iface(way, shown_file(u)));
  const bool own_line = !of_interface && way.setting != "allow-ipv6=true";
  steps.push_back(in_place_of(own_line ? way : host::Published{}, shown_file(u), fmt::format("checkip-command = \"{}\"", prints_stable_address(s)),
                              "in the section of the provider, write"));
  if (u.ipv6.source == AddressSource::none)   // inadyn.conf(5): its default is false
    steps.emplace_back("Above the sections, write as well: allow-ipv6 = true. Without that line inadyn throws IPv6 addresses away.");
  else
    steps.emplace_back("The line allow-ipv6 = true has to stay.");
  steps.emplace_back("By itself inadyn takes any address of a network card, a temporary one too; the command shows it the ones that stay alone.");
}

/// From version 3.11 on ddclient leaves use= out where usev4= or usev6= is set (update_nics(); 3.10 does not, and takes usev4= as well).
void keep_ipv4_published(const host::Updater& u, Steps& steps) {
  const auto& way = u.ipv4;
  if (!way.setting.starts_with("use=")) return;
  constexpr std::pair<std::string_view, std::string_view> renamed[] = {{"web", "webv4"}, {"if", "ifv4"}, {"cmd", "cmdv4"}, {"fw", "fwv4"}, {"ip", "ipv4"}};
  const auto method = way.setting.substr(4);
  const auto* now = std::ranges::find(renamed, method, &std::pair<std::string_view, std::string_view>::first);
  if (now == std::end(renamed)) return;
  steps.push_back(fmt::format("From version 3.11 on, ddclient leaves a line with use= out where there is one with usev6=, and publishes IPv4 no longer. In place of "
                              "\"{}\"{}, write:\nusev4={}", plain_or(way.setting, ""), way.line != 0 ? fmt::format(" in line {}", way.line) : "", now->second));
  steps.push_back(fmt::format("What stands there as {}= is called {}= beside usev4=.", method, now->second));
}

std::string ipv6_suffix(const Address& stable) {
  const auto identifier = interface_identifier(stable);
  const auto group = [&](unsigned shift) { return identifier >> shift & 0xffffU; };
  return fmt::format("0:0:0:0:{:x}:{:x}:{:x}:{:x}/64", group(48), group(32), group(16), group(0));
}

}  // namespace

bool is_script(const host::Updater& u) { return u.program != "ddclient" && u.program != "inadyn" && u.program != "ddns-updater"; }
std::string shown_program(const host::Updater& u) { return plain_or(u.program, "the program"); }
std::string shown_file(const host::Updater& u) {
  if (u.file.starts_with(crontabs)) return "the crontab of " + plain_or(u.file.substr(crontabs.size()), "its user");
  return plain_or(u.file, "its file");
}

std::string place_of(const host::Updater& u, const host::Published& way) {
  return way.line != 0 ? fmt::format("In {}, line {}", shown_file(u), way.line) : fmt::format("In {}", shown_file(u));
}

Command edit_file(const host::Updater& u) {
  if (u.file.starts_with(crontabs)) return {"sudo crontab -u {} -e", u.file.substr(crontabs.size())};
  return {"sudoedit {}", u.file};
}

// -version is unknown up to 3.10; what -help prints ends with it.
Step ask_ddclient_version(std::string_view before) {
  return {fmt::format("{}hich line is right depends on ddclient's version, which this command shows (Debian 12 has 3.10). The line that comes first is right from version 3.11 on, and "
                      "for Cloudflare, FreeDNS, Hetzner and Njalla up to version 3.10 too. For any other service, version 3.10 and older need the line with use=cmd.", before),
          {{"ddclient -help 2>&1 | grep 'ddclient version'"}}};
}

// nic_*_update() of 3.10.0: the others send "myip=" and nothing behind it, or IPv4; use=cmd goes before nothing else.
std::string with_old_ddclient(const System& s) {
  return fmt::format("Up to version 3.10, for another service than Cloudflare, FreeDNS, Hetzner and Njalla, write there instead, in place of all that begins with use=, usev4= or "
                     "usev6=, a line that publishes this one address and no IPv4 address:\nuse=cmd, cmd=\"{}\"", prints_stable_address(s));
}

std::vector<Step> if_it_is_ddclient(const System& s, std::string_view write) {
  host::Updater its{.program = "ddclient", .file = "/etc/ddclient.conf", .unit = "ddclient.service"};   // as Debian has it
  for (const auto& known : s.evidence && s.evidence->host ? s.evidence->host->updaters : std::vector<host::Updater>())
    if (known.program == "ddclient" && !known.readable) its = known;
  std::vector<Step> steps{ask_ddclient_version("If it is ddclient: w"),
                          {fmt::format("In {}, {}:\nusev6=ifv6, ifv6={}", shown_file(its), write, s.shown_interface(Family::ipv6))},
                          {with_old_ddclient(s)},
                          {"This command opens ddclient's file for that.", {edit_file(its)}}};
  if (!its.unit.empty()) steps.push_back({"Then restart ddclient with this command.", {{"sudo systemctl restart {}", its.unit}}});
  return steps;
}

void publish_stable(const host::Updater& u, const System& s, Steps& steps) {
  const auto& way = u.ipv6;
  const auto file = shown_file(u);
  if (u.program == "ddclient") {
    steps.push_back(in_place_of(way, file, fmt::format("usev6=ifv6, ifv6={}", s.shown_interface(Family::ipv6)),
                                "above the line with the name, write"));
    steps.emplace_back("ddclient then takes the address from this host's network card, and leaves temporary ones out.");
    if (s.public_ipv4) keep_ipv4_published(u, steps);
    steps.push_back(with_old_ddclient(s));
  } else if (u.program == "inadyn") {
    inadyn_publishes_stable(u, s, steps);
  } else if (u.program == "ddns-updater") {
    steps.push_back(s.stable_ipv6 ? fmt::format("In {}, write into the entry of the name: \"ipv6_suffix\": \"{}\"", file, ipv6_suffix(*s.stable_ipv6))
                                  : fmt::format("In {}, write into the entry of the name an \"ipv6_suffix\" with the last four groups of this host's "
                                                "stable address.", file));
    steps.emplace_back("It goes on asking how it is seen, and puts these last four groups in place of the temporary ones.");
  } else if (way.source == AddressSource::interface) {
    script_lists_stable(u, s, steps);
  } else {
    script_says_stable(u, s, steps);
  }
}

void publish_no_ipv4(const host::Updater& u, const System& s, bool dynv6, Steps& steps) {
  const auto& way = u.ipv4;
  const auto file = shown_file(u);
  if (u.program == "ddclient") {
    const bool both = way.setting.starts_with("use=");
    steps.push_back(both && s.ipv6_internet
                        ? in_place_of(way, file, fmt::format("usev6=ifv6, ifv6={}", s.shown_interface(Family::ipv6)), "write")
                        : in_place_of(way, file, both ? "use=disabled" : "usev4=disabled", "above the line with the name, write"));
    if (s.ipv6_internet) steps.push_back(with_old_ddclient(s));
    steps.emplace_back("ddclient sets records and deletes none: the A record that is there has to be deleted by hand, as above.");
  } else if (u.program == "inadyn") {
    if (s.no_ipv6)
      steps.push_back(fmt::format("In {}, take out the section with the name: {}.", file, nothing_to_publish));
    else
      publish_stable(u, s, steps);
    steps.emplace_back(s.no_ipv6 ? "inadyn deletes no record: do that by hand, as above."
                                 : "inadyn then sees no IPv4 address, and publishes none. It deletes no record: do that by hand, as above.");
  } else if (u.program == "ddns-updater") {
    steps.push_back(s.no_ipv6 ? fmt::format("In {}, take out the entry of the name: {}.", file, nothing_to_publish)
                              : fmt::format("In {}, write into the entry of the name: \"ip_version\": \"ipv6\"", file));
  } else {
    const auto setting = plain_or(way.setting, "");
    const bool variable = !setting.empty() && setting.find('=') == std::string::npos;
    const auto what = setting.empty() ? std::string("the call")
                      : variable      ? fmt::format("what fills {}, and in the URL the parameter that it stands in", setting)
                                      : fmt::format("\"{}\", or the call with it", setting);
    steps.push_back(way.line != 0 ? fmt::format("{}, take out {}.", place_of(u, way), what)
                                  : fmt::format("In {}, take out the call that publishes IPv4.", file));
    if (dynv6) steps.emplace_back("Call dynv6's update URL once with ipv4=- (a hyphen): that removes the A record.");
  }
}

bool publish_seen_ipv4(const host::Updater& u, bool dynv6, Steps& steps) {
  const auto& way = u.ipv4;
  const auto file = shown_file(u);
  if (u.program == "ddclient")
    steps.push_back(in_place_of(way, file, way.setting.starts_with("use=") ? "use=web" : "usev4=webv4", "write"));
  else if (u.program == "inadyn")
    steps.push_back(take_out_iface(way, file));
  else if (!is_script(u))
    return false;
  else
    steps.push_back(fmt::format("{}, take out what looks the address up, and {}", place_of(u, way),
                                dynv6 ? "write ipv4=auto in the URL."
                                      : "its parameter in the URL: the service then takes the address that the call comes from."));
  steps.emplace_back("Behind a home router no network card of this host has the public IPv4 address; the program has to ask how it is seen.");
  return true;
}

void tell_of_literal(const host::Updater& u, const host::Published& way, Steps& steps) {
  const auto setting = plain_or(way.setting, "an address");
  steps.push_back(way.line != 0 ? fmt::format("Line {} of {} says this very address, whatever it is today: {}", way.line, shown_file(u), setting)
                                : fmt::format("{} says this very address, whatever it is today: {}", shown_file(u), setting));
}

void publish_no_literal_ipv4(const host::Updater& u, bool dynv6, Steps& steps) {
  tell_of_literal(u, u.ipv4, steps);
  steps.emplace_back(dynv6 ? "Write in its place: ipv4=auto"
                           : "Take it out of the URL: the service then takes the address that the call comes from. Let that be one over IPv4 (curl "
                             "-4, wget -4).");
}

}  // namespace ringback::diagnosis::advice
