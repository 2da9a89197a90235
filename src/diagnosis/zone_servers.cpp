#include <algorithm>

#include "diagnosis/codes.hpp"
#include "diagnosis/records.hpp"

namespace ringback::diagnosis {
namespace {

std::string who(const dns::Answer& answer) {
  const auto address = answer.server.address.to_string();
  return answer.server_name.empty() ? address : fmt::format("{} ({})", answer.server_name, address);
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
    into.push_back(finding("dns.servers-disagree", sure_of_disagreement(words),
                           fmt::format("{} {}: {} says {}, {} says {}.", asked, type, who(*first.answer), in_words(first.answer->addresses),
                                       who(*other->answer), in_words(other->answer->addresses)),
                           {.name = asked}, {first.at, other->at}));
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
  lifetimes(c, name, result);
  return result;
}

}  // namespace ringback::diagnosis
