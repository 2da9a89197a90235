#pragma once
/// What the observations say together, before anything is concluded: pure helpers over the evidence.
#include <map>
#include <set>

#include "diagnosis/diagnosis.hpp"
#include "diagnosis/pointers.hpp"
#include "net/interface_identifier.hpp"
#include "net/special_purpose.hpp"

namespace ringback::diagnosis {

/// An address and where in the report it was seen.
struct Cited {
  Address address;
  std::string at;
  std::string source;  ///< in words: "stun.example.org", "NAT-PMP of 192.0.2.1"
};

/// An address of this host.
struct OwnAddress {
  InterfaceAddress value;
  std::string interface;
  bool facing = false;   ///< on the interface towards the home router
  bool tunnel = false;
  std::string at;
  std::string withdrawn_at{};   ///< the router advertises its prefix no more, and this says so (advertised.hpp); empty: not so

  [[nodiscard]] bool is_stable_global() const { return ringback::is_stable_global(value) && withdrawn_at.empty(); }
};

/// How the internet sees this household over one family: what most servers say.
struct Mapped {
  std::optional<Address> address;   ///< absent: nobody said, or no majority
  Pointers at;                      ///< of those who agree
  std::vector<Cited> agreeing;
  std::vector<Cited> disagreeing;   ///< another global address, or one that is not global
  std::set<Address> pool;           ///< of IPv4: addresses that many connections of this host came out at; mostly one
};

/// Did something outside answer over this family? Through a tunnel's default route does not count.
struct Contact {
  std::set<Address> tried;          ///< distinct addresses outside
  std::set<Address> answered;
  Pointers answers;
  Pointers silences;
  std::optional<std::string> unreachable_at;  ///< the first hop itself says that there is no way out
  bool path_silent = false;         ///< a trace towards the internet met nobody beyond the router; alone it proves nothing
  std::set<Address> failed_resolvers;         ///< inside the household, and unable to answer
};

struct FamilyFacts {
  Family family = Family::ipv4;
  bool wanted = true;                       ///< not switched off with -4 or -6
  std::optional<bool> routed;               ///< has a default route; absent: unknown
  bool vpn = false;                         ///< the default route leaves through a tunnel that is not the way to the router
  std::string facing;                       ///< interface towards the home router; empty: unknown
  std::optional<Address> gateway;
  Mapped mapped;
  Contact contact;
};

struct Facts {
  std::vector<OwnAddress> own;
  bool host_known = false;
  bool names_unresolved = false;            ///< not one STUN server's name could be resolved
  FamilyFacts ipv4, ipv6;

  [[nodiscard]] const FamilyFacts& of(Family family) const { return family == Family::ipv4 ? ipv4 : ipv6; }
  [[nodiscard]] const OwnAddress* find_own(const Address& address) const;
  /// An address of a tunnel interface of this host that is not the way to the router.
  [[nodiscard]] bool on_vpn(const Address& address) const;
};

[[nodiscard]] Facts gather_facts(const Evidence& evidence);

[[nodiscard]] inline bool is_private(const Address& address) { return classify(address) == AddressClass::private_use; }

}  // namespace ringback::diagnosis
