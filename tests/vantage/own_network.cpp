#include "vantage/own_network.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <system_error>

namespace ringback::test {
namespace {

bool enter() {
  if (::unshare(CLONE_NEWNET) != 0 && ::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
    throw std::runtime_error("these tests need a network namespace of their own: run them as root, or allow user namespaces (" +
                             std::generic_category().message(errno) + ")");
  command("ip link set lo up");
  for (unsigned i = 1; i <= 3; ++i) {
    command(fmt::format("ip address add {}/32 dev lo", global(Family::ipv4, i).to_string()));
    command(fmt::format("ip address add {}/128 dev lo nodad", global(Family::ipv6, i).to_string()));
  }
  return true;
}

}  // namespace

void enter_own_network() {
  static const bool entered = enter();
  (void)entered;
}

Address global(Family family, unsigned number) {
  return Address::parse(fmt::format("{}{}", family == Family::ipv4 ? "9.1.0." : "2a09:1::", number)).value();
}

void command(const std::string& line) {
  if (std::system(line.c_str()) != 0) throw std::runtime_error("failed: " + line);  // NOLINT: no other threads depend on the environment
}

Sysctl::Sysctl(const std::string& name, const std::string& value) : path_("/proc/sys/net/" + name) {
  enter_own_network();
  std::getline(std::ifstream(path_), before_);
  std::ofstream file(path_);
  if (!(file << value << std::flush)) throw std::runtime_error("cannot write " + path_);
}

Sysctl::~Sysctl() { std::ofstream(path_) << before_; }

Filter::Filter(const std::string& rules, const std::string& hook) {
  command(fmt::format("nft 'table inet ringback_test {{ chain c {{ type filter hook {} priority 0; {}; }}; }}'", hook, rules));
}

Filter::~Filter() {
  if (std::system("nft delete table inet ringback_test") != 0) std::abort();
}

}  // namespace ringback::test
