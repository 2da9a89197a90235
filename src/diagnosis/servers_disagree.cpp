/// Servers of one zone that give different answers to the same question.
#include <algorithm>

#include "diagnosis/codes.hpp"
#include "diagnosis/dnssec.hpp"
#include "diagnosis/zone_servers.hpp"

namespace ringback::diagnosis {
namespace {

/// RFC 1982 §3.2: serial numbers go round.
bool is_newer(std::uint32_t a, std::uint32_t b) { return a != b && a - b < 0x80000000U; }

/// Which version of the zone two servers have, where both say so (SOA).
struct Versions {
  std::optional<std::uint32_t> first, second;
  Pointers evidence;

  [[nodiscard]] bool known() const { return first && second; }
};

Versions versions_at(const Case& c, const Served& of, const dns::Answer& first, const dns::Answer& second) {
  Versions result;
  for (const auto& cited : about_zone(c, of, "SOA")) {
    if (!cited.answer->serial) continue;
    if (cited.answer->server == first.server) result.first = cited.answer->serial, cite(result.evidence, cited.at);
    if (cited.answer->server == second.server) result.second = cited.answer->serial, cite(result.evidence, cited.at);
  }
  return result;
}

/// "ns2 has the older zone (serial 41, and 42 at ns1)".
std::string older_of(const dns::Answer& a, const dns::Answer& b, const Versions& versions) {
  if (!versions.known()) return {};
  if (versions.first == versions.second)
    return fmt::format(" Both say that they have the same zone (serial {}): it was changed without a new number, or they answer by turns on purpose.",
                       *versions.first);
  const bool a_is_newer = is_newer(*versions.first, *versions.second);
  if (!a_is_newer && !is_newer(*versions.second, *versions.first))   // half the circle apart, of which RFC 1982 says nothing
    return fmt::format(" They have different zones (serial {} and {}).", *versions.first, *versions.second);
  const auto& [older, newer] = a_is_newer ? std::tie(b, a) : std::tie(a, b);
  return fmt::format(" {} has the older zone (serial {}, and {} at {}): it was not told of the change, or could not fetch it.",
                     shown_server(older), a_is_newer ? *versions.second : *versions.first, a_is_newer ? *versions.first : *versions.second,
                     shown_server(newer));
}

/// Which of two answers the signatures are of that were validated here.
std::string proven_of(const dns::Name& name, Family family, const dns::Answer& a, const dns::Answer& b) {
  const auto proven = proven_addresses(name, family);
  if (!proven || sorted(a.addresses) == sorted(b.addresses)) return {};   // they differ in whether there is such a name
  for (const auto* answer : {&a, &b})
    if (sorted(answer->addresses) == *proven) return fmt::format(" What {} says is what was validated here.", shown_server(*answer));
  return fmt::format(" What was validated here is neither: {}.", in_words(*proven));
}

/// One server's answer by name; each is usually asked by several addresses.
std::map<std::string, std::vector<const dns::Answer*>> by_server(const std::vector<CitedAnswer>& words) {
  std::map<std::string, std::vector<const dns::Answer*>> result;
  for (const auto& cited : words) result[cited.answer->server_name].push_back(cited.answer);
  return result;
}

/// Some zones answer differently on purpose, by the hour or by who asks (ANAME, load balancing). Each server keeping to its word while another
/// has a different one, or one of them having nothing at all, is no such thing. Servers of a pool may keep to theirs by chance: where they have
/// the same version of the zone, that is not excluded.
Confidence sure_of_disagreement(const std::vector<CitedAnswer>& words, const Versions& versions) {
  const auto alike = [](const dns::Answer* a, const dns::Answer* b) { return a->rcode == b->rcode && sorted(a->addresses) == sorted(b->addresses); };
  for (const auto& cited : words)
    if (cited.answer->rcode != words.front().answer->rcode || cited.answer->addresses.empty() != words.front().answer->addresses.empty())
      return Confidence::certain;
  if (versions.known() && versions.first == versions.second) return Confidence::likely;
  for (const auto& [server, answers] : by_server(words)) {
    if (server.empty() || answers.size() < 2) return Confidence::likely;
    if (!std::ranges::all_of(answers, [&, first = answers.front()](const auto* answer) { return alike(answer, first); })) return Confidence::likely;
  }
  return Confidence::certain;
}

/// What the servers of the zone say of the name's own records. An alias into another zone is left out: who serves that one as well gives the
/// addresses at its end, who does not gives none.
std::vector<CitedAnswer> words_on_records(const Case& c, const Served& of, Family family) {
  auto words = authoritative_words(c.evidence, of.name, of.question, type_of(family));
  std::erase_if(words, [](const auto& cited) { return cited.answer->addresses.empty() && !cited.answer->names.empty(); });
  return words;
}

}  // namespace

std::optional<Finding> servers_disagree(const Case& c, const Served& of) {
  const auto& name = c.evidence.dns->names[of.name];
  for (const auto family : {Family::ipv4, Family::ipv6}) {
    const auto words = words_on_records(c, of, family);
    const auto differs = [&](const CitedAnswer& cited) {
      return words.front().answer->rcode != cited.answer->rcode || sorted(words.front().answer->addresses) != sorted(cited.answer->addresses);
    };
    const auto found = std::ranges::find_if(words, differs);
    if (found == words.end()) continue;
    const auto &first = *words.front().answer, &other = *found->answer;
    const auto versions = versions_at(c, of, first, other);
    return finding("dns.servers-disagree", sure_of_disagreement(words, versions),
                   fmt::format("{} {}: {} says {}, {} says {}.{}{}", of.told, type_of(family), shown_server(first), in_words(first.addresses),
                               shown_server(other), in_words(other.addresses), older_of(first, other, versions),
                               proven_of(name, family, first, other)),
                   {.name = name.name}, together({words.front().at, found->at}, versions.evidence));
  }
  return std::nullopt;
}

std::string unlike_the_proof(const Case& c, std::size_t index) {
  for (const auto family : {Family::ipv4, Family::ipv6}) {
    const auto proven = proven_addresses(c.evidence.dns->names[index], family);
    if (!proven) continue;
    for (const auto& cited : words_on_records(c, served(c, index), family))
      if (sorted(cited.answer->addresses) != *proven)
        return fmt::format("{} says {}, and {} is what was proven.", shown_server(*cited.answer), in_words(cited.answer->addresses),
                           in_words(*proven));
  }
  return {};
}

}  // namespace ringback::diagnosis
