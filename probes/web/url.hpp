#pragma once
/// The parts of an http or https URL that a request is made from (RFC 3986 §3). Pure.
#include <string>
#include <string_view>

#include "net/endpoint.hpp"

namespace ringback::web {

struct Url {
  std::string scheme;              ///< "http" or "https"
  HostPort host;
  std::string path;                ///< with its query; empty or beginning with "/"
  bool operator==(const Url&) const = default;
};

/// Errc::invalid_input for another scheme, user information, or no host.
Expected<Url> parse_url(std::string_view text);

}  // namespace ringback::web
