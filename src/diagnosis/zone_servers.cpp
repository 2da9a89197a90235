#include <algorithm>
#include <span>

#include "diagnosis/codes.hpp"
#include "diagnosis/zone_servers.hpp"

namespace ringback::diagnosis {
namespace {

/// REFUSED, SERVFAIL, NOTAUTH, or a referral without authority. Of silence silent_servers.cpp tells.
bool is_lame(const dns::Answer& answer) {
  if (!answer.rcode) return false;
  if (*answer.rcode == "REFUSED" || *answer.rcode == "SERVFAIL" || *answer.rcode == "NOTAUTH") return true;
  return *answer.rcode == "NOERROR" && !answer.authoritative && answer.addresses.empty() && answer.names.empty();
}

/// Resolvers find the name, so some server of the zone does answer for it.
bool resolves(const dns::Name& name) {
  return std::ranges::any_of(name.answers, [](const dns::Answer& answer) {
    return answer.role != dns::Role::authoritative && (is_valid(answer) || answer.unchecked_rcode == "NOERROR");
  });
}

/// A forwarder on the way that takes no questions without RD answers REFUSED in place of every server (unbound does): a refusal counts
/// where a sister answers with authority over the same family, or where the name cannot be found at all.
bool is_believable(const dns::Name& name, const dns::Answer& refusal) {
  const auto family = refusal.server.address.family();
  if (is_intercepted(name, family)) return false;
  const bool passes = std::ranges::any_of(name.answers, [&](const dns::Answer& answer) {
    return answer.role == dns::Role::authoritative && answer.server.address.family() == family && answer.authoritative && is_valid(answer);
  });
  return passes || !resolves(name);
}

void lameness(const Case& c, const Served& of, Findings& into) {
  const auto& asked = c.evidence.dns->names[of.name];
  std::vector<Endpoint> reported;
  for (const auto type : {"A", "AAAA", "SOA"}) {
    for (const auto& cited : answers_about(c.evidence, of.name, of.question, type, dns::Role::authoritative)) {
      if (!is_lame(*cited.answer) || !is_believable(asked, *cited.answer)) continue;
      if (std::ranges::find(reported, cited.answer->server) != reported.end()) continue;
      reported.push_back(cited.answer->server);
      into.push_back(finding("dns.lame-server", Confidence::likely,
                             fmt::format("{} answers {} to the question for {}.", shown_server(*cited.answer),
                                         *cited.answer->rcode == "NOERROR" ? "without authority" : *cited.answer->rcode, cited.answer->question),
                             {.name = asked.name}, {cited.at}));
    }
  }
}

std::vector<std::string> without(const std::vector<std::string>& names, const std::vector<std::string>& others) {
  std::vector<std::string> result;
  for (const auto& name : names)
    if (std::ranges::none_of(others, [&](const auto& other) { return same_name(name, other); })) result.push_back(name);
  return result;
}

/// A zone may name hundreds.
std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t most = 8;
  if (names.size() <= most) return fmt::format("{}", fmt::join(names, ", "));
  return fmt::format("{} and {} more", fmt::join(std::span(names).first(most), ", "), names.size() - most);
}

void delegation(const Case& c, const Served& of, Findings& into) {
  const auto own = about_zone(c, of, "NS");
  if (own.empty() || own.front().answer->names.empty() || of.delegations->empty()) return;
  const auto last = of.delegations->size() - 1;
  const auto& above = (*of.delegations)[last];
  if (!of.zone || !same_name(above.child, *of.zone)) return;
  const auto above_alone = without(above.servers, own.front().answer->names), below_alone = without(own.front().answer->names, above.servers);
  if (above_alone.empty() && below_alone.empty()) return;
  std::string detail = fmt::format("{} is delegated to {} by {}; its own servers name {}.", above.child, listed(above.servers),
                                   above.server_name.empty() ? above.server.address.to_string() : above.server_name,
                                   listed(own.front().answer->names));
  if (!above_alone.empty()) detail += fmt::format(" Visitors are led to {} though the zone does not count on it.", listed(above_alone));
  into.push_back(finding("dns.delegation-differs", Confidence::certain, std::move(detail), {.name = c.evidence.dns->names[of.name].name},
                         {fmt::format("{}/{}", of.at, last), own.front().at}));
}

void lifetimes(const Case& c, const Served& of, Findings& into) {
  constexpr unsigned long_s = 6 * 3600;
  const auto& asked = c.evidence.dns->names[of.name].name;
  for (const auto type : {"A", "AAAA"}) {
    for (const auto& cited : authoritative_words(c.evidence, of.name, of.question, type)) {
      if (cited.answer->addresses.empty() || cited.answer->ttl_s.value_or(0) < long_s) continue;
      into.push_back(finding("dns.ttl-long", Confidence::certain,
                             fmt::format("{} {} may be kept for {} hours.", of.told, type, *cited.answer->ttl_s / 3600), {.name = asked}, {cited.at}));
      return;
    }
  }
}

}  // namespace

std::string shown_server(const dns::Answer& answer) {
  const auto address = answer.server.address.to_string();
  return answer.server_name.empty() ? address : fmt::format("{} ({})", answer.server_name, address);
}

Served served(const Case& c, std::size_t name) {
  const auto& asked = c.evidence.dns->names[name];
  return {name, queried(asked), asked.zone, &asked.delegations, pointer("dns", "names", name, "delegations"), asked.name};
}

std::optional<Served> served_at_the_end(const Case& c, std::size_t name) {
  const auto& asked = c.evidence.dns->names[name];
  if (!asked.alias_end || same_name(asked.alias_end->name, queried(asked))) return std::nullopt;
  auto end = asked.alias_end->name;
  if (end.ends_with('.')) end.pop_back();
  return Served{name, asked.alias_end->name, asked.alias_end->zone, &asked.alias_end->delegations, pointer("dns", "names", name, "alias_end", "delegations"),
                fmt::format("{}, which {} is an alias of:", end, asked.name)};
}

std::vector<CitedAnswer> about_zone(const Case& c, std::size_t name, std::string_view type) { return about_zone(c, served(c, name), type); }

std::vector<CitedAnswer> about_zone(const Case& c, const Served& of, std::string_view type) {
  std::vector<CitedAnswer> result;
  const auto& zone = of.zone;
  const auto& zones = c.evidence.dns->zones;
  for (std::size_t i = 0; zone && i < zones.size(); ++i)
    for (std::size_t j = 0; j < zones[i].answers.size(); ++j) {
      const auto& answer = zones[i].answers[j];
      if (!same_name(zones[i].name, *zone) || answer.type != type || !answer.authoritative || !is_valid(answer)) continue;
      if (is_intercepted(c.evidence.dns->names[of.name], answer.server.address.family())) continue;
      result.push_back({&answer, pointer("dns", "zones", i, "answers", j)});
    }
  return result;
}

Findings zone_server_findings(const Case& c, std::size_t name) {
  Findings result;
  const auto judge = [&](const Served& of) {
    if (auto found = servers_disagree(c, of)) result.push_back(std::move(*found));
    lameness(c, of, result);
    delegation(c, of, result);
    lifetimes(c, of, result);
  };
  judge(served(c, name));
  // Where visitors get the addresses; who serves the alias alone has none.
  if (const auto end = served_at_the_end(c, name)) judge(*end);
  return result;
}

}  // namespace ringback::diagnosis
