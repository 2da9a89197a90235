#pragma once
/// Makes attempts out of captured packets: pure, bounded, and without an allocation for a packet that begins nothing new.
#include <array>
#include <deque>
#include <unordered_map>

#include "arrivals/home.hpp"

namespace ringback::arrivals {

struct Watch {
  std::optional<Service> service;          ///< absent: whatever is opened
  bool ipv4 = true, ipv6 = true;
  std::size_t most_attempts = 65536;       ///< tracked at once
  bool forgets = false;                    ///< a settled attempt makes room for a new one
  std::array<std::uint64_t, 2> seed{};     ///< of the hash: who sends the packets must not choose how they collide
};

struct Counts {
  std::uint64_t packets = 0;               ///< that were seen
  std::uint64_t outside = 0, lan = 0, router = 0, unroutable = 0, self = 0;  ///< attempts, by origin
  std::uint64_t untracked = 0;             ///< attempts beyond the bound, or that had to make room for others, of whatever origin

  bool operator==(const Counts&) const = default;
};

class Tracker {
 public:
  Tracker(Watch watch, Home home);

  void see(const Seen& seen);
  /// Settles what has been silent for long enough.
  void pass_time(Time now);
  /// Nothing more will come: settles all of which enough was seen. What began only just now stays open.
  void finish(Time end);

  /// Attempts that are new or have changed since the last call, as they are now: once when nothing has answered for half a second, and once
  /// when they are settled. In the order in which that happened.
  [[nodiscard]] std::vector<Attempt> take_changes();
  /// All that are remembered, in the order of arrival.
  [[nodiscard]] std::vector<Attempt> attempts() const;
  [[nodiscard]] const Counts& counts() const { return counts_; }

 private:
  struct Key {
    Protocol protocol = Protocol::tcp;
    Endpoint from, to;
    bool operator==(const Key&) const = default;
  };
  struct Hash {
    std::array<std::uint64_t, 2> seed{};
    std::size_t operator()(const Key& key) const;
  };
  struct Flow {
    Attempt attempt;
    std::uint32_t sequence = 0, answer_sequence = 0;
    Time last{};                           ///< when it was last repeated
    Time first_answer{};
    bool told = false;                     ///< that nothing has answered yet
    bool queued = false, listed = false, unproven = false;   ///< its key stands in `open_`, in `settled_`, in `unproven_`
  };
  using Flows = std::unordered_map<Key, Flow, Hash>;

  [[nodiscard]] bool wanted(const Key& key) const;
  void see_tcp(const Seen& seen);
  void see_udp(const Seen& seen);
  void see_error(const Seen& seen);
  Flow* find(const Key& key);
  Flow* begin(const Key& key, const Seen& seen);
  void repeat(Flow& flow, const Seen& seen);
  void answer(Flow& flow, Answer how, const Seen& seen);
  void settle(Flow& flow);
  void list(const Key& key, Flow& flow);
  void count(Origin origin, std::int64_t by);
  bool make_room();

  Watch watch_;
  Home home_;
  Flows flows_;
  std::deque<Key> open_;                   ///< not settled when they were put here; each once
  std::deque<Key> unproven_;               ///< from outside, the oldest first, each once: those that led to nothing make room for others
  std::deque<Key> settled_;                ///< the oldest first, each once; kept where attempts are forgotten
  std::vector<Attempt> changes_;
  Counts counts_;
  std::uint64_t last_id_ = 0;
};

}  // namespace ringback::arrivals
