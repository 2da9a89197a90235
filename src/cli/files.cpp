#include "cli/files.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <optional>

#include "base/unique_fd.hpp"

namespace ringback::cli {
namespace {

constexpr std::size_t longest_file = 64U << 20;

tl::unexpected<Error> failed(const char* what, const std::string& path) {
  return failure(Errc::failed, fmt::format("{} {}: {}", what, path, std::strerror(errno)));
}

bool write_all(int fd, const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const auto wrote = ::write(fd, text.data() + done, text.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return false;
    done += static_cast<std::size_t>(wrote);
  }
  return true;
}

/// A terminal, /dev/stdout or a pipe cannot be renamed over. Opening must not wait for a reader, and what somebody else has put there
/// (a pipe in /tmp, a disk) is not written to.
Expected<void> write_special(const std::string& path, const std::string& text) {
  const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat opened{};
  if (!fd || ::fstat(fd.get(), &opened) != 0) return failed("write", path);
  const bool own_pipe = S_ISFIFO(opened.st_mode) && opened.st_uid == ::geteuid();
  if (!S_ISCHR(opened.st_mode) && !own_pipe) return failure(Errc::not_permitted, fmt::format("write {}: neither a file, a terminal nor a pipe of this user", path));
  const int flags = ::fcntl(fd.get(), F_GETFL);
  if (flags < 0 || ::fcntl(fd.get(), F_SETFL, flags & ~O_NONBLOCK) != 0 || !write_all(fd.get(), text)) return failed("write", path);
  return {};
}

}  // namespace

Expected<std::string> read_file(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return failed("read", path);
  std::string text;
  char buffer[65536];
  while (true) {
    const auto got = ::read(fd.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("read", path);
    if (got == 0) return text;
    text.append(buffer, static_cast<std::size_t>(got));
    if (text.size() > longest_file) return failure(Errc::exhausted, fmt::format("read {}: longer than 64 MiB", path));
  }
}

bool exists(const std::string& path) {
  struct stat found{};
  return ::stat(path.c_str(), &found) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

Expected<std::string> read_regular_file(const std::string& path) {
  struct stat found{};
  if (::stat(path.c_str(), &found) != 0) return failed("read", path);
  if (!S_ISREG(found.st_mode)) return failure(Errc::invalid_input, fmt::format("read {}: not a file", path));
  return read_file(path);
}

namespace {

struct Temporary {
  std::string path;
  UniqueFd fd;
};

/// Always of the same name, so that who was killed while he wrote leaves one file, and the next one takes it. nullopt: another one writes it, or there is
/// something of somebody else's.
std::optional<Temporary> usual_temporary(const std::string& path) {
  Temporary temporary{path + ".ringback-new", {}};
  temporary.fd = UniqueFd(::open(temporary.path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600));
  struct stat opened{}, named{};
  if (!temporary.fd || ::flock(temporary.fd.get(), LOCK_EX | LOCK_NB) != 0) return std::nullopt;
  // Whoever had the lock before may have given it its name by now.
  const bool is_there = ::fstat(temporary.fd.get(), &opened) == 0 && ::lstat(temporary.path.c_str(), &named) == 0 && opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
  const bool is_own = S_ISREG(opened.st_mode) && opened.st_uid == ::geteuid() && opened.st_nlink == 1;
  if (!is_there || !is_own || ::ftruncate(temporary.fd.get(), 0) != 0) return std::nullopt;
  return temporary;
}

/// With a name of its own, for two who write at the same time.
Temporary further_temporary(const std::string& path) {
  Temporary temporary{path + ".XXXXXX", {}};
  temporary.fd = UniqueFd(::mkostemp(temporary.path.data(), O_CLOEXEC));   // mode 0600
  return temporary;
}

Expected<void> write_with_mode(const std::string& path, const std::string& text, mode_t mode) {
  struct stat found{};
  if (::stat(path.c_str(), &found) == 0 && !S_ISREG(found.st_mode)) return write_special(path, text);
  auto usual = usual_temporary(path);
  const auto [temporary, fd] = usual ? std::move(*usual) : further_temporary(path);
  if (!fd) return failed("write", path);
  const auto give_up = [&](const char* what) {
    auto error = failed(what, path);
    ::unlink(temporary.c_str());
    return error;
  };
  if (::fchmod(fd.get(), mode) != 0) return give_up("set the mode of");
  if (!write_all(fd.get(), text)) return give_up("write");
  if (::fsync(fd.get()) != 0) return give_up("sync");
  if (::rename(temporary.c_str(), path.c_str()) != 0) return give_up("rename to");
  return {};
}

}  // namespace

Expected<void> write_file(const std::string& path, const std::string& text) { return write_with_mode(path, text, 0600); }
Expected<void> write_public_file(const std::string& path, const std::string& text) { return write_with_mode(path, text, 0644); }

std::string utc_now() {
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const auto whole = std::chrono::floor<std::chrono::seconds>(now);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(whole), (now - whole).count());
}

}  // namespace ringback::cli
