#pragma once
/// One knock in time: sends each attempt when it is due, watches the sockets, and tells the first decisive outcome.
#include <functional>
#include <memory>

#include "vantage/knocker.hpp"
#include "vantage/watch.hpp"

namespace ringback::vantage {

class Knock : public std::enable_shared_from_this<Knock> {
 public:
  /// Called once, unless the knock is cancelled; `elapsed` since the first attempt.
  using Done = std::function<void(const Outcome& outcome, milliseconds elapsed)>;

  Knock(asio::io_context& io, std::unique_ptr<Knocker> knocker, milliseconds timeout, Done done);
  ~Knock();
  Knock(const Knock&) = delete;
  Knock& operator=(const Knock&) = delete;

  [[nodiscard]] const Announcement& announcement() const { return knocker_->announcement(); }
  void start();
  /// Stops without an outcome and closes the sockets.
  void cancel();

 private:
  void next_attempt();
  void watch(std::size_t n);
  void finish(const Outcome& outcome);
  void close();

  asio::io_context& io_;
  asio::steady_timer timer_;
  std::unique_ptr<Knocker> knocker_;
  std::vector<Watch> watches_;  ///< of the knocker's descriptors, in their order, from their first attempt on
  milliseconds timeout_;
  Done done_;
  std::size_t attempt_ = 0;
  std::chrono::steady_clock::time_point started_;
};

}  // namespace ringback::vantage
