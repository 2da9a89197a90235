#pragma once
/// What `GET /v1/address` of a vantage point says (vantage protocol, version 1). Pure.
#include <string_view>
#include <vector>

#include "net/endpoint.hpp"

namespace ringback::web {

struct VantageAnswer {
  Endpoint seen_as;                ///< an IPv4 address in IPv6 form (RFC 4291 §2.5.5.2) is read as IPv4
  std::vector<Family> families;    ///< each once
  bool operator==(const VantageAnswer&) const = default;
};

/// Errc::malformed names the member that is missing or wrong. Members that this version does not know are allowed.
Expected<VantageAnswer> parse_vantage_answer(std::string_view body);

}  // namespace ringback::web
