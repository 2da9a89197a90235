#pragma once
/// What the other knocks tell of one that did not arrive: who is hardly to blame for it.
#include "diagnosis/upstream.hpp"

namespace ringback::diagnosis {

struct OtherKnocks {
  bool service = false;             ///< a knock on another port got here over this family
  bool as_listed = false;           ///< one of them as the router's own list has it, which is true of that port at least
  bool unopened = false;            ///< even one on a port where nothing listens and that nobody named
  bool echo = false;                ///< an ICMP echo arrived
  std::optional<Address> beside;    ///< over IPv6: the same port got here at this other address of this host, in the same network
  Pointers evidence;                ///< those knocks
  Pointers silence;                 ///< knocks on a port that nobody opened, to which nobody said a word; empty: none, or somebody did
};
/// `knock` is the one that did not arrive, on `service`.
[[nodiscard]] OtherKnocks other_knocks(const Case& c, const Service& service, Family family, const inbound::Knock* knock);

/// Another service of the same protocol that was asked for, and that no knock over this family told of: whether it gets in would show who keeps this one
/// away.
[[nodiscard]] std::optional<Service> not_knocked_on(const Case& c, const Service& service, Family family);

/// What became of the same port over one family, whichever vantage point knocked. A service that has another port outside than inside is
/// on two different ports, so that one family says nothing of the other: unknown.
struct SamePort {
  enum class Became { unknown, arrived, silent, refused } became = Became::unknown;
  Pointers evidence;
};
[[nodiscard]] SamePort same_port(const Case& c, const Service& service, Family family);

/// The router forwards this port to this host by its own list, which is true of another port, and yet it does not arrive; and over IPv6,
/// where nothing is forwarded, it is the same: other ports arrive, and this one does not. So no forward is missing, and none comes before
/// this one. Empty: it is not so. `refused`: in this manner, and not in silence.
[[nodiscard]] Pointers kept_away_over_both(const Case& c, const Service& service, bool refused);

/// The router lists forwards to this host, knocks were made there, and nothing arrived over IPv4 on any port: the line may let nobody in.
/// Empty: it is not so.
[[nodiscard]] Pointers listed_in_vain(const Case& c);

/// The public IPv4 address is the home router's, with all of its ports.
[[nodiscard]] bool router_owns_address(const Case& c);
/// Somebody said no.
[[nodiscard]] bool was_refused(const inbound::Knock& knock);

}  // namespace ringback::diagnosis
