#include <algorithm>

#include "diagnosis/codes.hpp"
#include "diagnosis/records.hpp"

namespace ringback::diagnosis {
namespace {

std::string who(const dns::Answer& answer) {
  const auto address = answer.server.address.to_string();
  return answer.server_name.empty() ? address : fmt::format("{} ({})", answer.server_name, address);
}

/// What the servers of the name's zone say of the zone itself.
std::vector<CitedAnswer> about_zone(const Case& c, std::size_t name, std::string_view type) {
  std::vector<CitedAnswer> result;
  const auto& zone = c.evidence.dns->names[name].zone;
  const auto& zones = c.evidence.dns->zones;
  for (std::size_t i = 0; zone && i < zones.size(); ++i)
    for (std::size_t j = 0; j < zones[i].answers.size(); ++j) {
      const auto& answer = zones[i].answers[j];
      if (!same_name(zones[i].name, *zone) || answer.type != type || !answer.authoritative || !is_valid(answer)) continue;
      if (is_intercepted(c.evidence.dns->names[name], answer.server.address.family())) continue;
      result.push_back({&answer, pointer("dns", "zones", i, "answers", j)});
    }
  return result;
}

/// RFC 1982 §3.2: serial numbers go round.
bool is_newer(std::uint32_t a, std::uint32_t b) { return a != b && a - b < 0x80000000U; }

/// Which of two servers has the older copy of the zone: "Of the two, ns2 has the older zone (serial 41, the other one 42)."
std::string older_of(const Case& c, std::size_t name, const dns::Answer& a, const dns::Answer& b, Pointers& evidence) {
  const dns::Answer *soa_a = nullptr, *soa_b = nullptr;
  std::string at_a, at_b;
  for (const auto& cited : about_zone(c, name, "SOA")) {
    if (cited.answer->server == a.server) soa_a = cited.answer, at_a = cited.at;
    if (cited.answer->server == b.server) soa_b = cited.answer, at_b = cited.at;
  }
  if (!soa_a || !soa_b || !soa_a->serial || !soa_b->serial) return {};
  cite(evidence, at_a);
  cite(evidence, at_b);
  if (*soa_a->serial == *soa_b->serial) return fmt::format(" Both say that they have the same zone (serial {}).", *soa_a->serial);
  const bool a_is_newer = is_newer(*soa_a->serial, *soa_b->serial);
  const auto& [older, newer] = a_is_newer ? std::tie(b, a) : std::tie(a, b);
  return fmt::format(" {} has the older zone (serial {}, and {} at {}): it was not told of the change, or could not fetch it.", who(older),
                     a_is_newer ? *soa_b->serial : *soa_a->serial, a_is_newer ? *soa_a->serial : *soa_b->serial, who(newer));
}

/// One server's answer by name; each is usually asked by several addresses.
std::map<std::string, std::vector<const dns::Answer*>> by_server(const std::vector<CitedAnswer>& words) {
  std::map<std::string, std::vector<const dns::Answer*>> result;
  for (const auto& cited : words) result[cited.answer->server_name].push_back(cited.answer);
  return result;
}

/// Some zones answer differently on purpose, by the hour or by who asks (ANAME, load balancing). Each server keeping to its word while another
/// has a different one, or one of them having nothing at all, is no such thing.
Confidence sure_of_disagreement(const std::vector<CitedAnswer>& words) {
  const auto alike = [](const dns::Answer* a, const dns::Answer* b) { return a->rcode == b->rcode && sorted(a->addresses) == sorted(b->addresses); };
  for (const auto& cited : words)
    if (cited.answer->rcode != words.front().answer->rcode || cited.answer->addresses.empty() != words.front().answer->addresses.empty())
      return Confidence::certain;
  for (const auto& [server, answers] : by_server(words)) {
    if (server.empty() || answers.size() < 2) return Confidence::likely;
    if (!std::ranges::all_of(answers, [&, first = answers.front()](const auto* answer) { return alike(answer, first); })) return Confidence::likely;
  }
  return Confidence::certain;
}

void disagreement(const Case& c, std::size_t name, Findings& into) {
  const auto& asked = c.evidence.dns->names[name].name;
  for (const auto type : {"A", "AAAA"}) {
    auto words = authoritative_words(c.evidence, name, type);
    // An alias into another zone: who serves that one as well gives the addresses at its end, who does not gives none.
    std::erase_if(words, [](const auto& cited) { return cited.answer->addresses.empty() && !cited.answer->names.empty(); });
    const auto differs = [&](const CitedAnswer& cited) {
      return words.front().answer->rcode != cited.answer->rcode || sorted(words.front().answer->addresses) != sorted(cited.answer->addresses);
    };
    const auto other = std::ranges::find_if(words, differs);
    if (other == words.end()) continue;
    const auto& first = words.front();
    Pointers evidence{first.at, other->at};
    const auto older = older_of(c, name, *first.answer, *other->answer, evidence);
    into.push_back(finding("dns.servers-disagree", sure_of_disagreement(words),
                           fmt::format("{} {}: {} says {}, {} says {}.{}", asked, type, who(*first.answer), in_words(first.answer->addresses),
                                       who(*other->answer), in_words(other->answer->addresses), older),
                           {.name = asked}, std::move(evidence)));
    return;
  }
}

/// REFUSED, SERVFAIL, NOTAUTH, or a referral without authority. Silence is not lameness: a packet may be lost.
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

void lameness(const Case& c, std::size_t name, Findings& into) {
  const auto& asked = c.evidence.dns->names[name];
  std::vector<Endpoint> reported;
  for (const auto type : {"A", "AAAA", "SOA"}) {
    for (const auto& cited : answers_of(c.evidence, name, type, dns::Role::authoritative)) {
      if (!is_lame(*cited.answer) || !is_believable(asked, *cited.answer)) continue;
      if (std::ranges::find(reported, cited.answer->server) != reported.end()) continue;
      reported.push_back(cited.answer->server);
      into.push_back(finding("dns.lame-server", Confidence::likely,
                             fmt::format("{} answers {} to the question for {}.", who(*cited.answer),
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

void delegation(const Case& c, std::size_t name, Findings& into) {
  const auto& asked = c.evidence.dns->names[name];
  const auto own = about_zone(c, name, "NS");
  if (own.empty() || own.front().answer->names.empty() || asked.delegations.empty()) return;
  const auto last = asked.delegations.size() - 1;
  const auto& above = asked.delegations[last];
  if (!asked.zone || !same_name(above.child, *asked.zone)) return;
  const auto above_alone = without(above.servers, own.front().answer->names), below_alone = without(own.front().answer->names, above.servers);
  if (above_alone.empty() && below_alone.empty()) return;
  std::string detail = fmt::format("{} is delegated to {} by {}; its own servers name {}.", above.child, fmt::join(above.servers, ", "),
                                   above.server_name.empty() ? above.server.address.to_string() : above.server_name,
                                   fmt::join(own.front().answer->names, ", "));
  if (!above_alone.empty()) detail += fmt::format(" Visitors are led to {} though the zone does not count on it.", fmt::join(above_alone, ", "));
  into.push_back(finding("dns.delegation-differs", Confidence::certain, std::move(detail), {.name = asked.name},
                         {pointer("dns", "names", name, "delegations", last), own.front().at}));
}

void lifetimes(const Case& c, std::size_t name, Findings& into) {
  constexpr unsigned long_s = 6 * 3600;
  const auto& asked = c.evidence.dns->names[name].name;
  for (const auto type : {"A", "AAAA"}) {
    for (const auto& cited : authoritative_words(c.evidence, name, type)) {
      if (cited.answer->addresses.empty() || cited.answer->ttl_s.value_or(0) < long_s) continue;
      into.push_back(finding("dns.ttl-long", Confidence::certain,
                             fmt::format("{} {} may be kept for {} hours.", asked, type, *cited.answer->ttl_s / 3600), {.name = asked}, {cited.at}));
      return;
    }
  }
}

}  // namespace

Findings zone_server_findings(const Case& c, std::size_t name) {
  Findings result;
  disagreement(c, name, result);
  lameness(c, name, result);
  delegation(c, name, result);
  lifetimes(c, name, result);
  return result;
}

}  // namespace ringback::diagnosis
