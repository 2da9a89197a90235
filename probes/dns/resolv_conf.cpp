#include "probes/dns/resolv_conf.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "wire/printable.hpp"

namespace ringback::dns {
namespace {

constexpr std::size_t most_nameservers = 3;
constexpr std::size_t most_troubles = 8;
constexpr std::string_view blank = " \t\r";

// As glibc reads it: the keyword stands at the line's start and a blank follows.
std::optional<std::string_view> nameserver_of(std::string_view line) {
  constexpr std::string_view keyword = "nameserver";
  if (!line.starts_with(keyword)) return std::nullopt;
  line.remove_prefix(keyword.size());
  if (line.empty() || blank.find(line.front()) == std::string_view::npos) return std::nullopt;
  line.remove_prefix(std::min(line.find_first_not_of(blank), line.size()));
  return line.substr(0, line.find_first_of(" \t\r#;"));
}

Expected<Nameserver> parse_nameserver(std::string_view text) {
  const auto percent = text.find('%');
  const auto address = Address::parse(text.substr(0, percent));
  if (!address) return tl::unexpected(address.error());
  Nameserver result{*address, std::nullopt};
  if (percent != std::string_view::npos && percent + 1 < text.size()) result.zone = std::string(text.substr(percent + 1, 15));
  return result;
}

}  // namespace

ResolvConf parse_resolv_conf(std::string_view text) {
  ResolvConf result;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto value = nameserver_of(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!value) continue;
    if (auto nameserver = parse_nameserver(*value)) {
      if (result.nameservers.size() < most_nameservers) result.nameservers.push_back(std::move(*nameserver));
    } else if (result.troubles.size() < most_troubles) {
      result.troubles.push_back(fmt::format("resolv.conf: nameserver \"{}\" is no address", wire::printable(*value, 60)));
    }
  }
  return result;
}

}  // namespace ringback::dns
