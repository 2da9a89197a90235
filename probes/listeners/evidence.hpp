#pragma once
/// Who listens on this host (sock_diag(7)).
#include "net/link.hpp"

namespace ringback::listeners {

struct Evidence {
  std::vector<Listener> listeners;  ///< at most 1024

  bool operator==(const Evidence&) const = default;
  static constexpr auto describe() { return std::tuple{field("listeners", &Evidence::listeners)}; }
};

}  // namespace ringback::listeners
