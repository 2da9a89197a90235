#include "arrivals/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ringback::arrivals {
namespace {

/// Several ports at once have no outside and inside: the packets show one.
struct Group {
  Service service;
  Collected collected;
};

Outcome outcome(const Service& service, Family family, const Collected& collected, const Counts& counts) {
  const auto judged = as_far_as_seen(collected.judged(family).value_or(nothing_arrived(family)), counts);
  return {.verdict = {service, family, judged.reachable, judged.stopped_at, judged.cause, judged.confidence},
          .title = judged.title,
          .detail = judged.detail,
          .tally = collected.tally(family),
          .remedies = {}};
}

std::string counted(std::uint64_t count, const char* what) { return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s"); }

}  // namespace

Verdict verdict_of(const std::vector<Attempt>& attempts, const Counts& counts, const std::optional<Service>& service, bool ipv4, bool ipv6,
                   std::size_t most_services) {
  std::map<std::pair<Protocol, Port>, Group> groups;
  if (service) groups[{}].service = *service;
  for (const auto& attempt : attempts) {
    if (attempt.origin != Origin::outside) continue;
    auto& group = service ? groups[{}] : groups[{attempt.protocol, attempt.to.port}];
    if (!service) group.service = {attempt.protocol, attempt.to.port, attempt.to.port};
    group.collected.add(attempt, judge_packets(attempt));
  }
  std::vector<const Group*> sorted;
  for (const auto& [key, group] : groups) sorted.push_back(&group);
  std::ranges::stable_sort(sorted, std::ranges::greater{}, [](const Group* group) { return group->collected.attempts(); });
  Verdict verdict{.counts = counts, .notes = notes_on(counts)};
  if (sorted.size() > most_services) {
    verdict.services_left_out = sorted.size() - most_services;
    sorted.resize(most_services);
  }
  for (const auto* group : sorted) {
    for (const auto family : {Family::ipv4, Family::ipv6}) {
      if (!(family == Family::ipv4 ? ipv4 : ipv6)) continue;
      // Nobody asked about the other family of a port that was merely found.
      if (service || group->collected.tally(family).attempts > 0)
        verdict.outcomes.push_back(outcome(group->service, family, group->collected, counts));
    }
  }
  return verdict;
}

std::vector<std::string> notes_on(const Counts& counts) {
  std::vector<std::string> notes;
  if (counts.lan > 0)
    notes.push_back(fmt::format("{} from the home network itself, which {} nothing about the internet.", counted(counts.lan, "attempt"),
                                counts.lan == 1 ? "proves" : "prove"));
  if (counts.router > 0)
    notes.push_back(fmt::format(
        "{} from the home router's own address: somebody at home who used the public address (a phone that is still on Wi-Fi), or a router "
        "that hides who comes. {} no proof.",
        counted(counts.router, "attempt"), counts.router == 1 ? "That is" : "They are"));
  if (counts.near > 0)
    notes.push_back(fmt::format(
        "{} that could be from this house: too few routers were passed to tell, or the address is beside this home's. {} no proof. Who "
        "comes from farther away settles it, such as a phone over the mobile network.",
        counted(counts.near, "attempt"), counts.near == 1 ? "That is" : "They are"));
  if (counts.unroutable > 0)
    notes.push_back(
        fmt::format("{} from addresses that the internet does not route: another network of this household or a VPN, or a router that "
                    "hides who comes. {} no "
                    "proof.",
                    counted(counts.unroutable, "attempt"), counts.unroutable == 1 ? "That is" : "They are"));
  if (counts.self > 0) notes.push_back(fmt::format("{} from the host to itself.", counted(counts.self, "attempt")));
  if (counts.untracked > 0)
    notes.push_back(fmt::format("{} beyond the bound were counted and not looked at.", counted(counts.untracked, "attempt")));
  return notes;
}

}  // namespace ringback::arrivals
