#include "io/files.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>

#include "base/unique_fd.hpp"
#include "io/system.hpp"

namespace ringback::io {
namespace {
constexpr std::size_t most_names = 65536;

struct DirectoryCloser {
  void operator()(DIR* directory) const { ::closedir(directory); }
};
}  // namespace

Expected<std::string> read_whole_file(const std::string& path, std::size_t limit) {
  // O_NONBLOCK: a FIFO in the place of the file must not hold us up.
  const UniqueFd fd(retry([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY); }));
  if (!fd) return system_failure("read " + path, errno);
  std::string content;
  while (content.size() < limit) {
    const std::size_t had = content.size();
    content.resize(std::min(limit, had + 16384));
    const auto got = retry([&] { return ::read(fd.get(), content.data() + had, content.size() - had); });
    if (got < 0) return system_failure("read " + path, errno);
    content.resize(had + static_cast<std::size_t>(got));
    if (got == 0) break;
  }
  return content;
}

OpenedFile open_regular_file(const char* path, bool follow_link) {
  const UniqueFd found(retry([&] { return ::open(path, O_PATH | O_CLOEXEC | (follow_link ? 0 : O_NOFOLLOW)); }));
  if (!found) return {.error = errno};
  struct stat what{};
  if (::fstat(found.get(), &what) != 0) return {.error = errno};
  if (!S_ISREG(what.st_mode)) return {.error = OpenedFile::not_regular};   // a link that may not be followed as well
  // The very file that was looked at, whatever stands at the path by now (proc(5), /proc/PID/fd).
  std::array<char, 32> again{};
  std::snprintf(again.data(), again.size(), "/proc/self/fd/%d", found.get());
  const int fd = retry([&] { return ::open(again.data(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY); });
  return fd < 0 ? OpenedFile{.error = errno} : OpenedFile{.fd = fd};
}

std::vector<std::string> names_in_directory(const std::string& path) {
  const std::unique_ptr<DIR, DirectoryCloser> directory(::opendir(path.c_str()));
  std::vector<std::string> names;
  if (!directory) return names;
  while (names.size() < most_names) {
    const dirent* entry = ::readdir(directory.get());
    if (entry == nullptr) break;
    const std::string name(static_cast<const char*>(entry->d_name));
    if (name != "." && name != "..") names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace ringback::io
