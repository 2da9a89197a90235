#include "diagnosis/stops_here.hpp"

#include "diagnosis/own_filter.hpp"
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
  auto result =
      no(x, StoppedAt::router, "inbound.no-listener", Confidence::certain,
         fmt::format("The home router hands port {} on to port {} of this host, where nothing listens; the service listens on port {}.",
                     x.asked.outside, arrived, meant),
         x.sockets.evidence);
  result.title = "The home router forwards to the wrong port of this host";
  result.remedies = {
      advise("Correct the forward in the home router",
             {"Open the home router's menu and look for \"port forwarding\" or \"port sharing\".",
              fmt::format("In the entry for outside port {}, change the inside port from {} to {}.", x.asked.outside, arrived, meant)})};
  return result;
}

/// A program that has stopped accepting: the kernel drops what its queue has no room for (tcp(7), tcp_abort_on_overflow).
Judgement hangs(const Context& x) {
  auto result =
      no(x, StoppedAt::listener, "inbound.no-listener", Confidence::likely,
         fmt::format("{} listens on port {}/{}, but it takes no more connections: more are waiting than it lets wait.",
                     x.sockets.program.empty() ? "A program" : x.sockets.program, x.service.inside, to_string(x.service.protocol)),
         x.sockets.evidence);
  result.title = "The program that listens takes no more connections";
  result.remedies = {advise_by_steps("Wake the program",
                                     {{"This command shows which program it is.", {{"sudo ss -ltnp {}", fmt::format("sport = :{}", x.service.inside)}}},
                                      {"Restart it with this command; replace NAME by the name of its service (for example nginx).", {{"sudo systemctl restart NAME"}}},
                                      {"If it comes back, look into its log for what it waits for, and whether it is overloaded."}})};
  return result;
}

/// Would anything else than a filter keep silent, for all that was seen? Without a socket the kernel itself would refuse (RFC 9293 §3.10.7.1), and for a
/// program that takes connections it would answer.
std::string what_else_is_silent(const Context& x) {
  if (!x.c.facts.host_known || x.sockets.state == Listening::unknown)
    return "a program that takes no more connections, or an answer that has no way out";
  if (!knows_the_way_back(x)) return "an answer that has no way out";
  return {};
}

Judgement silent_for_no_other_reason(const Context& x) {
  const auto* what = x.sockets.state == Listening::yes ? "nothing left in answer although a program listens" : "nothing left in answer, not even a refusal";
  const auto other = what_else_is_silent(x);
  if (other.empty()) return host_firewall(x, Confidence::likely, fmt::format("{}: a packet filter of this host drops it.", what));
  auto result = host_firewall(x, Confidence::possible, fmt::format("{}: a packet filter of this host may drop it. Not everything about this host was seen, so "
                                                                  "{} would look the same.", what, other));
  result.verdict.stopped_at = StoppedAt::unknown;
  return result;
}

}  // namespace

bool rules_unread(const Context& x) { return !x.filter.walk; }

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
  const auto nobody = fmt::format("Nothing on this host listens on port {}/{}.", port, to_string(x.service.protocol));
  const bool refused = x.sight.left == Left::reset || x.sight.left == Left::unreachable || x.sight.got == Got::refusal;
  if (rules_unread(x) && !refused)
    return no(x, StoppedAt::listener, "inbound.no-listener", Confidence::possible,
              nobody + " But what this host's packet filter does with visitors could not be read: it may drop them before, or pass them on to another port "
                       "or machine.",
              x.sockets.evidence);
  const bool sure = confidence == Confidence::certain && !(x.sockets.doubtful && x.sight.left != Left::reset);
  return no(x, StoppedAt::listener, "inbound.no-listener", sure ? Confidence::certain : Confidence::likely, nobody, x.sockets.evidence);
}

Judgement wrong_bind(const Context& x, Confidence confidence) {
  const auto& where = x.sockets.where;
  const bool of_family = where.find("takes IPv") != std::string::npos;
  return no(x, StoppedAt::listener, "inbound.wrong-bind", confidence,
            fmt::format("{} listens on {}, so visitors{} find nobody.", x.sockets.program.empty() ? "A program" : x.sockets.program, where,
                        !of_family ? "" : x.knock.family == Family::ipv4 ? " over IPv4" : " over IPv6"),
            x.sockets.evidence);
}

Judgement refused_here(const Context& x) {
  if (rejects(x)) return host_firewall(x, Confidence::certain, "this host refused it.");
  if (x.sight.left == Left::unreachable && x.knock.protocol == Protocol::tcp)
    return host_firewall(x, Confidence::certain, "this host answered with an error message of the network's own (ICMP), which for TCP only a packet filter sends.");
  if (auto late = one_too_many(x); late && x.knock.protocol == Protocol::tcp && x.sockets.state == Listening::yes) return *late;
  switch (x.sockets.state) {
    case Listening::nowhere: return no_listener(x, Confidence::certain);
    case Listening::elsewhere: return wrong_bind(x, Confidence::certain);
    case Listening::yes:
      if (accepts(x))
        return unknown(x, nullptr, "The knock arrived and this host refused it, although a program listens and the filter accepts it.");
      if (!x.c.facts.host_known)   // nor by which card the visitor came, while the program may be bound to another one
        return no(x, StoppedAt::unknown, "inbound.host-firewall", Confidence::possible,
                  "The knock arrived and this host refused it although a program listens: a packet filter that rejects, or the program does not listen at the "
                  "card that visitors come by; this host's addresses are unknown.",
                  x.sockets.evidence);
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
              "The knock arrived; whether an answer left is not to be seen, because the capture lost packets.",
              {pointer("inbound", "capture")});
  if (drops(x) || rejects(x)) return host_firewall(x, Confidence::certain, "nothing left in answer.");
  if (x.sockets.state == Listening::yes && x.sockets.busy) return hangs(x);
  if (auto held_back = answer_held_back(x)) return *held_back;
  if (auto late = one_too_many(x)) return *late;
  if (x.sockets.state == Listening::handed_on)
    return handed_on(x, "and nothing came back: that machine is off, or a packet filter stands before it");
  if (x.c.facts.of(x.knock.family).vpn && x.sockets.state != Listening::nowhere)
    return reply_lost(x, Confidence::likely,
                      "and no answer left on the same way: the default route leads into a tunnel, so the answer goes there "
                      "or the reverse-path filter drops the knock.");
  if (accepts(x) && !has_unseen_filter(x.c.evidence)) return kept_out_unseen(x);
  return silent_for_no_other_reason(x);
}

}  // namespace ringback::diagnosis
