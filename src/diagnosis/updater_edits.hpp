#pragma once
/// What is to be changed in the file of a program that keeps a name up to date, in the program's own words. Each adds steps.
#include "diagnosis/system_commands.hpp"

namespace ringback::diagnosis::advice {

using Steps = std::vector<std::string>;

/// No program with a file of its own, but what a line of cron, a unit or a person's script calls.
[[nodiscard]] bool is_script(const host::Updater& updater);
[[nodiscard]] std::string shown_program(const host::Updater& updater);
[[nodiscard]] std::string shown_file(const host::Updater& updater);
/// "In /etc/crontab, line 3"; without a line where none is known.
[[nodiscard]] std::string place_of(const host::Updater& updater, const host::Published& way);

/// Opens the file: a user's crontab by crontab(1), which tells cron of the change.
[[nodiscard]] Command edit_file(const host::Updater& updater);

/// Which of the lines that follow is for whom; it begins with "W", and what is told before that.
[[nodiscard]] Step ask_ddclient_version(std::string_view before = "W");
/// For whoever has a ddclient that publishes IPv6 by few services alone.
[[nodiscard]] std::string with_old_ddclient(const System& system);
/// Of one that this run has not seen, or whose file it may not read; `write` goes before the line that lets it publish the address that stays.
[[nodiscard]] std::vector<Step> if_it_is_ddclient(const System& system, std::string_view write);

/// Over IPv6 the address that stays.
void publish_stable(const host::Updater& updater, const System& system, Steps& steps);
/// IPv4 not at all; `dynv6`: the name is served there.
void publish_no_ipv4(const host::Updater& updater, const System& system, bool dynv6, Steps& steps);
/// The household's public address, which nothing on this host's interfaces shows. False: the program has no way to it.
[[nodiscard]] bool publish_seen_ipv4(const host::Updater& updater, bool dynv6, Steps& steps);
/// Not the address that its line says outright.
void publish_no_literal_ipv4(const host::Updater& updater, bool dynv6, Steps& steps);
/// "Line 3 of /etc/crontab says …"
void tell_of_literal(const host::Updater& updater, const host::Published& way, Steps& steps);

}  // namespace ringback::diagnosis::advice
