#include "report/in_words.hpp"

#include <algorithm>

namespace ringback {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
/// Of addresses and of the words beside which none can begin.
bool is_part(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == ':' || c == '-' || c == '_'; }

}  // namespace

MasksInWords::MasksInWords(const Legend& legend) {
  constexpr std::size_t longest = 80;   // a stored report may say anything
  for (const auto& [mask, stands_for] : legend) words_.emplace(mask, stands_for.substr(0, longest));
}

const std::string* MasksInWords::find(std::string_view mask) const {
  const auto found = words_.find(mask);
  return found == words_.end() ? nullptr : &found->second;
}

std::string MasksInWords::operator()(std::string_view text) const {
  if (words_.empty()) return std::string(text);
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    auto end = at;
    while (end < text.size() && is_part(text[end])) ++end;
    if (end == at) {
      result += text[at++];
      continue;
    }
    auto token = text.substr(at, end - at);
    while (token.size() > 1 && std::string_view(".:-").find(token.back()) != std::string_view::npos && !token.ends_with("::")) token.remove_suffix(1);
    auto length = end;   // of a prefix: "/64" behind it
    if (at + token.size() == end && end < text.size() && text[end] == '/')
      for (++length; length < text.size() && is_digit(text[length]);) ++length;
    const auto colon = token.rfind(':');
    const auto dash = token.find('-');
    if (const auto* words = find(text.substr(at, length - at)); words && length > end) {
      result += *words;
      at = length;
    } else if (const auto* whole = find(token)) {
      const bool in_url = result.ends_with("//");
      result += in_url ? "[" + *whole + "]" : *whole;
      at += token.size();
    } else if (const auto* host = colon == std::string_view::npos ? nullptr : find(token.substr(0, colon))) {   // with a port
      result += "[" + *host + "]" + std::string(token.substr(colon));
      at += token.size();
    } else if (dash != std::string_view::npos && find(token.substr(0, dash)) && find(token.substr(dash + 1))) {
      result += *find(token.substr(0, dash)) + " to " + *find(token.substr(dash + 1));
      at += token.size();
    } else {
      result += token;
      at += token.size();
    }
  }
  return result;
}

Report in_words(Report report) {
  const MasksInWords words(report.redaction);
  const auto say = [&](std::string& text) { text = words(text); };
  const auto say_all = [&](std::vector<std::string>& texts) { std::ranges::for_each(texts, say); };
  say_all(report.connection.because);
  for (auto& name : report.names) {
    say_all(name.because);
    say_all(name.updates);
  }
  for (auto& finding : report.findings) {
    say(finding.title);
    say(finding.detail);
    for (auto& remedy : finding.remedies) {
      say(remedy.title);
      say_all(remedy.steps);
      say_all(remedy.commands);
    }
  }
  for (auto& probe : report.probes)
    if (probe.reason) say(*probe.reason);
  return report;
}

}  // namespace ringback
