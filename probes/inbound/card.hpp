#pragma once
/// Watches the network card on a thread of its own while the knocks come.
#include <mutex>
#include <thread>
#include <vector>

#include "io/wakeup.hpp"
#include "plan/plan.hpp"
#include "probes/inbound/correlate.hpp"

namespace ringback::inbound {

/// How long after a result the card may take to show what belonged to it, on a machine that is busy with something else: only waited for
/// where it shows less than the vantage point says.
inline constexpr milliseconds settling_time{250};

class Card {
 public:
  /// Opens the capture at once, so that nothing that comes later is missed. `state()` says whether that worked.
  Card(const io::CaptureOptions& options, const io::World& world, Deadline deadline);
  ~Card();
  Card(const Card&) = delete;
  Card& operator=(const Card&) = delete;

  /// As long as it lives, every sighting rings.
  class Subscription {
   public:
    Subscription(const Card& card, const io::Wakeup& wakeup);
    ~Subscription();
    Subscription(const Subscription&) = delete;
    Subscription& operator=(const Subscription&) = delete;

   private:
    const Card& card_;
    const io::Wakeup* wakeup_;
  };

  [[nodiscard]] std::size_t count() const;
  /// What was seen since sighting number `from`.
  [[nodiscard]] std::vector<Sighting> since(std::size_t from) const;
  /// Ends the watch; the counters are final.
  CaptureState finish();
  [[nodiscard]] bool running() const { return capture_ != nullptr; }

 private:
  void watch(const std::stop_token& stop);
  void note(Expected<Sighting> sighting);
  void ring();
  void fail(const std::string& why);

  const io::World& world_;
  Deadline deadline_;
  CaptureState state_;
  std::unique_ptr<io::Capture> capture_;
  mutable std::mutex mutex_;
  std::vector<Sighting> sightings_;   ///< guarded by mutex_, as state_ is while the thread runs; at most 8192
  mutable std::mutex subscribers_mutex_;   ///< not the other one: whoever is woken wants that at once
  mutable std::vector<const io::Wakeup*> subscribers_;   ///< guarded by subscribers_mutex_
  std::jthread thread_;
};

}  // namespace ringback::inbound
