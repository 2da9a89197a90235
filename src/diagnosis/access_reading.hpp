#pragma once
/// What an observer inside the home learns of the IPv4 access, reduced to the columns of the table.
#include "diagnosis/access_table.hpp"
#include "diagnosis/household.hpp"

namespace ringback::diagnosis {

/// Who stands at the first hop, as far as this host can tell. gateway: nothing shows whether it is the home's, a hoster's or the
/// provider's. provider: this host has an address that providers give out, or the line ends in it.
enum class FirstHop { home_router, gateway, provider };

struct Reading {
  Clues clues;
  FirstHop first_hop = FirstHop::home_router;
  std::optional<WanStatement> wan;   ///< the router's most credible word
  Pointers evidence;
  std::vector<std::string> because;
  std::optional<PortSet> ports;
  bool ports_by_one_server = false;   ///< nobody else says so
  bool private_hop_behind = false;    ///< the second hop has a private address: whether it translates was not seen
  bool next_hop_seen = false;         ///< the hop right behind the home router answered
  bool wan_unproven = false;          ///< the router's word came by NAT-PMP alone, whose answers anybody on the link can forge (RFC 6886 §9)
  bool wan_contradicted = false;      ///< the router names another address by another protocol
};

[[nodiscard]] FirstHop first_hop(const Evidence& evidence, const Facts& facts, OwnClue own);
/// Where the mapped address answers, and whose it is by that.
[[nodiscard]] std::string owner_in_words(const Address& mapped, Ttl reached_at, FirstHop first);
/// The same sentence about who really stands there.
[[nodiscard]] std::string in_place_of_home_router(std::string sentence, FirstHop first);

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
/// How translators treat this host's sockets (RFC 4787), where that tells something.
void read_behaviour(const Evidence& evidence, const Facts& facts, Family family, Pointers& cited, std::vector<std::string>& because);
/// Whether a PCP server sees another address than ours, so that a translator stands between, or stands beyond the home router itself.
void read_mismatch(const Evidence& evidence, Reading& reading);

}  // namespace ringback::diagnosis
