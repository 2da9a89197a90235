#pragma once
/// Which words of a text want an explanation.
#include <algorithm>
#include <cctype>
#include <set>
#include <string>
#include <string_view>

namespace ringback::test {

/// Words with two capitals or more: "AFTR", "DS-Lite".
inline std::set<std::string> abbreviations(std::string_view text) {
  std::set<std::string> result;
  std::string word;
  const auto end_word = [&] {
    while (word.ends_with('-') || word.ends_with('.')) word.pop_back();
    if (std::ranges::count_if(word, [](unsigned char c) { return std::isupper(c) != 0; }) >= 2) result.insert(word);
    word.clear();
  };
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-')
      word += c;
    else
      end_word();
  }
  end_word();
  return result;
}

/// Products, words that stand for what the reader puts in, words of configuration files, and what the page itself or everybody tells.
inline std::set<std::string> need_no_words() {
  return {
      "IPv4", "IPv6", "TCP", "UDP", "RFC", "IANA", "HTTP", "FRITZ", "NAME", "PORT", "HOST", "SERVER", "ZONE", "VISITOR", "NetworkManager",
      "IPv6PrivacyExtensions", "AllowedIPs", "AdGuard", "CrowdSec", "OpenVPN", "Wi-Fi", "IP", "GetFirewallStatus"};
}

}  // namespace ringback::test
