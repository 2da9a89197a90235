#pragma once
/// What the user wants reached: "443/tcp", "51820/udp", or "8443:443/tcp" where the outside port differs (outside first).
#include "net/endpoint.hpp"

namespace ringback {

struct Service {
  Protocol protocol = Protocol::tcp;
  Port outside = 0;  ///< the port a stranger connects to through the home router's IPv4 forward
  Port inside = 0;   ///< the port this host listens on; IPv6 is not translated, so it is the outside one too

  static Expected<Service> parse(std::string_view text);
  [[nodiscard]] std::string to_string() const;
  /// The port that a connection from the internet is made to over this family.
  [[nodiscard]] Port knock_port(Family family) const { return family == Family::ipv4 ? outside : inside; }
  auto operator<=>(const Service&) const = default;
};

}  // namespace ringback
