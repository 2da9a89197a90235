#pragma once
/// Readiness of a descriptor that somebody else owns and that outlives the watch.
#include "vantage/asio.hpp"

namespace ringback::vantage {

class Watch {
 public:
  using Kind = asio::posix::stream_descriptor::wait_type;
  static constexpr Kind readable = asio::posix::stream_descriptor::wait_read;
  static constexpr Kind writable = asio::posix::stream_descriptor::wait_write;

  Watch(asio::io_context& io, int fd) : descriptor_(io, fd) {}
  Watch(Watch&&) = default;
  Watch& operator=(Watch&&) = delete;
  ~Watch() {
    if (descriptor_.is_open()) descriptor_.release();
  }

  /// `ready` gets an error when the watch ended first. A pending socket error counts as readiness of either kind.
  template <class Ready>
  void wait(Kind kind, Ready ready) {
    descriptor_.async_wait(kind, std::move(ready));
  }
  void cancel() { descriptor_.cancel(); }

 private:
  asio::posix::stream_descriptor descriptor_;
};

}  // namespace ringback::vantage
