#pragma once
/// What the verdict rests on: the connection, the names, what else was noticed, what could not be measured.
#include "report/page.hpp"
#include "report/summary.hpp"

namespace ringback {

/// With `verbose` also how every probe ended and all that it observed.
void write_details(const Report& report, Page& page);
/// Where in the report the evidence of these findings stands.
void write_pointers(const Problem& problem, std::size_t indent, Page& page);

/// "shared with other customers …; the internet sees 198.51.100.7"
[[nodiscard]] std::string sentence(const Ipv4Connection& ipv4);
[[nodiscard]] std::string sentence(const Ipv6Connection& ipv6, std::size_t most_addresses);
/// The same where nothing is wrong, in one line where there is nothing to bear in mind: neither another address nor one that is gone within two
/// hours.
[[nodiscard]] std::string brief_sentence(const Ipv4Connection& ipv4);
[[nodiscard]] std::string brief_sentence(const Ipv6Connection& ipv6, std::size_t most_addresses);
/// What the connection is, and each family of it; of what the user left out (-4, -6) that, and not that it could not be determined.
struct ConnectionLines {
  std::string type, ipv4, ipv6;
};
[[nodiscard]] ConnectionLines connection_lines(const Report& report, std::size_t most_addresses, bool briefly);
/// The type is not known, because one family alone was asked for.
[[nodiscard]] bool is_type_left_out(const Report& report);
/// "home.example.org leads here: …"; many names of one fate in one line, of which `most_apart` are named.
[[nodiscard]] std::vector<std::string> name_lines(const Report& report, std::size_t most_addresses, std::size_t most_apart);
/// "leads here: A 198.51.100.7; AAAA 2001:db8::1"
[[nodiscard]] std::string sentence(const NameVerdict& name, std::size_t most_addresses);
/// "certain" is not said.
[[nodiscard]] std::string type_sentence(const Connection& connection);
/// "hop: one router on the way, …", "NAT-PMP: …": the words of the trade in the first `lines` of `because`, in the order in which they come.
[[nodiscard]] std::vector<std::string> words_of_because(const Connection& connection, std::size_t lines);
/// Probes that could not work, with their reasons; those that were not asked for are not among them.
[[nodiscard]] std::vector<std::string> unmeasured(const Report& report);
/// When, how long, by which version.
[[nodiscard]] std::string origin(const Report& report);

}  // namespace ringback
