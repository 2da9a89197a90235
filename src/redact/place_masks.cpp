/// Paths of files and places on web servers.
#include <algorithm>
#include <array>

#include "net/endpoint.hpp"
#include "redact/masks.hpp"
#include "redact/vocabulary.hpp"

namespace ringback::redaction {
namespace {

/// What a file is for, which advice depends on (".service", ".network").
std::string ending_of(const std::string& name) {
  static constexpr std::array known{".service", ".timer", ".network", ".netdev", ".nmconnection", ".conf", ".cfg", ".ini", ".json", ".yaml", ".yml",
                                    ".toml",    ".sh",    ".bash",    ".py",     ".pl",           ".php",  ".log", ".key", ".env",  ".xml",  ".d"};
  const auto found = std::ranges::find_if(known, [&](std::string_view ending) { return name.size() > ending.size() && name.ends_with(ending); });
  return found == known.end() ? "" : *found;
}

}  // namespace

bool has_common_scheme(std::string_view text) {
  const auto end = text.find("://");
  return end != std::string_view::npos && end > 0 && is_common(text.substr(0, end));
}

std::string Masks::component(const std::string& text, const std::string& above, bool last, bool by_numbers) {
  const auto ending = ending_of(text);
  const auto stem = text.substr(0, text.size() - ending.size());
  if (above == "home" || (above == "crontabs" && last)) return users_.of(text);
  if (!by_numbers && is_common(stem) && !holds_given_name(stem)) return text;
  if (const auto* user = users_.find(stem)) return *user + ending;
  return (last ? files_ : folders_).of(stem) + ending;
}

std::string Masks::path(const std::string& text) {
  std::string result, above;
  const bool by_numbers = holds_written_address(text, "/");   // each of which is common by itself
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find('/', begin), text.size());
    const auto part = text.substr(begin, end - begin);
    const bool last = end == text.size();
    if (!part.empty()) result += component(part, above, last, by_numbers);
    if (!last) result += '/';
    above = part;
    begin = end + 1;
  }
  return result;
}

std::string Masks::url(const std::string& text) {
  if (!has_common_scheme(text)) return this->text(text);
  const auto start = text.find("://");
  const auto rest = text.substr(start + 3);
  const auto slash = std::min(rest.find_first_of("/?#"), rest.size());
  auto place = rest.substr(0, slash);
  if (const auto at = place.rfind('@'); at != std::string::npos) place = place.substr(at + 1);   // a login
  const auto parts = HostPort::parse(place, 0);
  std::string host = parts ? server(parts->host) : names.domain(place);
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  if (parts && parts->port != 0) host += ":" + std::to_string(parts->port);
  const auto query = std::min(rest.find_first_of("?#", slash), rest.size());
  auto where = rest.substr(slash, query - slash);
  if (!is_common(where)) where = "/" + paths_.of(where);
  return text.substr(0, start + 3) + host + where + (query < rest.size() ? "?…" : "");
}

}  // namespace ringback::redaction
