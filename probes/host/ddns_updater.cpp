/// config.json of qdm12/ddns-updater: {"settings": [{"provider": …, "domain": …, "host": …, "ip_version": …, "ipv6_suffix": …}]}. It has no
/// other way to an address than to ask how it is seen; a suffix replaces the last bits of an IPv6 address so found.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "probes/host/text.hpp"
#include "probes/host/updaters.hpp"

namespace ringback::host {
namespace {

using Json = nlohmann::json;

constexpr std::size_t most_settings = 64;
constexpr int deepest = 16;

std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// "0:0:0:0:5054:ff:fe12:3456/64", or "::42/64". What divides the address elsewhere is not read, nor what says an upper half as well.
std::optional<Address> suffix_of(std::string_view text) {
  constexpr std::string_view half = "/64";
  if (!text.ends_with(half)) return std::nullopt;
  const auto address = Address::parse(text.substr(0, text.size() - half.size()));
  if (!address || !address->is_v6() || std::ranges::any_of(address->bytes().first(8), [](auto byte) { return byte != 0; })) return std::nullopt;
  return *address;
}

/// "@" and nothing stand for the domain itself, commas between several.
void add_names(const Json& setting, Updater& updater) {
  const auto domain = text_of(setting, "domain");
  const auto hosts = text_of(setting, "host").empty() ? text_of(setting, "owner") : text_of(setting, "host");
  std::string_view left = hosts;
  do {
    const auto comma = left.find(',');
    const auto host = trimmed(left.substr(0, comma));
    auto name = host.empty() || host == "@" ? domain : std::string(host) + "." + domain;
    if (text_of(setting, "provider") == "duckdns" && !name.ends_with(".duckdns.org")) name = (domain.empty() ? std::string(host) : name) + ".duckdns.org";
    for (std::string_view several = name; !several.empty();) {   // newer versions: "domain": "a.example.org,b.example.org"
      const auto next = several.find(',');
      add_name(updater, host_name(trimmed(several.substr(0, next))));
      several.remove_prefix(next == std::string_view::npos ? several.size() : next + 1);
    }
    left.remove_prefix(comma == std::string_view::npos ? left.size() : comma + 1);
  } while (!left.empty());
}

}  // namespace

std::vector<Updater> read_ddns_updater(std::string_view text) {
  // What is deeper than that is left out while it is read, so that nobody can make us build it.
  const auto json = Json::parse(text, [](int depth, Json::parse_event_t, Json&) { return depth < deepest; }, false);
  std::vector<Updater> found;
  if (!json.is_object()) return found;
  const auto settings = json.find("settings");
  if (settings == json.end() || !settings->is_array()) return found;
  std::size_t seen = 0;
  for (const auto& setting : *settings) {
    if (++seen > most_settings || !setting.is_object()) continue;
    Updater updater;
    const auto version = text_of(setting, "ip_version");
    if (version != "ipv6") updater.ipv4.source = AddressSource::web;
    if (version != "ipv4") updater.ipv6.source = AddressSource::web;
    if (version == "ipv4" || version == "ipv6") (version == "ipv4" ? updater.ipv4 : updater.ipv6).setting = "ip_version=" + version;
    if (const auto suffix = text_of(setting, "ipv6_suffix"); updater.ipv6.source == AddressSource::web && !suffix.empty())
      updater.ipv6 = {.source = AddressSource::literal, .setting = "ipv6_suffix", .suffix = suffix_of(suffix)};
    add_names(setting, updater);
    add_updater(found, std::move(updater));
  }
  return found;
}

}  // namespace ringback::host
