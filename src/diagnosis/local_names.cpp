/// Names that this host, or this home, knows by other means than the DNS: hosts(5), multicast DNS (RFC 6762), the router's own.
#include <algorithm>
#include <array>

#include "diagnosis/codes.hpp"
#include "diagnosis/household.hpp"
#include "diagnosis/records.hpp"

namespace ringback::diagnosis {
namespace {

struct HomeZone {
  std::string_view zone, why;
};
constexpr std::array home_zones{
    HomeZone{"local", "Names that end in .local are those by which the machines of one home find each other (multicast DNS, RFC 6762): nobody on the "
                      "internet can look them up."},
    HomeZone{"home.arpa", "Names that end in .home.arpa are for use inside of one home (RFC 8375)."},
    HomeZone{"internal", "Names that end in .internal are for use inside of one network, and are never delegated."},
    HomeZone{"localhost", "Names that end in .localhost are each machine's own (RFC 6761)."},
};

bool has(const std::vector<Address>& addresses, const Address& address) { return std::ranges::find(addresses, address) != addresses.end(); }

/// A name as the programs on this host find it, and as the DNS has it.
struct LocalName {
  const Case& c;
  std::size_t index;
  Records a, aaaa;

  const dns::Name& name() const { return c.evidence.dns->names[index]; }
  const Records& records(Family family) const { return family == Family::ipv4 ? a : aaaa; }
  std::string at(const char* part) const { return pointer("dns", "names", index, "applications", part); }
  bool in_hosts_file(const Address& address) const { return has(name().applications->hosts_file, address); }
};

bool is_in_dns(const LocalName& local, const Address& address) {
  return has(local.records(address.family()).addresses, address) || is_synthesised(local.c.evidence, address) ||
         std::ranges::any_of(local.name().answers, [&](const dns::Answer& answer) {
           return same_name(answer.question, queried(local.name())) && has(answer.addresses, address);
         });
}

/// Programs ask the same resolvers: where one of those was silent, or failed, its answer to the program may be the one that was missed here.
bool resolvers_answered(const LocalName& local, Family family) {
  const auto answers = answers_of(local.c.evidence, local.index, type_of(family), dns::Role::system);
  return !answers.empty() && std::ranges::all_of(answers, [](const auto& cited) { return is_valid(*cited.answer); });
}

/// Whoever was asked gave the same addresses. Of a large set some servers give a few at a time, others each time.
bool is_steady(const LocalName& local, Family family) {
  std::vector<std::vector<Address>> said;
  for (const auto role : {dns::Role::system, dns::Role::public_resolver, dns::Role::authoritative})
    for (const auto& cited : answers_of(local.c.evidence, local.index, type_of(family), role))
      if (is_valid(*cited.answer) && !cited.answer->addresses.empty()) said.push_back(sorted(cited.answer->addresses));
  const bool alike = std::ranges::all_of(said, [&](const auto& addresses) { return addresses == said.front(); });
  return alike && (said.size() != 1 || said.front().size() == 1);
}

/// What the program found that the DNS does not have.
std::vector<Address> found_elsewhere(const LocalName& local, bool at_home_alone) {
  std::vector<Address> result;
  for (const auto& address : local.name().applications->addresses) {
    const auto family = address.family();
    if (is_in_dns(local, address) || !(at_home_alone || local.records(family).known)) continue;
    if (!local.in_hosts_file(address) && !(resolvers_answered(local, family) && (!is_global(address) || is_steady(local, family)))) continue;
    result.push_back(address);
  }
  return result;
}

/// Sources of nsswitch.conf(5) that may know the name: not the hosts file, the DNS, and what is done about their results. Those that end in
/// "_minimal" know names in .local alone (nss-mdns).
std::vector<std::string> other_sources(std::vector<std::string> sources) {
  std::erase_if(sources, [](const std::string& source) {
    return source == "files" || source == "dns" || source == "resolve" || source.find_first_of("[]=") != std::string::npos ||
           source.ends_with("_minimal");
  });
  return sources;
}

std::string as_visitors_find_it(const LocalName& local, bool at_home_alone) {
  auto addresses = local.a.addresses;
  addresses.insert(addresses.end(), local.aaaa.addresses.begin(), local.aaaa.addresses.end());
  const bool heard_inside = local.a.role == dns::Role::system || local.aaaa.role == dns::Role::system;
  const auto* who = heard_inside ? "The DNS, as this network's resolver tells it, has" : "Visitors from the internet find";
  const bool all_known = at_home_alone || local.a.known == local.aaaa.known;
  return fmt::format("{} {}{}.", who, in_words(addresses),
                     all_known ? "" : fmt::format("; what there is for {} is not known", local.a.known ? "IPv6" : "IPv4"));
}

/// A record of the resolver's own (no cache sets AA), that the zone does not have, and that leads to strangers. One that leads into the home is a
/// view made on purpose.
bool leads_astray(const LocalName& local, const Records& records, const dns::Answer& answer) {
  if (records.role != dns::Role::authoritative || records.addresses.empty() || answer.addresses.empty()) return false;
  return is_valid(answer) && answer.authoritative && std::ranges::none_of(answer.addresses, [&](const Address& address) {
           return !is_global(address) || has(records.addresses, address) || is_household(local.c.facts, address) ||
                  is_synthesised(local.c.evidence, address);
         });
}

std::optional<Finding> own_word_of_resolver(const LocalName& local) {
  std::optional<Endpoint> resolver;
  std::vector<Address> led_to;
  Pointers evidence;
  for (const auto family : {Family::ipv4, Family::ipv6})
    for (const auto& cited : answers_of(local.c.evidence, local.index, type_of(family), dns::Role::system)) {
      const auto& answer = *cited.answer;
      if (!leads_astray(local, local.records(family), answer) || resolver.value_or(answer.server) != answer.server) continue;
      resolver = answer.server;
      led_to.insert(led_to.end(), answer.addresses.begin(), answer.addresses.end());
      cite(evidence, cited.at);
    }
  if (!resolver) return std::nullopt;
  auto detail = fmt::format("{}, a resolver of this host, answers for {} itself, with {}: programs here are led there. It has a record of its own for the "
                            "name (address= in dnsmasq, local-data in unbound), or is told what to say.",
                            resolver->address.to_string(), local.name().name, in_words(led_to));
  detail += " " + as_visitors_find_it(local, false);
  return finding("dns.local-answer", Confidence::likely, std::move(detail), {.name = local.name().name},
                 together(std::move(evidence), together(local.a.evidence, local.aaaa.evidence)));
}

}  // namespace

std::optional<std::string> known_at_home_alone(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  for (const auto& [zone, why] : home_zones)
    if (name.size() > zone.size() && same_name(name.substr(name.size() - zone.size()), zone) && name[name.size() - zone.size() - 1] == '.')
      return std::string(why);
  return std::nullopt;
}

Findings local_name_findings(const Case& c, std::size_t index) {
  const LocalName local{c, index, records_of(c.evidence, index, Family::ipv4), records_of(c.evidence, index, Family::ipv6)};
  const auto& name = local.name();
  const auto at_home_alone = known_at_home_alone(queried(name));
  auto own = name.applications ? found_elsewhere(local, at_home_alone.has_value()) : std::vector<Address>();
  if (own.empty()) {
    auto told = own_word_of_resolver(local);
    return told ? Findings{std::move(*told)} : Findings{};
  }
  const bool by_file = std::ranges::any_of(own, [&](const Address& address) { return local.in_hosts_file(address); });
  if (by_file) std::erase_if(own, [&](const Address& address) { return !local.in_hosts_file(address); });
  auto detail = fmt::format("Programs on this host find {} at {}", name.name, in_words(own));
  auto confidence = Confidence::certain;
  Pointers evidence{local.at("addresses")};
  if (by_file) {
    detail += ", because /etc/hosts says so.";
    cite(evidence, local.at("hosts_file"));
  } else if (at_home_alone) {
    detail += ". " + *at_home_alone;
  } else if (const auto sources = other_sources(c.evidence.dns->name_sources); !sources.empty()) {
    confidence = Confidence::likely;
    detail += fmt::format(", which no DNS server says: another source of nsswitch.conf does ({}).", fmt::join(sources, " "));
    cite(evidence, pointer("dns", "name_sources"));
  } else {
    confidence = Confidence::possible;
    const auto& all = c.evidence.dns->name_sources;
    const bool resolved = std::ranges::find(all, "resolve") != all.end();
    detail += fmt::format(", which no DNS server said that was asked: the records may be changing{}.",
                          resolved ? ", or systemd-resolved knows the name by other means" : "");
  }
  detail += " " + as_visitors_find_it(local, at_home_alone.has_value());
  cite(evidence, together(local.a.evidence, local.aaaa.evidence));
  return {finding("dns.local-answer", confidence, std::move(detail), {.name = name.name}, std::move(evidence))};
}

}  // namespace ringback::diagnosis
