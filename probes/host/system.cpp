#include "probes/host/system.hpp"

#include <algorithm>
#include <charconv>

#include "probes/host/text.hpp"

namespace ringback::host {
namespace {

constexpr std::size_t small_file = 16 * 1024;
constexpr std::size_t most_processes = 8192;

// linux/capability.h
constexpr unsigned cap_net_admin = 12;
constexpr unsigned cap_net_raw = 13;

std::string read(io::Network& network, const std::string& path) { return network.read_file(path, small_file).value_or(""); }

void read_release(io::Network& network, System& system) {
  auto text = read(network, "/etc/os-release");
  if (text.empty()) text = read(network, "/usr/lib/os-release");  // os-release(5): the order in which it is looked for
  system.name = value_of(text, "PRETTY_NAME").value_or("");
  system.id = value_of(text, "ID").value_or("");
  system.version = value_of(text, "VERSION_ID").value_or("");
  // A 64-bit Raspberry Pi OS calls itself Debian; pi-gen leaves this file in each.
  system.raspberry_pi_os = system.id == "raspbian" || network.read_file("/etc/rpi-issue", 64).has_value();
  system.kernel = trimmed(read(network, "/proc/sys/kernel/osrelease"));
}

/// The effective set, "CapEff:\t000001ffffffffff" (proc(5)).
std::uint64_t effective_capabilities(io::Network& network) {
  static constexpr std::string_view label = "CapEff:";
  const auto status = read(network, "/proc/self/status");
  for (const auto line : lines(status)) {
    if (!line.starts_with(label)) continue;
    const auto digits = trimmed(line.substr(label.size()));
    std::uint64_t set = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), set, 16);
    return parsed.ec == std::errc() ? set : 0;
  }
  return 0;
}

/// systemd keeps a link "invocation:UNIT" for every unit that is active.
bool unit_is_active(io::Network& network, const std::string& unit) {
  const auto units = network.list_directory("/run/systemd/units");
  return std::find(units.begin(), units.end(), "invocation:" + unit) != units.end();
}

bool has_legacy_tables(io::Network& network) {
  return !trimmed(read(network, "/proc/net/ip_tables_names")).empty() || !trimmed(read(network, "/proc/net/ip6_tables_names")).empty();
}

std::vector<std::string> active_firewall_tools(io::Network& network, const Processes& processes, const std::vector<Interface>& interfaces) {
  std::vector<std::string> tools;
  if (value_of(read(network, "/etc/ufw/ufw.conf"), "ENABLED") == "yes") tools.emplace_back("ufw");
  if (processes.names.contains("firewalld") || unit_is_active(network, "firewalld.service")) tools.emplace_back("firewalld");
  if (unit_is_active(network, "nftables.service")) tools.emplace_back("nftables");
  const bool bridge = std::any_of(interfaces.begin(), interfaces.end(), [](const Interface& i) { return i.name == "docker0"; });
  if (processes.names.contains("dockerd") || bridge) tools.emplace_back("docker");  // its rules outlive the daemon
  if (has_legacy_tables(network)) tools.emplace_back("iptables-legacy");
  return tools;
}

/// "42 (ddclient) S 1 …" (proc_pid_stat(5)); the name may hold anything, also ") ". Not of one that is dead and was not waited for.
std::optional<std::string> name_of_living(std::string_view stat) {
  const auto begin = stat.find('('), end = stat.rfind(") ");
  if (begin == std::string_view::npos || end == std::string_view::npos || end < begin || end + 2 >= stat.size()) return std::nullopt;
  const char state = stat[end + 2];
  if (state == 'Z' || state == 'X') return std::nullopt;
  return std::string(stat.substr(begin + 1, end - begin - 1));
}

}  // namespace

Processes running(io::Network& network) {
  Processes processes;
  std::size_t seen = 0;
  for (const auto& entry : network.list_directory("/proc")) {
    if (!number(entry)) continue;
    if (++seen > most_processes) return processes;
    const auto stat = network.read_file("/proc/" + entry + "/stat", 1024);
    if (!stat) continue;
    if (auto name = name_of_living(*stat)) processes.names.insert(std::move(*name));
    if (entry == "1") processes.complete = true;  // whoever may see init may see every process
  }
  return processes;
}

System observe_system(io::Network& network, const Processes& processes, const std::vector<Interface>& interfaces) {
  System system;
  read_release(network, system);
  system.firewall_tools = active_firewall_tools(network, processes, interfaces);
  const auto capabilities = effective_capabilities(network);
  system.capture_allowed = (capabilities >> cap_net_raw & 1U) != 0;
  system.filter_readable = (capabilities >> cap_net_admin & 1U) != 0;
  return system;
}

}  // namespace ringback::host
