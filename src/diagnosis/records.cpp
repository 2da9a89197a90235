#include "diagnosis/records.hpp"

#include <algorithm>

#include "diagnosis/codes.hpp"

namespace ringback::diagnosis {
namespace {

bool same_name(std::string_view a, std::string_view b) {
  const auto bare = [](std::string_view text) { return text.ends_with('.') ? text.substr(0, text.size() - 1) : text; };
  const auto lower = [](char ch) { return ch >= 'A' && ch <= 'Z' ? static_cast<char>(ch - 'A' + 'a') : ch; };
  return std::ranges::equal(bare(a), bare(b), {}, lower, lower);
}

bool is_valid(const dns::Answer& answer) { return answer.rcode == "NOERROR" || answer.rcode == "NXDOMAIN"; }

std::vector<Address> sorted(std::vector<Address> addresses) {
  std::ranges::sort(addresses);
  addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
  return addresses;
}

std::string list(const std::vector<Address>& addresses) {
  std::string result;
  for (const auto& address : addresses) result += (result.empty() ? "" : ", ") + address.to_string();
  return result.empty() ? "no address" : result;
}

std::string who(const dns::Answer& answer) {
  const auto address = answer.server.address.to_string();
  return answer.server_name.empty() ? address : fmt::format("{} ({})", answer.server_name, address);
}

/// An alias into another zone: the zone's own server rightly gives no address (RFC 1034 §4.3.2 step 3a).
bool leads_out(const dns::Answer& answer) { return answer.addresses.empty() && !answer.names.empty(); }

/// AAAA records that a DNS64 made up from A records (RFC 6147) are no records of the name.
bool is_synthesised(const Evidence& evidence, const Address& address) {
  if (!evidence.dns || address.is_v4()) return false;
  return std::ranges::any_of(evidence.dns->nat64_prefixes, [&](const Prefix& prefix) { return prefix.contains(address); });
}

void add(Records& records, const Evidence& evidence, const CitedAnswer& cited) {
  records.known = true;
  cite(records.evidence, cited.at);
  for (const auto& address : cited.answer->addresses)
    if (!is_synthesised(evidence, address)) records.addresses.push_back(address);
}

void disagreement(const Case& c, std::size_t name, Findings& into) {
  for (const auto type : {"A", "AAAA"}) {
    const CitedAnswer* first = nullptr;
    const auto answers = answers_of(c.evidence, name, type, dns::Role::authoritative);
    for (const auto& cited : answers) {
      if (!is_authoritative_word(*cited.answer) || leads_out(*cited.answer)) continue;
      if (!first) {
        first = &cited;
        continue;
      }
      const bool same = first->answer->rcode == cited.answer->rcode && sorted(first->answer->addresses) == sorted(cited.answer->addresses);
      if (same) continue;
      const auto& asked = c.evidence.dns->names[name].name;
      into.push_back(finding("dns.servers-disagree", Confidence::certain,
                             fmt::format("{} {}: {} says {}, {} says {}.", asked, type, who(*first->answer), list(first->answer->addresses),
                                         who(*cited.answer), list(cited.answer->addresses)),
                             {.name = asked}, {first->at, cited.at}));
      return;
    }
  }
}

/// REFUSED, SERVFAIL, NOTAUTH, or a referral without authority. Silence is not lameness: a packet may be lost.
bool is_lame(const dns::Answer& answer) {
  if (!answer.rcode) return false;
  if (*answer.rcode == "REFUSED" || *answer.rcode == "SERVFAIL" || *answer.rcode == "NOTAUTH") return true;
  return *answer.rcode == "NOERROR" && !answer.authoritative && answer.addresses.empty() && answer.names.empty();
}

void lameness(const Case& c, std::size_t name, Findings& into) {
  std::vector<Endpoint> reported;
  for (const auto type : {"A", "AAAA", "SOA"}) {
    for (const auto& cited : answers_of(c.evidence, name, type, dns::Role::authoritative)) {
      if (!is_lame(*cited.answer) || std::ranges::find(reported, cited.answer->server) != reported.end()) continue;
      reported.push_back(cited.answer->server);
      into.push_back(finding("dns.lame-server", Confidence::likely,
                             fmt::format("{} answers {} to the question for {}.", who(*cited.answer),
                                         *cited.answer->rcode == "NOERROR" ? "without authority" : *cited.answer->rcode, cited.answer->question),
                             {.name = c.evidence.dns->names[name].name}, {cited.at}));
    }
  }
}

/// Private answers of this host's own resolver are a split view made on purpose, not an old answer.
bool is_split_view(const dns::Answer& answer) {
  return std::ranges::any_of(answer.addresses, [](const Address& address) { return !is_global(address); });
}

void caches(const Case& c, std::size_t name, Findings& into) {
  for (const auto family : {Family::ipv4, Family::ipv6}) {
    const auto truth = records_of(c.evidence, name, family);
    if (truth.role != dns::Role::authoritative || truth.addresses.empty()) continue;
    const bool ours = std::ranges::all_of(truth.addresses, [&](const Address& address) { return is_household(c.facts, address); });
    if (!ours) continue;  // answers that vary by who asks are common where the name is not at home
    const auto& asked = c.evidence.dns->names[name].name;
    for (const auto role : {dns::Role::system, dns::Role::public_resolver}) {
      for (const auto& cited : answers_of(c.evidence, name, type_of(family), role)) {
        const auto& answer = *cited.answer;
        if (!is_valid(answer)) continue;
        if (answer.addresses.empty() && role == dns::Role::system && answer.names.empty()) {
          into.push_back(finding("dns.resolver-filters", Confidence::likely,
                                 fmt::format("{} says that {} has no {} record; the zone's own servers have {}.", answer.server.address.to_string(), asked,
                                             type_of(family), list(truth.addresses)),
                                 {.name = asked}, together({cited.at}, truth.evidence)));
          continue;
        }
        if (answer.addresses.empty() || is_split_view(answer) || sorted(answer.addresses) == truth.addresses) continue;
        if (std::ranges::any_of(answer.addresses, [&](const Address& a) { return is_synthesised(c.evidence, a); })) continue;
        into.push_back(finding("dns.stale-cache", Confidence::likely,
                               fmt::format("{} still gives {} for {}{}; the zone's own servers give {}.", answer.server.address.to_string(),
                                           list(answer.addresses), asked, answer.ttl_s ? fmt::format(" for another {} s", *answer.ttl_s) : "",
                                           list(truth.addresses)),
                               {.name = asked}, together({cited.at}, truth.evidence)));
      }
    }
  }
}

/// RFC 8914 §4.7 to §4.13: the INFO-CODEs of failed validation. Or the same question without validation is answered (RFC 4035 §3.2.2).
bool is_bogus(const dns::Answer& answer) {
  if (answer.rcode != "SERVFAIL") return false;
  if (answer.extended_error && *answer.extended_error >= 6 && *answer.extended_error <= 12) return true;
  return answer.unchecked_rcode == "NOERROR";
}

void validation(const Case& c, std::size_t name, Findings& into) {
  Pointers evidence;
  for (const auto role : {dns::Role::system, dns::Role::public_resolver})
    for (const auto type : {"A", "AAAA"})
      for (const auto& cited : answers_of(c.evidence, name, type, role))
        if (is_bogus(*cited.answer)) cite(evidence, cited.at);
  if (evidence.empty()) return;
  const auto confidence = evidence.size() >= 2 ? Confidence::certain : Confidence::likely;
  const auto& asked = c.evidence.dns->names[name].name;
  into.push_back(finding("dns.bogus", confidence, fmt::format("Validating resolvers refuse {} because its signatures do not fit.", asked),
                         {.name = asked}, evidence));
}

void lifetimes(const Case& c, std::size_t name, Findings& into) {
  constexpr unsigned long_s = 6 * 3600;
  for (const auto type : {"A", "AAAA"}) {
    for (const auto& cited : answers_of(c.evidence, name, type, dns::Role::authoritative)) {
      if (!is_authoritative_word(*cited.answer) || cited.answer->addresses.empty() || cited.answer->ttl_s.value_or(0) < long_s) continue;
      const auto& asked = c.evidence.dns->names[name].name;
      into.push_back(finding("dns.ttl-long", Confidence::certain,
                             fmt::format("{} {} may be kept for {} hours.", asked, type, *cited.answer->ttl_s / 3600), {.name = asked}, {cited.at}));
      return;
    }
  }
}

}  // namespace

bool is_authoritative_word(const dns::Answer& answer) { return answer.authoritative && is_valid(answer); }

std::vector<CitedAnswer> answers_of(const Evidence& evidence, std::size_t name, std::string_view type, dns::Role role) {
  std::vector<CitedAnswer> result;
  const auto& asked = evidence.dns->names[name];
  for (std::size_t i = 0; i < asked.answers.size(); ++i) {
    const auto& answer = asked.answers[i];
    if (answer.role != role || answer.type != type || !same_name(answer.question, asked.name)) continue;
    result.push_back({&answer, pointer("dns", "names", name, "answers", i)});
  }
  return result;
}

Records records_of(const Evidence& evidence, std::size_t name, Family family) {
  for (const auto role : {dns::Role::authoritative, dns::Role::public_resolver, dns::Role::system}) {
    Records records;
    bool exists = false;
    for (const auto& cited : answers_of(evidence, name, type_of(family), role)) {
      const auto& answer = *cited.answer;
      const bool counts = role == dns::Role::authoritative ? is_authoritative_word(answer) && !leads_out(answer) : is_valid(answer);
      if (!counts) continue;
      add(records, evidence, cited);
      if (answer.rcode == "NXDOMAIN")
        records.missing_name = true;
      else
        exists = true;
    }
    if (!records.known) continue;
    records.role = role;
    records.missing_name = records.missing_name && !exists;
    records.addresses = sorted(std::move(records.addresses));
    return records;
  }
  return {};
}

Findings serving_findings(const Case& c, std::size_t name) {
  Findings result;
  disagreement(c, name, result);
  lameness(c, name, result);
  caches(c, name, result);
  validation(c, name, result);
  lifetimes(c, name, result);
  return result;
}

}  // namespace ringback::diagnosis
