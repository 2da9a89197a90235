#include "io/environment.hpp"

#include <malloc.h>
#include <pthread.h>
#include <sys/auxv.h>

#include <array>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ringback::io {
namespace {

constexpr std::array<std::string_view, 10> harmless{"HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "NO_COLOR", "TERM", "COLUMNS",
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

void prepare_for_many_threads() {
  constexpr std::size_t stack_size = 1U << 20U;
  constexpr int step = 1 << 20, largest_kept = 16 << 20;
  ::mallopt(M_ARENA_MAX, 1);
  ::mallopt(M_TOP_PAD, step);
  ::mallopt(M_TRIM_THRESHOLD, largest_kept);
  ::mallopt(M_MMAP_THRESHOLD, largest_kept);
  pthread_attr_t attributes;
  if (::pthread_getattr_default_np(&attributes) != 0) return;   // it costs more, and works
  if (::pthread_attr_setstacksize(&attributes, stack_size) == 0) ::pthread_setattr_default_np(&attributes);
  ::pthread_attr_destroy(&attributes);
}

}  // namespace ringback::io
