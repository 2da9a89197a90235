#pragma once
/// A child process that stays who this one is, for what has to be done when this one has become somebody who may not.
#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>

#include "base/expected.hpp"
#include "base/unique_fd.hpp"

namespace ringback::io {

class HelperProcess {
 public:
  /// Answers one request; it runs in the child alone, which keeps what it captured between requests.
  using Serve = std::function<std::string(const std::string& request)>;

  /// None at all.
  HelperProcess() = default;
  /// To be called before there are threads. Where no process can be had there is none, and ask() says so.
  explicit HelperProcess(const Serve& serve);
  HelperProcess(HelperProcess&& other) noexcept;
  HelperProcess& operator=(HelperProcess&& other) noexcept;
  /// The child has ended then: by itself once it has answered, or killed where it did not answer in time.
  ~HelperProcess();

  explicit operator bool() const { return static_cast<bool>(socket_); }

  /// Up to 256 MiB each way. Errc::timed_out where the answer needs longer than `patience`, after which the child is no more; Errc::failed where it
  /// has ended.
  [[nodiscard]] Expected<std::string> ask(const std::string& request, std::chrono::seconds patience);

 private:
  void end();

  UniqueFd socket_;
  pid_t child_ = -1;
};

}  // namespace ringback::io
