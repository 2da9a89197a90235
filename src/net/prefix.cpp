#include "net/prefix.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace ringback {
namespace {

Address masked(const Address& address, unsigned length) {
  std::array<std::uint8_t, 16> bytes{};
  const auto source = address.bytes();
  for (std::size_t i = 0; i < source.size(); ++i) {
    const unsigned keep = std::min(8U, length > 8 * i ? length - 8 * static_cast<unsigned>(i) : 0U);
    bytes[i] = static_cast<std::uint8_t>(source[i] & (0xff00U >> keep));
  }
  return Address::from_bytes(std::span(bytes).first(source.size()));
}

}  // namespace

Prefix::Prefix(const Address& address, unsigned length) : length_(std::min(length, address.is_v4() ? 32U : 128U)) {
  address_ = masked(address, length_);
}

Expected<Prefix> Prefix::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto wrong = [&] { return failure(Errc::invalid_input, fmt::format("\"{}\" is not a prefix such as 192.168.1.0/24", text)); };
  if (slash == std::string_view::npos) return wrong();
  const auto address = Address::parse(text.substr(0, slash));
  const auto digits = text.substr(slash + 1);
  unsigned length = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  if (!address || error != std::errc{} || end != digits.data() + digits.size()) return wrong();
  if (length > (address->is_v4() ? 32U : 128U)) return wrong();
  return Prefix(*address, length);
}

bool Prefix::contains(const Address& address) const {
  if (address.family() != family()) return false;
  const auto own = address_.bytes(), other = address.bytes();
  const std::size_t whole = length_ / 8, rest = length_ % 8;
  if (!std::ranges::equal(own.first(whole), other.first(whole))) return false;   // most tables of prefixes end here, at the first byte
  return rest == 0 || ((own[whole] ^ other[whole]) & (0xff00U >> rest) & 0xffU) == 0;
}

std::string Prefix::to_string() const { return fmt::format("{}/{}", address_.to_string(), length_); }

}  // namespace ringback
