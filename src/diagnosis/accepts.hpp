#pragma once
/// A column of a decision table.

namespace ringback::diagnosis {

/// Values that a column accepts; empty: any.
template <class E>
struct Accepts {
  unsigned mask = ~0U;
  constexpr Accepts() = default;
  template <class... Values>
  constexpr Accepts(E first, Values... more) : mask(((1U << static_cast<unsigned>(first)) | ... | (1U << static_cast<unsigned>(more)))) {}
  [[nodiscard]] constexpr bool has(E value) const { return (mask >> static_cast<unsigned>(value) & 1U) != 0; }
};

}  // namespace ringback::diagnosis
