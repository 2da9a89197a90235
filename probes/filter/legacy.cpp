#include "probes/filter/legacy.hpp"

#include <algorithm>

namespace ringback::filter {
namespace {

struct Place {
  const char *table, *chain, *type, *hook;
  int priority;  ///< linux/netfilter_ipv4.h, enum nf_ip_hook_priorities; the same for IPv6
};
constexpr std::array places{
    Place{"raw", "PREROUTING", "filter", "prerouting", -300},  Place{"raw", "OUTPUT", "filter", "output", -300},
    Place{"mangle", "PREROUTING", "filter", "prerouting", -150}, Place{"mangle", "INPUT", "filter", "input", -150},
    Place{"mangle", "FORWARD", "filter", "forward", -150},     Place{"mangle", "OUTPUT", "route", "output", -150},
    Place{"mangle", "POSTROUTING", "filter", "postrouting", -150}, Place{"nat", "PREROUTING", "nat", "prerouting", -100},
    Place{"nat", "INPUT", "nat", "input", 100},                Place{"nat", "OUTPUT", "nat", "output", -100},
    Place{"nat", "POSTROUTING", "nat", "postrouting", 100},    Place{"filter", "INPUT", "filter", "input", 0},
    Place{"filter", "FORWARD", "filter", "forward", 0},        Place{"filter", "OUTPUT", "filter", "output", 0},
    Place{"security", "INPUT", "filter", "input", 50},         Place{"security", "FORWARD", "filter", "forward", 50},
    Place{"security", "OUTPUT", "filter", "output", 50},
};

std::string_view take_line(std::string_view& text) {
  const auto end = std::min(text.find('\n'), text.size());
  const auto line = text.substr(0, end);
  text.remove_prefix(std::min(text.size(), end + 1));
  return line;
}

std::string_view take_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  const auto word = line.substr(0, line.find(' '));
  line.remove_prefix(word.size());
  return word;
}

/// Rules may jump to chains that stand below: the chains of a table are all named before its rules, as iptables-save does it.
class Reader {
 public:
  explicit Reader(Family family) : family_(family) {}

  Expected<std::vector<Table>> read(std::string_view text) {
    while (!text.empty()) {
      const auto line = take_line(text);
      if (line.empty() || line.starts_with('#')) continue;
      if (!take(line)) return failure(Errc::malformed, "the rules of iptables-legacy are not of the form that iptables-save writes");
      if (rules_ > most_rules) return failure(Errc::exhausted, "iptables-legacy has more than 100000 rules");
    }
    if (open_) return failure(Errc::malformed, "the rules of iptables-legacy are not whole");
    return std::move(tables_);
  }

 private:
  bool take(std::string_view line) {
    if (line.starts_with('*')) return begin(line.substr(1));
    if (!open_) return false;
    if (line == "COMMIT") return open_ = false, true;
    if (line.starts_with(':')) return chain(line.substr(1));
    if (line.starts_with('[')) line.remove_prefix(std::min(line.size(), std::min(line.find(']'), line.size() - 1) + 1));  // counters of -c
    if (take_word(line) != "-A") return false;
    return rule(line);
  }

  bool begin(std::string_view name) {
    const bool known = std::any_of(places.begin(), places.end(), [&](const Place& place) { return name == place.table; });
    if (open_ || !known) return false;
    auto& table = tables_.emplace_back();
    table.family = family_ == Family::ipv4 ? "ip" : "ip6";
    table.name = name;
    table.legacy = true;
    return open_ = true;
  }

  /// ":INPUT DROP [0:0]" is called by the kernel and has a policy; ":mine - [0:0]" is not.
  bool chain(std::string_view line) {
    auto& table = tables_.back();
    const auto name = take_word(line), policy = take_word(line);
    Chain made{.name = std::string(name), .base = {}, .rules = {}};
    for (const auto& place : places)
      if (table.name == place.table && name == place.chain)
        made.base = Base{.type = place.type, .hook = place.hook, .priority = place.priority, .drops = policy == "DROP", .device = {}};
    if (name.empty() || made.base.has_value() != (policy == "ACCEPT" || policy == "DROP")) return false;
    table.chains.push_back(std::move(made));
    return true;
  }

  bool rule(std::string_view line) {
    auto& chains = tables_.back().chains;
    const auto name = take_word(line);
    if (chains.empty()) return false;
    // They stand chain by chain.
    auto chain = last_ < chains.size() && chains[last_].name == name
                     ? chains.begin() + static_cast<std::ptrdiff_t>(last_)
                     : std::find_if(chains.begin(), chains.end(), [&](const Chain& c) { return c.name == name; });
    if (chain == chains.end()) return false;
    last_ = static_cast<std::size_t>(chain - chains.begin());
    ++rules_;
    chain->rules.push_back({.handle = 0, .text = "-A " + std::string(name) + std::string(line), .statements = read_legacy_rule(line, family_, chains)});
    return true;
  }

  Family family_;
  std::vector<Table> tables_;
  std::size_t rules_ = 0, last_ = 0;
  bool open_ = false;
};

}  // namespace

Expected<std::vector<Table>> parse_legacy(std::string_view saved, Family family) {
  if (saved.size() > largest_ruleset) return failure(Errc::exhausted, "the rules of iptables-legacy are longer than 8 MiB");
  return Reader(family).read(saved);
}

}  // namespace ringback::filter
