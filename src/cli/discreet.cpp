#include "cli/discreet.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <algorithm>
#include <sstream>

namespace ringback::cli {
namespace {

namespace po = boost::program_options;

constexpr std::string_view blank = " \t\r\n";

/// The number of the first line that is neither a key with a value nor empty, a remark or a section; 0: there is none.
std::size_t line_without_value(const std::string& text) {
  std::istringstream lines(text);
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    line.resize(std::min(line.size(), line.find('#')));
    const auto first = line.find_first_not_of(blank);
    if (first == std::string::npos || line.find('=') != std::string::npos) continue;
    if (line[first] != '[' || line[line.find_last_not_of(blank)] != ']') return number;
  }
  return 0;
}

}  // namespace

std::string up_to_host(std::string_view typed) {
  constexpr std::string_view behind_scheme = "://";
  const auto scheme = typed.find(behind_scheme);
  if (scheme == std::string_view::npos) return std::string(typed);
  const auto start = scheme + behind_scheme.size();
  auto host = typed.substr(start, typed.find_first_of("/?# \t\r\n", start) - start);   // RFC 3986 §3.2
  host.remove_prefix(host.rfind('@') + 1);
  return fmt::format("{}{}", typed.substr(0, start), host);
}

std::string urls_up_to_host(std::string_view sentence) {
  constexpr std::string_view closing = "\"'),;.";
  std::string result;
  while (!sentence.empty()) {
    const auto word = sentence.substr(0, sentence.find_first_of(blank));
    const auto end = word.find_last_not_of(closing) + 1;
    result.append(up_to_host(word.substr(0, end))).append(word.substr(end));
    sentence.remove_prefix(word.size());
    const auto gap = sentence.substr(0, sentence.find_first_not_of(blank));
    result += gap;
    sentence.remove_prefix(gap.size());
  }
  return result;
}

Error config_error(const ConfigFile& file, const po::error& error) {
  if (dynamic_cast<const po::invalid_config_file_syntax*>(&error) != nullptr)
    return {Errc::invalid_input, fmt::format("{}: line {} has no =; write KEY = VALUE, as in service = 443/tcp", file.path, line_without_value(file.text))};
  if (const auto* unknown = dynamic_cast<const po::unknown_option*>(&error)) {
    const auto key = unknown->get_option_name();
    return {Errc::invalid_input, fmt::format("{}: \"{}\" is no key; the keys are the long options", file.path, up_to_host(key.substr(0, key.find_first_of(blank))).substr(0, 40))};
  }
  return {Errc::invalid_input, fmt::format("{}: {}", file.path, error.what())};
}

}  // namespace ringback::cli
