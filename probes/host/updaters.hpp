#pragma once
/// Programs of this host that keep names up to date (dynamic DNS), and how each finds the address that it publishes. Told from their
/// configuration, from units, timers and cron. Of these files nothing is kept but host names, interface names and the keywords that say
/// where the address comes from: no login, no secret, no URL, no whole line.
#include "io/network.hpp"
#include "probes/host/evidence.hpp"
#include "probes/host/system.hpp"

namespace ringback::host {

[[nodiscard]] std::vector<Updater> find_updaters(io::Network& network, const Processes& processes);

// The files, read without the world around them: only names and the two families are filled in. One entry for each way of finding the address.

/// ddclient.conf, versions 3.8 to 4.0 (_read_config() of ddclient).
[[nodiscard]] std::vector<Updater> read_ddclient(std::string_view text);

/// inadyn.conf(5), version 2. `include` gives the text of a file that it names.
[[nodiscard]] std::vector<Updater> read_inadyn(std::string_view text, const std::function<std::string(const std::string&)>& include);

/// config.json of qdm12/ddns-updater.
[[nodiscard]] std::vector<Updater> read_ddns_updater(std::string_view text);

/// What a shell is told, in a line of cron, a unit or a script: nullopt where it calls no known service. `arguments` are those that a script is
/// called with, before them the variables that are set for it ("device=eth0").
[[nodiscard]] std::optional<Updater> read_update_script(std::string_view text, const std::vector<std::string>& arguments);

// Words of strangers' files that may be kept (updater_words.cpp).

/// A host name as DNS services take it; empty where it is none.
[[nodiscard]] std::string host_name(std::string_view word);
/// IFNAMSIZ (netdevice(7)), and without what a shell would understand; empty where it is none.
[[nodiscard]] std::string interface_name(std::string_view word);
/// Printable and short.
[[nodiscard]] bool is_plain_path(std::string_view path);
void add_name(Updater& updater, std::string name);
/// Of one file, settings that find the address alike are one updater, with the names of all.
void add_updater(std::vector<Updater>& found, Updater updater);
[[nodiscard]] std::string lower(std::string_view text);

}  // namespace ringback::host
