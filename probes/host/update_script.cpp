/// What a shell is told: the update URLs of the common services, and where the address in them comes from.
#include <algorithm>
#include <array>
#include <sstream>

#include "net/address.hpp"
#include "probes/host/shell_script.hpp"
#include "probes/host/text.hpp"
#include "probes/host/update_services.hpp"
#include "probes/host/updaters.hpp"

namespace ringback::host {
namespace {

constexpr std::string_view name_keys[] = {"hostname", "hostnames", "host", "domain", "domains", "zone", "myhostname"};
enum class Means { either, ipv4, ipv6 };
struct AddressKey {
  std::string_view key;
  Means family;
};
constexpr AddressKey address_keys[] = {{"ip", Means::either},  {"myip", Means::either},  {"ipv4", Means::ipv4}, {"myipv4", Means::ipv4},
                                       {"ipv6", Means::ipv6}, {"myipv6", Means::ipv6}, {"ip6", Means::ipv6}};
/// The network alone: the service puts it before the last bits that it knows itself.
constexpr std::string_view prefix_keys[] = {"ipv6prefix", "ip6lanprefix", "prefix"};
/// Pages that say as what they see one.
constexpr std::string_view mirrors[] = {"icanhazip", "ipify", "ident.me", "ifconfig.", "myip", "checkip", "ipecho", "ip6only", "whatismyip", "opendns"};

bool has(std::string_view text, std::string_view what) { return text.find(what) != std::string_view::npos; }

/// The interface that a line lists, where it is one of this host's: any other word may be a password as well.
std::string interface_listed(const ShellScript& script, std::string_view line, const Familiar& known) {
  std::istringstream words{std::string(line.substr(0, line.find('|')))};
  for (std::string word; words >> word;) {
    const auto begin = word.find_first_not_of("\"'");
    if (begin == std::string::npos) continue;
    const auto name = script.resolved(word.substr(begin, word.find_last_not_of("\"'`);") + 1 - begin));
    if (std::ranges::find(known.interfaces, name) != known.interfaces.end()) return interface_name(name);
  }
  return {};
}

/// Does the command ask a page how it is seen over this family?
bool asks_a_mirror(std::string_view command, bool six) {
  const bool fetches = has(command, "curl") || has(command, "wget") || has(command, "dig ");
  const bool other = six ? has(command, " -4") || has(command, "ipv4") : has(command, " -6") || has(command, "ipv6");
  return fetches && !other && std::ranges::any_of(mirrors, [&](auto word) { return has(command, word); });
}

/// nullopt: the line does not. `value`: of the URL's parameter, "$IP6".
std::optional<Published> filled_by_mirror(std::string_view line, unsigned number, const std::string& value, bool six) {
  auto commands = variables_filled_in(line);
  // An update URL may well have a mirror's word in it ("myip="): only what stands in brackets counts on its line.
  if (commands.empty() && update_service_in(line) == nullptr) commands.push_back({"", line});
  for (const auto& each : commands)
    if (asks_a_mirror(each.command, six))
      return Published{.source = AddressSource::web, .setting = each.name.empty() ? variable_named_by(value) : each.name, .line = number};
  return std::nullopt;
}

/// nullopt: the line lists no addresses of this family.
std::optional<Published> filled_by_interface(const ShellScript& script, std::string_view line, unsigned number, bool six, const Familiar& known) {
  const bool lists = six ? has(line, "ip -6 ") || has(line, "ip -o -6 ") || (has(line, "inet6") && (has(line, "ip ") || has(line, "ifconfig")))
                         : has(line, "ip -4 ") || has(line, "ip -o -4 ");
  if (!lists || has(line, "route")) return std::nullopt;
  Published way{.source = AddressSource::interface, .interface = interface_listed(script, line, known), .setting = six ? "ip -6 addr" : "ip -4 addr",
                .line = number};
  if (six && has(line, "scope global")) way.setting += " scope global";
  if (six) way.skips_temporary = script.mentions("temporary") || script.mentions("mngtmp");
  return way;
}

/// Where a variable of the URL was filled, as far as the words of the whole script tell.
Published filled(const ShellScript& script, const std::string& value, bool six, const Familiar& known) {
  std::optional<Published> mirror;
  for (std::size_t i = 0; i < script.lines().size(); ++i) {
    const auto line = script.lines()[i];
    const auto number = static_cast<unsigned>(i + 1);
    if (auto interface = filled_by_interface(script, line, number, six, known)) return *interface;
    if (!mirror) mirror = filled_by_mirror(line, number, value, six);
  }
  return mirror.value_or(Published{.source = AddressSource::command});
}

void add_names(const ShellScript& script, std::string_view line, const UpdateService& service, Updater& updater) {
  for (const auto key : name_keys) {
    const auto value = url_parameter(line, key);
    if (!value) continue;
    const auto words = script.resolved(*value);
    for (std::string_view left = words; !left.empty();) {
      const auto comma = left.find(',');
      auto name = std::string(left.substr(0, comma));
      if (!service.label_of.empty() && !name.empty() && name.find('.') == std::string::npos) name += service.label_of;
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

/// One call of a service.
struct Call {
  const ShellScript& script;
  std::string_view line;
  unsigned number = 0;
  const UpdateService& service;
  const Familiar& known;

  void add_addresses(Updater& updater, Published& prefix) const {
    bool told = false;
    const auto [four, six] = seen_over(line, service);
    for (const auto key : prefix_keys) {
      const auto value = url_parameter(line, key);
      if (!value) continue;
      told = true;
      prefix = {.source = AddressSource::literal, .setting = std::string(key) + (*value == "auto" ? "=auto" : ""), .line = number};
    }
    for (const auto& [key, family] : address_keys) {
      const auto value = url_parameter(line, key);
      if (!value) continue;
      told = true;
      if (const auto address = Address::parse(*value)) {
        auto& into = address->is_v4() ? updater.ipv4 : updater.ipv6;
        into = {.source = AddressSource::literal, .setting = std::string(key) + "=" + address->to_string(), .line = number};
        continue;
      }
      if (family != Means::ipv6 && (family == Means::ipv4 || four)) add(updater.ipv4, key, *value, false);
      if (family != Means::ipv4 && (family == Means::ipv6 || six)) add(updater.ipv6, key, *value, true);
    }
    if (told || service.takes_what_is_told) return;
    if (four) set(updater.ipv4, {.source = AddressSource::web, .line = number, .service = asked()});
    if (six) set(updater.ipv6, {.source = AddressSource::web, .line = number, .parameter = std::string(service.six), .service = asked()});
  }

 private:
  /// Whoever is called sees the address: the host of the URL, with what its users write before it ("ipv6.dynv6.com").
  std::string asked() const {
    const auto at = line.find(service.url);
    const auto begin = line.rfind("//", at);
    return host_of_url(line.substr(begin == std::string_view::npos ? at : begin + 2));
  }

  static void set(Published& into, Published way) {
    if (into.source == AddressSource::none) into = std::move(way);
  }

  /// What one parameter says to one family.
  void add(Published& into, std::string_view key, const std::string& value, bool for_six) const {
    const auto told = std::string(key) + "=" + value;
    if (value.empty() && service.takes_what_is_told) return;
    if (value.empty() || value == "auto") {
      const bool of_ipv4 = for_six && key != service.six && !service.six.empty() && !has(key, "6");   // "ip=" beside "ip6="
      set(into, of_ipv4 ? Published{.source = AddressSource::web, .line = number, .parameter = std::string(service.six), .service = asked()}
                        : Published{.source = AddressSource::web, .setting = told, .line = number, .service = asked()});
    } else if (value.starts_with('$') || value.starts_with('`')) {
      set(into, filled(script, value, for_six, known));
    } else {
      set(into, {.source = AddressSource::unknown, .line = number});
    }
  }
};

}  // namespace

std::optional<Updater> read_update_script(std::string_view text, const std::vector<std::string>& arguments, const Familiar& known) {
  const ShellScript script(text, arguments);
  std::optional<Updater> updater;
  Published prefix;
  for (std::size_t i = 0; i < script.lines().size(); ++i) {
    const auto line = script.lines()[i];
    const auto* service = update_service_in(line);
    if (service == nullptr) continue;
    if (!updater) {
      const bool of_dynv6 = script.lines().size() > 1 && has(service->url, "dynv6");
      updater = Updater{.program = of_dynv6 ? "dynv6" : script.mentions("curl") ? "curl" : script.mentions("wget") ? "wget" : "script"};
    }
    add_names(script, line, *service, *updater);
    Call{script, line, static_cast<unsigned>(i + 1), *service, known}.add_addresses(*updater, prefix);
  }
  if (!updater) return std::nullopt;
  if (updater->ipv6.source == AddressSource::none) updater->ipv6 = prefix;
  // A script that takes its name in a way that is not read here. dynv6's own says hostname=$1, which is: of the other words any may be a password.
  if (updater->names.empty())
    for (const auto& argument : arguments)
      if (auto name = host_name(argument); std::ranges::find(known.names, name) != known.names.end()) add_name(*updater, std::move(name));
  return updater;
}

}  // namespace ringback::host
