#pragma once
/// Bounds-checked big-endian reading and writing of byte strings.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "net/address.hpp"

namespace ringback::wire {

using Bytes = std::vector<std::byte>;
using ByteView = std::span<const std::byte>;

/// Reads from the front. Past the end every read gives zeros (or an empty view) and the reader stays failed:
/// read a whole structure, then ask ok() once, and believe nothing before.
class Reader {
 public:
  explicit Reader(ByteView bytes) : rest_(bytes) {}

  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  std::uint64_t u64() { return number(8); }
  /// A view of the next `count` bytes; empty when there are fewer.
  ByteView bytes(std::size_t count) {
    if (count > rest_.size()) {
      fail();
      return {};
    }
    const auto result = rest_.first(count);
    rest_ = rest_.subspan(count);
    return result;
  }
  void skip(std::size_t count) { bytes(count); }
  /// 4 or 16 bytes in network order.
  Address address(Family family) {
    const auto raw = bytes(family == Family::ipv4 ? 4 : 16);
    if (raw.empty()) return Address::any(family);
    return Address::from_bytes({reinterpret_cast<const std::uint8_t*>(raw.data()), raw.size()});
  }

  [[nodiscard]] std::size_t left() const { return rest_.size(); }
  [[nodiscard]] ByteView rest() const { return rest_; }
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  void fail() {
    ok_ = false;
    rest_ = {};
  }
  std::uint64_t number(std::size_t count) {
    std::uint64_t value = 0;
    for (const auto byte : bytes(count)) value = value << 8 | std::to_integer<std::uint64_t>(byte);
    return value;
  }

  ByteView rest_;
  bool ok_ = true;
};

/// Appends.
class Writer {
 public:
  Writer& u8(std::uint8_t value) { return number(value, 1); }
  Writer& u16(std::uint16_t value) { return number(value, 2); }
  Writer& u32(std::uint32_t value) { return number(value, 4); }
  Writer& u64(std::uint64_t value) { return number(value, 8); }
  Writer& bytes(ByteView bytes) {
    for (const auto byte : bytes) out_.push_back(byte);  // an insert of the range makes GCC 12 warn of overflows that are none
    return *this;
  }
  Writer& text(std::string_view text) { return bytes(std::as_bytes(std::span(text.data(), text.size()))); }
  Writer& address(const Address& address) { return bytes(std::as_bytes(address.bytes())); }
  Writer& zeros(std::size_t count) {
    while (count-- > 0) out_.push_back(std::byte{0});
    return *this;
  }
  /// Overwrites two bytes written before, for a length that is known only afterwards.
  Writer& patch_u16(std::size_t at, std::uint16_t value) {
    out_.at(at) = std::byte(value >> 8);
    out_.at(at + 1) = std::byte(value & 0xff);
    return *this;
  }

  [[nodiscard]] std::size_t size() const { return out_.size(); }
  [[nodiscard]] Bytes take() { return std::move(out_); }

 private:
  Writer& number(std::uint64_t value, unsigned count) {
    for (unsigned i = count; i-- > 0;) out_.push_back(std::byte(value >> (8 * i) & 0xff));
    return *this;
  }

  Bytes out_;
};

/// Bytes from the network as text, for parsers of text protocols.
inline std::string_view as_text(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

}  // namespace ringback::wire
