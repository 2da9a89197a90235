#pragma once
/// What a STUN request is answered (RFC 8489 §6.3, RFC 5780 §6.1). Pure, and without allocation.
#include "vantage/counters.hpp"
#include "wire/stun_binding.hpp"

namespace ringback::vantage {

struct StunArrival {
  Endpoint from;
  Endpoint at;                       ///< where it was sent to
  std::optional<Endpoint> other;     ///< the other address and the other port, where both are served (RFC 5780 §6)
  bool operator==(const StunArrival&) const = default;
};

struct StunAnswer {
  StunOutcome outcome = StunOutcome::malformed;
  wire::stun::BindingAnswer bytes;   ///< empty: no answer
  Endpoint from;                     ///< where the answer leaves: `at`, or as CHANGE-REQUEST asked
  std::size_t filled_to = 0;         ///< PADDING was asked for (RFC 5780 §7.6): send so many bytes, the request's; 0: as it is
};

/// Never longer than the request, so that nobody can have it amplify a forged sender's traffic; `open` lifts that.
[[nodiscard]] StunAnswer stun_answer(wire::ByteView request, const StunArrival& arrival, bool open);

}  // namespace ringback::vantage
