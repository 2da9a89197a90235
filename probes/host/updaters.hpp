#pragma once
/// Programs of this host that keep names up to date (dynamic DNS), and how each finds the address that it publishes. Told from their
/// configuration, from units, timers, cron, and the scripts that are called when the network changes. Of these files nothing is kept but host
/// names, interface names and the keywords that say where the address comes from: no login, no secret, no whole URL, no whole line.
#include "io/network.hpp"
#include "probes/host/evidence.hpp"
#include "probes/host/system.hpp"

namespace ringback::host {

/// What this run knows without those files. A word that a line of cron hands to a script may be a password as well as a name: it is kept only
/// where it is one of these.
struct Familiar {
  std::vector<std::string> names;        ///< that were asked about, as host_name() gives them
  std::vector<std::string> interfaces;   ///< of this host
};
/// `names` as a person writes them.
[[nodiscard]] Familiar familiar(const std::vector<std::string>& names, const std::vector<Interface>& interfaces);

struct FoundUpdaters {
  std::vector<Updater> updaters;   ///< root's own first: whoever looks for the one that keeps a name takes the first
  bool all = true;                 ///< false: the deadline came first
  std::vector<std::string> troubles{};
};
[[nodiscard]] FoundUpdaters find_updaters(const io::World& world, const Processes& processes, const Familiar& known, Deadline deadline);

// The files, read without the world around them: only names and the two families are filled in. One entry for each way of finding the address.

/// ddclient.conf, versions 3.8 to 4.0 (_read_config() of ddclient).
[[nodiscard]] std::vector<Updater> read_ddclient(std::string_view text);

/// inadyn.conf(5), version 2. `include` gives the text of a file that it names.
[[nodiscard]] std::vector<Updater> read_inadyn(std::string_view text, const std::function<std::string(const std::string&)>& include);

/// config.json of qdm12/ddns-updater.
[[nodiscard]] std::vector<Updater> read_ddns_updater(std::string_view text);

/// What a shell is told, in a line of cron, a unit or a script: nullopt where it calls no known service. `arguments` are those that a script is
/// called with, before them the variables that are set for it ("device=eth0").
[[nodiscard]] std::optional<Updater> read_update_script(std::string_view text, const std::vector<std::string>& arguments, const Familiar& known);

// Words of strangers' files that may be kept (updater_words.cpp).

/// A host name as DNS services take it; empty where it is none.
[[nodiscard]] std::string host_name(std::string_view word);
/// Of a URL, with its scheme or without, the host alone; empty where that is none, or where a login stands before it.
[[nodiscard]] std::string host_of_url(std::string_view url);
/// IFNAMSIZ (netdevice(7)), and without what a shell would understand; empty where it is none.
[[nodiscard]] std::string interface_name(std::string_view word);
/// Printable and short.
[[nodiscard]] bool is_plain_path(std::string_view path);
/// A command that lists this host's IPv6 addresses with ip(8), and leaves out those that die and those that are good inside the home alone. Of it the
/// interface alone is kept, empty where it names none; nullopt: it is another command, and what that prints only its writer knows.
[[nodiscard]] std::optional<std::string> interface_of_stable_list(std::string_view command);
void add_name(Updater& updater, std::string name);
/// Of one file, settings that find the address alike are one updater, with the names of all.
void add_updater(std::vector<Updater>& found, Updater updater);
[[nodiscard]] std::string lower(std::string_view text);

}  // namespace ringback::host
