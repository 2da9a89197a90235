#pragma once
/// What the server counts, and its Prometheus text form.
#include <array>
#include <cstdint>
#include <string>

#include "vantage/protocol.hpp"

namespace ringback::vantage {

enum class Question { address, knock, other };
constexpr auto enum_names(Question) {
  using N = EnumName<Question>;
  return std::array{N{Question::address, "address"}, N{Question::knock, "knock"}, N{Question::other, "other"}};
}

enum class StunOutcome { answered, error, malformed, too_short, limited, special };
constexpr auto enum_names(StunOutcome) {
  using enum StunOutcome;
  using N = EnumName<StunOutcome>;
  return std::array{N{answered, "answered"}, N{error, "error"}, N{malformed, "malformed"}, N{too_short, "too-short"},
                    N{limited, "limited"}, N{special, "special"}};
}

/// A fixed number of numbers: nothing in here grows with what strangers send.
class Counters {
 public:
  using Count = std::uint64_t;

  void request(Question question, unsigned status) { ++requests_[static_cast<std::size_t>(question)][status_index(status)]; }
  void knock(Protocol protocol, Result result) { ++knocks_[static_cast<std::size_t>(protocol)][static_cast<std::size_t>(result)]; }
  void stun(StunOutcome outcome) { ++stun_[static_cast<std::size_t>(outcome)]; }

  Count connections_refused = 0;
  Count accepts_failed = 0;   ///< accept(2) itself: no descriptors left
  Count faults = 0;           ///< exceptions that ended a connection, an answer or a datagram
  Count connections_open = 0;
  Count knocks_running = 0;

  /// Prometheus text format 0.0.4.
  [[nodiscard]] std::string prometheus() const;

 private:
  static constexpr std::array statuses{200U, 400U, 403U, 404U, 405U, 413U, 429U, 503U};
  static std::size_t status_index(unsigned status);

  std::array<std::array<Count, statuses.size()>, 3> requests_{};
  std::array<std::array<Count, 7>, 3> knocks_{};
  std::array<Count, enum_names(StunOutcome{}).size()> stun_{};
};

}  // namespace ringback::vantage
