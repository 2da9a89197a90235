/// Which program holds which socket: /proc/PID/fd (proc(5)).
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "io/files.hpp"
#include "io/sock_diag.hpp"

namespace ringback::io {
namespace {

constexpr std::size_t most_descriptors = 200'000;  // looked at in all

/// "socket:[12345]"
std::optional<unsigned long> socket_inode(const std::string& path) {
  static constexpr std::string_view prefix = "socket:[";
  std::array<char, 64> target{};
  const auto length = ::readlink(path.c_str(), target.data(), target.size());
  if (length <= 0) return std::nullopt;
  const std::string_view text(target.data(), static_cast<std::size_t>(length));
  if (!text.starts_with(prefix)) return std::nullopt;
  unsigned long inode = 0;
  const auto digits = text.substr(prefix.size());
  if (std::from_chars(digits.data(), digits.data() + digits.size(), inode).ec != std::errc()) return std::nullopt;
  return inode;
}

std::string program_name(const std::string& process) {
  auto name = read_whole_file(process + "/comm", 64).value_or("");
  while (!name.empty() && name.back() == '\n') name.pop_back();
  return name;
}

}  // namespace

std::map<unsigned long, std::string> programs_by_socket(Deadline deadline, const Clock& clock) {
  std::map<unsigned long, std::string> programs;
  std::size_t seen = 0;
  for (const auto& entry : names_in_directory("/proc")) {
    if (!std::all_of(entry.begin(), entry.end(), [](char c) { return c >= '0' && c <= '9'; })) continue;
    if (deadline.passed(clock)) return programs;  // also where none of them may be looked into
    const auto process = "/proc/" + entry;
    std::string name;
    for (const auto& descriptor : names_in_directory(process + "/fd")) {
      if (++seen > most_descriptors || deadline.passed(clock)) return programs;
      const auto inode = socket_inode(process + "/fd/" + descriptor);
      if (!inode) continue;
      if (name.empty()) name = program_name(process);
      if (!name.empty()) programs.emplace(*inode, name);
    }
  }
  return programs;
}

}  // namespace ringback::io
