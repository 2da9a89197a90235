#include "probes/filter/read_rules.hpp"

#include <algorithm>
#include <sstream>

#include "probes/filter/legacy.hpp"

namespace ringback::filter {
namespace {

/// Where the kernel has the old kind at all, root alone may know which tables there are: not to know is not to have none.
std::vector<std::string> legacy_tables(io::Network& network, Family family) {
  std::vector<std::string> found;
  const auto file = network.read_file(family == Family::ipv4 ? "/proc/net/ip_tables_names" : "/proc/net/ip6_tables_names", 4096);
  if (!file && file.error().code == Errc::not_permitted) return {"filter"};
  std::istringstream names(file.value_or(""));
  for (std::string name; names >> name;) found.push_back(name);
  return found;
}

/// Adds them to the ruleset. The kernel lists them; only their own program can read them.
void read_legacy(io::Network& network, Family family, Deadline deadline, Rules& into) {
  const bool v4 = family == Family::ipv4;
  const auto tables = legacy_tables(network, family);
  if (tables.empty()) return;
  const auto saved = network.legacy_rules(family, deadline);
  auto parsed = saved ? parse_legacy(*saved, family) : tl::unexpected(saved.error());
  if (!parsed) {
    into.trouble = parsed.error().what;
    into.legacy_read = false;
    auto& unread = v4 ? into.unread_ipv4 : into.unread_ipv6;
    unread = tables;
    std::erase(unread, "nat");
    return;
  }
  (v4 ? into.legacy_ipv4 : into.legacy_ipv6) = *saved;
  std::move(parsed->begin(), parsed->end(), std::back_inserter(into.ruleset.tables));
}

}  // namespace

Expected<Rules> read_rules(io::Network& network, Deadline deadline) {
  auto json = network.nftables_ruleset(deadline);
  if (!json) return tl::unexpected(json.error());
  const auto text = network.nftables_listing(deadline);  // without it rules have no text, and iptables' own matches are unclear
  auto ruleset = parse_ruleset(*json, parse_listing(text.value_or("")));
  if (!ruleset) return tl::unexpected(ruleset.error());
  Rules rules;
  rules.ruleset = std::move(*ruleset);
  rules.json = std::move(*json);
  for (const auto family : {Family::ipv4, Family::ipv6}) read_legacy(network, family, deadline, rules);
  return rules;
}

void allow_for_unread(Walk& walk, const Rules& rules) {
  const auto& unread = walk.family == Family::ipv4 ? rules.unread_ipv4 : rules.unread_ipv6;
  for (const auto& table : unread) walk.unclear.push_back("iptables-legacy: table " + table);
  if (!unread.empty() && walk.action == Action::accept) walk.action = Action::unknown;
}

}  // namespace ringback::filter
