#include "support/private_network.hpp"

#include <fcntl.h>
#include <sched.h>

#include <cerrno>
#include <cstdlib>
#include <stdexcept>
#include <system_error>
#include <thread>

namespace ringback::test {
namespace {

constexpr const char* own_namespace = "/proc/thread-self/ns/net";

UniqueFd open_own_namespace() {
  UniqueFd fd(::open(own_namespace, O_RDONLY | O_CLOEXEC));
  if (!fd) throw std::system_error(errno, std::system_category(), own_namespace);
  return fd;
}

}  // namespace

Namespace::Namespace() {
  int error = 0;
  std::thread maker([&] {
    if (::unshare(CLONE_NEWNET) != 0)
      error = errno;
    else
      fd_ = open_own_namespace();
  });
  maker.join();
  if (error != 0) throw std::system_error(error, std::system_category(), "this test needs a network namespace of its own (run it as root): unshare");
  run("ip link set lo up");
}

std::string Namespace::path() const { return "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(fd()); }

void Namespace::run(const std::string& command) const {
  const Inside inside(*this);
  if (std::system(command.c_str()) != 0) throw std::runtime_error("this test could not run: " + command);
}

Inside::Inside(const Namespace& space) : before_(open_own_namespace()) {
  if (::setns(space.fd(), CLONE_NEWNET) != 0) throw std::system_error(errno, std::system_category(), "setns");
}

Inside::~Inside() { static_cast<void>(::setns(before_.get(), CLONE_NEWNET)); }

}  // namespace ringback::test
