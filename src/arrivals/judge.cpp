#include "arrivals/judge.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "net/special_purpose.hpp"

namespace ringback::arrivals {
namespace {

Judged yes(Confidence confidence, std::string detail) {
  return {Reachable::yes, StoppedAt::none, std::nullopt, confidence, std::move(detail)};
}
Judged no(StoppedAt at, const char* cause, Confidence confidence, std::string detail) {
  return {Reachable::no, at, cause, confidence, std::move(detail)};
}
Judged unknown(std::string detail) { return {.detail = std::move(detail)}; }

/// A visitor who is not answered tries again; whoever sends one packet and no more (a scanner, a forged sender) waits for no answer.
bool is_lost(const Attempt& a) { return a.answer == Answer::syn_ack && !a.reached && a.tried_again; }
bool is_nobody(const Attempt& a) { return a.answer == Answer::syn_ack && !a.reached && !a.tried_again && a.answers > 1; }

/// RFC 1812 §5.2.7.1 and RFC 4443 §3.1: "administratively prohibited" and its kin are what filters say.
bool is_prohibition(const Attempt& a) {
  if (!a.icmp_code) return false;
  if (a.family() == Family::ipv4) return *a.icmp_code == 9 || *a.icmp_code == 10 || *a.icmp_code == 13;
  return *a.icmp_code == 1 || *a.icmp_code == 5 || *a.icmp_code == 6;
}

Judged answered_with_error(const Attempt& a) {
  const auto by = a.answered_by.value_or(a.to.address);
  if (by != a.to.address)
    return no(StoppedAt::router, "inbound.not-arriving", Confidence::likely,
              fmt::format("{} answered that it cannot be delivered to {}: the machine behind that address is off, or no rule lets it on.",
                          by.to_string(), a.to.address.to_string()));
  if (a.protocol == Protocol::tcp || is_prohibition(a))
    return no(StoppedAt::host_firewall, "inbound.host-firewall", Confidence::likely,
              fmt::format("{} refused it with an ICMP error, as a packet filter does.", by.to_string()));
  return no(StoppedAt::listener, "inbound.no-listener", Confidence::likely,
            fmt::format("{} answered that no program takes it: nothing is bound to port {}/udp.", by.to_string(), a.to.port));
}

Judged silence(const Attempt& a) {
  if (a.protocol == Protocol::udp)
    return unknown(
        "It arrived and was not answered. Some UDP services answer strangers with silence (WireGuard); whether a program takes it and no "
        "packet filter drops it, the packets do not show.");
  // Behind a translator only the host can be silent. On a public address the capture may stand in front of the router as well.
  if (!is_global(a.to.address))
    return no(StoppedAt::host_firewall, "inbound.host-firewall", Confidence::likely,
              fmt::format(
                  "It arrived for {}, and nothing answered, not even a refusal: a packet filter of that host drops it, or the host is off.",
                  a.to.address.to_string()));
  return no(
      StoppedAt::unknown, "inbound.host-firewall", Confidence::possible,
      fmt::format(
          "It arrived for {}, and nothing answered, not even a refusal. Captured on that host: its packet filter drops it. Captured on the "
          "home router: the router does not let it on.",
          a.to.address.to_string()));
}

Judged open_yet() { return unknown("It had only just arrived when the watch ended."); }

}  // namespace

Judged judge_packets(const Attempt& a) {
  if (!a.settled && a.answer != Answer::syn_ack) return open_yet();
  switch (a.answer) {
    case Answer::datagram:
      return yes(
          Confidence::likely,
          "It arrived and was answered. That is likely and not certain, because nobody knows what went on before the watch began: had this "
          "side written first, the router would let in whatever comes back.");
    case Answer::syn_ack:
      if (a.reached) return yes(Confidence::certain, "It arrived, was answered, and the answer got there: the connection stands.");
      if (is_lost(a))
        return no(StoppedAt::return_path, "inbound.reply-lost", Confidence::likely,
                  "It arrived and was answered, and the answer did not get back to the visitor: both sides repeated themselves.");
      if (is_nobody(a))
        return unknown(
            "It arrived and was answered again and again, and whoever sent it neither took the answer nor tried again: no visitor, or one "
            "who gave up.");
      // Who gets no acknowledgement repeats the SYN-ACK after a second (RFC 6298 §5); a capture of openings alone has none to show.
      if (a.settled) return yes(Confidence::likely, "It arrived and was answered, and the answer was not repeated, so it got there.");
      return unknown("It arrived and was answered; the capture ends before it shows whether the answer got there.");
    case Answer::reset:
      if (is_global(a.to.address))
        return no(
            StoppedAt::listener, "inbound.no-listener", Confidence::possible,
            fmt::format("It arrived and was refused in the name of {}: nothing listens on port {} there, or a packet filter rejects it.",
                        a.to.address.to_string(), a.to.port));
      return no(StoppedAt::listener, "inbound.no-listener", Confidence::likely,
                fmt::format("It arrived and {} refused it: nothing listens on port {}, or a packet filter rejects it.",
                            a.to.address.to_string(), a.to.port));
    case Answer::unreachable: return answered_with_error(a);
    case Answer::none: break;
  }
  return silence(a);
}

void Collected::add(const Attempt& attempt, const Judged& judged) {
  auto& mine = families_[attempt.family() == Family::ipv4 ? 0 : 1];
  auto& tally = mine.tally;
  ++tally.attempts;
  if (!attempt.settled) ++tally.open;
  else if (attempt.reached || attempt.answer == Answer::datagram) ++tally.connected;
  else if (is_lost(attempt)) ++tally.lost;
  else if (attempt.answer == Answer::syn_ack) ++tally.answered;
  else if (attempt.answer == Answer::none) ++tally.silent;
  else ++tally.refused;
  const bool better = judged.reachable == Reachable::yes && (!mine.good || judged.confidence >= mine.good->confidence);
  if (better) mine.good = judged;
  // What could not be told does not displace what could.
  if (!mine.latest || judged.reachable != Reachable::unknown || mine.latest->reachable == Reachable::unknown) mine.latest = judged;
}

std::optional<Judged> Collected::judged(Family family) const {
  const auto& mine = of(family);
  return mine.good ? mine.good : mine.latest;
}

Judged as_far_as_seen(Judged judged, const Counts& counts) {
  if (counts.untracked == 0 || judged.reachable != Reachable::no) return judged;
  return unknown(fmt::format("More came than could be followed: {} attempts were passed over, and a visitor who got in may be among them.",
                             counts.untracked));
}

Judged nothing_arrived(Family family) {
  return {.cause = "inbound.untested",
          .detail = fmt::format("Nothing arrived from outside over {}. That proves nothing as long as nobody has tried.",
                                family == Family::ipv4 ? "IPv4" : "IPv6")};
}

int exit_status(const std::vector<Outcome>& outcomes) {
  const auto any = [&](Reachable reachable) {
    return std::ranges::any_of(outcomes, [&](const Outcome& one) { return one.verdict.reachable == reachable; });
  };
  return any(Reachable::no) ? 2 : any(Reachable::yes) ? 0 : 3;
}

}  // namespace ringback::arrivals
