#include "diagnosis/access_table.hpp"

#include <array>

namespace ringback::diagnosis {
namespace {

using Own = OwnClue;
using Wan = WanClue;
using Owns = OwnerClue;
using Second = SecondClue;
using Outer = OuterClue;
using V6 = Ipv6Clue;
using Mtu = MtuClue;
using Kind = Ipv4Kind;
using enum Confidence;
using Ports = PortsClue;
constexpr auto known = MappedClue::known;
constexpr auto let_in = ArrivalClue::let_in;
/// The router names no address, or does not answer at all.
constexpr Accepts<Wan> no_word{Wan::unknown, Wan::empty, Wan::empty_avm, Wan::empty_delegated};

constexpr Accepts<Wan> not_the_mapped{Wan::unknown, Wan::global_alone, Wan::global_other, Wan::shared, Wan::ds_lite, Wan::home_private,
                                      Wan::other_private, Wan::empty, Wan::empty_avm, Wan::empty_delegated};
/// Who it is was not seen; `passed_on`: but the first hop it is hardly; `kept`: it may well be.
constexpr Accepts<Owns> not_seen{Owns::unknown, Owns::passed_on, Owns::kept};
constexpr Accepts<Owns> not_the_router{Owns::unknown, Owns::passed_on, Owns::kept, Owns::second, Owns::beyond};

constexpr auto shared =
    "The home router has the public address, but IPv4 travels inside IPv6 and no outside port is the one that this host chose: the address "
    "is shared, and this home has a set of its ports (MAP-E or lw4o6). The router's menu shows which.";

constexpr auto unshared =
    "The home router has the public IPv4 address itself. Whether it has all of the address's ports was not seen: where a provider shares "
    "addresses by ports (MAP-E, lw4o6), it would look the same.";

constexpr auto configured_set =
    "The provider's configuration speaks of shared IPv4 addresses (MAP or lw4o6, RFC 7598), and every outside port comes from one set.";

constexpr auto named_aftr =
    "The provider's configuration names the end of a DS-Lite tunnel (AFTR), and the public address answers beyond the home router.";

constexpr auto port_set =
    "The home router has the public address, but every outside port comes from one set of ports: the provider shares the address, and this "
    "home has a part of its ports (MAP-E, MAP-T or lw4o6).";

// What would settle it, where a row leaves a doubt.
constexpr auto router_word = "The router's own internet address would tell.";
constexpr auto second_box = "The menu of a second box, or the provider's contract, would tell.";
constexpr auto contract = "The provider's contract would tell.";
constexpr auto knock_arrives = "A knock that arrives would tell.";
constexpr auto outside_block = "A knock on a port outside of the block would tell.";
constexpr auto outside_set = "A knock on a port outside of the set would tell.";
constexpr auto each_line = "Measuring over each line alone would tell.";
constexpr auto router_menu = "The router's menu would tell whether it has an IPv4 address of its own.";
constexpr auto server_answers = "A STUN server that answers would tell.";
constexpr auto well_known_port = "A knock on a port below 1024 that arrives would tell.";

constexpr std::array rows{
    // The host's own address.
    AccessRow{.own = Own::global_mapped, .kind = Kind::public_address, .confidence = certain,
              .reason = "No translator stands between this host and the internet."},
    AccessRow{.own = Own::global_alone, .kind = Kind::public_address, .confidence = likely,
              .reason = "This host has a public IPv4 address itself; how the internet sees it was not measured.", .settles = server_answers},
    AccessRow{.own = Own::global_other, .wan = not_the_mapped, .owner = not_the_router, .kind = Kind::unknown, .confidence = possible,
              .reason = "This host has a global IPv4 address, but the internet sees another: several lines, a proxy, or a "
                        "translator of the provider.",
              .settles = each_line},
    // A home may number its own network from the carriers' range, against RFC 6598: where the router says that it has the public address, it does.
    AccessRow{.own = Own::shared, .mapped = known, .wan = no_word, .owner = {Owns::second, Owns::beyond}, .kind = Kind::cgnat,
              .confidence = certain,
              .reason = "This host is connected straight to the provider, and the provider translates (carrier-grade NAT)."},
    AccessRow{.own = Own::shared, .wan = no_word, .kind = Kind::cgnat, .confidence = likely,
              .reason = "This host's address is one that only carriers with a shared IPv4 address give out.", .settles = contract},
    AccessRow{.own = Own::line, .mapped = known, .wan = no_word, .kind = Kind::cgnat, .confidence = likely,
              .reason = "The line ends in this host itself, which got a private address there: the provider translates (carrier-grade NAT). A VPN or a "
                        "serial cable to another machine would look the same.", .settles = contract},

    // A set of ports. Two observations that have nothing to do with each other: which ports come out, and who owns the address.
    AccessRow{.mapped = known, .owner = {Owns::unknown, Owns::passed_on, Owns::kept, Owns::router}, .second = {Second::unknown, Second::global}, .ports = Ports::spread,
              .softwire = SoftwireClue::shared_ports, .kind = Kind::shared_ports, .confidence = certain, .reason = configured_set},
    AccessRow{.mapped = known, .owner = {Owns::unknown, Owns::passed_on, Owns::kept, Owns::router}, .second = {Second::unknown, Second::global}, .mtu = Mtu::tunnel,
              .ports = Ports::block, .softwire = SoftwireClue::shared_ports, .kind = Kind::shared_ports, .confidence = certain,
              .reason = configured_set},
    AccessRow{.mapped = known, .owner = {Owns::unknown, Owns::passed_on, Owns::kept, Owns::router}, .second = {Second::unknown, Second::global}, .ports = Ports::block,
              .softwire = SoftwireClue::shared_ports, .kind = Kind::shared_ports, .confidence = likely, .reason = configured_set, .settles = outside_set},
    AccessRow{.mapped = known, .owner = {Owns::unknown, Owns::passed_on, Owns::kept, Owns::router}, .second = {Second::unknown, Second::global},
              .arrivals = ArrivalClue::none, .ports = Ports::moved, .softwire = SoftwireClue::shared_ports,
              .kind = Kind::shared_ports, .confidence = likely,
              .reason = "The provider's configuration speaks of shared IPv4 addresses (MAP or lw4o6, RFC 7598), and outside ports are not "
                        "the ones that this host chose.", .settles = outside_set},
    AccessRow{.owner = Owns::router, .ports = Ports::spread, .kind = Kind::shared_ports, .confidence = certain, .reason = port_set},
    AccessRow{.wan = Wan::is_mapped, .owner = {Owns::unknown, Owns::kept}, .ports = Ports::spread, .kind = Kind::shared_ports, .confidence = certain,
              .reason = port_set},
    AccessRow{.owner = Owns::router, .native_ipv6 = V6::native, .mtu = Mtu::tunnel, .ports = Ports::block, .kind = Kind::shared_ports,
              .confidence = certain, .reason = port_set},
    AccessRow{.wan = Wan::is_mapped, .owner = {Owns::unknown, Owns::kept}, .native_ipv6 = V6::native, .mtu = Mtu::tunnel, .ports = Ports::block,
              .kind = Kind::shared_ports, .confidence = certain, .reason = port_set},
    AccessRow{.wan = no_word, .owner = not_seen, .second = {Second::unknown, Second::global},
              .native_ipv6 = V6::native, .ports = Ports::spread, .kind = Kind::shared_ports, .confidence = likely,
              .reason = "Every outside port comes from one set that is spread over all ports, as where the provider shares an address "
                        "(MAP-E or MAP-T).", .settles = outside_set},

    // The router's own public address, and yet IPv4 travels inside IPv6: MAP-E or lw4o6 (RFC 7597, RFC 7596), which share addresses.
    AccessRow{.owner = Owns::router, .native_ipv6 = V6::native, .mtu = Mtu::tunnel, .ports = PortsClue::moved, .kind = Kind::shared_ports,
              .confidence = likely, .reason = shared, .settles = outside_set},
    AccessRow{.wan = Wan::is_mapped, .owner = {Owns::unknown, Owns::kept}, .second = {Second::unknown, Second::global}, .native_ipv6 = V6::native,
              .mtu = Mtu::tunnel, .ports = PortsClue::moved, .kind = Kind::shared_ports, .confidence = likely, .reason = shared, .settles = outside_set},

    // The home router answers for the mapped address: the only translator, whatever it says of itself.
    AccessRow{.wan = {Wan::shared, Wan::ds_lite, Wan::home_private, Wan::other_private}, .owner = Owns::router, .kind = Kind::nat,
              .confidence = likely,
              .reason = "The home router answers for the public address itself, though it names another as its own.", .settles = knock_arrives},
    AccessRow{.owner = Owns::router, .native_ipv6 = V6::native, .mtu = Mtu::unknown, .arrivals = ArrivalClue::none, .ports = Ports::block,
              .kind = Kind::shared_ports, .confidence = likely, .reason = port_set, .settles = outside_set},
    AccessRow{.owner = Owns::router, .ports = Ports::block, .share = {ShareClue::possible, ShareClue::unlikely}, .kind = Kind::unknown,
              .confidence = possible,
              .reason = "The home router has the public address, and every outside port comes from one block: the provider shares "
                        "the address (lw4o6), or the router uses no other ports.",
              .settles = outside_block},
    AccessRow{.owner = Owns::router, .share = ShareClue::ruled_out, .kind = Kind::nat, .confidence = certain,
              .reason = "The home router has the public IPv4 address itself and is the only translator."},
    AccessRow{.owner = Owns::router, .native_ipv6 = {V6::unknown, V6::native}, .mtu = Mtu::unknown, .ports = {Ports::unknown, Ports::moved},
              .share = ShareClue::unlikely, .kind = Kind::nat, .confidence = possible,
              .reason = "The home router has the public IPv4 address itself. No outside port was seen to be the one that this host chose, as where the "
                        "provider shares the address; whether IPv4 travels inside of IPv6 was not seen.",
              .settles = well_known_port},
    AccessRow{.owner = Owns::router, .share = ShareClue::unlikely, .kind = Kind::nat, .confidence = likely,
              .reason = "The home router has the public IPv4 address itself and is the only translator.", .settles = well_known_port},
    AccessRow{.owner = Owns::router, .kind = Kind::nat, .confidence = possible, .reason = unshared, .settles = well_known_port},

    // What the household's DHCPv6 server passes on of the provider's configuration (RFC 6334).
    // Any machine of the link may have said so: it decides where nothing else speaks for another translator, and IPv6 is there to tunnel in.
    AccessRow{.mapped = known, .wan = {Wan::unknown, Wan::empty, Wan::empty_avm, Wan::empty_delegated, Wan::ds_lite}, .owner = {Owns::second, Owns::beyond},
              .second = {Second::unknown, Second::global}, .outer = Outer::silent, .native_ipv6 = V6::native, .mtu = Mtu::tunnel,
              .softwire = SoftwireClue::ds_lite, .kind = Kind::ds_lite, .confidence = certain, .reason = named_aftr},
    AccessRow{.mapped = known, .wan = {Wan::unknown, Wan::empty, Wan::empty_avm, Wan::empty_delegated, Wan::ds_lite}, .owner = {Owns::second, Owns::beyond},
              .second = {Second::unknown, Second::global}, .outer = Outer::silent, .native_ipv6 = V6::native, .softwire = SoftwireClue::ds_lite,
              .kind = Kind::ds_lite, .confidence = likely, .reason = named_aftr, .settles = router_menu},
    AccessRow{.mapped = known, .wan = {Wan::unknown, Wan::empty, Wan::empty_avm, Wan::empty_delegated, Wan::ds_lite}, .owner = not_seen,
              .second = {Second::unknown, Second::global}, .outer = Outer::silent, .native_ipv6 = V6::native, .mtu = Mtu::tunnel,
              .arrivals = ArrivalClue::none, .softwire = SoftwireClue::ds_lite, .kind = Kind::ds_lite, .confidence = likely,
              .reason = "The provider's configuration names the end of a DS-Lite tunnel (AFTR), and IPv4 packets are 40 bytes shorter than IPv6's.",
              .settles = router_menu},
    AccessRow{.mapped = known, .wan = no_word, .owner = not_seen, .second = {Second::unknown, Second::global}, .outer = Outer::silent,
              .native_ipv6 = V6::native, .arrivals = ArrivalClue::none, .softwire = SoftwireClue::ds_lite, .kind = Kind::unknown,
              .confidence = possible,
              .reason = "The provider's configuration names the end of a DS-Lite tunnel (AFTR); nothing else that was seen speaks "
                        "for a tunnel or against it.",
              .settles = router_menu},

    // DS-Lite: no address of its own, one translator, and that at the provider (RFC 6333).
    AccessRow{.wan = {Wan::unknown, Wan::empty, Wan::empty_avm, Wan::empty_delegated, Wan::ds_lite}, .second = Second::ds_lite, .native_ipv6 = V6::native,
              .kind = Kind::ds_lite, .confidence = certain,
              .reason = "So IPv4 goes through a DS-Lite tunnel (IPv4 inside of IPv6), and the provider, at its other end, puts many homes behind one address."},
    AccessRow{.wan = Wan::ds_lite, .owner = {Owns::second, Owns::beyond}, .native_ipv6 = V6::native, .kind = Kind::ds_lite,
              .confidence = certain, .reason = "The home router's only IPv4 address is the inner end of a DS-Lite tunnel."},
    AccessRow{.wan = Wan::ds_lite, .kind = Kind::ds_lite, .confidence = likely,
              .reason = "The home router's only IPv4 address is the inner end of a DS-Lite tunnel.", .settles = router_menu},
    AccessRow{.wan = no_word, .second = Second::ds_lite,
              .kind = Kind::ds_lite, .confidence = likely, .reason = "The way to the IPv4 internet leads through the provider's end of a "
                                                                     "DS-Lite tunnel.", .settles = router_menu},
    AccessRow{.wan = Wan::is_mapped, .owner = {Owns::second, Owns::beyond}, .second = Second::ds_lite, .native_ipv6 = V6::native,
              .kind = Kind::ds_lite, .confidence = likely,
              .reason = "The way leads through the provider's end of a DS-Lite tunnel, and the public address answers beyond the router; "
                        "the router repeats what the internet sees.", .settles = router_menu},

    AccessRow{.wan = Wan::global_other, .owner = {Owns::second, Owns::beyond}, .second = Second::ds_lite, .native_ipv6 = V6::native,
              .kind = Kind::ds_lite, .confidence = likely,
              .reason = "The way leads through the provider's end of a DS-Lite tunnel, and the public address answers beyond the router.",
              .settles = router_menu},

    // Boxes that number the network between two home routers from the carriers' range, against RFC 6598 §4. To its customers no carrier's
    // translator speaks UPnP, whose answers come from that very hop.
    AccessRow{.mapped = known, .wan = Wan::shared, .outer = Outer::owns_mapped, .kind = Kind::double_nat, .confidence = likely,
              .reason = "The home router's internet address is from the carriers' range, but the next hop speaks UPnP as home routers do, and names "
                        "the public address as its own: a second router at home.", .settles = second_box},
    AccessRow{.mapped = known, .wan = Wan::shared, .outer = Outer::speaks, .kind = Kind::unknown, .confidence = possible,
              .reason = "The home router's internet address is from the carriers' range, and yet the next hop speaks UPnP as home "
                        "routers do: a second router at home, or a provider that translates.",
              .settles = second_box},

    // The router's own address is a carrier's inner one.
    AccessRow{.mapped = known, .wan = Wan::shared, .kind = Kind::cgnat, .confidence = certain,
              .reason = "The home router's internet address is not public, and the provider translates once more (carrier-grade NAT)."},
    AccessRow{.wan = Wan::shared, .kind = Kind::cgnat, .confidence = likely,
              .reason = "The home router's internet address is one that only carriers with a shared IPv4 address give out.", .settles = contract},

    // Two routers of the household.
    AccessRow{.mapped = known, .outer = Outer::behind_cgn, .kind = Kind::cgnat, .confidence = certain,
              .reason = "Two routers at home, and behind the outer one the provider translates once more (carrier-grade NAT)."},
    AccessRow{.outer = Outer::owns_mapped, .ports = Ports::spread, .kind = Kind::shared_ports, .confidence = likely, .reason = port_set,
              .settles = outside_set},
    AccessRow{.outer = Outer::owns_mapped, .native_ipv6 = V6::native, .mtu = Mtu::tunnel, .ports = Ports::block, .kind = Kind::shared_ports,
              .confidence = likely, .reason = port_set, .settles = outside_set},
    AccessRow{.wan = {Wan::home_private, Wan::other_private}, .outer = Outer::owns_mapped, .kind = Kind::double_nat, .confidence = certain,
              .reason = "The home router translates into another private network, whose router owns the public address."},
    AccessRow{.wan = no_word, .outer = Outer::owns_mapped, .kind = Kind::double_nat,
              .confidence = likely,
              .reason = "Behind the first router stands a second one of the household, and it owns the public address.", .settles = second_box},
    AccessRow{.wan = {Wan::home_private, Wan::other_private}, .owner = Owns::second, .outer = Outer::speaks, .kind = Kind::double_nat,
              .confidence = certain,
              .reason = "The home router translates into another private network; the public address answers one hop further, where a "
                        "second home router speaks."},
    AccessRow{.wan = no_word, .owner = Owns::second, .outer = Outer::speaks, .kind = Kind::double_nat,
              .confidence = likely, .reason = "The public address answers at the second hop, where a second home router speaks.", .settles = second_box},
    AccessRow{.wan = {Wan::home_private, Wan::other_private}, .owner = not_seen, .outer = Outer::speaks, .kind = Kind::double_nat,
              .confidence = likely,
              .reason = "The home router translates into another private network, where a second home router speaks; whether that one has "
                        "the public address was not seen.", .settles = second_box},

    // The router names the address that the internet sees.
    AccessRow{.wan = Wan::is_mapped, .owner = {Owns::unknown, Owns::kept}, .second = {Second::shared, Second::ds_lite}, .kind = Kind::nat,
              .confidence = possible,
              .reason = "The home router names the public address as its own, or repeats what the internet sees; the carrier's range on the way may be mere "
                        "numbering.",
              .settles = knock_arrives},
    AccessRow{.wan = Wan::is_mapped, .owner = {Owns::unknown, Owns::kept}, .ports = Ports::block, .share = {ShareClue::possible, ShareClue::unlikely},
              .kind = Kind::unknown, .confidence = possible,
              .reason = "The home router names the public address as its own, and every outside port comes from one block: the "
                        "provider shares the address (lw4o6), or the router uses no other ports.",
              .settles = outside_block},
    AccessRow{.wan = Wan::is_mapped, .owner = {Owns::unknown, Owns::kept}, .share = ShareClue::ruled_out, .kind = Kind::nat, .confidence = certain,
              .reason = "The home router's own internet address is the one that the internet sees: one translator."},
    AccessRow{.wan = Wan::is_mapped, .owner = {Owns::unknown, Owns::kept}, .native_ipv6 = {V6::unknown, V6::native}, .mtu = Mtu::unknown,
              .ports = {Ports::unknown, Ports::moved}, .share = ShareClue::unlikely, .kind = Kind::nat, .confidence = possible,
              .reason = "The home router's own internet address is the one that the internet sees. No outside port was seen to be the one that this host "
                        "chose, as where the provider shares the address; whether IPv4 travels inside of IPv6 was not seen.",
              .settles = well_known_port},
    AccessRow{.wan = Wan::is_mapped, .owner = {Owns::unknown, Owns::kept}, .share = ShareClue::unlikely, .kind = Kind::nat, .confidence = likely,
              .reason = "The home router's own internet address is the one that the internet sees: one translator.", .settles = well_known_port},
    AccessRow{.wan = Wan::is_mapped, .owner = {Owns::unknown, Owns::kept}, .kind = Kind::nat, .confidence = possible, .reason = unshared,
              .settles = well_known_port},
    AccessRow{.wan = Wan::is_mapped, .second = Second::shared, .kind = Kind::cgnat, .confidence = likely,
              .reason = "The public address answers beyond the router, and the way leads through a carrier's inner range; the router "
                        "repeats what the internet sees.", .settles = contract},
    AccessRow{.wan = Wan::is_mapped, .outer = Outer::owns_mapped, .kind = Kind::double_nat, .confidence = likely,
              .reason = "The public address answers beyond the first router, and a second one names it as its own.", .settles = second_box},
    AccessRow{.wan = Wan::is_mapped, .arrivals = let_in, .kind = Kind::nat, .confidence = likely,
              .reason = "The home router names the public address as its own and lets knocks in; that the address answers further away is "
                        "this host itself, reached through the forward.", .settles = contract},
    AccessRow{.wan = Wan::is_mapped, .owner = Owns::passed_on, .kind = Kind::unknown, .confidence = possible,
              .reason = "The home router names the public address as its own, and yet passes on what is addressed to it: it repeats "
                        "what a server told it, or leads everything to another machine.",
              .settles = knock_arrives},
    AccessRow{.wan = Wan::is_mapped, .kind = Kind::unknown, .confidence = possible,
              .reason = "The home router names the public address as its own, but the address answers beyond it.",
              .settles = knock_arrives},

    // Carriers seen on the way.
    AccessRow{.owner = {Owns::second, Owns::beyond}, .second = Second::shared, .kind = Kind::cgnat, .confidence = certain,
              .reason = "The provider owns the public address and translates (carrier-grade NAT)."},
    AccessRow{.owner = not_seen, .second = Second::shared, .arrivals = let_in, .kind = Kind::nat, .confidence = likely,
              .reason = "The carrier's range on the way is mere numbering: a knock from outside came in.", .settles = router_word},
    AccessRow{.mapped = known, .wan = not_the_mapped, .owner = Owns::kept, .second = Second::shared, .kind = Kind::unknown, .confidence = possible,
              .reason = "The way leads through a range that carriers use behind a shared address, and that some number their own "
                        "routers from. What is addressed to the public address ends at the home router, or right behind it.",
              .settles = router_word},
    AccessRow{.mapped = known, .wan = not_the_mapped, .owner = Owns::unknown, .second = Second::shared, .kind = Kind::cgnat, .confidence = likely,
              .reason = "The way leads through a range that carriers use behind a shared address; who owns the public address was not "
                        "seen.", .settles = router_word},
    AccessRow{.mapped = known, .wan = not_the_mapped, .owner = Owns::passed_on, .second = Second::shared, .kind = Kind::cgnat, .confidence = likely,
              .reason = "The way leads through a range that carriers use behind a shared address, and the home router passes on what is "
                        "addressed to the public one: the provider has that address.", .settles = router_word},

    AccessRow{.wan = {Wan::unknown, Wan::empty, Wan::empty_avm, Wan::empty_delegated, Wan::other_private}, .second = Second::shared,
              .arrivals = ArrivalClue::none, .pool = PoolClue::several, .kind = Kind::cgnat, .confidence = likely,
              .reason = "The internet sees this household as several addresses, and the way leads through a range that carriers use behind "
                        "shared ones: the provider translates to a pool.", .settles = router_word},

    // One household, several outside addresses, and the router has none of them: a carrier's pool (RFC 6888 REQ-2, RFC 4787 §4.1).
    AccessRow{.wan = {Wan::unknown, Wan::empty, Wan::empty_avm, Wan::empty_delegated, Wan::other_private}, .owner = Owns::beyond,
              .second = {Second::unknown, Second::global, Second::other_private}, .outer = Outer::silent, .arrivals = ArrivalClue::none,
              .pool = PoolClue::several, .kind = Kind::cgnat, .confidence = likely,
              .reason = "The internet sees this household as several addresses, one of which answers far beyond the home router: the "
                        "provider translates to a pool.", .settles = router_word},

    // A private network behind the home router: a second router at home, or a carrier that numbers privately.
    AccessRow{.wan = {Wan::home_private, Wan::other_private}, .owner = Owns::second, .arrivals = let_in, .kind = Kind::double_nat,
              .confidence = likely, .reason = "The home router's own address is private, the next hop owns the public one, and knocks are "
                                              "let in.", .settles = second_box},
    AccessRow{.wan = Wan::home_private, .owner = Owns::second, .kind = Kind::double_nat, .confidence = likely,
              .reason = "The home router's own address is one that home routers give out, and the next hop owns the public address.",
              .settles = second_box},
    AccessRow{.wan = {Wan::home_private, Wan::other_private}, .owner = Owns::beyond, .kind = Kind::cgnat, .confidence = likely,
              .reason = "The home router's own address is private, and the public address answers more than one hop beyond it: the "
                        "provider translates. A chain of three routers at home would look the same.", .settles = second_box},
    AccessRow{.wan = {Wan::home_private, Wan::other_private}, .kind = Kind::unknown, .confidence = possible,
              .reason = "The home router's own address is private: a second router at home, or a provider that translates.",
              .settles = second_box},
    AccessRow{.wan = no_word, .owner = Owns::second, .second = Second::home_private,
              .kind = Kind::double_nat,
              .confidence = likely, .reason = "The second hop has an address that home routers give out, and owns the public address.",
              .settles = router_word},
    AccessRow{.wan = no_word, .owner = Owns::beyond,
              .second = {Second::home_private, Second::other_private},
              .kind = Kind::cgnat, .confidence = likely,
              .reason = "Private addresses lie on the way, and the public address answers more than one hop beyond the router: the "
                        "provider translates.", .settles = router_word},
    AccessRow{.wan = no_word, .owner = {Owns::second, Owns::unknown, Owns::passed_on, Owns::kept},
              .second = {Second::home_private, Second::other_private}, .arrivals = ArrivalClue::none, .kind = Kind::unknown,
              .confidence = possible,
              .reason = "A private network lies behind the first router: a second router at home, or a provider that translates.",
              .settles = router_word},

    // Somebody beyond the router owns the address, and the way shows nothing.
    AccessRow{.owner = {Owns::second, Owns::beyond}, .arrivals = let_in, .kind = Kind::unknown, .confidence = possible,
              .reason = "The public address answers beyond the home router, and yet a knock came in: a forward that leads back to "
                        "this host, or a provider that forwards.",
              .settles = router_word},
    AccessRow{.mapped = known, .wan = Wan::empty_delegated, .owner = Owns::second, .kind = Kind::ds_lite, .confidence = likely,
              .reason = "The FRITZ!Box is connected, has an IPv6 prefix and no IPv4 address of its own; the public IPv4 address answers right "
                        "beyond it: DS-Lite, or a router of the provider's that shows nothing else of itself.", .settles = contract},
    AccessRow{.mapped = known, .wan = Wan::empty_delegated, .owner = Owns::beyond, .kind = Kind::ds_lite, .confidence = certain,
              .reason = "The FRITZ!Box is connected, has an IPv6 prefix of the provider's and no IPv4 address of its own; the public IPv4 "
                        "address answers beyond it: DS-Lite."},
    AccessRow{.mapped = known, .wan = Wan::empty_delegated, .owner = not_seen, .kind = Kind::ds_lite, .confidence = likely,
              .reason = "The FRITZ!Box is connected, has an IPv6 prefix of the provider's and no IPv4 address of its own, while IPv4 works: "
                        "DS-Lite.", .settles = contract},
    AccessRow{.mapped = known, .wan = Wan::empty_avm, .owner = not_the_router, .native_ipv6 = V6::native,
              .kind = Kind::ds_lite,
              .confidence = likely,
              .reason = "The FRITZ!Box is connected and has no IPv4 address of its own, while IPv4 works and IPv6 is native: DS-Lite.",
              .settles = contract},
    AccessRow{.wan = {Wan::unknown, Wan::empty}, .owner = {Owns::second, Owns::beyond}, .native_ipv6 = V6::native, .mtu = Mtu::tunnel,
              .kind = Kind::ds_lite, .confidence = likely,
              .reason = "The provider owns the public address, IPv6 is native, and IPv4 packets are 40 bytes shorter than usual: DS-Lite.",
              .settles = router_word},
    AccessRow{.wan = no_word, .owner = Owns::beyond, .native_ipv6 = V6::absent,
              .kind = Kind::cgnat, .confidence = likely,
              .reason = "Somebody beyond the home router owns the public address, and without IPv6 it is no DS-Lite: the provider "
                        "translates.", .settles = router_word},
    AccessRow{.wan = no_word, .owner = Owns::beyond, .mtu = Mtu::plain, .kind = Kind::cgnat,
              .confidence = likely,
              .reason = "Somebody beyond the home router owns the public address, and packets of full size pass: the provider translates. "
                        "DS-Lite with fragments would look the same.", .settles = router_word},
    AccessRow{.wan = no_word, .owner = Owns::second, .kind = Kind::unknown, .confidence = possible,
              .reason = "The public address answers right behind the home router: the provider translates, or a second router of "
                        "the household that shows nothing of itself.",
              .settles = router_word},
    AccessRow{.wan = no_word, .owner = Owns::beyond, .kind = Kind::cgnat, .confidence = possible,
              .reason = "Somebody beyond the home router owns the public address: the provider translates, as carrier-grade NAT or "
                        "in DS-Lite.",
              .settles = router_word},

    // The router's word alone, or less.
    AccessRow{.wan = Wan::global_alone, .kind = Kind::nat, .confidence = possible,
              .reason = "The home router names a public address; how the internet sees it was not measured.", .settles = server_answers},
    AccessRow{.wan = Wan::global_other, .kind = Kind::unknown, .confidence = possible,
              .reason = "The home router names a public address that is not the one the internet sees: a stale answer, a second line, a "
                        "VPN on the router, or a provider that translates.", .settles = router_word},
    AccessRow{.second = {Second::home_private, Second::other_private}, .arrivals = let_in, .kind = Kind::unknown, .confidence = possible,
              .reason = "Knocks come in over IPv4, and a private network lies behind the first router: a second router at home that forwards as well, or "
                        "a provider that numbers its own routers privately.",
              .settles = router_word},
    AccessRow{.second = Second::global, .outer = Outer::silent, .arrivals = let_in, .share = ShareClue::ruled_out, .kind = Kind::nat, .confidence = likely,
              .reason = "Knocks come in over IPv4, so somebody forwards them: most likely the home router, right behind which the provider's network "
                        "begins.",
              .settles = router_word},
    AccessRow{.arrivals = let_in, .kind = Kind::nat, .confidence = possible,
              .reason = "Knocks come in over IPv4, so somebody forwards them: the home router, if no second one stands behind it and the provider does not "
                        "share the address by ports.",
              .settles = router_word},
    AccessRow{.own = Own::not_global, .mapped = known, .kind = Kind::unknown, .confidence = possible,
              .reason = "IPv4 is translated at least once; the router says nothing, and no hop shows who owns the public address.",
              .settles = router_word},
    AccessRow{.kind = Kind::unknown, .confidence = possible, .reason = "There is too little evidence about the IPv4 access.", .settles = server_answers},
};

}  // namespace

std::span<const AccessRow> access_rows() { return rows; }

const AccessRow& decide(const Clues& clues) {
  for (const auto& row : rows)
    if (row.own.has(clues.own) && row.mapped.has(clues.mapped) && row.wan.has(clues.wan) && row.owner.has(clues.owner) &&
        row.second.has(clues.second) && row.outer.has(clues.outer) && row.native_ipv6.has(clues.native_ipv6) && row.mtu.has(clues.mtu) &&
        row.arrivals.has(clues.arrivals) && row.ports.has(clues.ports) && row.softwire.has(clues.softwire) &&
        row.pool.has(clues.pool) && row.share.has(clues.share))
      return row;
  return rows.back();
}

}  // namespace ringback::diagnosis
