#include "net/international_name.hpp"

#include <idn2.h>

#include <algorithm>
#include <memory>

namespace ringback {
namespace {

constexpr std::size_t longest = 1024;   // octets of UTF-8: more are no name of 255 octets, whatever they stand for

}  // namespace

Expected<std::string> name_in_ascii(std::string_view text) {
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (std::ranges::all_of(text, is_ascii)) return std::string(text);
  if (text.size() > longest || text.find('\0') != std::string_view::npos) return failure(Errc::invalid_input, "no domain name is that long");
  char* out = nullptr;
  // RFC 5895: written as people do, in capitals or decomposed, it is folded first; "ß" stays one (RFC 5891).
  const auto status = idn2_to_ascii_8z(std::string(text).c_str(), &out, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
  const std::unique_ptr<char, decltype(&idn2_free)> owned(out, &idn2_free);
  if (status != IDN2_OK) return failure(Errc::invalid_input, std::string("not an internationalised domain name: ") + idn2_strerror(status));
  return std::string(out);
}

}  // namespace ringback
