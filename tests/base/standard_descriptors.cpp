#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "base/standard_descriptors.hpp"
#include "support/catch.hpp"

using namespace ringback;

namespace {

/// In a child that has closed these. The number that a file gets which is opened after it, plus 10 for each of them that can be used.
int first_free_after(std::initializer_list<int> closed) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::close_range(3, ~0U, 0);
    for (const int one : closed) ::close(one);
    if (!hold_standard_descriptors()) ::_exit(99);
    char byte = 0;
    int usable = 0;
    for (const int one : closed) usable += (one == 0 ? ::read(one, &byte, 1) : ::write(one, &byte, 1)) >= 0 || errno != EBADF ? 1 : 0;
    ::_exit(10 * usable + ::open("/dev/null", O_RDWR));
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

}  // namespace

TEST_CASE("nothing that is opened later takes the place of a standard descriptor that the caller closed") {
  CHECK(first_free_after({}) == 3);
  CHECK(first_free_after({0}) == 3);
  CHECK(first_free_after({1}) == 3);
  CHECK(first_free_after({1, 2}) == 3);
  CHECK(first_free_after({0, 1, 2}) == 3);
}
