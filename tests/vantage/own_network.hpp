#pragma once
/// A network namespace for the whole test program: nothing of the host is touched, and every port is free.
/// It has a loopback interface with 127.0.0.0/8, ::1, three addresses that look global in each family, and nothing else.
#include <string>
#include <vector>

#include "net/endpoint.hpp"

namespace ringback::test {

/// Enters it, once. Needs root, or a kernel that lets users make user namespaces; throws otherwise.
void enter_own_network();

/// "9.1.0.1" to "9.1.0.3" and "2a09:1::1" to "2a09:1::3": no other machine has a way to them.
Address global(Family family, unsigned number);

/// Runs a command of nft(8) or ip(8); throws when it fails.
void command(const std::string& line);

/// A value under /proc/sys/net, as long as this lives.
class Sysctl {
 public:
  Sysctl(const std::string& name, const std::string& value);
  ~Sysctl();
  Sysctl(const Sysctl&) = delete;
  Sysctl& operator=(const Sysctl&) = delete;

 private:
  std::string path_;
  std::string before_;
};

/// An nft ruleset that is gone with this.
class Filter {
 public:
  /// `rules` with semicolons between them: "tcp dport 4444 drop; udp dport 5 drop".
  explicit Filter(const std::string& rules, const std::string& hook = "input");
  ~Filter();
  Filter(const Filter&) = delete;
  Filter& operator=(const Filter&) = delete;
};

}  // namespace ringback::test
