#include "io/foreign_file.hpp"

#include <fcntl.h>
#include <grp.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>

#include "base/unique_fd.hpp"
#include "io/child_process.hpp"
#include "io/files.hpp"
#include "io/local_account.hpp"
#include "io/system.hpp"

namespace ringback::io {
namespace {

/// Whose rights the child takes on.
struct ReaderRights {
  uid_t user = 0;
  gid_t group = 0;
  std::optional<std::vector<gid_t>> groups;   ///< absent: they stay as they are
};

/// nullopt: there is no such account.
std::optional<ReaderRights> rights_of_account(const std::string& name) {
  const auto files = account_files();
  auto account = local_account(name, files.passwd, files.group);
  if (!account) return std::nullopt;
  return ReaderRights{account->user, account->group, std::move(account->groups)};
}

std::optional<ReaderRights> rights_for(const ForeignFile& file) {
  if (::getuid() == 0 && !file.reader.empty()) return rights_of_account(file.reader);
  return ReaderRights{::getuid(), ::getgid(), std::nullopt};   // of whoever called, without what the set-user-ID bit gives
}

bool take_on(const ReaderRights& rights) {
  if (rights.groups && ::setgroups(rights.groups->size(), rights.groups->data()) != 0) return false;
  return ::setresgid(rights.group, rights.group, rights.group) == 0 && ::setresuid(rights.user, rights.user, rights.user) == 0;
}

bool hand_over(int fd, const void* bytes, std::size_t size) {
  for (const auto* at = static_cast<const char*>(bytes); size > 0;) {
    const auto written = retry([&] { return ::write(fd, at, size); });
    if (written < 0) return false;
    at += written;
    size -= static_cast<std::size_t>(written);
  }
  return true;
}

/// First what came of it (0, errno or OpenedFile::not_regular), then the file. Other threads of the parent may hold any lock: nothing here
/// wants memory. The pipe is all that is kept of the parent's descriptors.
[[noreturn]] void read_in_child(int pipe, const char* path, const ForeignFile& file, const ReaderRights& rights, pid_t parent) noexcept {
  constexpr int out = 0;
  ::dup2(pipe, out);
  ::close_range(out + 1, ~0U, 0);
  int error = take_on(rights) ? 0 : EPERM;
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || ::getppid() != parent) ::_exit(0);   // after the change of user, which would undo it (prctl(2))
  OpenedFile opened;
  if (error == 0) {
    opened = open_regular_file(path, file.follow_link);
    error = opened.error;
  }
  if (!hand_over(out, &error, sizeof error) || error != 0) ::_exit(0);
  std::array<char, 4096> piece{};
  for (std::size_t left = file.limit; left > 0;) {
    const auto got = retry([&] { return ::read(opened.fd, piece.data(), std::min(left, piece.size())); });
    if (got <= 0 || !hand_over(out, piece.data(), static_cast<std::size_t>(got))) break;
    left -= static_cast<std::size_t>(got);
  }
  ::_exit(0);
}

}  // namespace

Expected<std::string> read_foreign_file(const ForeignFile& file, Deadline deadline, const Clock& clock) {
  const auto what = "read " + file.path + (file.reader.empty() ? "" : " as " + file.reader);
  const auto rights = rights_for(file);
  if (!rights) return failure(Errc::unsupported, what + ": there is no such account in /etc/passwd");
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return system_failure(what, errno);
  const UniqueFd ours(ends[0]);
  UniqueFd theirs(ends[1]);
  const auto parent = ::getpid();
  const auto pid = ::fork();
  if (pid == 0) read_in_child(theirs.get(), file.path.c_str(), file, *rights, parent);
  if (pid < 0) return system_failure(what, errno);
  ChildProcess child(pid);
  theirs = UniqueFd();
  auto text = read_to_end(ours.get(), file.limit + sizeof(int), deadline, clock, what);
  if (!text) return tl::unexpected(text.error());
  int error = 0;
  if (text->size() < sizeof error) return failure(Errc::failed, what + ": the process that reads it has ended");
  std::memcpy(&error, text->data(), sizeof error);
  if (error == OpenedFile::not_regular) return failure(Errc::failed, what + ": it is no regular file");
  if (error != 0) return system_failure(what, error);
  text->erase(0, sizeof error);
  return text;
}

}  // namespace ringback::io
