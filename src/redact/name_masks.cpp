#include "redact/name_masks.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "net/international_name.hpp"
#include "plan/defaults.hpp"
#include "redact/characters.hpp"

namespace ringback::redaction {
namespace {

/// Zones that rules know by their names: those that no server on the internet has, and those of services for names of homes.
constexpr std::array public_zones{std::string_view("localhost"), std::string_view("local"),        std::string_view("home.arpa"),  std::string_view("internal"),
                           std::string_view("arpa"),      std::string_view("fritz.box"),    std::string_view("myfritz.net"), std::string_view("dynv6.net"),
                           std::string_view("dns.army"),  std::string_view("dns.navy"),     std::string_view("v6.army"),    std::string_view("v6.navy"),
                           std::string_view("v6.rocks"),  std::string_view("dynv6.com"),    std::string_view("root-servers.net")};

std::string host_of_url(std::string_view url) {
  const auto start = url.find("://");
  const auto rest = start == std::string_view::npos ? url : url.substr(start + 3);
  return std::string(rest.substr(0, rest.find_first_of(":/")));
}

/// Servers that are asked where the user names none.
const std::vector<std::string>& built_in() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const auto& server : defaults::stun_servers()) all.push_back(server.host);
    for (const auto& page : defaults::connectivity_pages()) all.push_back(host_of_url(page.url));
    for (const auto& checker : defaults::port_checkers()) all.push_back(host_of_url(checker));
    return all;
  }();
  return names;
}

bool is_zone(std::string_view name) { return std::ranges::find(public_zones, name) != public_zones.end(); }

/// "a.root-servers.net"; "ipv4only.arpa", which everybody asks for (RFC 7050).
bool is_kept_whole(std::string_view name) {
  constexpr std::string_view roots = ".root-servers.net";
  return (name.size() == roots.size() + 1 && name.ends_with(roots)) || name == "ipv4only.arpa" || is_zone(name) || std::ranges::count(built_in(), name) > 0;
}

/// The longest of the zones that the name is in; empty: none.
std::string_view zone_of(std::string_view name) {
  std::string_view found;
  for (const auto zone : public_zones)
    if (zone.size() > found.size() && name.size() > zone.size() && name.ends_with(zone) && name[name.size() - zone.size() - 1] == '.') found = zone;
  return found;
}

/// Those that no server on the internet has (RFC 2606 §2), and then letters behind one of them.
std::string top_level(unsigned index) {
  constexpr std::array reserved{"example", "test", "invalid"};
  if (index < reserved.size()) return reserved[index];
  std::string letters;
  for (auto left = index - static_cast<unsigned>(reserved.size()) + 1; left > 0; left = (left - 1) / 26) letters.insert(letters.begin(), static_cast<char>('a' + (left - 1) % 26));
  return reserved[0] + letters;
}

constexpr unsigned below_public_zone = 3;   // a name of somebody's there, whatever the zone's depth

}  // namespace

bool is_public_name(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  return is_kept_whole(lower_case(std::string(name)));
}

std::string NameMasks::label_for(std::string_view label, const std::string& from_here, unsigned depth) {
  if (label == "*") return "*";
  auto& mask = labels_[from_here];
  if (!mask.empty()) return mask;
  if (depth == 1) return mask = top_level(top_levels_++);
  return mask = depth == 2 ? "zone" + std::to_string(++zones_) : "name" + std::to_string(++names_);
}

std::string NameMasks::domain(const std::string& name) {
  if (name.empty() || name == "." || is_public_name(name)) return name;
  const bool absolute = name.ends_with('.');
  auto bare = absolute ? name.substr(0, name.size() - 1) : name;
  constexpr std::size_t longest = 253;   // RFC 1035 §2.3.4, as text
  if (bare.size() > longest) return hosts_.of(bare) + (absolute ? "." : "");
  bare = lower_case(name_in_ascii(bare).value_or(bare));
  std::string result(zone_of(bare));
  auto end = result.empty() ? bare.size() : bare.size() - result.size() - 1;
  // From the end, as zones contain each other.
  for (unsigned depth = result.empty() ? 1 : below_public_zone;; ++depth) {
    const auto dot = end == 0 ? std::string::npos : bare.rfind('.', end - 1);
    const auto begin = dot == std::string::npos ? 0 : dot + 1;
    result = label_for(std::string_view(bare).substr(begin, end - begin), bare.substr(begin), depth) + (result.empty() ? "" : "." + result);
    if (dot == std::string::npos) break;
    end = dot;
  }
  return result + (absolute ? "." : "");
}

std::string NameMasks::host(const std::string& name) {
  if (name.empty() || name == "localhost") return name;
  return name.find('.') == std::string::npos ? hosts_.of(lower_case(name)) : domain(name);
}

}  // namespace ringback::redaction
