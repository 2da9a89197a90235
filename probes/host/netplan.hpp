#pragma once
/// netplan(5) writes for other network managers, and its files are the ones to edit.
#include <optional>
#include <string>
#include <string_view>

#include "io/network.hpp"

namespace ringback::host {

/// The section that a file was written for, by its name: "eth0" of "netplan-eth0.nmconnection" and of "10-netplan-eth0.network", with the
/// network's name behind it where there is one ("wlan0-Kabel"); absent: netplan did not write it.
[[nodiscard]] std::optional<std::string> netplan_section(std::string_view file);

/// A connection that NetworkManager keeps below /etc/netplan itself, as "NM-UUID": what nmcli changes is written back there.
[[nodiscard]] inline bool is_kept_by_network_manager(std::string_view section) { return section.starts_with("NM-"); }

/// Is there any file below /etc/netplan?
[[nodiscard]] bool uses_netplan(io::Network& network);

/// The file below /etc/netplan with that section; empty where none of several can be told to be it.
[[nodiscard]] std::string netplan_file(io::Network& network, std::string_view section);

}  // namespace ringback::host
