#pragma once
/// Network namespaces that belong to one test: real interfaces, routes and filters that nobody else sees.
#include <string>

#include "base/unique_fd.hpp"

namespace ringback::test {

/// A namespace of its own with the loopback interface up. Making one needs root (or user namespaces); without it
/// the test fails and says so (by an exception).
class Namespace {
 public:
  Namespace();
  [[nodiscard]] int fd() const { return fd_.get(); }
  /// How ip(8) is told of it: "ip link set eth0 netns <this>".
  [[nodiscard]] std::string path() const;
  /// Runs a shell command inside; std::runtime_error if it does not succeed.
  void run(const std::string& command) const;

 private:
  UniqueFd fd_;
};

/// The calling thread, and every thread it starts, is inside while this lives.
class Inside {
 public:
  explicit Inside(const Namespace& space);
  ~Inside();
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;

 private:
  UniqueFd before_;
};

}  // namespace ringback::test
