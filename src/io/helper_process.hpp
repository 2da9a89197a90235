#pragma once
/// A child process that stays who this one is, for what has to be done when this one has become somebody who may not.
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "base/expected.hpp"
#include "base/unique_fd.hpp"
#include "io/child_process.hpp"

namespace ringback::io {

class HelperProcess {
 public:
  /// Answers one request; it runs in the child alone, which keeps what it captured between requests.
  using Serve = std::function<std::string(const std::string& request)>;
  /// What the child does first, such as giving up the rights that it does not need. False: it must not serve anybody, and ends.
  using Prepare = std::function<bool()>;

  /// None at all.
  HelperProcess() = default;
  /// To be called before there are threads. Where no process can be had there is none, and ask() says so.
  explicit HelperProcess(const Serve& serve, const Prepare& prepare = {});
  HelperProcess(HelperProcess&& other) noexcept;
  HelperProcess& operator=(HelperProcess&& other) noexcept;
  /// The child has ended then: by itself, because nobody asks any more. One that the kernel does not let go (a disk that answers no more) is left to
  /// init after ten seconds.
  ~HelperProcess();

  explicit operator bool() const { return static_cast<bool>(socket_); }

  /// Up to 256 MiB each way. Errc::timed_out where the answer needs longer than `patience`: the child, whom this process may have no right to kill
  /// any more, ends itself then. Errc::failed where it has ended.
  [[nodiscard]] Expected<std::string> ask(const std::string& request, std::chrono::seconds patience);

 private:
  void end();

  UniqueFd socket_;
  std::unique_ptr<ChildProcess> child_;
};

}  // namespace ringback::io
