#pragma once
/// What the servers say of one name, weighed: the zone's own servers first, then public resolvers, then this host's.
#include "diagnosis/case.hpp"

namespace ringback::diagnosis {

struct Records {
  std::vector<Address> addresses;    ///< sorted, each once
  Pointers evidence;                 ///< of the answers that were used
  bool known = false;                ///< somebody gave a valid answer of this type
  bool missing_name = false;         ///< NXDOMAIN, and nobody of the same rank says otherwise
  std::string alias_of;              ///< the name at the end of its aliases, without the final dot; empty: it is none
  std::optional<dns::Role> role;     ///< whose word this is; `system` where something on the way answered in place of who was asked
};

[[nodiscard]] Records records_of(const Evidence& evidence, std::size_t name, Family family);

/// Whatever their case, and with or without the dot of the root (RFC 4343).
[[nodiscard]] bool same_name(std::string_view a, std::string_view b);

/// As it stands in the questions: in ASCII, where people write it otherwise.
[[nodiscard]] const std::string& queried(const dns::Name& name);

/// All that a program which keeps the name's records may call it: as people write it, in ASCII, and the names at the end of its aliases, over
/// this family or either. The name itself first.
[[nodiscard]] std::vector<std::string> known_as(const Evidence& evidence, std::string_view name, std::optional<Family> family = {});
[[nodiscard]] std::vector<std::string> known_as(const Evidence& evidence, std::size_t name, std::optional<Family> family = {});

struct CitedAnswer {
  const dns::Answer* answer = nullptr;
  std::string at;
};
/// The answers to the question for the name itself, of one type and role.
[[nodiscard]] std::vector<CitedAnswer> answers_of(const Evidence& evidence, std::size_t name, std::string_view type, dns::Role role);
/// The same for another name that was asked for on its behalf: the end of its aliases.
[[nodiscard]] std::vector<CitedAnswer> answers_about(const Evidence& evidence, std::size_t name, std::string_view question, std::string_view type, dns::Role role);
/// The servers of the name's own zone that answered for it with authority: AA, and NOERROR or NXDOMAIN. None where port 53 is intercepted.
[[nodiscard]] std::vector<CitedAnswer> authoritative_words(const Evidence& evidence, std::size_t name, std::string_view type);
/// Likewise of the zone that `question` is in.
[[nodiscard]] std::vector<CitedAnswer> authoritative_words(const Evidence& evidence, std::size_t name, std::string_view question, std::string_view type);
/// NOERROR or NXDOMAIN: the server knows, whatever it says.
[[nodiscard]] bool is_valid(const dns::Answer& answer);
/// Something on the way (the router, the provider) answers port 53 in place of every server that is asked over this family.
[[nodiscard]] bool is_intercepted(const dns::Name& name, Family family);
/// Whose word an answer is: that of this network's resolver, whoever was asked, where port 53 is intercepted.
[[nodiscard]] dns::Role heard_as(const dns::Name& name, const dns::Answer& answer);
/// AAAA records that a DNS64 made up from A records (RFC 6147) are no records of the name. A prefix that holds addresses of this host is no
/// NAT64's, whoever says so.
[[nodiscard]] bool is_synthesised(const Evidence& evidence, const Address& address);

[[nodiscard]] constexpr std::string_view type_of(Family family) { return family == Family::ipv4 ? "A" : "AAAA"; }
[[nodiscard]] std::vector<Address> sorted(std::vector<Address> addresses);
/// "192.0.2.1, 192.0.2.2", or "no address".
[[nodiscard]] std::string in_words(const std::vector<Address>& addresses);

// What is wrong with the serving of the name rather than with its records.
/// local_names.cpp: why nobody on the internet can find a name of this kind; absent: it is no such name.
[[nodiscard]] std::optional<std::string> known_at_home_alone(std::string_view name);
/// zone_servers.cpp: the zone's own servers: they disagree, one is lame, records live too long, the zone above names others.
[[nodiscard]] Findings zone_server_findings(const Case& c, std::size_t name);
/// local_names.cpp: this host finds the name by other means than the DNS.
[[nodiscard]] Findings local_name_findings(const Case& c, std::size_t name);
/// resolvers.cpp: caches, filters, validation.
[[nodiscard]] Findings resolver_findings(const Case& c, std::size_t name);
/// resolvers.cpp: resolvers of this host that answered nothing at all, while others answered the same questions.
[[nodiscard]] Findings broken_resolvers(const Case& c);

}  // namespace ringback::diagnosis
