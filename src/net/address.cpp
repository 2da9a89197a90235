#include "net/address.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace ringback {

Address Address::from_bytes(std::span<const std::uint8_t> bytes) {
  if (bytes.size() != 4 && bytes.size() != 16) throw std::logic_error("an address has 4 or 16 bytes");
  Address a;
  a.family_ = bytes.size() == 4 ? Family::ipv4 : Family::ipv6;
  std::copy(bytes.begin(), bytes.end(), a.bytes_.begin());
  return a;
}

Expected<Address> Address::parse(std::string_view text) {
  // inet_pton wants a terminated string; the longest valid form has 45 characters.
  const std::string copy(text.substr(0, 64));
  std::array<std::uint8_t, 16> bytes{};
  if (copy.size() == text.size() && copy.find('\0') == std::string::npos) {
    if (inet_pton(AF_INET, copy.c_str(), bytes.data()) == 1) return from_bytes(std::span(bytes).first(4));
    if (inet_pton(AF_INET6, copy.c_str(), bytes.data()) == 1) return v6(bytes);
  }
  return failure(Errc::invalid_input, fmt::format("\"{}\" is not an IP address", text.substr(0, 64)));
}

std::uint32_t Address::v4_host_order() const {
  return static_cast<std::uint32_t>(bytes_[0]) << 24 | static_cast<std::uint32_t>(bytes_[1]) << 16 |
         static_cast<std::uint32_t>(bytes_[2]) << 8 | bytes_[3];
}

std::string Address::to_string() const {
  char text[INET6_ADDRSTRLEN];
  return inet_ntop(is_v4() ? AF_INET : AF_INET6, bytes_.data(), text, sizeof text);
}

bool Address::is_unspecified() const {
  return std::ranges::all_of(bytes_, [](auto b) { return b == 0; });
}

bool Address::is_loopback() const {
  if (is_v4()) return bytes_[0] == 127;
  return bytes_[15] == 1 && std::all_of(bytes_.begin(), bytes_.end() - 1, [](auto b) { return b == 0; });
}

bool Address::is_link_local() const {
  return is_v4() ? bytes_[0] == 169 && bytes_[1] == 254 : bytes_[0] == 0xfe && (bytes_[1] & 0xc0) == 0x80;
}

bool Address::is_multicast() const { return is_v4() ? (bytes_[0] & 0xf0) == 0xe0 : bytes_[0] == 0xff; }

bool Address::is_v4_mapped() const {
  return is_v6() && std::all_of(bytes_.begin(), bytes_.begin() + 10, [](auto b) { return b == 0; }) && bytes_[10] == 0xff &&
         bytes_[11] == 0xff;
}

Address Address::unmapped() const { return is_v4_mapped() ? from_bytes(std::span(bytes_).subspan(12)) : *this; }

}  // namespace ringback
