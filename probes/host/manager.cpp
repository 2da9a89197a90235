/// Who configures the interface: the daemon must run, and its own state must say that this interface is its business.
#include <algorithm>
#include <sstream>

#include "probes/host/system.hpp"
#include "probes/host/text.hpp"

namespace ringback::host {
namespace {

constexpr std::size_t small_file = 16 * 1024;
constexpr std::size_t most_files = 64;

std::string read(io::Network& network, const std::string& path) { return network.read_file(path, small_file).value_or(""); }

bool has_netplan_files(io::Network& network) {
  const auto files = network.list_directory("/etc/netplan");
  return std::any_of(files.begin(), files.end(), [](const std::string& name) { return name.ends_with(".yaml"); });
}

/// netplan writes the connections that NetworkManager then uses into /run; a change made with nmcli would be lost with the next boot.
/// Without the right to read them (they hold passwords) their names tell: "netplan-eth0.nmconnection", "netplan-wlan0-SSID.nmconnection".
bool is_connection_of_netplan(io::Network& network, const Interface& interface, const std::string& uuid) {
  static const std::string folder = "/run/NetworkManager/system-connections";
  std::size_t seen = 0;
  for (const auto& name : network.list_directory(folder)) {
    if (!name.starts_with("netplan-") || ++seen > most_files) continue;
    const auto profile = network.read_file(folder + "/" + name, small_file);
    if (!profile ? name == "netplan-" + interface.name + ".nmconnection" || name.starts_with("netplan-" + interface.name + "-")
                 : (!uuid.empty() && value_of(*profile, "uuid") == uuid) || value_of(*profile, "interface-name") == interface.name)
      return true;
  }
  return false;
}

/// /run/NetworkManager/devices/INDEX has "managed=true" and the UUID of the active connection.
std::optional<Manager> network_manager(io::Network& network, const Processes& processes, const Interface& interface) {
  if (!processes.may_run("NetworkManager")) return std::nullopt;
  const auto state = read(network, "/run/NetworkManager/devices/" + std::to_string(interface.index));
  if (value_of(state, "managed") != "true") return std::nullopt;
  const auto uuid = value_of(state, "connection-uuid").value_or("");
  return is_connection_of_netplan(network, interface, uuid) ? Manager::netplan : Manager::network_manager;
}

/// /run/systemd/netif/links/INDEX has ADMIN_STATE and the .network file, which netplan's generator writes under its own name.
std::optional<Manager> networkd(io::Network& network, const Processes& processes, const Interface& interface) {
  if (!processes.may_run("systemd-networkd")) return std::nullopt;
  const auto state = read(network, "/run/systemd/netif/links/" + std::to_string(interface.index));
  const auto admin = value_of(state, "ADMIN_STATE").value_or("");
  if (admin != "configured" && admin != "configuring") return std::nullopt;
  const auto file = value_of(state, "NETWORK_FILE").value_or("");
  return file.find("-netplan-") != std::string::npos && has_netplan_files(network) ? Manager::netplan : Manager::systemd_networkd;
}

/// interfaces(5): a stanza "iface NAME …" in the file, or in one of the folder that it usually sources.
bool has_stanza(const std::string& text, const std::string& interface) {
  for (const auto line : lines(text)) {
    std::istringstream words{std::string(trimmed(line))};
    std::string keyword, name;
    words >> keyword >> name;
    if (keyword == "iface" && name == interface) return true;
  }
  return false;
}

std::optional<Manager> ifupdown(io::Network& network, const Interface& interface) {
  // ifup leaves "eth0=eth0" here while the interface is up by its hand.
  if (trimmed(read(network, "/run/network/ifstate." + interface.name)) == interface.name + "=" + interface.name) return Manager::ifupdown;
  if (has_stanza(read(network, "/etc/network/interfaces"), interface.name)) return Manager::ifupdown;
  std::size_t seen = 0;
  for (const auto& name : network.list_directory("/etc/network/interfaces.d"))
    if (++seen <= most_files && has_stanza(read(network, "/etc/network/interfaces.d/" + name), interface.name)) return Manager::ifupdown;
  return std::nullopt;
}

std::optional<Manager> dhcpcd(io::Network& network, const Processes& processes, const Interface& interface) {
  if (processes.complete) return processes.may_run("dhcpcd") ? std::optional(Manager::dhcpcd) : std::nullopt;
  for (const auto* path : {"/run/dhcpcd/pid", "/run/dhcpcd.pid"})
    if (!read(network, path).empty()) return Manager::dhcpcd;
  for (const auto& path : {"/run/dhcpcd/" + interface.name + ".pid", "/run/dhcpcd-" + interface.name + ".pid"})
    if (!read(network, path).empty()) return Manager::dhcpcd;
  return std::nullopt;
}

}  // namespace

Manager find_manager(io::Network& network, const Processes& processes, const Interface& interface) {
  // ifupdown before dhcpcd: it may use dhcpcd as its DHCP client. NetworkManager and networkd say themselves what is theirs.
  auto manager = network_manager(network, processes, interface);
  if (!manager) manager = networkd(network, processes, interface);
  if (!manager) manager = ifupdown(network, interface);
  if (!manager) manager = dhcpcd(network, processes, interface);
  return manager.value_or(Manager::unknown);
}

}  // namespace ringback::host
