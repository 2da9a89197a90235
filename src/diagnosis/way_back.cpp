/// Of knocks that arrived: no way of this host leads back to where they came from.
#include <algorithm>

#include "diagnosis/answer_lost.hpp"
#include "diagnosis/shell_command.hpp"

namespace ringback::diagnosis {

Judgement reply_lost(const Context& x, Confidence confidence, const std::string& why, Pointers more) {
  if (x.c.facts.of(x.knock.family).vpn) cite(more, pointer("host", to_string(x.knock.family)));
  return no(x, StoppedAt::return_path, "inbound.reply-lost", confidence, "The knock arrived at this host, " + why, more);
}

namespace {

/// The kernel asked for the gateway's hardware address and nobody said (RFC 826, RFC 4861 §7.3.3): what is sent by it never leaves.
std::optional<Judgement> gateway_is_gone(const Context& x) {
  const auto& host = x.c.evidence.host;
  if (!host || !x.knock.way_back_by || !x.knock.way_back || !x.knock.departures.empty()) return std::nullopt;   // what left found its gateway
  for (std::size_t i = 0; i < host->neighbours.size(); ++i) {
    const auto& neighbour = host->neighbours[i];
    if (neighbour.address != *x.knock.way_back_by || neighbour.interface != *x.knock.way_back || neighbour.mac) continue;
    const auto interface = std::ranges::find(host->interfaces, neighbour.interface, &Interface::name);
    if (interface == host->interfaces.end() || !interface->mac) continue;   // a tunnel has no such addresses
    auto result =
        reply_lost(x, Confidence::certain,
                   fmt::format("and this host answers by the gateway {} on {}, which is not there: nobody tells its hardware address.",
                               neighbour.address.to_string(), neighbour.interface),
                   {pointer("inbound", "knocks", x.index, "way_back_by"), pointer("host", "neighbours", i)});
    result.title = "This host sends its answers to a router that is not there";
    result.remedies = {advise_by_steps(
        "Take out the way by the router that is not there",
        {{fmt::format("These commands list by which ways packets leave this host; look for {}.", neighbour.address.to_string()),
          {{"ip rule show"}, {"ip route show table all"}}},
         {"It is often left over from an earlier router or a VPN. Delete that line where it was set up (the network settings, or a "
          "script), or put the present router's address in its place."},
         {"This command says which way an answer takes; replace VISITOR by an address on the internet.",
          {{"ip route get VISITOR from {} ipproto {} sport {}", x.knock.arrivals.front().to.address,
            std::string_view(x.knock.protocol == Protocol::udp ? "udp" : "tcp"), unsigned{x.service.inside}}}}})};
    return result;
  }
  return std::nullopt;
}

}  // namespace

bool knows_the_way_back(const Context& x) {
  const auto& host = x.c.evidence.host;
  if (!host || !x.knock.way_back_by || !x.knock.way_back) return true;
  const auto interface = std::ranges::find(host->interfaces, *x.knock.way_back, &Interface::name);
  if (interface == host->interfaces.end() || !interface->mac) return true;   // a tunnel has no hardware addresses to ask for
  return std::ranges::any_of(host->neighbours, [&](const Neighbour& neighbour) {
    return neighbour.address == *x.knock.way_back_by && neighbour.interface == *x.knock.way_back;
  });
}

std::optional<Judgement> no_way_back(const Context& x) {
  const auto& host = x.c.evidence.host;
  if (auto gone = gateway_is_gone(x)) return gone;
  const bool ours = !x.knock.arrivals.empty() && x.c.facts.find_own(x.knock.arrivals.front().to.address);
  if (x.knock.way_back == "" && ours) {
    auto result = reply_lost(x, Confidence::certain, "and no route of this host leads back to where it came from.",
                             {pointer("inbound", "knocks", x.index, "way_back")});
    result.title = "This host has no way back to its visitors";
    result.remedies = find_what_swallows(x);
    return result;
  }
  if (!host || x.knock.family != Family::ipv4 || x.knock.arrivals.empty()) return std::nullopt;
  const auto& came_by = x.knock.arrivals.front().interface;
  if (came_by.empty() || !x.knock.way_back || x.knock.way_back->empty()) return std::nullopt;
  // A packet for a bridge, a bond or a VLAN is seen on the card below it as well; the kernel looks at the upper one.
  if (std::ranges::any_of(x.knock.arrivals, [&](const auto& arrival) { return arrival.interface == *x.knock.way_back; }))
    return std::nullopt;
  for (std::size_t i = 0; i < host->ipv4_settings.size(); ++i) {
    const auto& settings = host->ipv4_settings[i];
    if (settings.interface != came_by || settings.rp_filter != 1) continue;
    auto result = reply_lost(
        x, Confidence::likely,  // rules by mark, which the kernel asks as well (src_valid_mark), are not seen
        fmt::format("by the interface {}, and its answer would leave by {}: the kernel's strict reverse-path filter drops such packets.",
                    came_by, *x.knock.way_back),
        {pointer("host", "ipv4_settings", i, "rp_filter"), pointer("inbound", "knocks", x.index, "way_back")});
    result.remedies = let_in_by_second_card(x, came_by, *x.knock.way_back);
    if (!result.remedies.empty()) result.title = "This host drops visitors who come by one card and would be answered by another";
    return result;
  }
  return std::nullopt;
}

}  // namespace ringback::diagnosis
