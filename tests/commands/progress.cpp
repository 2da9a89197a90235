#include "commands/progress.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <string>

#include "support/catch.hpp"

using namespace ringback::commands;

namespace {

/// What `act` writes to standard error, which is a pipe meanwhile.
template <class Act>
std::string on_standard_error(Act act) {
  std::array<int, 2> ends{};
  REQUIRE(pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) == 0);
  std::fflush(stderr);
  const int kept = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
  REQUIRE(kept >= 0);
  REQUIRE(dup2(ends[1], STDERR_FILENO) == STDERR_FILENO);
  act();
  std::fflush(stderr);
  REQUIRE(dup2(kept, STDERR_FILENO) == STDERR_FILENO);
  close(kept);
  close(ends[1]);
  std::string text(4096, '\0');
  const auto length = read(ends[0], text.data(), text.size());
  close(ends[0]);
  text.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
  return text;
}

}  // namespace

TEST_CASE("the line of progress names what is still out, and stays within the terminal") {
  CHECK(progress_line({}, 80).empty());
  CHECK(progress_line({"stun", "inbound"}, 80) == "Waiting for stun, inbound");
  for (unsigned columns = 1; columns < 40; ++columns) {
    const auto line = progress_line({"stun", "web", "dns", "path", "router", "inbound"}, columns);
    CHECK(line.size() < std::max(columns, 2U));
  }
  CHECK(progress_line({"stun", "inbound"}, 20) == "Waiting for stun...");
}

TEST_CASE("progress says what is still out each time that a probe ends, and leaves an empty line behind") {
  CHECK(on_standard_error([] {
          Progress progress(80, {"stun", "inbound"});
          progress.ended("stun");
          progress.ended("stun");   // known already
          progress.ended("web");    // never was out
          progress.ended("inbound");
        }) == "\rWaiting for stun, inbound\x1b[K\rWaiting for inbound\x1b[K\r\x1b[K\r\x1b[K");
}

TEST_CASE("progress that was cleared says nothing any more, whoever ends later") {
  CHECK(on_standard_error([] {
          Progress progress(20, {"stun", "inbound"});
          progress.clear();
          progress.ended("stun");
        }) == "\rWaiting for stun...\x1b[K\r\x1b[K");
}

TEST_CASE("where standard error is no terminal there is no progress") {
  CHECK(on_standard_error([] {
          Progress progress(std::nullopt, {"stun", "inbound"});
          progress.ended("stun");
          progress.clear();
        }).empty());
}
