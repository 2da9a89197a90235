/// What a shell is told: the update URLs of the common services, and where the address in them comes from.
#include <algorithm>
#include <array>

#include "net/address.hpp"
#include "probes/host/text.hpp"
#include "probes/host/updaters.hpp"

namespace ringback::host {
namespace {

constexpr std::size_t most_lines = 512;
constexpr std::size_t longest_line = 4096;

struct UpdateService {
  std::string_view url;        ///< stands in the URL
  std::string_view name;       ///< what is behind a bare label: "home" is "home.duckdns.org"; empty: names are whole
  bool sees_ipv4_alone = false;
};
/// From the instructions that each gives to its users.
constexpr UpdateService services[] = {{"dynv6.com/api/update", ""},
                                      {"duckdns.org/update", ".duckdns.org", true},
                                      {"dynupdate.no-ip.com/nic/update", ""},
                                      {"members.dyndns.org/nic/update", ""},
                                      {"dyndns.strato.com/nic/update", ""},
                                      {"update.dedyn.io", ""},
                                      {"update6.dedyn.io", ""},
                                      {"ipv64.net/nic/update", ""},
                                      {"ipv64.net/update.php", ""},
                                      {"ddnss.de/upd.php", ""},
                                      {"freemyip.com/update", ""},
                                      {"api.dynu.com/nic/update", ""},
                                      {"dyn.dns.he.net/nic/update", ""},
                                      {"dyndns.inwx.com/nic/update", ""},
                                      {"carol.selfhost.de/", ""},
                                      {"svc.joker.com/nic/update", ""},
                                      {"now-dns.com/update", ""},
                                      {"dyndns.variomedia.de/nic/update", ""},
                                      {"freedns.afraid.org/dynamic/update.php", ""},
                                      {"sync.afraid.org/u/", ""}};

constexpr std::string_view name_keys[] = {"hostname", "hostnames", "host", "domain", "domains", "zone", "myhostname"};
enum class Means { either, ipv4, ipv6 };
struct AddressKey {
  std::string_view key;
  Means family;
};
constexpr AddressKey address_keys[] = {{"ip", Means::either},  {"myip", Means::either},  {"ipv4", Means::ipv4}, {"myipv4", Means::ipv4},
                                       {"ipv6", Means::ipv6}, {"myipv6", Means::ipv6}, {"ip6", Means::ipv6}};
/// Pages that say as what they see one.
constexpr std::string_view mirrors[] = {"icanhazip", "ipify", "ident.me", "ifconfig.", "myip", "checkip", "ipecho", "ip6only", "whatismyip", "opendns"};

bool has(std::string_view text, std::string_view what) { return text.find(what) != std::string_view::npos; }
bool is_word(char ch) { return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') || ch == '_'; }
bool ends_value(char ch) { return std::string_view("& \t\"'`;|)>\r").find(ch) != std::string_view::npos; }

struct Script {
  std::vector<std::string_view> text;          ///< without comments
  const std::vector<std::string>& arguments;

  /// The first "NAME=value" that begins a line or an argument.
  std::string variable(std::string_view name) const {
    const auto value_in = [&](std::string_view line) -> std::optional<std::string> {
      if (line.starts_with("export ")) line.remove_prefix(7);
      if (!line.starts_with(name) || line.size() <= name.size() || line[name.size()] != '=') return std::nullopt;
      line.remove_prefix(name.size() + 1);
      if (!line.empty() && (line.front() == '"' || line.front() == '\'')) line.remove_prefix(1);
      return std::string(line.substr(0, line.find_first_of(" \t\"';\r")));
    };
    for (const auto& argument : arguments)
      if (auto value = value_in(argument)) return *value;
    for (const auto& line : text)
      if (auto value = value_in(trimmed(line))) return *value;
    return {};
  }

  /// "$1", "${hostname}", "$device" become what they stand for, as far as that is written down.
  std::string resolved(std::string word, unsigned depth = 0) const {
    if (!word.starts_with('$') || depth > 3) return word.starts_with('$') ? std::string() : word;
    std::string name;
    for (const char ch : word.substr(word.starts_with("${") ? 2 : 1)) {
      if (!is_word(ch)) break;
      name += ch;
    }
    if (const auto index = number(name)) {
      std::vector<std::string> positional;
      for (const auto& argument : arguments)
        if (argument.find('=') == std::string::npos) positional.push_back(argument);
      return *index > 0 && static_cast<std::size_t>(*index) <= positional.size() ? positional[static_cast<std::size_t>(*index) - 1] : std::string();
    }
    return name.empty() ? std::string() : resolved(variable(name), depth + 1);
  }
};

/// "key=value" of a URL's query, of "-d key=value" or of "--data key=value".
std::optional<std::string> parameter(std::string_view line, std::string_view key) {
  for (std::size_t at = line.find(key); at != std::string_view::npos; at = line.find(key, at + 1)) {
    const auto after = at + key.size();
    const bool begins = at == 0 || std::string_view("?& \"'").find(line[at - 1]) != std::string_view::npos;
    if (!begins || after >= line.size() || line[after] != '=') continue;
    auto end = after + 1;
    while (end < line.size() && !ends_value(line[end])) ++end;
    return std::string(line.substr(after + 1, end - after - 1));
  }
  return std::nullopt;
}

/// Where a variable with an address in it was filled, as far as the words of the whole script tell.
Published filled(const Script& script, bool six) {
  Published mirror, interface;
  for (std::size_t i = 0; i < script.text.size(); ++i) {
    const auto line = script.text[i];
    const bool fetches = has(line, "curl") || has(line, "wget") || has(line, "dig ");
    const bool other = six ? has(line, " -4") || has(line, "ipv4") : has(line, " -6") || has(line, "ipv6");
    if (fetches && !other && mirror.source == AddressSource::none && std::ranges::any_of(mirrors, [&](auto word) { return has(line, word); }))
      mirror = {.source = AddressSource::web, .line = static_cast<unsigned>(i + 1)};
    const bool lists = six ? has(line, "ip -6 ") || has(line, "ip -o -6 ") || (has(line, "inet6") && (has(line, "ip ") || has(line, "ifconfig")))
                           : has(line, "ip -4 ") || has(line, "ip -o -4 ");
    if (!lists || interface.source != AddressSource::none || has(line, "route")) continue;
    interface = {.source = AddressSource::interface, .setting = six ? "ip -6 addr" : "ip -4 addr", .line = static_cast<unsigned>(i + 1)};
    // corny's dynv6.sh: device=$2, and then device="dev $device"
    auto device = script.resolved("$device");
    if (device.empty() || device == "dev") device = script.resolved("$2");
    if (const auto at = line.find(" dev "); at != std::string_view::npos) {
      const auto rest = trimmed(line.substr(at + 5));
      device = script.resolved(std::string(rest.substr(0, rest.find_first_of(" \t|\"')"))));
    }
    interface.interface = interface_name(device);
    if (six)
      interface.skips_temporary = std::ranges::any_of(script.text, [](auto each) { return has(each, "temporary") || has(each, "mngtmpaddr") || has(each, "dynamic mngtmp"); });
  }
  if (interface.source != AddressSource::none) return interface;
  return mirror.source != AddressSource::none ? mirror : Published{.source = AddressSource::command};
}

void add_names(const Script& script, std::string_view line, const UpdateService& service, Updater& updater) {
  for (const auto key : name_keys) {
    const auto value = parameter(line, key);
    if (!value) continue;
    auto words = script.resolved(*value);
    for (std::string_view left = words; !left.empty();) {
      const auto comma = left.find(',');
      auto name = std::string(left.substr(0, comma));
      if (!service.name.empty() && !name.empty() && name.find('.') == std::string::npos) name += service.name;
      add_name(updater, host_name(name));
      left.remove_prefix(comma == std::string_view::npos ? left.size() : comma + 1);
    }
  }
}

/// The families that a bare "as it is seen" is about.
std::pair<bool, bool> seen_over(std::string_view line, const UpdateService& service) {
  const bool four = has(line, " -4") || has(line, "//ipv4.") || service.sees_ipv4_alone;
  const bool six = has(line, " -6") || has(line, "//ipv6.") || has(line, "update6.");
  return four == six ? std::pair(true, true) : std::pair(four, six);
}

void add_addresses(const Script& script, std::string_view line, unsigned number, const UpdateService& service, Updater& updater) {
  bool told = false;
  const auto [four, six] = seen_over(line, service);
  for (const auto& [key, family] : address_keys) {
    const auto value = parameter(line, key);
    if (!value) continue;
    told = true;
    const bool for4 = family == Means::ipv4 || (family == Means::either && four);
    const bool for6 = family == Means::ipv6 || (family == Means::either && six);
    const auto set = [&](const Published& way) {
      if (for4 && updater.ipv4.source == AddressSource::none) updater.ipv4 = way;
      if (for6 && updater.ipv6.source == AddressSource::none) updater.ipv6 = way;
    };
    if (value->empty() || *value == "auto") {
      set({.source = AddressSource::web, .setting = std::string(key) + "=" + *value, .line = number});
    } else if (value->starts_with('$')) {
      if (for4 && updater.ipv4.source == AddressSource::none) updater.ipv4 = filled(script, false);
      if (for6 && updater.ipv6.source == AddressSource::none) updater.ipv6 = filled(script, true);
    } else if (const auto address = Address::parse(*value)) {
      auto& into = address->is_v4() ? updater.ipv4 : updater.ipv6;
      into = {.source = AddressSource::literal, .setting = std::string(key) + "=" + address->to_string(), .line = number};
    } else {
      set({.source = AddressSource::unknown, .line = number});
    }
  }
  if (told) return;
  const Published way{.source = AddressSource::web, .line = number};
  if (four && updater.ipv4.source == AddressSource::none) updater.ipv4 = way;
  if (six && updater.ipv6.source == AddressSource::none) updater.ipv6 = way;
}

}  // namespace

std::optional<Updater> read_update_script(std::string_view text, const std::vector<std::string>& arguments) {
  Script script{.text = lines(text), .arguments = arguments};
  if (script.text.size() > most_lines) script.text.resize(most_lines);
  for (auto& line : script.text) line = trimmed(line).starts_with('#') || line.size() > longest_line ? std::string_view() : line;
  std::optional<Updater> updater;
  for (std::size_t i = 0; i < script.text.size(); ++i) {
    const auto line = script.text[i];
    const auto service = std::ranges::find_if(services, [&](const UpdateService& each) { return has(line, each.url); });
    if (service == std::end(services)) continue;
    if (!updater) {
      const auto calls = [&](std::string_view tool) { return std::ranges::any_of(script.text, [&](auto each) { return has(each, tool); }); };
      const bool one_line = script.text.size() == 1;
      updater = Updater{.program = !one_line && has(service->url, "dynv6") ? "dynv6" : calls("curl") ? "curl" : calls("wget") ? "wget" : "script"};
    }
    add_names(script, line, *service, *updater);
    add_addresses(script, line, static_cast<unsigned>(i + 1), *service, *updater);
  }
  if (updater && updater->names.empty())   // corny's script is called with the name
    for (const auto& argument : arguments) add_name(*updater, argument.find('/') == std::string::npos && !argument.ends_with(".log") ? host_name(argument) : "");
  return updater;
}

}  // namespace ringback::host
