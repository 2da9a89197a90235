/// Who configures the interface: the daemon must run, and its own state must say that this interface is its business.
#include <algorithm>
#include <sstream>

#include "probes/host/netplan.hpp"
#include "probes/host/system.hpp"
#include "probes/host/text.hpp"

namespace ringback::host {
namespace {

constexpr std::size_t small_file = 16 * 1024;
constexpr std::size_t most_files = 64;

std::string read(io::Network& network, const std::string& path) { return network.read_file(path, small_file).value_or(""); }

void by_netplan(io::Network& network, std::string_view section, const char* renderer, System& system) {
  system.manager = Manager::netplan;
  system.manager_file = netplan_file(network, section);
  system.renderer = renderer;
}

/// What a NetworkManager keyfile may give away: its name and whom it is for.
struct Profile {
  std::string path;
  std::optional<std::string> id{};   ///< absent: root alone may read it
  bool leaves_ipv6_alone = false;    ///< "method=ignore" (nm-settings-keyfile(5)), as netplan writes it where nothing is said of IPv6
};

std::string_view section_of(std::string_view text, std::string_view head) {
  const auto begin = text.find(head);
  if (begin == std::string_view::npos) return {};
  const auto section = text.substr(begin + head.size());
  return section.substr(0, section.find("\n["));
}

/// Profiles with a UUID are told by it; netplan writes none, and NetworkManager makes one up.
enum class Told { by_uuid, by_interface };

bool is_for(const std::string& profile, const Interface& interface, const std::string& uuid, Told told) {
  const auto its = value_of(profile, "uuid");
  if (told == Told::by_uuid) return its && *its == uuid;
  if (its && !uuid.empty()) return false;
  const auto mac = MacAddress::parse(value_of(profile, "mac-address").value_or(""));
  return value_of(profile, "interface-name") == interface.name || (mac && interface.mac == *mac);
}

/// netplan writes the connections that NetworkManager then uses into /run; a change made with nmcli would be lost with the next boot.
/// Without the right to read them (they hold passwords) their names tell: "netplan-eth0.nmconnection", "netplan-wlan0-SSID.nmconnection",
/// "netplan-NM-UUID.nmconnection".
std::optional<Profile> profile_told(io::Network& network, const Interface& interface, const std::string& uuid, Told told) {
  std::size_t seen = 0;
  for (const std::string folder : {"/run/NetworkManager/system-connections", "/etc/NetworkManager/system-connections"})
    for (const auto& name : network.list_directory(folder)) {
      if (!name.ends_with(".nmconnection") || ++seen > most_files) continue;
      const auto path = folder + "/" + name;
      const auto profile = network.read_file(path, small_file);
      if (!profile) {
        const auto section = netplan_section(name).value_or("");
        const bool its_own = (section + "-").starts_with(interface.name + "-") || (!uuid.empty() && section.starts_with("NM-" + uuid));
        if (its_own) return Profile{path};
        continue;
      }
      const bool alone = value_of(section_of(*profile, "[ipv6]"), "method") == "ignore";
      if (is_for(*profile, interface, uuid, told)) return Profile{path, value_of(*profile, "id"), alone};
    }
  return std::nullopt;
}

std::optional<Profile> profile_of(io::Network& network, const Interface& interface, const std::string& uuid) {
  auto profile = uuid.empty() ? std::nullopt : profile_told(network, interface, uuid, Told::by_uuid);
  return profile ? profile : profile_told(network, interface, uuid, Told::by_interface);
}

/// Hexadecimal groups, as nmcli(1) takes them.
bool is_uuid(const std::string& text) {
  return !text.empty() && text.size() <= 36 && text.find_first_not_of("0123456789abcdefABCDEF-") == std::string::npos;
}

/// The kernel listens to the router's advertisements (ip-sysctl.rst: accept_ra 1 means no while the host forwards, 2 means yes).
bool kernel_listens(io::Network& network, const Interface& interface) {
  const auto setting = [&](const char* name) { return number(read(network, "/proc/sys/net/ipv6/conf/" + interface.name + "/" + name)); };
  const auto accepts = setting("accept_ra");
  return accepts && (*accepts == 2 || (*accepts == 1 && setting("forwarding") == 0));
}

/// /run/NetworkManager/devices/INDEX has "managed=true" and the UUID of the active connection.
bool network_manager(io::Network& network, const Processes& processes, const Interface& interface, System& system) {
  if (!processes.may_run("NetworkManager")) return false;
  const auto state = read(network, "/run/NetworkManager/devices/" + std::to_string(interface.index));
  if (value_of(state, "managed") != "true") return false;
  auto uuid = value_of(state, "connection-uuid").value_or("");
  if (!is_uuid(uuid)) uuid.clear();
  const auto profile = profile_of(network, interface, uuid);
  system.connection_uuid = uuid;
  if (profile && profile->id && profile->id->size() <= 255) system.connection = *profile->id;
  if (profile && profile->leaves_ipv6_alone) {
    system.manager = kernel_listens(network, interface) ? Manager::kernel : Manager::unknown;
    return true;
  }
  const auto section = profile && profile->path.starts_with("/run/") ? netplan_section(profile->path) : std::nullopt;
  if (section && !is_kept_by_network_manager(*section)) {
    by_netplan(network, *section, "NetworkManager", system);
    return true;
  }
  system.manager = Manager::network_manager;
  if (profile) system.manager_file = section ? netplan_file(network, *section) : profile->path;
  return true;
}

/// /run/systemd/netif/links/INDEX has ADMIN_STATE and the .network file, which netplan's generator writes under its own name.
bool networkd(io::Network& network, const Processes& processes, const Interface& interface, System& system) {
  if (!processes.may_run("systemd-networkd")) return false;
  const auto state = read(network, "/run/systemd/netif/links/" + std::to_string(interface.index));
  const auto admin = value_of(state, "ADMIN_STATE").value_or("");
  if (admin != "configured" && admin != "configuring") return false;
  const auto file = value_of(state, "NETWORK_FILE").value_or("");
  if (const auto section = netplan_section(file); section && uses_netplan(network)) {
    by_netplan(network, *section, "networkd", system);
    return true;
  }
  system.manager = Manager::systemd_networkd;
  if (file.starts_with('/') && file.size() <= 255) system.manager_file = file;
  return true;
}

/// interfaces(5): a stanza "iface NAME inet6 METHOD" in the file, or in one of the folder that it usually sources; "privext" is an option of
/// these two methods. With "inet" alone ifupdown leaves IPv6 to the kernel.
bool has_stanza(const std::string& text, const std::string& interface) {
  for (const auto line : lines(text)) {
    std::istringstream words{std::string(trimmed(line))};
    std::string keyword, name, family, method;
    words >> keyword >> name >> family >> method;
    if (keyword == "iface" && name == interface && family == "inet6" && (method == "auto" || method == "static")) return true;
  }
  return false;
}

std::string file_with_stanza(io::Network& network, const std::string& interface) {
  static const std::string main = "/etc/network/interfaces", folder = "/etc/network/interfaces.d";
  if (has_stanza(read(network, main), interface)) return main;
  std::size_t seen = 0;
  for (const auto& name : network.list_directory(folder))
    if (++seen <= most_files && has_stanza(read(network, folder + "/" + name), interface)) return folder + "/" + name;
  return {};
}

bool ifupdown(io::Network& network, const Processes&, const Interface& interface, System& system) {
  auto file = file_with_stanza(network, interface.name);
  if (file.empty()) return false;
  system.manager = Manager::ifupdown;
  system.manager_file = std::move(file);
  return true;
}

bool runs_dhcpcd(io::Network& network, const Processes& processes, const Interface& interface) {
  if (processes.complete) return processes.may_run("dhcpcd");
  for (const auto& path : {std::string("/run/dhcpcd/pid"), std::string("/run/dhcpcd.pid"), "/run/dhcpcd/" + interface.name + ".pid",
                           "/run/dhcpcd-" + interface.name + ".pid"})
    if (!read(network, path).empty()) return true;
  return false;
}

/// dhcpcd.conf(5): "denyinterfaces" keeps it away; a pattern of several is left to fnmatch(3)'s simplest case.
bool is_denied(const std::string& conf, const std::string& interface) {
  for (const auto line : lines(conf)) {
    std::istringstream words{std::string(trimmed(line))};
    std::string keyword;
    words >> keyword;
    if (keyword != "denyinterfaces") continue;
    for (std::string name; words >> name;)
      if (name == interface || (name.ends_with('*') && interface.starts_with(name.substr(0, name.size() - 1)))) return true;
  }
  return false;
}

bool dhcpcd(io::Network& network, const Processes& processes, const Interface& interface, System& system) {
  static const std::string file = "/etc/dhcpcd.conf";
  if (!runs_dhcpcd(network, processes, interface)) return false;
  const auto conf = read(network, file);
  if (is_denied(conf, interface.name)) return false;
  system.manager = Manager::dhcpcd;
  if (!conf.empty()) system.manager_file = file;
  return true;
}

/// Nobody of those runs, and the kernel itself listens to the router's advertisements: each of those daemons tells it not to.
bool kernel(io::Network& network, const Processes& processes, const Interface& interface, System& system) {
  if (!processes.complete) return false;
  for (const auto* daemon : {"NetworkManager", "systemd-networkd", "dhcpcd", "connmand", "wickedd", "netifd"})
    if (processes.names.contains(std::string(daemon).substr(0, 15))) return false;
  if (!kernel_listens(network, interface)) return false;
  system.manager = Manager::kernel;
  return true;
}

}  // namespace

void find_manager(io::Network& network, const Processes& processes, const Interface& interface, System& system) {
  // ifupdown before dhcpcd: it may use dhcpcd as its DHCP client. NetworkManager and networkd say themselves what is theirs.
  for (const auto is_its : {network_manager, networkd, ifupdown, dhcpcd, kernel})
    if (is_its(network, processes, interface, system)) return;
}

}  // namespace ringback::host
