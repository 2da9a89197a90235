#include "support/private_mounts.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/unique_fd.hpp"

namespace ringback::test {
namespace {

bool make_private(const char* path) { return ::mount("none", path, nullptr, MS_REC | MS_PRIVATE, nullptr) == 0; }

/// ".." of the uppermost folder is itself.
bool at_the_top() {
  struct stat here{}, above{};
  return ::stat(".", &here) == 0 && ::stat("..", &above) == 0 && here.st_ino == above.st_ino && here.st_dev == above.st_dev;
}

}  // namespace

bool own_mounts() {
  if (::unshare(CLONE_NEWNS) != 0) return false;
  if (make_private("/")) return true;
  // The mount that a chroot lies on has to be reached from above: with the root moved below the working directory, ".." leads past it.
  const UniqueFd root(::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!root || ::chroot("/proc") != 0 || ::fchdir(root.get()) != 0) return false;
  while (!at_the_top())
    if (::chdir("..") != 0) return false;
  const bool done = make_private(".");
  return ::fchdir(root.get()) == 0 && ::chroot(".") == 0 && done;
}

}  // namespace ringback::test
