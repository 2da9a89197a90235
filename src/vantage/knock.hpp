#pragma once
/// One knock in time: sends each attempt when it is due, watches the sockets, and tells the first decisive outcome.
#include <memory>

#include "vantage/knocker.hpp"
#include "vantage/watch.hpp"

namespace ringback::vantage {

class Knock : public std::enable_shared_from_this<Knock> {
 public:
  /// Who asked for it, and for others beside it. Hears one of the two once, unless the knock is cancelled.
  class Owner {
   public:
    virtual ~Owner() = default;
    /// `elapsed` since the first attempt.
    virtual void finished(const Announcement& knock, const Outcome& outcome, milliseconds elapsed) = 0;
    /// Called while an exception is handled, also one that finished() threw: what this knock would have seen nobody knows.
    virtual void broken() noexcept = 0;
  };

  Knock(asio::io_context& io, std::unique_ptr<Knocker> knocker, milliseconds timeout, std::shared_ptr<Owner> owner);
  ~Knock();
  Knock(const Knock&) = delete;
  Knock& operator=(const Knock&) = delete;

  /// Keeps itself and its owner alive from here on, until it is over.
  void start();
  /// Stops without an outcome and closes the sockets.
  void cancel() noexcept;

 private:
  /// What asio calls.
  template <class Step>
  auto then(Step step);
  void next_attempt();
  void watch(std::size_t n);
  void finish(const Outcome& outcome);

  asio::io_context& io_;
  asio::steady_timer timer_;
  std::unique_ptr<Knocker> knocker_;  ///< null: over
  std::vector<Watch> watches_;  ///< of the knocker's descriptors, in their order, from their first attempt on
  milliseconds timeout_;
  std::shared_ptr<Owner> owner_;
  std::size_t attempt_ = 0;
  std::chrono::steady_clock::time_point started_;
};

}  // namespace ringback::vantage
