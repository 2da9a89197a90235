#include "io/child_program.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "base/unique_fd.hpp"
#include "io/child_process.hpp"
#include "io/system.hpp"

namespace ringback::io {
namespace {

/// posix_spawn, not fork: other threads are running, and their locks would stay taken in the child for ever.
Expected<pid_t> spawn(const ProgramCall& call, int output, const std::string& what) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  if (::posix_spawn_file_actions_init(&actions) != 0) return failure(Errc::exhausted, what + ": out of memory");
  if (::posix_spawnattr_init(&attributes) != 0) {
    ::posix_spawn_file_actions_destroy(&actions);
    return failure(Errc::exhausted, what + ": out of memory");
  }
  sigset_t none, all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  int error = ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDWR, 0);
  if (error == 0) error = ::posix_spawn_file_actions_adddup2(&actions, output, 1);
  if (error == 0) error = ::posix_spawn_file_actions_adddup2(&actions, 0, 2);
  if (error == 0) error = ::posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  if (error == 0) error = ::posix_spawnattr_setsigmask(&attributes, &none);
  if (error == 0) error = ::posix_spawnattr_setsigdefault(&attributes, &all);
  if (error == 0) error = ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  auto words = call.arguments;
  words.insert(words.begin(), call.program);
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  std::array<char*, 1> environment{nullptr};   // nothing of the user's steers a program that may run as root
  pid_t pid = -1;
  if (error == 0) error = ::posix_spawn(&pid, call.program.c_str(), &actions, &attributes, arguments.data(), environment.data());
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error == ENOENT) return failure(Errc::unsupported, what + ": there is no " + call.program);
  if (error != 0) return system_failure(what, error);
  return pid;
}

}  // namespace

Expected<Printed> run_program(const ProgramCall& call, Deadline deadline, const Clock& clock, const std::string& what) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return system_failure(what, errno);
  const UniqueFd ours(ends[0]);
  UniqueFd theirs(ends[1]);
  const auto pid = spawn(call, theirs.get(), what);
  if (!pid) return tl::unexpected(pid.error());
  ChildProcess child(*pid);
  theirs = UniqueFd();
  auto text = read_to_end(ours.get(), call.most_output, deadline, clock, what);
  if (!text) return tl::unexpected(text.error());
  const auto status = child.wait(deadline, clock);
  if (!status) return failure(Errc::timed_out, what + ": it was not finished by the deadline");
  if (!WIFEXITED(*status)) return failure(Errc::failed, what + ": " + call.program + " did not end by itself");
  return Printed{std::move(*text), WEXITSTATUS(*status)};
}

}  // namespace ringback::io
