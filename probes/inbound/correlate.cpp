#include "probes/inbound/correlate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

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

/// Is this the first packet of the knock, coming in? A router may have translated its source: the announced port, or the nonce in the
/// payload, still gives it away.
std::optional<bool> arrival_with_rewritten_source(const Knock& knock, const Announcement& line, const Sighting& s) {
  const auto& t = s.packet.transport;
  if (s.outgoing || s.packet.source.family() != knock.family || !speaks(knock.protocol, t)) return std::nullopt;
  const bool same_source = s.packet.source == line.source.address;
  const bool nonce = s.payload.find(line.nonce) != std::string::npos;
  if (knock.protocol == Protocol::icmp) return is_echo_request(t) && nonce ? std::optional(!same_source) : std::nullopt;
  if (knock.protocol == Protocol::udp) return nonce ? std::optional(!same_source) : std::nullopt;
  const bool opening = t.flags.syn && !t.flags.ack && !t.flags.rst;
  if (!opening || !one_of(line.ports, t.source)) return std::nullopt;
  const bool inside = t.destination == knock.port || (knock.service && t.destination == knock.service->inside);
  // A router that translates the destination may change the port; where nothing was translated it is the one that was knocked on.
  const bool translated = s.packet.destination != knock.target;
  if (!translated && t.destination != knock.port) return std::nullopt;
  // A foreign source with one of the announced ports towards our port within this knock's time: the same knock, translated.
  if (!same_source && !inside) return std::nullopt;
  return !same_source;
}

/// Does an outgoing packet go back to where the knock came from (as it arrived, translated or not)?
bool returns_to_knocker(const Knock& knock, const Announcement& line, const Address& to, Port port) {
  if (to == line.source.address && (knock.protocol == Protocol::icmp || one_of(line.ports, port))) return true;
  return std::ranges::any_of(knock.arrivals, [&](const Arrival& a) { return a.from.address == to && a.from.port == port; });
}

std::optional<Departure> departure(const Knock& knock, const Announcement& line, const Sighting& s) {
  const auto& t = s.packet.transport;
  if (!s.outgoing || s.packet.source.family() != knock.family) return std::nullopt;
  Departure d{.interface = s.interface};
  if (is_unreachable(t) && s.packet.quoted && speaks(knock.protocol, s.packet.quoted->transport)) {
    const auto& quoted = *s.packet.quoted;
    if (!returns_to_knocker(knock, line, quoted.source, quoted.transport.source)) return std::nullopt;
    d.kind = DepartureKind::unreachable;
    d.icmp_code = t.icmp_code;
    return d;
  }
  if (!speaks(knock.protocol, t) || !returns_to_knocker(knock, line, s.packet.destination, t.destination)) return std::nullopt;
  switch (knock.protocol) {
    case Protocol::icmp:
      if (!is_echo_reply(t) || s.payload.find(line.nonce) == std::string::npos) return std::nullopt;
      d.kind = DepartureKind::echo_reply;
      return d;
    case Protocol::udp: d.kind = DepartureKind::datagram; return d;
    case Protocol::tcp:
      if (t.flags.rst)
        d.kind = DepartureKind::reset;
      else if (t.flags.syn && t.flags.ack)
        d.kind = DepartureKind::syn_ack;
      else
        return std::nullopt;
      return d;
  }
  return std::nullopt;
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

void correlate(Knock& knock, const Announced& announced, const Sighting& s) {
  const auto& line = announced.line;
  const auto after = std::chrono::duration_cast<std::chrono::microseconds>(s.at - announced.at);
  const auto& t = s.packet.transport;
  if (const auto rewritten = arrival_with_rewritten_source(knock, line, s)) {
    const bool icmp = knock.protocol == Protocol::icmp;
    if (knock.arrivals.size() < most_kept)
      knock.arrivals.push_back({.after_announce = after,
                                .from = {s.packet.source, icmp ? t.icmp_identifier : t.source},
                                .to = {s.packet.destination, icmp ? Port{0} : t.destination},
                                .hop_limit = s.packet.hop_limit,
                                .interface = s.interface,
                                .source_rewritten = *rewritten,
                                .mss = t.mss ? std::optional<unsigned>(*t.mss) : std::nullopt});
    return;
  }
  if (auto left = departure(knock, line, s); left && knock.departures.size() < most_kept) {
    left->after_announce = after;
    knock.departures.push_back(std::move(*left));
  }
}

void correlate_unannounced(Knock& knock, Instant began, const Sighting& s) {
  const auto& t = s.packet.transport;
  if (s.at < began || t.protocol != wire::ip_tcp || s.packet.source.family() != knock.family) return;
  const auto after = std::chrono::duration_cast<std::chrono::microseconds>(s.at - began);
  if (!s.outgoing) {
    const bool ours = t.destination == knock.port || (knock.service && t.destination == knock.service->inside);
    if (!t.flags.syn || t.flags.ack || t.flags.rst || !ours || !is_global(s.packet.source) || knock.arrivals.size() >= most_kept) return;
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
