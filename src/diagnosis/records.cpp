#include "diagnosis/records.hpp"

#include <algorithm>
#include <span>

namespace ringback::diagnosis {
namespace {

std::string without_final_dot(const std::string& name) { return name.ends_with('.') ? name.substr(0, name.size() - 1) : name; }

/// An alias into another zone: the zone's own server rightly gives no address (RFC 1034 §4.3.2 step 3a).
bool leads_out(const dns::Answer& answer) { return answer.addresses.empty() && !answer.names.empty(); }

/// Nobody but a server of the zone answers with authority and without offering recursion.
bool is_unmistakable(const dns::Answer& answer) { return answer.authoritative && !answer.recursion_available; }

/// No server of a zone answers like that: with records that it has no authority over (RFC 1035 §4.1.1), or offering recursion without
/// authority. A private address with both bits is what a router's forwarder says of a name in its own hosts file.
bool is_of_a_forwarder(const dns::Answer& answer) {
  if (!answer.authoritative) return answer.recursion_available || !answer.addresses.empty();
  return answer.recursion_available && std::ranges::any_of(answer.addresses, [](const Address& address) { return !is_global(address); });
}

/// The servers of the zone that the name's aliases lead to were asked for their end.
bool is_of_the_end(const dns::Name& name, const dns::Answer& answer) { return !same_name(answer.question, queried(name)); }

void add(Records& records, bool& exists, const Evidence& evidence, const dns::Name& name, const CitedAnswer& cited, dns::Role role) {
  records.known = true;
  cite(records.evidence, cited.at);
  if (!cited.answer->names.empty()) records.alias_of = without_final_dot(cited.answer->names.back());
  if (is_of_the_end(name, *cited.answer)) records.alias_of = without_final_dot(cited.answer->question);
  for (const auto& address : cited.answer->addresses)
    if (role == dns::Role::authoritative || !is_synthesised(evidence, address)) records.addresses.push_back(address);
  (cited.answer->rcode == "NXDOMAIN" ? records.missing_name : exists) = true;
}

/// "No such name" or "no such record" from this network's resolver, without the zone's SOA record that belongs to it (RFC 2308 §3): a
/// filter may have taken the records out.
bool may_be_filtered(const dns::Answer& answer) { return answer.addresses.empty() && answer.names.empty() && !answer.negative_ttl_s; }

bool has_authority(const dns::Name& name, const dns::Answer& answer) {
  return answer.role == dns::Role::authoritative && answer.authoritative && is_valid(answer) && !is_intercepted(name, answer.server.address.family());
}

std::vector<CitedAnswer> words_at_the_end(const Evidence& evidence, std::size_t name, std::string_view type) {
  const auto& asked = evidence.dns->names[name];
  std::vector<CitedAnswer> result;
  for (std::size_t i = 0; i < asked.answers.size(); ++i)
    if (const auto& answer = asked.answers[i]; answer.type == type && is_of_the_end(asked, answer) && has_authority(asked, answer) && !leads_out(answer))
      result.push_back({&answer, pointer("dns", "names", name, "answers", i)});
  return result;
}

/// The valid answers that are the word of this role, whoever was asked.
std::vector<CitedAnswer> words_of(const Evidence& evidence, std::size_t name, std::string_view type, dns::Role role) {
  std::vector<CitedAnswer> result;
  if (role == dns::Role::authoritative) {
    result = authoritative_words(evidence, name, type);
    const auto out = std::erase_if(result, [](const auto& cited) { return leads_out(*cited.answer); });
    return out > 0 && result.empty() ? words_at_the_end(evidence, name, type) : result;
  }
  for (const auto asked : {dns::Role::public_resolver, dns::Role::system})
    for (auto& cited : answers_of(evidence, name, type, asked))
      if (is_valid(*cited.answer) && heard_as(evidence.dns->names[name], *cited.answer) == role) result.push_back(std::move(cited));
  if (role == dns::Role::system) std::erase_if(result, [](const auto& cited) { return may_be_filtered(*cited.answer); });
  return result;
}

/// What signatures prove needs nobody's word.
std::optional<Records> proven_records(const Evidence& evidence, std::size_t name, Family family) {
  const auto& proof = evidence.dns->names[name].dnssec;
  if (!proof || proof->security != dns::Security::secure) return std::nullopt;
  Records records{.known = true, .role = dns::Role::authoritative};
  for (const auto& address : proof->proven)
    if (address.family() == family) records.addresses.push_back(address);
  if (records.addresses.empty()) return std::nullopt;
  records.addresses = sorted(std::move(records.addresses));
  records.evidence = {pointer("dns", "names", name, "dnssec")};
  for (const auto& answer : evidence.dns->names[name].answers)
    if (answer.type == type_of(family) && !answer.names.empty()) records.alias_of = without_final_dot(answer.names.back());
  return records;
}

}  // namespace

bool same_name(std::string_view a, std::string_view b) {
  const auto bare = [](std::string_view text) { return text.ends_with('.') ? text.substr(0, text.size() - 1) : text; };
  const auto lower = [](char ch) { return ch >= 'A' && ch <= 'Z' ? static_cast<char>(ch - 'A' + 'a') : ch; };
  return std::ranges::equal(bare(a), bare(b), {}, lower, lower);
}

const std::string& queried(const dns::Name& name) { return name.asked_as.empty() ? name.name : name.asked_as; }

std::vector<std::string> known_as(const Evidence& evidence, std::size_t name, std::optional<Family> family) {
  const auto& asked = evidence.dns->names[name];
  std::vector<std::string> result{asked.name};
  const auto add_spelling = [&](const std::string& spelling) {
    const auto is_this = [&](const std::string& known) { return same_name(known, spelling); };
    if (!spelling.empty() && std::ranges::none_of(result, is_this)) result.push_back(spelling);
  };
  add_spelling(without_final_dot(asked.asked_as));
  for (const auto each : {Family::ipv4, Family::ipv6})
    if (family.value_or(each) == each) add_spelling(records_of(evidence, name, each).alias_of);
  return result;
}

std::vector<std::string> known_as(const Evidence& evidence, std::string_view name, std::optional<Family> family) {
  for (std::size_t i = 0; evidence.dns && i < evidence.dns->names.size(); ++i)
    if (same_name(evidence.dns->names[i].name, name)) return known_as(evidence, i, family);
  return {std::string(name)};
}

bool is_valid(const dns::Answer& answer) { return answer.rcode == "NOERROR" || answer.rcode == "NXDOMAIN"; }

bool is_intercepted(const dns::Name& name, Family family) {
  bool forwarder = false;
  for (const auto& answer : name.answers) {
    if (answer.role != dns::Role::authoritative || answer.server.address.family() != family || !answer.rcode) continue;
    if (is_unmistakable(answer)) return false;
    forwarder = forwarder || is_of_a_forwarder(answer);
  }
  return forwarder;
}

dns::Role heard_as(const dns::Name& name, const dns::Answer& answer) {
  return answer.role != dns::Role::system && is_intercepted(name, answer.server.address.family()) ? dns::Role::system : answer.role;
}

bool is_synthesised(const Evidence& evidence, const Address& address) {
  if (!evidence.dns || address.is_v4()) return false;
  const auto is_own = [&](const Prefix& prefix) {
    return evidence.host && std::ranges::any_of(evidence.host->interfaces, [&](const Interface& interface) {
             return std::ranges::any_of(interface.addresses, [&](const auto& own) { return own.address.is_v6() && prefix.contains(own.address); });
           });
  };
  return std::ranges::any_of(evidence.dns->nat64_prefixes, [&](const Prefix& prefix) { return prefix.contains(address) && !is_own(prefix); });
}

std::vector<Address> sorted(std::vector<Address> addresses) {
  std::ranges::sort(addresses);
  addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
  return addresses;
}

std::string in_words(const std::vector<Address>& addresses) {
  constexpr std::size_t most_told = 8;
  std::string result;
  for (const auto& address : std::span(addresses).first(std::min(addresses.size(), most_told)))
    result += (result.empty() ? "" : ", ") + address.to_string();
  if (addresses.size() > most_told) result += fmt::format(" and {} more", addresses.size() - most_told);
  return result.empty() ? "no address" : result;
}

std::vector<CitedAnswer> answers_of(const Evidence& evidence, std::size_t name, std::string_view type, dns::Role role) {
  return answers_about(evidence, name, queried(evidence.dns->names[name]), type, role);
}

std::vector<CitedAnswer> answers_about(const Evidence& evidence, std::size_t name, std::string_view question, std::string_view type, dns::Role role) {
  std::vector<CitedAnswer> result;
  const auto& asked = evidence.dns->names[name];
  for (std::size_t i = 0; i < asked.answers.size(); ++i) {
    const auto& answer = asked.answers[i];
    if (answer.role != role || answer.type != type || !same_name(answer.question, question)) continue;
    result.push_back({&answer, pointer("dns", "names", name, "answers", i)});
  }
  return result;
}

std::vector<CitedAnswer> authoritative_words(const Evidence& evidence, std::size_t name, std::string_view type) {
  return authoritative_words(evidence, name, queried(evidence.dns->names[name]), type);
}

std::vector<CitedAnswer> authoritative_words(const Evidence& evidence, std::size_t name, std::string_view question, std::string_view type) {
  auto result = answers_about(evidence, name, question, type, dns::Role::authoritative);
  std::erase_if(result, [&](const auto& cited) { return !has_authority(evidence.dns->names[name], *cited.answer); });
  return result;
}

Records records_of(const Evidence& evidence, std::size_t name, Family family) {
  if (auto proven = proven_records(evidence, name, family)) return *proven;
  for (const auto role : {dns::Role::authoritative, dns::Role::public_resolver, dns::Role::system}) {
    Records records;
    bool exists = false;
    for (const auto& cited : words_of(evidence, name, type_of(family), role)) add(records, exists, evidence, evidence.dns->names[name], cited, role);
    if (!records.known) continue;
    records.role = role;
    records.missing_name = records.missing_name && !exists;
    records.addresses = sorted(std::move(records.addresses));
    return records;
  }
  return {};
}

}  // namespace ringback::diagnosis
