#pragma once
/// What an observer inside the home learns of the IPv4 access, reduced to the columns of the table.
#include "diagnosis/access_table.hpp"
#include "diagnosis/household.hpp"

namespace ringback::diagnosis {

struct Reading {
  Clues clues;
  std::optional<WanStatement> wan;   ///< the router's most credible word
  Pointers evidence;
  std::vector<std::string> because;
  std::optional<PortSet> ports;
  bool ports_by_one_server = false;   ///< nobody else says so
  bool private_hop_behind = false;    ///< the second hop has a private address: whether it translates was not seen
  bool wan_unproven = false;          ///< the router's word came by NAT-PMP alone, whose answers anybody on the link can forge (RFC 6886 §9)
  bool wan_contradicted = false;      ///< the router names another address by another protocol
};

/// The first hop hands on to another machine of the same network, which then is the home router.
[[nodiscard]] bool handed_on_within(const Evidence& evidence, const Facts& facts);
/// At which hop the mapped address answers.
void read_owner(const Evidence& evidence, const Facts& facts, Reading& reading);
/// Special hops anywhere beyond the router tell; private and global ones only at the second.
void read_hops(const Evidence& evidence, const Facts& facts, Reading& reading);
/// Which outside ports connections of this host get.
void read_ports(const Evidence& evidence, const Facts& facts, Reading& reading);
/// Whether one household comes out at several addresses.
void read_pool(const Evidence& evidence, const Facts& facts, Reading& reading);
/// What the household's DHCPv6 server passes on of the provider's configuration.
void read_softwire(const Evidence& evidence, const Facts& facts, Reading& reading);
/// Whether the router's PCP server sees another address than ours: a translator stands between.
void read_mismatch(const Evidence& evidence, Reading& reading);

}  // namespace ringback::diagnosis
