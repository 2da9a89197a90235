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
  std::uint64_t outside = 0, lan = 0, router = 0, near = 0, unroutable = 0, self = 0;  ///< attempts, by origin
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
  /// What it holds besides the attempts themselves: a few for each of them, however many came and were let go of.
  [[nodiscard]] std::size_t queued() const { return open_.size() + settled_.size() + from_outside_.size() + answered_.size(); }

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
  };
  /// An attempt in a queue. The same ports may have been used again since, and whoever was let go of is still queued: its number tells.
  struct Mark {
    Key key;
    std::uint64_t id = 0;
  };
  using Queue = std::deque<Mark>;
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
  void queue(Queue& into, const Attempt& attempt);
  /// nullptr: it was let go of.
  Flow* find(const Mark& mark);
  void count(Origin origin, std::int64_t by);
  void forget_settled();
  void forget_unanswered();
  void forget_unproven();
  bool make_room();

  Watch watch_;
  Home home_;
  Flows flows_;
  // Each is at most twice as long as there are attempts, and the oldest stands first.
  Queue open_;                             ///< not settled when they were put here
  Queue settled_;                          ///< that nothing is concluded from any more
  Queue from_outside_;                     ///< those that nobody answered make room for others,
  Queue answered_;                         ///< and then those that were answered and led to nothing
  std::vector<Attempt> changes_;
  Counts counts_;
  std::uint64_t last_id_ = 0;
};

}  // namespace ringback::arrivals
