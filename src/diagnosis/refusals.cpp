/// Resolvers that refuse a name as if its signatures did not fit: whose word that is, and what it is worth.
#include <algorithm>
#include <array>

#include "diagnosis/codes.hpp"
#include "diagnosis/dnssec.hpp"

namespace ringback::diagnosis {
namespace {

/// Whoever is reached by several of these is asked once, and fails once.
struct ResolverOperator {
  std::string_view name;
  std::array<std::string_view, 4> addresses;
};
constexpr std::array resolver_operators{
    ResolverOperator{"Quad9", {"9.9.9.9", "149.112.112.112", "2620:fe::fe", "2620:fe::9"}},
    ResolverOperator{"Cloudflare", {"1.1.1.1", "1.0.0.1", "2606:4700:4700::1111", "2606:4700:4700::1001"}},
    ResolverOperator{"Google", {"8.8.8.8", "8.8.4.4", "2001:4860:4860::8888", "2001:4860:4860::8844"}},
};

constexpr auto own_voice = "this network's resolver";

std::string voice_of(const dns::Name& name, const dns::Answer& answer) {
  if (is_intercepted(name, answer.server.address.family())) return own_voice;
  const auto address = answer.server.address.to_string();
  for (const auto& known : resolver_operators)
    if (std::ranges::find(known.addresses, address) != known.addresses.end()) return std::string(known.name);
  const bool is_public = std::ranges::any_of(name.answers, [&](const dns::Answer& other) {
    return other.role == dns::Role::public_resolver && other.server == answer.server;
  });
  return is_public ? address : own_voice;
}

bool refuses(const dns::Answer& answer) { return answer.rcode == "SERVFAIL" && (says_bogus(answer) || answer.unchecked_rcode == "NOERROR"); }

/// Anything on the way can set AD (RFC 4035 §4.9.3): a forwarder's counts where the answer is what signatures prove, and any other answer
/// nowhere. Where nothing is proven here, a public resolver is believed.
bool did_validate(const Case& c, const dns::Name& name, const dns::Answer& answer) {
  if (!answer.authentic) return false;
  const auto proven = proven_addresses(name, answer.type == "A" ? Family::ipv4 : Family::ipv6);
  if (!proven) return voice_of(name, answer) != own_voice;
  auto addresses = sorted(answer.addresses);
  std::erase_if(addresses, [&](const Address& address) { return is_synthesised(c.evidence, address); });
  return addresses == *proven;
}

std::string refusal_in_words(const Validation& resolvers, Confidence confidence, const std::string& asked) {
  const auto who = fmt::format("{}", fmt::join(resolvers.failing, ", "));
  if (resolvers.validated)
    return fmt::format("{} is refused by {} because its signatures do not fit; but another resolver could validate them.", asked, who);
  if (resolvers.unconfirmed)
    return fmt::format("{} is refused by {} as if its signatures did not fit; but a public resolver answers, and says nothing of signatures.",
                       asked, who);
  if (confidence == Confidence::possible)
    return fmt::format("{} is refused by {} as if its signatures did not fit. Nobody confirms it, and a resolver whose clock is wrong does the same.",
                       asked, who);
  return fmt::format("Because its signatures do not fit, {} is refused by {}.", asked, who);
}

}  // namespace

std::vector<CitedAnswer> of_resolvers(const Case& c, std::size_t name) {
  std::vector<CitedAnswer> result;
  for (const auto role : {dns::Role::system, dns::Role::public_resolver})
    for (const auto family : {Family::ipv4, Family::ipv6})
      std::ranges::move(answers_of(c.evidence, name, type_of(family), role), std::back_inserter(result));
  return result;
}

bool says_bogus(const dns::Answer& answer) { return answer.extended_error && *answer.extended_error >= 6 && *answer.extended_error <= 12; }

Validation validation_of(const Case& c, std::size_t index) {
  const auto& name = c.evidence.dns->names[index];
  Validation result;
  std::vector<CitedAnswer> refused;
  std::set<Endpoint> answering, saying;
  for (auto& cited : of_resolvers(c, index)) {
    const auto& answer = *cited.answer;
    if (is_valid(answer)) {
      answering.insert(answer.server);
      result.answered = true;
      result.validated = result.validated || did_validate(c, name, answer);
      result.unconfirmed = result.unconfirmed || (!answer.authentic && voice_of(name, answer) != own_voice);
    } else if (refuses(answer)) {
      if (says_bogus(answer)) saying.insert(answer.server);
      refused.push_back(std::move(cited));
    }
  }
  for (auto& cited : refused) {
    const auto& answer = *cited.answer;
    const bool says = saying.contains(answer.server);
    // A resolver in trouble answers SERVFAIL as well, and the same question right after that: its answer to the other type tells.
    if (!says && answering.contains(answer.server)) continue;
    const auto voice = voice_of(name, answer);
    result.failing.insert(voice);
    result.own_fails = result.own_fails || voice == own_voice;
    result.said = result.said || says;
    result.refusals.push_back(std::move(cited));
  }
  return result;
}

Pointers refusals_at(const Validation& resolvers) {
  Pointers result;
  for (const auto& cited : resolvers.refusals) cite(result, cited.at);
  return result;
}

/// One resolver alone may be in trouble itself, above all one of this network: its clock is wrong, its trust anchor old. Its word counts where it says
/// what is wrong with the signatures, or where nobody has a better one. A public resolver that answers and claims nothing speaks against all of them.
std::optional<Confidence> confidence_of(const Validation& v) {
  if (v.failing.empty()) return std::nullopt;
  if (v.validated) return v.said ? std::optional(Confidence::possible) : std::nullopt;
  const auto most = v.unconfirmed ? Confidence::possible : Confidence::certain;
  if (v.failing.size() >= 2) return most;
  if (v.said) return weaker(v.failing_outside() > 0 ? Confidence::likely : Confidence::possible, most);
  return v.answered ? std::nullopt : std::optional(Confidence::possible);
}

Findings bogus_by_resolvers(const Case& c, std::size_t index, const Validation& resolvers) {
  const auto confidence = confidence_of(resolvers);
  if (!confidence) return {};
  return {bogus_finding(c, index, *confidence, refusal_in_words(resolvers, *confidence, c.evidence.dns->names[index].name), refusals_at(resolvers))};
}

}  // namespace ringback::diagnosis
