#pragma once
/// How web servers see this host, and whether something answers in their place (captive portal).
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "net/endpoint.hpp"

namespace ringback::web {

enum class Kind {
  vantage,       ///< GET /v1/address of a vantage point
  connectivity,  ///< a page whose right answer is known (generate_204 and its kin)
};
constexpr auto enum_names(Kind) {
  return std::array{EnumName<Kind>{Kind::vantage, "vantage"}, EnumName<Kind>{Kind::connectivity, "connectivity"}};
}

struct Observation {
  Kind kind = Kind::vantage;
  std::string url;
  Family family = Family::ipv4;
  std::optional<Endpoint> server;          ///< absent: the name has no address of this family
  std::optional<Endpoint> local;
  std::optional<int> status;               ///< HTTP status
  bool as_expected = false;                ///< the answer is what this server gives, not a portal's page
  std::optional<Endpoint> seen_as;         ///< how the vantage point sees us
  std::vector<Family> vantage_families;    ///< over which the vantage point itself has the internet
  std::optional<std::string> redirect;     ///< Location, of a portal
  std::optional<std::chrono::microseconds> connect_time;
  std::optional<std::string> trouble;

  bool operator==(const Observation&) const = default;
  static constexpr auto describe() {
    using O = Observation;
    return std::tuple{field("kind", &O::kind), field("url", &O::url), field("family", &O::family), field("server", &O::server),
                      field("local", &O::local), field("status", &O::status), field("as_expected", &O::as_expected),
                      field("seen_as", &O::seen_as), field("vantage_families", &O::vantage_families), field("redirect", &O::redirect),
                      field("connect_time_us", &O::connect_time), field("trouble", &O::trouble)};
  }
};

struct Evidence {
  std::vector<Observation> observations;

  bool operator==(const Evidence&) const = default;
  static constexpr auto describe() { return std::tuple{field("observations", &Evidence::observations)}; }
};

}  // namespace ringback::web
