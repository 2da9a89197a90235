#pragma once
/// What the tests of the real network share.
#include <functional>

#include "io/real_network.hpp"
#include "support/catch.hpp"

namespace ringback::test {

/// Long enough that only a hang reaches it.
constexpr seconds plenty{20};

struct Real {
  io::RealClock clock;
  std::unique_ptr<io::Network> network = io::make_real_network(clock);
  [[nodiscard]] Deadline in(std::chrono::nanoseconds time) const { return {clock.now() + time}; }
  [[nodiscard]] Deadline soon() const { return in(plenty); }
};

inline io::Bytes bytes(std::string_view text) {
  const auto span = std::as_bytes(std::span(text.data(), text.size()));
  return {span.begin(), span.end()};
}

inline std::string text(const io::Bytes& bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

template <class T>
T value(Expected<T> result) {
  if (!result) FAIL(result.error().what);
  return std::move(*result);
}

/// The kernel finishes some changes a moment later (link state): asks again until it is so.
inline void eventually(const Real& real, const std::function<bool()>& holds) {
  const auto deadline = real.soon();
  while (!holds())
    if (deadline.passed(real.clock)) FAIL("it never became true");
}

inline Endpoint at(std::string_view text) { return value(Endpoint::parse(text)); }
inline Address address(std::string_view text) { return value(Address::parse(text)); }

}  // namespace ringback::test
