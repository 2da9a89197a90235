#include "net/mac_address.hpp"

#include <fmt/format.h>

#include <charconv>

namespace ringback {

Expected<MacAddress> MacAddress::parse(std::string_view text) {
  MacAddress mac;
  bool right = text.size() == 17;
  for (std::size_t i = 0; right && i < 6; ++i) {
    const char* at = text.data() + 3 * i;
    right = std::from_chars(at, at + 2, mac.bytes[i], 16).ptr == at + 2 && (i == 5 || at[2] == ':');
  }
  if (!right) return failure(Errc::invalid_input, fmt::format("\"{}\" is not a hardware address", text.substr(0, 64)));
  return mac;
}

std::string MacAddress::to_string() const { return fmt::format("{:02x}", fmt::join(bytes, ":")); }

}  // namespace ringback
