#include "probes/filter/keeper.hpp"

#include <algorithm>

namespace ringback::filter {

std::string keeper_of(const Table& table, const Chain& chain, bool by_policy) {
  const auto any_chain = [&](auto&& suits) { return std::any_of(table.chains.begin(), table.chains.end(), suits); };
  // ufw writes chains of its own (ufw-user-input, ufw6-…) and sets the policies of those that the kernel calls.
  const bool ufw = any_chain([](const Chain& c) { return c.name.starts_with("ufw"); });
  if (ufw && (by_policy || chain.name.starts_with("ufw"))) return "ufw";
  // A table of its own; with FirewallBackend=iptables chains for its zones.
  if (table.name == "firewalld" || any_chain([](const Chain& c) { return c.name == "INPUT_ZONES"; })) return "firewalld";
  if (table.legacy) return "iptables-legacy";
  const bool of_iptables = any_chain([](const Chain& c) {
    return c.base && (c.name == "INPUT" || c.name == "FORWARD" || c.name == "OUTPUT" || c.name == "PREROUTING" || c.name == "POSTROUTING");
  });
  return of_iptables && (table.family == "ip" || table.family == "ip6") ? "iptables" : "nftables";
}

}  // namespace ringback::filter
