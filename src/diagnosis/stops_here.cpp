#include "diagnosis/stops_here.hpp"

#include <algorithm>

#include "diagnosis/answer_lost.hpp"
#include "diagnosis/shell_command.hpp"

namespace ringback::diagnosis {
namespace {

Judgement say(const Context& x, Reachable reachable, StoppedAt at, const char* cause, Confidence confidence, std::string detail) {
  Judgement result;
  result.verdict = {x.service, x.knock.family, reachable, at, cause ? std::optional<std::string>(cause) : std::nullopt, confidence};
  result.detail = std::move(detail);
  result.evidence = {pointer("inbound", "knocks", x.index)};
  return result;
}

/// The router hands the knock to a port of this host where nobody is, while the service waits on the one that was named.
std::optional<Judgement> wrong_inside_port(const Context& x) {
  const auto meant = x.asked.inside;
  const auto arrived = x.service.inside;
  if (meant == arrived || sockets_for(x.c, x.asked, x.knock.family, {}).state != Listening::yes) return std::nullopt;
  auto result = no(x, StoppedAt::router, "inbound.no-listener", Confidence::certain,
                   fmt::format("The home router hands port {} on to port {} of this host, where nothing listens; the service listens on port {}.",
                               x.asked.outside, arrived, meant),
                   x.sockets.evidence);
  result.title = "The home router forwards to the wrong port of this host";
  result.remedies = {advise("Correct the forward in the home router",
                            {"Open the home router's menu and look for \"port forwarding\" or \"port sharing\".",
                             fmt::format("In the entry for outside port {}, change the inside port from {} to {}.", x.asked.outside, arrived, meant)})};
  return result;
}

/// A rule passes the knock on, and what came of it there this host does not show.
Judgement handed_on(const Context& x, const std::string& what) {
  auto result = no(x, StoppedAt::unknown, "inbound.no-listener", Confidence::possible,
                   fmt::format("A rule of this host passes the knock on to {}, {}.", x.sockets.where, what), x.sockets.evidence);
  result.title = "Nobody answers where this host passes the port on to";
  result.remedies = {advise("Look at the container or virtual machine",
                            {fmt::format("This host passes the port on to {}. See whether a container or virtual machine with that address runs; with Docker, the "
                                         "commands below list them and publish their ports anew (replace NAME).", plain_or(x.sockets.where, "another machine")),
                             "If none has that address any more, the rule is left over: the last command lists the rules with their numbers (handles), and sudo "
                             "nft delete rule FAMILY TABLE CHAIN handle NUMBER deletes the one with that address."},
                            {{"docker ps"}, {"docker restart NAME"}, {"sudo nft -a list ruleset"}})};
  return result;
}

/// A program that has stopped accepting: the kernel drops what its queue has no room for (tcp(7), tcp_abort_on_overflow).
Judgement hangs(const Context& x) {
  auto result = no(x, StoppedAt::listener, "inbound.no-listener", Confidence::likely,
                   fmt::format("{} listens on port {}/{}, but it takes no more connections: more are waiting than it lets wait.",
                               x.sockets.program.empty() ? "A program" : x.sockets.program, x.service.inside, to_string(x.service.protocol)),
                   x.sockets.evidence);
  result.title = "The program that listens takes no more connections";
  result.remedies = {advise("Wake the program",
                            {"Restart it with the second command; replace NAME by its name (for example nginx).",
                             "If it comes back, look into its log for what it waits for, and whether it is overloaded."},
                            {{"sudo ss -ltnp {}", fmt::format("sport = :{}", x.service.inside)}, {"sudo systemctl restart NAME"}})};
  return result;
}

}  // namespace

Judgement yes(const Context& x, Confidence confidence, std::string detail) {
  return say(x, Reachable::yes, StoppedAt::none, nullptr, confidence, std::move(detail));
}

Judgement no(const Context& x, StoppedAt at, const char* cause, Confidence confidence, std::string detail, const Pointers& more) {
  auto result = say(x, Reachable::no, at, cause, confidence, std::move(detail));
  cite(result.evidence, more);
  return result;
}

Judgement unknown(const Context& x, const char* cause, std::string detail) {
  return say(x, Reachable::unknown, StoppedAt::unknown, cause, Confidence::possible, std::move(detail));
}

Judgement no_listener(const Context& x, Confidence confidence) {
  if (auto wrong = wrong_inside_port(x)) return *wrong;
  const auto port = x.service.inside;
  const bool sure = confidence == Confidence::certain && !(x.sockets.doubtful && x.sight.left != Left::reset);
  return no(x, StoppedAt::listener, "inbound.no-listener", sure ? Confidence::certain : Confidence::likely,
            fmt::format("Nothing on this host listens on port {}/{}.", port, to_string(x.service.protocol)), x.sockets.evidence);
}

Judgement wrong_bind(const Context& x, Confidence confidence) {
  return no(x, StoppedAt::listener, "inbound.wrong-bind", confidence,
            fmt::format("{} listens on {}, so visitors over {} find nobody.", x.sockets.program.empty() ? "A program" : x.sockets.program,
                        x.sockets.where, x.knock.family == Family::ipv4 ? "IPv4" : "IPv6"),
            x.sockets.evidence);
}

Judgement host_firewall(const Context& x, Confidence confidence, const std::string& why) {
  auto detail = "The knock arrived at this host's network card, and " + why;
  if (x.filter.walk && (x.filter.action == filter::Action::drop || x.filter.action == filter::Action::reject))
    detail += fmt::format(" The packet filter {}s it: {}.", to_string(x.filter.action), rule_in_words(*x.filter.walk));
  else if (x.filter.walk && !x.filter.walk->unclear.empty())
    detail += fmt::format(" It may be this rule, whose condition could not be evaluated: {}.", x.filter.walk->unclear.front());
  return no(x, StoppedAt::host_firewall, "inbound.host-firewall", confidence, detail, x.filter.evidence);
}

namespace {

/// A rule for what leaves this host drops the answer: a packet so dropped is not seen on the card.
std::optional<Judgement> answer_held_back(const Context& x) {
  const auto& filter = x.filter;
  const bool may_get_in = filter.action == filter::Action::accept || filter.action == filter::Action::unknown;
  if (!filter.held_back || !may_get_in || x.knock.protocol != Protocol::tcp) return std::nullopt;
  const bool answered = x.sockets.state == Listening::yes && !has_unseen_filter(x.c.evidence);
  if (!answered && x.sockets.state != Listening::handed_on) return std::nullopt;
  auto result = no(x, StoppedAt::host_firewall, "inbound.host-firewall", answered ? Confidence::certain : Confidence::likely,
                   fmt::format("The knock arrived at this host's network card, and nothing left in answer. The packet filter {}s the answer on its way out: {}.",
                               to_string(filter.held_back->action), rule_in_words(*filter.held_back)),
                   filter.held_back_evidence);
  cite(result.evidence, filter.evidence);
  result.title = "This host's own firewall keeps its answers to visitors in";
  return result;
}

}  // namespace

Judgement reply_lost(const Context& x, Confidence confidence, const std::string& why, Pointers more) {
  if (x.c.facts.of(x.knock.family).vpn) cite(more, pointer("host", to_string(x.knock.family)));
  return no(x, StoppedAt::return_path, "inbound.reply-lost", confidence, "The knock arrived at this host, " + why, more);
}

namespace {

/// The kernel asked for the gateway's hardware address and nobody said (RFC 826, RFC 4861 §7.3.3): what is sent by it never leaves.
std::optional<Judgement> gateway_is_gone(const Context& x) {
  const auto& host = x.c.evidence.host;
  if (!host || !x.knock.way_back_by || !x.knock.way_back) return std::nullopt;
  for (std::size_t i = 0; i < host->neighbours.size(); ++i) {
    const auto& neighbour = host->neighbours[i];
    if (neighbour.address != *x.knock.way_back_by || neighbour.interface != *x.knock.way_back || neighbour.mac) continue;
    const auto interface = std::ranges::find(host->interfaces, neighbour.interface, &Interface::name);
    if (interface == host->interfaces.end() || !interface->mac) continue;   // a tunnel has no such addresses
    auto result = reply_lost(x, Confidence::certain,
                             fmt::format("and this host answers by the gateway {} on {}, which is not there: nobody tells its hardware address.",
                                         neighbour.address.to_string(), neighbour.interface),
                             {pointer("inbound", "knocks", x.index, "way_back_by"), pointer("host", "neighbours", i)});
    result.title = "This host answers visitors by a gateway that is not there";
    result.remedies = {advise("Take the way by the dead gateway out",
                              {fmt::format("The first two commands list the rules and the routes of every table; look for {}.", neighbour.address.to_string()),
                               "It is often left over from an earlier router or a VPN. Delete the rule or the route where it was set up (the network settings, or a "
                               "script), or put the present router's address in its place.",
                               "The last command says which way an answer takes; replace VISITOR by an address on the internet."},
                              {{"ip rule show"}, {"ip route show table all"},
                               {"ip route get VISITOR from {} ipproto {} sport {}", x.knock.arrivals.front().to.address,
                                std::string_view(x.knock.protocol == Protocol::udp ? "udp" : "tcp"), unsigned{x.service.inside}}})};
    return result;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Judgement> no_way_back(const Context& x) {
  const auto& host = x.c.evidence.host;
  if (auto gone = gateway_is_gone(x)) return gone;
  const bool ours = !x.knock.arrivals.empty() && x.c.facts.find_own(x.knock.arrivals.front().to.address);
  if (x.knock.way_back == "" && ours) {
    auto result = reply_lost(x, Confidence::certain, "and no route of this host leads back to where it came from.", {pointer("inbound", "knocks", x.index, "way_back")});
    result.title = "This host has no way back to its visitors";
    result.remedies = find_what_swallows(x);
    return result;
  }
  if (!host || x.knock.family != Family::ipv4 || x.knock.arrivals.empty()) return std::nullopt;
  const auto& came_by = x.knock.arrivals.front().interface;
  if (came_by.empty() || !x.knock.way_back || x.knock.way_back->empty()) return std::nullopt;
  // A packet for a bridge, a bond or a VLAN is seen on the card below it as well; the kernel looks at the upper one.
  if (std::ranges::any_of(x.knock.arrivals, [&](const auto& arrival) { return arrival.interface == *x.knock.way_back; })) return std::nullopt;
  for (std::size_t i = 0; i < host->ipv4_settings.size(); ++i) {
    const auto& settings = host->ipv4_settings[i];
    if (settings.interface != came_by || settings.rp_filter != 1) continue;
    auto result = reply_lost(x, Confidence::likely,   // rules by mark, which the kernel asks as well (src_valid_mark), are not seen
                             fmt::format("by the interface {}, and its answer would leave by {}: the kernel's strict reverse-path filter drops such packets.", came_by,
                                         *x.knock.way_back),
                             {pointer("host", "ipv4_settings", i, "rp_filter"), pointer("inbound", "knocks", x.index, "way_back")});
    result.remedies = let_in_by_second_card(x, came_by, *x.knock.way_back);
    if (!result.remedies.empty()) result.title = "This host drops visitors who come by one card and would be answered by another";
    return result;
  }
  return std::nullopt;
}

Judgement refused_here(const Context& x) {
  if (rejects(x)) return host_firewall(x, Confidence::certain, "this host refused it.");
  if (x.sight.left == Left::unreachable && x.knock.protocol == Protocol::tcp)
    return host_firewall(x, Confidence::certain, "this host answered with an ICMP error, which for TCP only a packet filter sends.");
  switch (x.sockets.state) {
    case Listening::nowhere: return no_listener(x, Confidence::certain);
    case Listening::elsewhere: return wrong_bind(x, Confidence::certain);
    case Listening::yes:
      if (accepts(x)) return unknown(x, nullptr, "The knock arrived and this host refused it, although a program listens and the filter accepts it.");
      return host_firewall(x, Confidence::likely, "this host refused it although a program listens: a packet filter that rejects.");
    case Listening::handed_on: return handed_on(x, "and it was refused there: nothing listens, or a packet filter rejects");
    case Listening::unknown: break;
  }
  return no(x, StoppedAt::unknown, "inbound.no-listener", Confidence::possible,
            "The knock arrived and this host refused it: nothing listens, or the packet filter rejects it; neither could be read.");
}

Judgement silent_here(const Context& x) {
  if (auto reverse_path = no_way_back(x)) return *reverse_path;
  if (x.sight.left == Left::unknown && !drops(x) && !rejects(x))
    return no(x, StoppedAt::unknown, "measure.lossy", Confidence::likely,
              "The knock arrived; whether an answer left is not to be seen, because the capture lost packets.", {pointer("inbound", "capture")});
  if (drops(x) || rejects(x)) return host_firewall(x, Confidence::certain, "nothing left in answer.");
  if (x.sockets.state == Listening::yes && x.sockets.busy) return hangs(x);
  if (auto held_back = answer_held_back(x)) return *held_back;
  if (x.sockets.state == Listening::handed_on) return handed_on(x, "and nothing came back: that machine is off, or a packet filter stands before it");
  const bool listener_is_sure = x.sockets.state == Listening::yes;
  if (x.c.facts.of(x.knock.family).vpn && x.sockets.state != Listening::nowhere)
    return reply_lost(x, Confidence::likely, "and no answer left on the same way: the default route leads into a tunnel, so the answer goes there "
                                             "or the reverse-path filter drops the knock.");
  if (accepts(x) && !has_unseen_filter(x.c.evidence)) {
    if (x.sockets.ready)
      return host_firewall(x, Confidence::likely, "nothing left in answer, although a program is ready and the rules for incoming packets accept it: another "
                                                  "filter of this host, such as one for outgoing packets.");
    auto result = no(x, StoppedAt::unknown, "inbound.host-firewall", Confidence::possible,
                     "The knock arrived at this host's network card, and nothing left in answer, although the readable rules accept it: another filter, or a "
                     "program that does not accept connections.", x.filter.evidence);
    result.title = "Something on this host keeps visitors out";
    return result;
  }
  // Without a socket the kernel itself would refuse (RFC 9293 §3.10.7.1), so silence is a filter either way.
  return host_firewall(x, Confidence::likely,
                       listener_is_sure ? "nothing left in answer although a program listens: a packet filter of this host drops it."
                                        : "nothing left in answer, not even a refusal: a packet filter of this host drops it.");
}

}  // namespace ringback::diagnosis
