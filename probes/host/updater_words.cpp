#include <algorithm>

#include "probes/host/updaters.hpp"

namespace ringback::host {
namespace {

constexpr std::size_t most_names = 32;

bool is_letter_or_digit(char ch) { return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9'); }

}  // namespace

std::string lower(std::string_view text) {
  std::string result(text);
  for (auto& ch : result)
    if (ch >= 'A' && ch <= 'Z') ch = static_cast<char>(ch - 'A' + 'a');
  return result;
}

std::string host_name(std::string_view word) {
  if (word.ends_with('.')) word.remove_suffix(1);
  if (word.empty() || word.size() > 253 || word.find('.') == std::string_view::npos || word.front() == '.') return {};  // RFC 1035 §2.3.4
  const auto fits = [](char ch) { return is_letter_or_digit(ch) || ch == '-' || ch == '.' || ch == '_' || ch == '*'; };
  if (!std::ranges::all_of(word, fits) || word.find("..") != std::string_view::npos) return {};
  // A top-level domain is letters alone or begins with "xn--" (RFC 3696 §2, RFC 5890): addresses are left out, and so are most tokens with dots.
  const auto last = lower(word.substr(word.rfind('.') + 1));
  const bool letters = last.size() >= 2 && last.size() <= 24 && std::ranges::all_of(last, [](char ch) { return ch >= 'a' && ch <= 'z'; });
  return letters || last.starts_with("xn--") ? lower(word) : std::string();
}

std::string host_of_url(std::string_view url) {
  if (const auto scheme = url.find("://"); scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?# \t\"'"));
  if (url.starts_with('[')) {
    const auto address = Address::parse(url.substr(1, url.find(']') == std::string_view::npos ? 0 : url.find(']') - 1));
    return address ? address->to_string() : std::string();
  }
  if (const auto port = url.rfind(':'); port != std::string_view::npos && url.find(':') == port) url = url.substr(0, port);
  const auto address = Address::parse(url);
  return address ? address->to_string() : host_name(url);
}

std::string interface_name(std::string_view word) {
  const auto fits = [](char ch) { return is_letter_or_digit(ch) || ch == '-' || ch == '.' || ch == '_' || ch == '@' || ch == ':'; };
  return !word.empty() && word.size() < 16 && word.front() != '-' && std::ranges::all_of(word, fits) ? std::string(word) : std::string();
}

bool is_plain_path(std::string_view path) {
  return path.starts_with('/') && path.size() <= 255 && std::ranges::all_of(path, [](char ch) { return ch > ' ' && ch <= '~'; });
}

std::optional<std::string> interface_of_stable_list(std::string_view command) {
  const auto has = [&](std::string_view words) { return command.find(words) != std::string_view::npos; };
  const bool lists = (has("ip -6 ") || has("ip -o -6 ")) && has(" addr");
  const bool leaves_out = has(" -temporary") && has(" -deprecated") && has("grep -v ^f");
  if (!lists || !leaves_out) return std::nullopt;
  constexpr std::string_view before = " dev ";
  const auto at = command.find(before);
  if (at == std::string_view::npos) return std::string();
  const auto word = command.substr(at + before.size());
  return interface_name(word.substr(0, word.find_first_of(" \t|")));
}

void add_name(Updater& updater, std::string name) {
  if (name.empty() || updater.names.size() >= most_names || std::ranges::find(updater.names, name) != updater.names.end()) return;
  updater.names.push_back(std::move(name));
}

void add_updater(std::vector<Updater>& found, Updater updater) {
  const auto same = std::ranges::find_if(found, [&](const Updater& other) { return other.ipv4 == updater.ipv4 && other.ipv6 == updater.ipv6; });
  if (same == found.end()) return found.push_back(std::move(updater));
  for (auto& name : updater.names) add_name(*same, std::move(name));
}

}  // namespace ringback::host
