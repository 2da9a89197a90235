#include "probes/inbound/correlate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "net/special_purpose.hpp"

namespace ringback::inbound {
namespace {

constexpr std::size_t most_kept = 16;

bool is_icmp(std::uint8_t protocol) { return protocol == wire::ip_icmp || protocol == wire::ip_icmpv6; }
bool is_echo_request(const wire::Transport& t) {
  return (t.protocol == wire::ip_icmp && t.icmp_type == 8) || (t.protocol == wire::ip_icmpv6 && t.icmp_type == 128);
}
bool is_echo_reply(const wire::Transport& t) {
  return (t.protocol == wire::ip_icmp && t.icmp_type == 0) || (t.protocol == wire::ip_icmpv6 && t.icmp_type == 129);
}
bool is_unreachable(const wire::Transport& t) {
  return (t.protocol == wire::ip_icmp && t.icmp_type == 3) || (t.protocol == wire::ip_icmpv6 && t.icmp_type == 1);
}

bool speaks(Protocol protocol, const wire::Transport& t) {
  switch (protocol) {
    case Protocol::tcp: return t.protocol == wire::ip_tcp;
    case Protocol::udp: return t.protocol == wire::ip_udp;
    case Protocol::icmp: return is_icmp(t.protocol);
  }
  return false;
}

bool one_of(const std::vector<Port>& ports, Port port) { return std::ranges::find(ports, port) != ports.end(); }

/// What makes an incoming packet the first one of a knock.
enum class Mark {
  none,          ///< nothing: it belongs to somebody else
  source,        ///< the announced address and port, or the nonce with the announced address
  nonce,         ///< the nonce alone: a router translated the source
  port,          ///< an announced port alone, which is no proof by itself
};

/// A TCP opening carries no nonce. A router that translates the source as well puts its own address there, a private one, and over IPv4
/// alone; whatever else has an announced port is a stranger who happens to have it.
Mark mark_of_opening(const Knock& knock, const Announcement& line, const Sighting& s) {
  const auto& t = s.packet.transport;
  if (!t.flags.syn || t.flags.ack || t.flags.rst || !one_of(line.ports, t.source)) return Mark::none;
  // A router that translates the destination may change the port; where nothing was translated it is the one that was knocked on.
  if (s.packet.destination == knock.target && t.destination != knock.port) return Mark::none;
  if (s.packet.source == line.source.address) return Mark::source;
  const bool to_service = t.destination == knock.port || (knock.service && t.destination == knock.service->inside);
  return to_service && s.packet.source.is_v4() && !is_global(s.packet.source) ? Mark::port : Mark::none;
}

Mark mark_of(const Knock& knock, const Announcement& line, const Sighting& s) {
  const auto& t = s.packet.transport;
  if (s.outgoing || s.packet.source.family() != knock.family || !speaks(knock.protocol, t)) return Mark::none;
  if (knock.protocol == Protocol::tcp) return mark_of_opening(knock, line, s);
  if (knock.protocol == Protocol::icmp && !is_echo_request(t)) return Mark::none;
  if (s.payload.find(line.nonce) == std::string::npos) return Mark::none;
  return s.packet.source == line.source.address ? Mark::source : Mark::nonce;
}

/// Was this address proven to stand for the vantage point's?
bool is_known_in_its_place(const Knock& knock, const Address& source) {
  return std::ranges::any_of(knock.arrivals, [&](const Arrival& a) { return a.source_rewritten && a.from.address == source; });
}

Arrival arrival_of(const Knock& knock, const Sighting& s, microseconds after, bool rewritten) {
  const auto& t = s.packet.transport;
  const bool icmp = knock.protocol == Protocol::icmp;
  return {.after_announce = after,
          .from = {s.packet.source, icmp ? t.icmp_identifier : t.source},
          .to = {s.packet.destination, icmp ? Port{0} : t.destination},
          .hop_limit = s.packet.hop_limit,
          .interface = s.interface,
          .source_rewritten = rewritten,
          .mss = t.mss ? std::optional<unsigned>(*t.mss) : std::nullopt};
}

/// The other end of an outgoing packet, and what it is in answer to a packet from there.
struct Reply {
  Endpoint to;
  Departure departure;
};

std::optional<Reply> reply_of(const Knock& knock, const Announcement& line, const Sighting& s) {
  const auto& t = s.packet.transport;
  if (!s.outgoing || s.packet.source.family() != knock.family) return std::nullopt;
  Reply r{.to = {s.packet.destination, t.destination}, .departure = {.interface = s.interface}};
  if (is_unreachable(t) && s.packet.quoted && speaks(knock.protocol, s.packet.quoted->transport)) {
    r.to = {s.packet.quoted->source, s.packet.quoted->transport.source};
    r.departure.kind = DepartureKind::unreachable;
    r.departure.icmp_code = t.icmp_code;
    return r;
  }
  if (!speaks(knock.protocol, t)) return std::nullopt;
  switch (knock.protocol) {
    case Protocol::icmp:
      r.departure.kind = DepartureKind::echo_reply;
      return is_echo_reply(t) && s.payload.find(line.nonce) != std::string::npos ? std::optional(r) : std::nullopt;
    case Protocol::udp: r.departure.kind = DepartureKind::datagram; return r;
    case Protocol::tcp:
      r.departure.kind = t.flags.rst ? DepartureKind::reset : DepartureKind::syn_ack;
      return t.flags.rst || (t.flags.syn && t.flags.ack) ? std::optional(r) : std::nullopt;
  }
  return std::nullopt;
}

/// Does it go back to where the knock came from (as it arrived, translated or not)?
bool returns_to_knocker(const Knock& knock, const Announcement& line, const Endpoint& to) {
  if (to.address == line.source.address && (knock.protocol == Protocol::icmp || one_of(line.ports, to.port))) return true;
  return std::ranges::find(knock.arrivals, to, &Arrival::from) != knock.arrivals.end();
}

/// Did the vantage point get what this host sent, and after this arrived?
bool is_what_it_got(const Knock& knock, const Arrival& came, DepartureKind sent) {
  if (!knock.result || (knock.result_time && came.after_announce >= *knock.result_time + milliseconds(1))) return false;
  switch (*knock.result) {
    case Result::connected: return sent == DepartureKind::syn_ack;
    case Result::refused: return sent == DepartureKind::reset;
    case Result::reset: return sent == DepartureKind::syn_ack || sent == DepartureKind::reset;
    case Result::unreachable: return sent == DepartureKind::unreachable;
    default: return false;
  }
}

bool is_proven(const Knock& knock, const Unproven& unproven, const Arrival& one) {
  if (is_known_in_its_place(knock, one.from.address)) return true;
  const auto by_another_port = [&](const Arrival& other) {
    return other.from.address == one.from.address && other.from.port != one.from.port;
  };
  const auto with_its_answer = [&](const std::pair<Endpoint, Departure>& answer) {
    return answer.first == one.from && is_what_it_got(knock, one, answer.second.kind);
  };
  return std::ranges::any_of(unproven.arrivals, by_another_port) || std::ranges::any_of(unproven.answers, with_its_answer);
}

/// Of the internet, and not of this home: a hairpin that a router turned around has the address that was knocked on.
bool is_stranger(const Knock& knock, const wire::Packet& packet) {
  constexpr unsigned household_length = 48;   // the most that a household gets, RFC 6177 §2
  if (!is_global(packet.source) || packet.source == knock.target) return false;
  return packet.source.is_v4() || !Prefix(packet.destination, household_length).contains(packet.source);
}

}  // namespace

Expected<Sighting> sight(const io::CapturedPacket& captured) {
  const auto packet = wire::parse_packet(captured.bytes);
  if (!packet) return tl::unexpected(packet.error());
  const auto kept = packet->payload.first(std::min<std::size_t>(packet->payload.size(), 128));
  Sighting s{captured.at, captured.outgoing, captured.interface.value_or(""), *packet,
             std::string(reinterpret_cast<const char*>(kept.data()), kept.size())};
  s.packet.payload = {};
  return s;
}

void correlate(Knock& knock, Announced& announced, const Sighting& s) {
  const auto& line = announced.line;
  auto& unproven = announced.unproven;
  const auto after = std::chrono::duration_cast<microseconds>(s.at - announced.at);
  if (const auto mark = mark_of(knock, line, s); mark != Mark::none) {
    const bool sure = mark != Mark::port || is_known_in_its_place(knock, s.packet.source);
    auto& arrivals = sure ? knock.arrivals : unproven.arrivals;
    if (arrivals.size() < most_kept) arrivals.push_back(arrival_of(knock, s, after, mark != Mark::source));
    return;
  }
  auto left = reply_of(knock, line, s);
  if (!left) return;
  left->departure.after_announce = after;
  if (returns_to_knocker(knock, line, left->to)) {
    if (knock.departures.size() < most_kept) knock.departures.push_back(std::move(left->departure));
  } else if (std::ranges::find(unproven.arrivals, left->to, &Arrival::from) != unproven.arrivals.end()) {
    if (unproven.answers.size() < most_kept) unproven.answers.emplace_back(left->to, std::move(left->departure));
  }
}

void prove(Knock& knock, Announced& announced) {
  const auto before = std::exchange(announced.unproven, {});
  auto& [arrivals, answers] = announced.unproven;
  for (const auto& one : before.arrivals) {
    auto& to = is_proven(knock, before, one) ? knock.arrivals : arrivals;
    if (to.size() < most_kept) to.push_back(one);
  }
  for (const auto& [to, departure] : before.answers) {
    if (!is_known_in_its_place(knock, to.address)) answers.emplace_back(to, departure);
    else if (knock.departures.size() < most_kept) knock.departures.push_back(departure);
  }
}

void correlate_unannounced(Knock& knock, Instant began, const Sighting& s) {
  const auto& t = s.packet.transport;
  if (s.at < began || t.protocol != wire::ip_tcp || s.packet.source.family() != knock.family) return;
  const auto after = std::chrono::duration_cast<microseconds>(s.at - began);
  if (!s.outgoing) {
    const bool ours = t.destination == knock.port || (knock.service && t.destination == knock.service->inside);
    if (!t.flags.syn || t.flags.ack || t.flags.rst || !ours || !is_stranger(knock, s.packet) || knock.arrivals.size() >= most_kept) return;
    knock.arrivals.push_back({.after_announce = after,
                              .from = {s.packet.source, t.source},
                              .to = {s.packet.destination, t.destination},
                              .hop_limit = s.packet.hop_limit,
                              .interface = s.interface,
                              .mss = t.mss ? std::optional<unsigned>(*t.mss) : std::nullopt});
    return;
  }
  const Endpoint to{s.packet.destination, t.destination};
  if (std::ranges::find(knock.arrivals, to, &Arrival::from) == knock.arrivals.end() || knock.departures.size() >= most_kept) return;
  if (t.flags.rst || (t.flags.syn && t.flags.ack))
    knock.departures.push_back({.after_announce = after, .kind = t.flags.rst ? DepartureKind::reset : DepartureKind::syn_ack, .interface = s.interface});
}

std::string filter_expression(const InboundPlan& plan) {
  // Openings and resets on every port: a router may translate the port to one that nobody named. Data segments of a busy service would
  // only crowd out the knocks. Bytes 13 and 40+13 are the TCP flags (SYN 2, RST 4); "ring" starts the payload of a UDP knock.
  std::set<std::string> terms{"icmp", "icmp6", "tcp[13] & 6 != 0", "(ip6[6] == 6 and ip6[53] & 6 != 0)", "udp[8:4] == 0x72696e67",
                              "(ip6[6] == 17 and ip6[48:4] == 0x72696e67)"};
  for (const auto* services : {&plan.services, &plan.exposure})
    for (const auto& service : *services)
      if (service.protocol == Protocol::udp)
        for (const auto port : {service.outside, service.inside}) terms.insert(fmt::format("udp src port {}", port));
  // The filter machine does not walk IPv6 extension headers (next header 0, 43, 44, 60): such packets are looked at afterwards.
  return fmt::format("{} or (ip6 and (ip6[6] == 0 or ip6[6] == 43 or ip6[6] == 44 or ip6[6] == 60))", fmt::join(terms, " or "));
}

bool worth_keeping(const Sighting& sighting, const std::vector<Address>& knockers) {
  const auto& t = sighting.packet.transport;
  if (t.protocol == wire::ip_tcp) return t.flags.syn || t.flags.rst;
  if (t.protocol != wire::ip_udp) return is_icmp(t.protocol);
  return sighting.outgoing ? std::ranges::find(knockers, sighting.packet.destination) != knockers.end()
                           : sighting.payload.starts_with("ringback-knock ");
}

}  // namespace ringback::inbound
