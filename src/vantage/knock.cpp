#include "vantage/knock.hpp"

namespace ringback::vantage {

Knock::Knock(asio::io_context& io, std::unique_ptr<Knocker> knocker, milliseconds timeout, std::shared_ptr<Owner> owner)
    : io_(io), timer_(io), knocker_(std::move(knocker)), timeout_(timeout), owner_(std::move(owner)) {}

Knock::~Knock() { cancel(); }

void Knock::cancel() noexcept {
  boost::system::error_code ignored;
  timer_.cancel(ignored);
  watches_.clear();
  knocker_.reset();
  owner_.reset();
}

template <class Step>
auto Knock::then(Step step) {
  return [self = shared_from_this(), step](const boost::system::error_code& error) {
    if (error || !self->knocker_) return;
    try {
      step(*self);
    } catch (...) {
      if (const auto owner = self->owner_) owner->broken();
      self->cancel();
    }
  };
}

void Knock::start() {
  started_ = std::chrono::steady_clock::now();
  next_attempt();
}

void Knock::finish(const Outcome& outcome) {
  const auto elapsed = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - started_);
  owner_->finished(knocker_->announcement(), outcome, elapsed);
  cancel();
}

void Knock::next_attempt() {
  const auto schedule = knocker_->schedule();
  const auto descriptors = knocker_->descriptors();
  const auto elapsed = std::chrono::steady_clock::now() - started_;
  for (; attempt_ < schedule.size() && schedule[attempt_] < timeout_ && schedule[attempt_] <= elapsed; ++attempt_) {
    if (const auto outcome = knocker_->attempt(attempt_)) return finish(*outcome);
    // Not before connect(2): a TCP socket that was never connected counts as hung up.
    if (attempt_ >= descriptors.size()) continue;
    watches_.emplace_back(io_, descriptors[attempt_]);
    watch(attempt_);
  }
  if (elapsed >= timeout_) return finish({Result::timeout, {}, {}});
  const auto due = attempt_ < schedule.size() ? std::min(schedule[attempt_], timeout_) : timeout_;
  timer_.expires_at(started_ + due);
  timer_.async_wait(then([](Knock& self) { self.next_attempt(); }));
}

void Knock::watch(std::size_t n) {
  const auto kind = knocker_->answers_by_write() ? Watch::writable : Watch::readable;
  watches_[n].wait(kind, then([n](Knock& self) {
    if (const auto outcome = self.knocker_->look(n)) return self.finish(*outcome);
    if (!self.knocker_->answers_by_write()) self.watch(n);
  }));
}

}  // namespace ringback::vantage
