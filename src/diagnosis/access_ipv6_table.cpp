#include "diagnosis/access_ipv6_table.hpp"

#include <algorithm>
#include <array>

namespace ringback::diagnosis {
namespace {

using Owns = OwnIpv6Clue;
using Contact = ContactClue;
using Way = WayClue;
using Seen = SeenClue;
using Kind = Ipv6Kind;
using enum Confidence;
constexpr auto ipv4_answers = OtherFamilyClue::answers;
constexpr Accepts<Owns> tunnelled{Owns::tunnelled};
constexpr Accepts<Owns> global{Owns::global, Owns::several};
constexpr Accepts<Owns> unique_local{Owns::unique_local};
constexpr Accepts<Contact> answered{Contact::answered};
constexpr Accepts<Contact> nobody{Contact::two_silent, Contact::one_silent, Contact::hardly_tried};
constexpr Accepts<Contact> silent{Contact::two_silent, Contact::one_silent};
constexpr Accepts<Contact> less_than_two{Contact::one_silent, Contact::hardly_tried};

constexpr auto silence = "This host has global IPv6 addresses ({addresses}), but none of {tried} destinations outside answered over IPv6, while IPv4 works.";
constexpr auto without_global = "This host has no global IPv6 address, only {addresses}.";

constexpr auto default_route = "A default route, once there is one, would tell.";
constexpr auto server_answers = "A server that answers over IPv6 would tell.";
constexpr auto router_menu = "The router's menu would tell.";
constexpr auto without_vpn = "A run with the VPN switched off would tell.";
constexpr auto each_prefix = "A knock on an address of each would tell.";

constexpr std::array rows{
    // A tunnel of this host's own, over IPv4.
    Ipv6Row{tunnelled, Contact::two_silent, {}, {}, ipv4_answers, Kind::broken, certain,
            "IPv6 comes through a tunnel ({addresses} on {interface}), and none of {tried} destinations outside answered over it, while IPv4 works."},
    Ipv6Row{tunnelled, nobody, {}, {}, {}, Kind::unknown, possible,
            "IPv6 comes through a tunnel ({addresses} on {interface}); whether anything comes through it was not seen.", server_answers},
    Ipv6Row{tunnelled, {}, {}, {}, {}, Kind::tunnel, certain, "IPv6 comes through a tunnel: {addresses} on {interface}."},

    // Global addresses of the line.
    Ipv6Row{global, answered, {}, {}, {}, Kind::native, certain,
            "This host has global IPv6 addresses ({addresses}), and {answered} outside answered over IPv6."},
    Ipv6Row{global, {}, Way::vpn, {}, {}, Kind::unknown, possible, "IPv6 leaves through a VPN, so the line's own IPv6 could not be tried.", without_vpn},
    Ipv6Row{global, {}, Way::none, {}, {}, Kind::broken, likely, "This host has global IPv6 addresses ({addresses}), but no IPv6 default route.",
            default_route},
    // Of several prefixes one may be dead, and the way out may take that one: what comes in over another works.
    Ipv6Row{Owns::several, silent, {}, {}, ipv4_answers, Kind::unknown, possible,
            "This host has global IPv6 addresses ({addresses}), but none of {tried} destinations outside answered over IPv6, while IPv4 works. The addresses "
            "are of several prefixes: one may be dead, and the way out may take that one.", each_prefix},
    // One server that is down is no broken line.
    Ipv6Row{Owns::global, Contact::two_silent, {}, {}, ipv4_answers, Kind::broken, certain, silence},
    Ipv6Row{Owns::global, Contact::one_silent, {}, {}, ipv4_answers, Kind::broken, likely, silence, server_answers},
    Ipv6Row{global, {}, {}, {}, {}, Kind::unknown, possible,
            "This host has global IPv6 addresses ({addresses}); whether they reach the internet was not seen.", server_answers},

    // What translates addresses (RFC 6296, or as for IPv4) shows by its answers alone: where hardly anybody was asked, their absence says little.
    Ipv6Row{unique_local, answered, {}, Seen::unknown, {}, Kind::native, likely,
            "This host has unique local IPv6 addresses alone, and yet servers outside answer over IPv6: the router translates prefixes or addresses.",
            router_menu},
    Ipv6Row{unique_local, answered, {}, Seen::prefix_alone, {}, Kind::native, likely,
            "This host has unique local IPv6 addresses alone, and the internet sees {mapped}: the router translates prefixes (NPTv6, RFC 6296).", router_menu},
    Ipv6Row{unique_local, answered, {}, Seen::another, {}, Kind::native, likely,
            "This host has unique local IPv6 addresses alone, and the internet sees {mapped}: the router translates addresses, as it does for IPv4 (NAT66).",
            router_menu},
    Ipv6Row{unique_local, less_than_two, {Way::routed, Way::vpn}, {}, {}, Kind::unknown, possible,
            "This host has no global IPv6 address, only {addresses}. Whether something translates them on the way (NPTv6, NAT66) was not seen.",
            server_answers},
    Ipv6Row{unique_local, {}, {}, {}, {}, Kind::local_only, certain, without_global},

    Ipv6Row{Owns::link_local, {}, {Way::routed, Way::vpn}, {}, {}, Kind::local_only, certain, without_global},
    Ipv6Row{Owns::link_local, {}, {}, {}, {}, Kind::none, certain,
            "This host has no IPv6 address but the one that every interface gives itself ({addresses}), and no router offers one."},
    Ipv6Row{Owns::nothing, {}, {}, {}, {}, Kind::none, certain, "The interface {interface} has no IPv6 address at all."},
    Ipv6Row{Owns::elsewhere, {}, {}, {}, {}, Kind::unknown, possible,
            "This host has a global IPv6 address on an interface that no route leads out of.", default_route},
    Ipv6Row{Owns::no_interface, {}, {}, {}, {}, Kind::none, likely, "No interface of this host has a global IPv6 address or a default route.", router_menu},
};

bool fits(const Ipv6Row& row, const Ipv6Clues& clues) {
  return row.own.has(clues.own) && row.contact.has(clues.contact) && row.way.has(clues.way) && row.seen.has(clues.seen) && row.ipv4.has(clues.ipv4);
}

}  // namespace

std::span<const Ipv6Row> ipv6_rows() { return rows; }

const Ipv6Row& decide(const Ipv6Clues& clues) {
  return *std::ranges::find_if(rows, [&](const Ipv6Row& row) { return fits(row, clues); });
}

}  // namespace ringback::diagnosis
