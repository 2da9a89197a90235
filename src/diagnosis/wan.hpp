#pragma once
/// What the home router, and a second router behind it, say their own internet address is.
#include "diagnosis/facts.hpp"

namespace ringback::diagnosis {

/// One source's word. `address` is absent where the router says that it has none (an empty text, 0.0.0.0).
struct WanStatement {
  std::optional<Address> address;
  std::string source;   ///< "NAT-PMP", "UPnP"
  std::string at;
  bool avm = false;     ///< of a FRITZ!Box, whose empty answer means DS-Lite
  std::string delegated_at{};   ///< the same box is connected and names the IPv6 prefix that the provider delegated to it; empty: not so
};

struct WanStatements {
  std::vector<WanStatement> home;    ///< of the first gateway
  std::vector<WanStatement> outer;   ///< of the second one, where a private address answers behind the first; of one in the carriers'
                                     ///< range by UPnP alone
  bool outer_speaks = false;         ///< the second one speaks a home router's protocols
  Pointers outer_at;
};

[[nodiscard]] WanStatements wan_statements(const Evidence& evidence);
/// IGDs that are the first gateway itself; another machine of the LAN may answer the search as well.
struct HomeIgd {
  const router::Igd* igd = nullptr;
  std::size_t gateway = 0, index = 0;
  [[nodiscard]] std::string at() const { return pointer("router", "gateways", gateway, "igds", index); }
};
[[nodiscard]] std::vector<HomeIgd> home_igds(const Evidence& evidence);
[[nodiscard]] bool is_fritzbox(const router::Igd& igd);
/// The prefix that the provider delegated to a FRITZ!Box, by its own word.
[[nodiscard]] std::optional<Prefix> delegated_prefix(const router::Igd& igd);

}  // namespace ringback::diagnosis
