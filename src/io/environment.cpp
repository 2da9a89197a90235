#include "io/environment.hpp"

#include <sys/auxv.h>

#include <array>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ringback::io {
namespace {

constexpr std::array<std::string_view, 9> harmless{"HOME", "XDG_CONFIG_HOME", "NO_COLOR", "TERM", "COLUMNS",
                                                   "LANG", "LC_ALL", "LC_CTYPE", "TZ"};

}  // namespace

void distrust_environment() {
  if (::getauxval(AT_SECURE) == 0) return;
  std::vector<std::pair<std::string, std::string>> kept;
  for (const auto name : harmless)
    if (const char* value = std::getenv(std::string(name).c_str())) kept.emplace_back(name, value);
  clear_environment();
  for (const auto& [name, value] : kept) ::setenv(name.c_str(), value.c_str(), 1);
}

void clear_environment() { ::clearenv(); }

}  // namespace ringback::io
