#pragma once
/// The injected source of randomness (transaction ids, ports, nonces). Safe to call from several threads.
#include <cstddef>
#include <cstdint>
#include <span>

namespace ringback {

class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::byte> bytes) = 0;

  template <class Unsigned>
  Unsigned number() {
    Unsigned value{};
    fill(std::as_writable_bytes(std::span<Unsigned, 1>(&value, 1)));
    return value;
  }
};

}  // namespace ringback
