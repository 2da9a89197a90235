#include "vantage/knock_run.hpp"

#include <algorithm>

namespace ringback::vantage {
namespace {

constexpr std::string_view lines_type = "application/x-ndjson";

class Run : public std::enable_shared_from_this<Run> {
 public:
  Run(std::uint64_t caller, std::shared_ptr<KnockSlots> slots, Counters& counters, std::shared_ptr<http::Exchange> exchange)
      : caller_(caller), slots_(std::move(slots)), counters_(counters), exchange_(std::move(exchange)) {}
  ~Run() {
    while (open_ > 0) give_back();
  }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  void start(asio::io_context& io, OpenedKnocks opened, milliseconds timeout) {
    std::string announcements;
    for (auto& knocker : opened.knockers) {
      announcements += announce_line(knocker->announcement());
      add(io, std::move(knocker), timeout);
    }
    exchange_->on_gone([weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->cancel();
    });
    // Not before the announcements are on their way is anything sent.
    exchange_->open(lines_type, announcements, [self = shared_from_this()] {
      const auto knocks = self->knocks_;
      for (const auto& knock : knocks) knock->start();
    });
    for (const auto& [spec, reason] : opened.unable) {
      const Outcome outcome{Result::unavailable, {}, reason};
      counters_.knock(spec.protocol, outcome.result);
      exchange_->write(result_line(spec.id, outcome, milliseconds{0}));
    }
  }

 private:
  void add(asio::io_context& io, std::unique_ptr<Knocker> knocker, milliseconds timeout) {
    const auto& announcement = knocker->announcement();
    auto done = [self = shared_from_this(), id = announcement.id, protocol = announcement.protocol](const Outcome& outcome,
                                                                                                    milliseconds elapsed) {
      self->finished(id, protocol, outcome, elapsed);
    };
    knocks_.push_back(std::make_shared<Knock>(io, std::move(knocker), timeout, std::move(done)));
    slots_->take(caller_);
    ++open_;
    ++counters_.knocks_running;
  }

  void finished(const std::string& id, Protocol protocol, const Outcome& outcome, milliseconds elapsed) {
    counters_.knock(protocol, outcome.result);
    give_back();
    exchange_->write(result_line(id, outcome, elapsed));
    if (open_ == 0) end();
  }

  void end() {
    exchange_->close();
    knocks_.clear();
  }

  void cancel() {
    for (const auto& knock : knocks_) knock->cancel();
    knocks_.clear();
    while (open_ > 0) give_back();
  }

  void give_back() {
    slots_->give_back(caller_);
    --open_;
    --counters_.knocks_running;
  }

  std::uint64_t caller_;
  std::shared_ptr<KnockSlots> slots_;
  Counters& counters_;
  std::shared_ptr<http::Exchange> exchange_;
  std::vector<std::shared_ptr<Knock>> knocks_;
  std::size_t open_ = 0;
};

}  // namespace

OpenedKnocks open_knocks(const KnockRequest& request, const KnockPath& path, Random& random) {
  OpenedKnocks result;
  for (const auto& spec : request.knocks) {
    if (auto knocker = open_knocker(spec, path, random)) result.knockers.push_back(std::move(*knocker));
    else result.unable.push_back({spec, knocker.error().what});
  }
  return result;
}

unsigned KnockSlots::of(std::uint64_t caller) const { return static_cast<unsigned>(std::ranges::count(callers_, caller)); }

void KnockSlots::take(std::uint64_t caller) {
  --free_;
  callers_.push_back(caller);
}

void KnockSlots::give_back(std::uint64_t caller) {
  ++free_;
  callers_.erase(std::ranges::find(callers_, caller));
}

void run_knocks(asio::io_context& io, OpenedKnocks opened, milliseconds timeout, std::uint64_t caller,
                const std::shared_ptr<KnockSlots>& slots, Counters& counters, const std::shared_ptr<http::Exchange>& exchange) {
  std::make_shared<Run>(caller, slots, counters, exchange)->start(io, std::move(opened), timeout);
}

}  // namespace ringback::vantage
