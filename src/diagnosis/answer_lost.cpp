#include "diagnosis/answer_lost.hpp"

#include <algorithm>
#include <map>

#include "diagnosis/own_command.hpp"
#include "diagnosis/system_commands.hpp"

namespace ringback::diagnosis {
namespace {

const inbound::Arrival* first_arrival(const Context& x) { return x.knock.arrivals.empty() ? nullptr : &x.knock.arrivals.front(); }

/// An answer by a bridge is seen on the card below it as well: one that leaves where the visitor came is enough.
bool left_where_it_came(const Context& x) {
  return std::ranges::any_of(x.knock.departures, [&](const inbound::Departure& departure) {
    return !departure.interface.empty() &&
           std::ranges::any_of(x.knock.arrivals, [&](const inbound::Arrival& arrival) { return arrival.interface == departure.interface; });
  });
}

Command which_way(const Context& x) {
  const auto port = unsigned{x.service.inside};
  const auto protocol = std::string_view(x.knock.protocol == Protocol::udp ? "udp" : "tcp");
  return {"ip route get VISITOR from {} ipproto {} sport {}", x.knock.arrivals.front().to.address, protocol, port};
}

/// Whom this host hands its answers to, over each family over which they get lost: the advice for both is the same, and given once.
std::vector<std::string> handed_to(const Context& x) {
  std::vector<std::string> result;
  for (const auto& knock : x.c.evidence.inbound->knocks) {
    const bool lost = knock.result == x.knock.result && !knock.departures.empty() && !knock.arrivals.empty();
    if (!lost || knock.service != x.knock.service || knock.protocol != x.knock.protocol || result.size() == 4) continue;
    const auto by = knock.way_back_by ? knock.way_back_by : x.c.facts.of(knock.family).gateway;
    if (by && std::ranges::find(result, by->to_string()) == result.end()) result.push_back(by->to_string());
  }
  return result;
}

Step try_by_phone(const Context& x) {
  return {"Let a phone with Wi-Fi switched off try, while this command watches. If the phone gets in, the way to the vantage point (the helper "
          "that knocks from outside) alone is broken.",
          {watch_command(x.asked)}};
}

std::vector<Remedy> beyond_this_host(const Context& x) {
  if (!has_home_router(x.c))
    return {advise_by_steps("Find out where the provider loses the answer",
                            {try_by_phone(x),
                             {"No home router stands in front of this host. Look for a firewall in the provider's customer area, or in the menu of a "
                              "modem, that stops what goes out."},
                             {"If there is none, tell the provider's support that answers leave this host and do not get there."}})};
  std::vector<Step> steps;
  const auto gateways = handed_to(x);
  if (!gateways.empty())
    steps.push_back({fmt::format("This host hands its answers to {}. If that is not the home router that lets the visitors in, but another "
                                "box of the home network, answers take another way than visitors came, and that box may drop them: make "
                                "the home router the one that this host sends everything to (its default gateway).",
                                 fmt::join(gateways, " and "))});
  steps.push_back(try_by_phone(x));
  steps.push_back({"Restart the home router, and run ringback again: a router that has forgotten the connection drops its answers."});
  steps.push_back({"Look in its menu for a second line (such as mobile as a fallback), a VPN, or a rule that stops what goes out to the "
                   "internet, and switch it off for a try."});
  steps.push_back({"If the router can record packets on its internet side (a FRITZ!Box does, at http://fritz.box/html/capture.html), do "
                   "so while somebody tries to get in: this command says whether the answer leaves the router (put the record's name in "
                   "place of FILE). If it does, the provider loses it: tell its support so.",
                   {{"ringback read FILE"}}});
  return {advise_by_steps("Find out whether the router or the provider loses the answer", steps)};
}

}  // namespace

bool answers_leave_elsewhere(const Context& x) {
  if (left_where_it_came(x)) return false;
  const auto& family = x.c.facts.of(x.knock.family);
  if (family.vpn) return true;
  return !x.knock.departures.empty() && std::ranges::all_of(x.knock.departures, [&](const auto& departure) {
    return !family.facing.empty() && !departure.interface.empty() && departure.interface != family.facing;
  });
}

/// A line that loses one packet in five loses three answers in a row less than once in a hundred times, and as rarely are no more than
/// three sent: the vantage point knocks five times, and this host repeats itself. Where the answers take a way of their own, one is enough.
bool lost_by_chance(const Context& x) {
  constexpr std::ptrdiff_t enough = 3;
  std::map<std::string, std::ptrdiff_t> by_card;   // a bridge and the card below it show the same answer
  for (const auto& departure : x.knock.departures)
    if (departure.kind == inbound::DepartureKind::syn_ack || departure.kind == inbound::DepartureKind::datagram) ++by_card[departure.interface];
  std::ptrdiff_t answers = 0;
  for (const auto& [card, count] : by_card) answers = std::max(answers, count);
  return answers < enough && !answers_leave_elsewhere(x);
}

namespace {

bool is_tunnel(const Context& x, const std::string& name) {
  const auto& all = x.c.evidence.host ? x.c.evidence.host->interfaces : std::vector<Interface>();
  const auto found = std::ranges::find(all, name, &Interface::name);
  return found != all.end() && found->tunnel;
}

}  // namespace

Judgement answer_lost(const Context& x) {
  const auto& left_by = x.knock.departures.front().interface;
  if (answers_leave_elsewhere(x)) {
    const auto& came_by = x.knock.arrivals.front().interface;
    const bool told = !left_by.empty() && !came_by.empty() && left_by != came_by;
    auto result = reply_lost(x, Confidence::certain,
                      told ? fmt::format("which answered it through {} and not through {}, by which it came; the answer never reached the "
                                         "vantage point (the helper that knocks from outside).", left_by, came_by)
                           : std::string("which answered it, and the answer never reached the vantage point (the helper that knocks from outside)."));
    if (is_tunnel(x, left_by)) result.title = "This host answers, but the answer leaves through the VPN and gets lost";
    return result;
  }
  const auto through = left_by.empty() ? std::string() : fmt::format(" through {}", left_by);
  const bool router = has_home_router(x.c);
  auto result = reply_lost(x, Confidence::likely,
                           fmt::format("and the answer left this host correctly{}, the way that the knock came. It was lost behind this "
                                       "host: in {}, or at the provider.", through, router ? "the home router" : "a modem"));
  result.title = fmt::format("This host answers, but the answer gets lost behind it, in {} or at the provider", router ? "the router" : "a modem");
  result.remedies = beyond_this_host(x);
  return result;
}

std::vector<Remedy> let_in_by_second_card(const Context& x, const std::string& came_by, const std::string& answered_by) {
  const auto& interfaces = x.c.evidence.host->interfaces;
  const auto way_back = std::ranges::find(interfaces, answered_by, &Interface::name);
  if (!first_arrival(x) || (way_back != interfaces.end() &&
                            way_back->tunnel)) return {};   // the general advice lets answers out beside a tunnel
  // sysctl(8): behind a first slash, dots belong to the name.
  const auto setting = fmt::format("net/ipv4/conf/{}/rp_filter=2", came_by);
  const auto system = describe_system(x.c);
  std::vector<Remedy> result{
      advise_by_steps("Let this host take visitors who come by one card and are answered by another",
                      {{fmt::format("Linux drops what comes by {} from an address that it would answer by {} (its reverse-path filter, a guard "
                                   "against forged senders, is set to 1: strict). This command sets it to 2: it then drops only what it has no "
                                   "way back to at all.",
                                   plain_or(came_by, "the one card"), plain_or(answered_by, "another")),
                        {{"sudo sysctl -w {}", setting}}},
                       {"This command keeps that after a restart.", {{"echo {} | sudo tee /etc/sysctl.d/60-reverse-path.conf", setting}}}})};
  if (system.ipv4 && system.ipv4 != first_arrival(x)->to.address)
    result.push_back(advise("Forward to the card that answers leave by",
                            {fmt::format("In the home router's menu, change the forward of port {} from {} to {}, this host's address on "
                                         "{}.", x.asked.outside,
                                         first_arrival(x)->to.address.to_string(), system.ipv4->to_string(),
                                             system.shown_interface(Family::ipv4))}));
  return result;
}

std::vector<Remedy> find_what_swallows(const Context& x) {
  const auto six = x.knock.family == Family::ipv6;
  return {advise_by_steps("Take out the rule or the route that swallows the answers",
                          {{"The first command lists by which rules this host chooses a way, the second one all ways (routes): look for the words blackhole, "
                            "unreachable and prohibit.",
                            {six ? Command{"ip -6 rule show"} : Command{"ip rule show"},
                             six ? Command{"ip -6 route show table all"} : Command{"ip route show table all"}}},
                           {"Programs that shut visitors out make such entries (fail2ban, a VPN's kill switch). Delete the entry where it was set "
                            "up."},
                           {"This command says which way an answer takes; replace VISITOR by an address on the internet.", {which_way(x)}}})};
}

}  // namespace ringback::diagnosis
