#include "diagnosis/path_mtu.hpp"

#include <algorithm>
#include <cmath>

#include "diagnosis/codes.hpp"

namespace ringback::diagnosis {
namespace {

constexpr double chance = 1e-3;      // that loss alone explains one server's silence; it takes two of them
constexpr unsigned smallest = 576;   // RFC 791 §3.1: what every host must take; a path that carries less is no line of today
constexpr unsigned next_to = 40;     // the sizes that were asked for lie so near to each other that two servers may differ by loss

/// What one server got, of what nobody called too big.
struct Server {
  Endpoint at;
  unsigned passing = 0;              ///< largest size that was answered
  unsigned vanishing = 0;            ///< smallest larger one that never was
  unsigned small_sent = 0, small_answered = 0;   ///< up to `passing`
  unsigned lost = 0;                 ///< sent beyond `passing`
  Pointers evidence;
};

/// `trials` is the member of that name in the evidence.
std::vector<Server> servers_of(const std::vector<path::SizeTrial>& trials, Family family, const char* name) {
  std::vector<Server> result;
  const auto of = [&](const Endpoint& at) -> Server& {
    const auto known = std::ranges::find(result, at, &Server::at);
    return known != result.end() ? *known : result.emplace_back(Server{.at = at, .evidence = {}});
  };
  for (const auto& trial : trials)
    if (trial.answered > 0 && !trial.ttl) of(trial.server).passing = std::max(of(trial.server).passing, trial.size);
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const auto& trial = trials[i];
    if (trial.told || trial.ttl || trial.sent == 0) continue;
    auto& server = of(trial.server);
    cite(server.evidence, pointer("path", to_string(family), name, i));
    if (trial.size <= server.passing) {
      server.small_sent += trial.sent;
      server.small_answered += std::min(trial.sent, trial.answered);
    } else {
      server.lost += trial.sent;
      server.vanishing = server.vanishing == 0 ? trial.size : std::min(server.vanishing, trial.size);
    }
  }
  std::erase_if(result, [](const Server& server) { return server.passing == 0; });   // nobody is there, or it takes no such request at all
  return result;
}

/// Could the usual loss of this path, taken a little worse than it was seen, have hit each of the large ones?
bool is_loss(const Server& server) {
  const double rate = (server.small_sent - server.small_answered + 1.0) / (server.small_sent + 2.0);
  return std::pow(rate, server.lost) > chance;
}

/// Servers that got small ones and never a large one, beyond what loss explains.
std::optional<BlackHole> agreed(const std::vector<Server>& servers, std::size_t fewest) {
  BlackHole result;
  std::set<Address> agreeing;
  for (const auto& server : servers) result.passing = std::max(result.passing, server.passing);
  for (const auto& server : servers) {
    if (server.vanishing == 0 || is_loss(server) || server.passing + next_to < result.passing) continue;
    agreeing.insert(server.at.address);
    if (server.vanishing > result.passing) result.vanishing = result.vanishing == 0 ? server.vanishing : std::min(result.vanishing,
                                                                                                                  server.vanishing);
    cite(result.evidence, server.evidence);
  }
  result.one_server = agreeing.size() == 1;
  if (agreeing.size() < fewest || result.vanishing == 0 || result.passing < smallest) return std::nullopt;
  return result;
}

/// How far large packets get, by the hops that answer small ones.
struct Reach {
  Ttl small = 0;         ///< the farthest hop that answered one of up to `passing` bytes
  Ttl large = 0;         ///< and one of more
  Pointers evidence;
};

Reach reach_of(const std::vector<path::SizeTrial>& trials, Family family, unsigned passing) {
  Reach result;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const auto& trial = trials[i];
    if (!trial.ttl || trial.sent == 0) continue;
    auto& farthest = trial.size <= passing ? result.small : result.large;
    if (trial.answered > 0) farthest = std::max(farthest, *trial.ttl);
    if (trial.answered > 0 || trial.size > passing) cite(result.evidence, pointer("path", to_string(family), "sizes", i));
  }
  return result;
}

/// The segments that visitors ask for, as whole packets (RFC 9293 §3.7.1: without the headers); the largest of those seen.
struct Segments {
  unsigned packet = 0;
  Pointers evidence;
};

Segments segments_of_visitors(const Case& c, Family family) {
  Segments result;
  if (!c.evidence.inbound) return result;
  for (std::size_t i = 0; i < c.evidence.inbound->knocks.size(); ++i) {
    const auto& knock = c.evidence.inbound->knocks[i];
    if (knock.family != family || knock.protocol != Protocol::tcp || !proves(c.facts, knock)) continue;
    for (std::size_t j = 0; j < knock.arrivals.size(); ++j) {
      if (!knock.arrivals[j].mss) continue;
      result.packet = std::max(result.packet, *knock.arrivals[j].mss + (family == Family::ipv4 ? 40 : 60));
      cite(result.evidence, pointer("inbound", "knocks", i, "arrivals", j, "mss"));
    }
  }
  return result;
}

struct Stalled {
  BlackHole hole;
  Segments segments;
  std::vector<Service> open;   ///< over TCP, and reached
};

std::optional<Stalled> stalled(const Case& c, const std::vector<ServiceVerdict>& services, Family family) {
  Stalled result;
  for (const auto& verdict : services)
    if (verdict.family == family && verdict.service.protocol == Protocol::tcp &&
        verdict.reachable == Reachable::yes) result.open.push_back(verdict.service);
  auto hole = black_hole(c.evidence, family);
  if (!hole || result.open.empty()) return std::nullopt;
  result.hole = std::move(*hole);
  if (result.hole.inward) return result;   // what visitors send is bound by what this host told them to, which nobody sees here
  result.segments = segments_of_visitors(c, family);
  if (result.segments.packet != 0 && result.segments.packet <= result.hole.passing) return std::nullopt;
  return result;
}

bool is_the_same(const Stalled& a, const Stalled& b) {
  return a.hole.inward == b.hole.inward && a.hole.passing == b.hole.passing && a.hole.vanishing == b.hole.vanishing && a.hole.seen_at_hops == b.hole.seen_at_hops &&
         a.segments.packet == b.segments.packet;
}

std::string in_words(const Stalled& s, const char* families) {
  if (s.hole.inward)
    return fmt::format("Over {}, packets of up to {} bytes come in from outside; of {} bytes and more not one did, although such ones get out, "
                       "and no router told the sender that they are too big. Visitors' connections open, and what they send in large packets "
                       "vanishes: uploads and logins hang; unless a router before this host makes their connections use smaller ones, which "
                       "was not to be seen.{}",
                       families, s.hole.passing, s.hole.vanishing,
                       s.hole.one_server ? " One server alone showed this, whose own line may be the narrow one." : "");
  auto detail = fmt::format("Over {}, packets of up to {} bytes leave this home and are answered; of {} bytes and more not one was, and no "
                            "router on the way said that they are too big.",
                            families, s.hole.passing, s.hole.vanishing);
  detail += s.segments.packet != 0
                ? fmt::format(" Visitors' connections open, and then use packets of up to {} bytes, which vanish: pages stay half loaded, "
                              "transfers hang.", s.segments.packet)
                : " Whether a router before this host makes visitors' connections use smaller ones was not to be seen.";
  if (s.hole.seen_at_hops) detail += " Routers on the way answer the small ones and not the large ones, so it is not the servers' choice.";
  return detail;
}

}  // namespace

std::optional<BlackHole> black_hole(const Evidence& evidence, Family family) {
  if (!evidence.path) return std::nullopt;
  const auto& path = evidence.path->of(family);
  const auto out = servers_of(path.sizes, family, "sizes");
  unsigned gets_out = 0;
  for (const auto& server : out) gets_out = std::max(gets_out, server.passing);
  // What the kernel has learned, or was told by hand, it keeps to by itself.
  auto result = path.mtu && *path.mtu <= gets_out ? std::nullopt : agreed(out, 2);
  if (result) {
    const auto reach = reach_of(path.sizes, family, result->passing);
    if (reach.small > 0 && reach.large >= reach.small) return std::nullopt;
    result->seen_at_hops = reach.small > 0;
    if (result->seen_at_hops) cite(result->evidence, reach.evidence);
    return result;
  }
  // An answer is asked for with as many bytes: only where those get out does its absence tell of the way in.
  result = agreed(servers_of(path.answer_sizes, family, "answer_sizes"), 1);
  if (!result || result->vanishing > gets_out) return std::nullopt;
  result->inward = true;
  return result;
}

Findings mtu_findings(const Case& c, const std::vector<ServiceVerdict>& services) {
  Findings result;
  const auto four = stalled(c, services, Family::ipv4), six = stalled(c, services, Family::ipv6);
  const bool alike = four && six && is_the_same(*four, *six);   // one line: said once
  for (const auto family : {Family::ipv4, Family::ipv6}) {
    const auto& found_here = family == Family::ipv4 ? four : six;
    if (!found_here) continue;
    const auto& [hole, segments, open] = *found_here;
    const auto detail = in_words(*found_here, alike ? "IPv4 and IPv6" : family == Family::ipv4 ? "IPv4" : "IPv6");
    const bool doubtful = segments.packet == 0;
    const auto confidence = doubtful ? Confidence::possible : hole.seen_at_hops ? Confidence::certain : Confidence::likely;
    for (const auto& service : open) {
      auto found = finding("inbound.mtu-blackhole", confidence, detail, {.service = service, .family = family},
                           together(hole.evidence, segments.evidence));
      found.severity = doubtful ? Severity::info : service_severity(c);
      result.push_back(std::move(found));
    }
  }
  return result;
}

}  // namespace ringback::diagnosis
