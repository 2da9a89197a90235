#include "probes/host/netplan.hpp"

#include <algorithm>

#include "probes/host/text.hpp"

namespace ringback::host {
namespace {

constexpr std::size_t largest_yaml = 16 * 1024;
constexpr std::size_t most_yamls = 64;
const std::string folder = "/etc/netplan";

std::vector<std::string> yamls(io::Network& network) {
  auto names = network.list_directory(folder);
  std::erase_if(names, [](const std::string& name) { return !name.ends_with(".yaml"); });
  if (names.size() > most_yamls) names.resize(most_yamls);
  return names;
}

/// Of "wlan0-Kabel" the section is "wlan0": the name of a wireless network stands behind it.
bool is_section(std::string_view key, std::string_view section) {
  return !key.empty() && section.starts_with(key) && (section.size() == key.size() || section[key.size()] == '-');
}

/// Of "  eth0:", "  \"eth0\":" and "  eth0: {dhcp4: true}".
std::string_view key_of(std::string_view line) {
  const auto colon = line.find(':');
  auto key = colon == std::string_view::npos ? std::string_view() : trimmed(line.substr(0, colon));
  if (key.size() >= 2 && key.front() == '"' && key.back() == '"') key = key.substr(1, key.size() - 2);
  return key;
}

}  // namespace

std::optional<std::string> netplan_section(std::string_view file) {
  static constexpr std::string_view mark = "netplan-";
  file.remove_prefix(file.rfind('/') + 1);   // npos + 1 is 0
  const auto at = file.find(mark);
  if (at == std::string_view::npos || (at > 0 && file[at - 1] != '-')) return std::nullopt;
  for (const std::string_view suffix : {".nmconnection", ".network"})
    if (file.ends_with(suffix) && file.size() > at + mark.size() + suffix.size())
      return std::string(file.substr(at + mark.size(), file.size() - suffix.size() - at - mark.size()));
  return std::nullopt;
}

bool uses_netplan(io::Network& network) { return !yamls(network).empty(); }

std::string netplan_file(io::Network& network, std::string_view section) {
  const auto names = yamls(network);
  std::string found;
  std::size_t longest = 0;   // of several keys that fit, the longest names it; of several files with it the last one wins, as netplan merges them
  const auto consider = [&](std::string_view key, const std::string& name) {
    if (!is_section(key, section) || key.size() < longest) return;
    longest = key.size();
    found = folder + "/" + name;
  };
  for (const auto& name : names) {
    // "90-NM-UUID.yaml" tells by its name, also whoever may not read it.
    if (name.starts_with("90-")) consider(std::string_view(name).substr(3, name.size() - 3 - std::string_view(".yaml").size()), name);
    const auto text = network.read_file(folder + "/" + name, largest_yaml).value_or("");   // root alone may read it in most releases
    for (const auto line : lines(text)) consider(key_of(line), name);
  }
  return found.empty() && names.size() == 1 ? folder + "/" + names.front() : found;
}

}  // namespace ringback::host
