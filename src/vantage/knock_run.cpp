#include "vantage/knock_run.hpp"

namespace ringback::vantage {
namespace {

constexpr std::string_view lines_type = "application/x-ndjson";

class Run : public Knock::Owner, public std::enable_shared_from_this<Run> {
 public:
  Run(FairPool::Hold slots, std::size_t count, Counters& counters, Faults& faults, std::shared_ptr<http::Exchange> exchange)
      : slots_(std::move(slots)), open_(count), counters_(counters), faults_(faults), exchange_(std::move(exchange)) {
    counters_.knocks_running += open_;
  }
  ~Run() override { counters_.knocks_running -= open_; }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  void start(asio::io_context& io, OpenedKnocks opened, milliseconds timeout) {
    std::string announcements;
    std::vector<std::shared_ptr<Knock>> knocks;
    for (auto& knocker : opened.knockers) {
      announcements += announce_line(knocker->announcement());
      knocks.push_back(std::make_shared<Knock>(io, std::move(knocker), timeout, shared_from_this()));
    }
    knocks_.assign(knocks.begin(), knocks.end());
    exchange_->on_gone([weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->cancel();
    });
    // Not before the announcements are on their way is anything sent.
    exchange_->open(lines_type, announcements, [knocks = std::move(knocks)] {
      for (const auto& knock : knocks) knock->start();
    });
    for (const auto& [spec, reason] : opened.unable) {
      const Outcome outcome{Result::unavailable, {}, reason};
      counters_.knock(spec.protocol, outcome.result);
      exchange_->write(result_line(spec.id, outcome, milliseconds{0}));
    }
  }

  void finished(const Announcement& knock, const Outcome& outcome, milliseconds elapsed) override {
    exchange_->write(result_line(knock.id, outcome, elapsed));
    counters_.knock(knock.protocol, outcome.result);
    slots_.give_back_one();
    --counters_.knocks_running;
    if (--open_ == 0) exchange_->close();
  }

  /// Without the end that the protocol promises, so the caller knows that something is missing.
  void broken() noexcept override {
    faults_.note();
    exchange_->abort();
  }

 private:
  void cancel() noexcept {
    for (const auto& weak : knocks_)
      if (const auto knock = weak.lock()) knock->cancel();
  }

  FairPool::Hold slots_;
  std::size_t open_;
  Counters& counters_;
  Faults& faults_;
  std::shared_ptr<http::Exchange> exchange_;
  /// Whoever is to call it keeps a knock alive, and a knock its run: when all of them let go, both are over.
  std::vector<std::weak_ptr<Knock>> knocks_;
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

void run_knocks(asio::io_context& io, OpenedKnocks opened, milliseconds timeout, FairPool::Hold slots, Counters& counters, Faults& faults,
                const std::shared_ptr<http::Exchange>& exchange) {
  std::make_shared<Run>(std::move(slots), opened.knockers.size(), counters, faults, exchange)->start(io, std::move(opened), timeout);
}

}  // namespace ringback::vantage
