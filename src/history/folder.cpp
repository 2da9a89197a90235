#include "history/folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <thread>

namespace ringback::history {
namespace {

tl::unexpected<Error> failed(const char* what, const std::string& path) {
  const auto code = errno == EACCES || errno == EPERM || errno == EROFS ? Errc::not_permitted : errno == ENOSPC || errno == EDQUOT ? Errc::exhausted : Errc::failed;
  return failure(code, fmt::format("{} {}: {}", what, path, std::strerror(errno)));
}

std::string lock_in(const std::string& folder) { return folder + "/lock"; }

bool is_folder(const std::string& path) {
  struct stat found{};
  return ::stat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode);
}

/// All of it, each with mode 0700: what is in it tells where somebody was.
Expected<void> make(const std::string& path) {
  const auto above = std::filesystem::path(path).parent_path().string();
  if (!above.empty() && above != path && !is_folder(above))
    if (auto made = make(above); !made) return made;
  if (::mkdir(path.c_str(), 0700) != 0 && !(errno == EEXIST && is_folder(path))) return failed("make", path);
  return {};
}

Expected<void> become_caller(const Folder& folder, const std::optional<io::Identity>& caller) {
  if (folder.of_caller) return io::drop_privileges(caller);
  return ::geteuid() == 0 ? Expected<void>() : io::drop_privileges(std::nullopt);   // what it has by file capabilities is not for this
}

}  // namespace

Expected<void> enter_folder(const Folder& folder, const std::optional<io::Identity>& caller) {
  ::umask(077);   // where somebody was is nobody else's business
  if (auto done = become_caller(folder, caller); !done) return done;
  if (!is_folder(folder.path))
    if (auto made = make(folder.path); !made) return made;
  return io::become_owner_of(folder.path);
}

Expected<void> visit_folder(const Folder& folder, const std::optional<io::Identity>& caller) {
  if (auto done = become_caller(folder, caller); !done) return done;
  struct stat found{};
  if (::stat(folder.path.c_str(), &found) != 0 && errno == EACCES) return failed("read", folder.path);
  if (!is_folder(folder.path)) return failure(Errc::no_route, folder.path + ": there is no such folder");
  return io::become_owner_of(folder.path);
}

bool is_empty_file(const std::string& path) {
  struct stat found{};
  return ::lstat(path.c_str(), &found) == 0 && S_ISREG(found.st_mode) && found.st_size == 0;
}

Expected<UniqueFd> lock_file(const std::string& file, std::chrono::milliseconds patience) {
  UniqueFd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return failed("open", file);
  constexpr std::chrono::milliseconds pause{50};
  const auto until = std::chrono::steady_clock::now() + patience;
  while (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return failed("lock", file);
    if (std::chrono::steady_clock::now() >= until) return failure(Errc::refused, fmt::format("another check has held {} for {} s", file, std::chrono::ceil<std::chrono::seconds>(patience).count()));
    std::this_thread::sleep_for(pause);
  }
  return fd;
}

Expected<UniqueFd> lock_folder(const std::string& path, std::chrono::seconds patience) { return lock_file(lock_in(path), patience); }

}  // namespace ringback::history
