/// ddclient.conf: "[option=value, …] [host[,host…] [login [password]]]"; options without a host are the defaults of the hosts that follow.
#include <algorithm>
#include <map>

#include "probes/host/text.hpp"
#include "probes/host/updaters.hpp"

namespace ringback::host {
namespace {

constexpr std::size_t most_ways = 8;

struct Assigned {
  std::string value;
  unsigned line = 0;
};
using Options = std::map<std::string, Assigned>;   // those of `known` alone: the others hold passwords

constexpr std::string_view known[] = {"use", "usev4", "usev6", "if", "ifv4", "ifv6", "web", "webv4", "webv6", "cmd", "cmdv6", "protocol", "host"};

/// A line and where its pieces stood, without comments: what is joined by a backslash counts from where it stands.
struct Joined {
  std::string text;
  std::vector<std::pair<std::size_t, unsigned>> starts;
  unsigned line_at(std::size_t offset) const {
    unsigned line = 0;
    for (const auto& [start, number] : starts)
      if (start <= offset) line = number;
    return line;
  }
};

/// Up to a "#" that no quote hides. ddclient takes a password out first, which may have one in it: nothing behind that matters here.
std::string_view without_comment(std::string_view line) {
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (quote == 0 && line[i] == '#') return line.substr(0, i);
    if (quote != 0 ? line[i] == quote : line[i] == '\'' || line[i] == '"') quote = quote != 0 ? '\0' : line[i];
  }
  return line;
}

std::vector<Joined> joined_lines(std::string_view text) {
  std::vector<Joined> result;
  bool goes_on = false;
  unsigned number = 0;
  for (const auto raw : lines(text)) {
    ++number;
    auto line = trimmed(without_comment(raw));
    const bool more = line.ends_with('\\');
    if (more) line.remove_suffix(1);
    if (!goes_on) result.emplace_back();
    auto& joined = result.back();
    joined.starts.emplace_back(joined.text.size(), number);
    joined.text += line;
    goes_on = more;
  }
  return result;
}

bool separates(char ch) { return ch == ' ' || ch == '\t' || ch == ','; }
bool names_option(char ch) { return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') || ch == '-' || ch == '_'; }

/// parse_assignment(): a value ends at white space or a comma; quotes and backslashes protect.
std::string value_at(const std::string& text, std::size_t& at) {
  std::string value;
  char quote = 0;
  for (; at < text.size(); ++at) {
    const char ch = text[at];
    if (ch == '\\' && at + 1 < text.size()) {
      value += text[++at];
    } else if (quote != 0 ? ch == quote : ch == '\'' || ch == '"') {
      quote = quote != 0 ? '\0' : ch;
    } else if (quote == 0 && separates(ch)) {
      break;
    } else {
      value += ch;
    }
  }
  return value;
}

/// Takes the assignments off the front; what is left begins with the hosts.
std::string_view take_options(const Joined& joined, Options& options) {
  const auto& text = joined.text;
  std::size_t at = 0;
  while (true) {
    while (at < text.size() && separates(text[at])) ++at;
    auto end = at;
    while (end < text.size() && names_option(text[end])) ++end;
    if (end == at || end >= text.size() || text[end] != '=') return std::string_view(text).substr(at);
    const auto name = lower(text.substr(at, end - at));
    const auto line = joined.line_at(at);
    at = end + 1;
    auto value = value_at(text, at);
    if (std::ranges::find(known, name) != std::end(known)) options[name] = {std::move(value), line};
  }
}

const Assigned* find(const Options& options, const std::string& name) {
  const auto found = options.find(name);
  return found == options.end() || found->second.value.empty() ? nullptr : &found->second;
}

struct Strategy {
  std::string_view name;   // without the "v4" or "v6" at its end
  AddressSource source;
};
constexpr Strategy strategies[] = {{"no", AddressSource::none},      {"disabled", AddressSource::none}, {"ip", AddressSource::literal},
                                   {"web", AddressSource::web},      {"if", AddressSource::interface},  {"cmd", AddressSource::command},
                                   {"fw", AddressSource::router},    {"cisco", AddressSource::router},  {"cisco-asa", AddressSource::router}};

/// What else may stand there are the names of some forty routers whose pages ddclient can read; only a word that it may be is kept.
Published published(const std::string& keyword, const Assigned& assigned) {
  Published result{.source = AddressSource::router, .setting = keyword, .line = assigned.line};
  auto word = lower(assigned.value);
  const bool plain = word.size() <= 32 && std::ranges::all_of(word, [](char ch) { return names_option(ch); });
  if (plain) result.setting += "=" + word;
  if (word.ends_with("v4") || word.ends_with("v6")) word.resize(word.size() - 2);   // ipv4, webv4, ifv6, …
  for (const auto& strategy : strategies)
    if (strategy.name == word) result.source = strategy.source;
  if (!plain) result.source = AddressSource::unknown;
  return result;
}

/// IPv6, where the command lists what stays.
std::optional<Published> by_command(const Options& options, const std::string& option, Published way) {
  const auto* command = find(options, option);
  const auto interface = command != nullptr && way.source == AddressSource::command ? interface_of_stable_list(command->value) : std::nullopt;
  if (!interface) return std::nullopt;
  way.source = AddressSource::interface;
  way.interface = *interface;
  way.skips_temporary = true;
  return way;
}

Published of_family(const Options& options, bool six) {
  const std::string keyword = six ? "usev6" : "usev4";
  const auto* assigned = find(options, keyword);
  if (assigned == nullptr) return {};
  auto result = published(keyword, *assigned);
  // A URL, or one of the words that ddclient has a URL for, which have no dot.
  if (const auto* page = find(options, six ? "webv6" : "webv4"); page != nullptr && result.source == AddressSource::web) result.service = host_of_url(page->value);
  if (six)
    if (auto way = by_command(options, "cmdv6", result)) return *way;
  if (result.source != AddressSource::interface) return result;
  const auto* own = find(options, six ? "ifv6" : "ifv4");
  if (own == nullptr) own = find(options, "if");
  if (own != nullptr && own->value != "default") result.interface = interface_name(own->value);
  if (six) result.skips_temporary = true;   // get_ip_from_interface()
  return result;
}

/// "use=" of before 3.10: one address, which is IPv4's unless its user chose a page that answers over IPv6. Beside usev6= it is IPv4's up to 3.10, and left
/// out from 3.11 on (update_nics()).
void add_old_use(const Options& options, Updater& updater) {
  const auto* use = find(options, "use");
  if (use == nullptr || updater.ipv4.source != AddressSource::none) return;
  updater.ipv4 = published("use", *use);
  if (updater.ipv6.source != AddressSource::none) {
    if (updater.ipv4.source == AddressSource::none) updater.ipv4 = {};
    return;
  }
  if (auto way = by_command(options, "cmd", updater.ipv4)) {
    updater.ipv6 = std::move(*way);
    updater.ipv4 = {};
  }
  if (const auto* named = find(options, "if"); named != nullptr && updater.ipv4.source == AddressSource::interface)
    updater.ipv4.interface = interface_name(named->value);
  if (const auto* page = find(options, "web"); page != nullptr && updater.ipv4.source == AddressSource::web) {
    updater.ipv4.service = host_of_url(page->value);
    if (page->value.find("ipv6") != std::string::npos)   // "noip-ipv6", "checkipv6.dedyn.io"
      std::swap(updater.ipv4, updater.ipv6);
    else if (page->value.find("ipv4") == std::string::npos)
      updater.ipv6 = {.source = AddressSource::unknown};
  }
  if (updater.ipv4.source == AddressSource::none) updater.ipv4 = {};
}

void add_hosts(const Options& options, std::string_view hosts, std::vector<Updater>& found) {
  Updater updater{.ipv4 = of_family(options, false), .ipv6 = of_family(options, true)};
  add_old_use(options, updater);
  const auto same = std::ranges::find_if(found, [&](const Updater& other) { return other.ipv4 == updater.ipv4 && other.ipv6 == updater.ipv6; });
  if (same == found.end() && found.size() >= most_ways) return;
  auto& into = same == found.end() ? found.emplace_back(std::move(updater)) : *same;
  const auto* protocol = find(options, "protocol");
  while (!hosts.empty()) {
    const auto comma = hosts.find(',');
    auto host = std::string(trimmed(hosts.substr(0, comma)));
    if (protocol != nullptr && protocol->value == "duckdns" && !host.empty() && host.find('.') == std::string::npos) host += ".duckdns.org";
    add_name(into, host_name(host));
    hosts.remove_prefix(comma == std::string_view::npos ? hosts.size() : comma + 1);
  }
}

}  // namespace

std::vector<Updater> read_ddclient(std::string_view text) {
  std::vector<Updater> found;
  Options defaults;
  for (const auto& joined : joined_lines(text)) {
    auto options = defaults;
    options.erase("host");
    auto hosts = trimmed(take_options(joined, options));
    // "a, b login": the commas bind stronger than the spaces; login and password are never looked at.
    std::string list;
    for (std::size_t i = 0; i < hosts.size(); ++i) {
      if (hosts[i] != ' ' && hosts[i] != '\t') {
        list += hosts[i];
        continue;
      }
      const auto next = hosts.find_first_not_of(" \t", i);
      if (next == std::string_view::npos || (hosts[next] != ',' && !list.ends_with(','))) break;
      i = next - 1;
    }
    if (const auto* host = find(options, "host")) list += (list.empty() ? "" : ",") + host->value;
    if (list.empty())
      defaults = std::move(options);
    else
      add_hosts(options, list, found);
  }
  return found;
}

}  // namespace ringback::host
