/// Names that this host, or this home, knows by other means than the DNS: hosts(5), multicast DNS (RFC 6762), the router's own.
#include <algorithm>
#include <array>

#include "diagnosis/codes.hpp"
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

/// All addresses that a DNS server gave for the name.
std::vector<Address> given_by_dns(const dns::Name& name) {
  std::vector<Address> result;
  for (const auto& answer : name.answers)
    if (same_name(answer.question, queried(name))) std::ranges::copy(answer.addresses, std::back_inserter(result));
  return sorted(std::move(result));
}

bool has(const std::vector<Address>& addresses, const Address& address) { return std::ranges::find(addresses, address) != addresses.end(); }

}  // namespace

std::optional<std::string> known_at_home_alone(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  for (const auto& [zone, why] : home_zones)
    if (name.size() > zone.size() && same_name(name.substr(name.size() - zone.size()), zone) && name[name.size() - zone.size() - 1] == '.')
      return std::string(why);
  return std::nullopt;
}

Findings local_name_findings(const Case& c, std::size_t index) {
  const auto& name = c.evidence.dns->names[index];
  if (!name.applications) return {};
  const auto& programs = *name.applications;
  const auto dns = given_by_dns(name);
  std::vector<Address> own;
  std::ranges::copy_if(programs.addresses, std::back_inserter(own), [&](const Address& address) { return !has(dns, address); });
  if (own.empty()) return {};
  const auto at = [&](const char* part) { return pointer("dns", "names", index, "applications", part); };
  const bool by_file = std::ranges::all_of(own, [&](const Address& address) { return has(programs.hosts_file, address); });
  auto detail = fmt::format("Programs on this host find {} at {}", name.name, in_words(own));
  Pointers evidence{at("addresses")};
  if (by_file) {
    detail += ", because /etc/hosts says so";
    cite(evidence, at("hosts_file"));
  } else if (const auto why = known_at_home_alone(queried(name))) {
    detail += ". " + *why;
    detail.pop_back();
  } else {
    detail += fmt::format(", which no DNS server says: another source of nsswitch.conf does ({})", fmt::join(c.evidence.dns->name_sources, " "));
    cite(evidence, pointer("dns", "name_sources"));
  }
  detail += fmt::format(". Visitors from the internet find {}.", dns.empty() ? std::string("nothing in the DNS") : in_words(dns));
  return {finding("dns.local-answer", Confidence::certain, std::move(detail), {.name = name.name}, std::move(evidence))};
}

}  // namespace ringback::diagnosis
