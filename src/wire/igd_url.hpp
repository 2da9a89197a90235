#pragma once
/// The URLs that a router's UPnP names: plain HTTP to an address literal, nothing else (RFC 3986 as far as that needs it).
#include <string>
#include <string_view>

#include "net/endpoint.hpp"

namespace ringback::wire::igd {

struct Url {
  Endpoint endpoint;
  std::string target = "/";  ///< path and query, printable ASCII without spaces
  [[nodiscard]] std::string to_string() const;
  bool operator==(const Url&) const = default;
};

/// At most 1024 bytes. Errc::malformed for a host name, another scheme, user information, an address with a zone, or a character that
/// has no place in a URL. A fragment is dropped.
[[nodiscard]] Expected<Url> parse_url(std::string_view text);
/// A reference of any form, as devices write their control URLs: absolute, "/path" or relative to the document it stands in.
[[nodiscard]] Expected<Url> resolve_url(const Url& base, std::string_view reference);

}  // namespace ringback::wire::igd
