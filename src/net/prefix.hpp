#pragma once
/// An address block, RFC 4632 §3.1 notation: "192.168.1.0/24". The host bits are zero.
#include "net/address.hpp"

namespace ringback {

class Prefix {
 public:
  constexpr Prefix() = default;  ///< 0.0.0.0/0
  /// Clears the host bits; a longer length than the family has is cut to it.
  Prefix(const Address& address, unsigned length);
  static Expected<Prefix> parse(std::string_view text);

  [[nodiscard]] const Address& address() const { return address_; }
  [[nodiscard]] unsigned length() const { return length_; }
  [[nodiscard]] Family family() const { return address_.family(); }
  [[nodiscard]] bool contains(const Address& address) const;
  [[nodiscard]] std::string to_string() const;

  auto operator<=>(const Prefix&) const = default;

 private:
  Address address_;
  unsigned length_ = 0;
};

}  // namespace ringback
