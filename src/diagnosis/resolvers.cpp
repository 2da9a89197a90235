#include <algorithm>
#include <array>

#include "diagnosis/codes.hpp"
#include "diagnosis/dnssec.hpp"

namespace ringback::diagnosis {
namespace {

/// RFC 8914 §5.2.
enum ExtendedError : unsigned {
  stale_answer = 3, first_bogus = 6, last_bogus = 12, blocked = 15, censored = 16, filtered = 17, stale_nxdomain = 19
};

bool has_error(const dns::Answer& answer, std::initializer_list<unsigned> codes) {
  return answer.extended_error && std::ranges::find(codes, *answer.extended_error) != codes.end();
}

/// Of one name and type: what the zone has, and what is compared with it.
struct Question {
  const Case& c;
  std::size_t name;
  Family family;
  Records truth;

  const std::string& asked() const { return c.evidence.dns->names[name].name; }
  std::string says_no(const dns::Answer& answer, std::string_view how) const {
    return fmt::format("{}{} says that {} has no {} record{}; the zone's own servers have {}.", answer.server.address.to_string(), how, asked(),
                       type_of(family), answer.negative_ttl_s ? fmt::format(", and may do so for another {} s", *answer.negative_ttl_s) : "",
                       in_words(truth.addresses));
  }
  Finding report(const char* code, Confidence confidence, std::string detail, const CitedAnswer& cited) const {
    return finding(code, confidence, std::move(detail), {.name = asked()}, together({cited.at}, truth.evidence));
  }
};

/// A public resolver has the zone's present answer, so it is no matter of time and of caches on the way.
bool is_public_by_now(const Question& q) {
  return std::ranges::any_of(answers_of(q.c.evidence, q.name, type_of(q.family), dns::Role::public_resolver),
                             [&](const auto& cited) { return sorted(cited.answer->addresses) == q.truth.addresses; });
}

/// The same resolver knows the name by the other type: a remembered NXDOMAIN would hold for both (RFC 2308 §5).
bool knows_the_name(const Question& q, const Endpoint& server) {
  const auto other = q.family == Family::ipv4 ? Family::ipv6 : Family::ipv4;
  return std::ranges::any_of(answers_of(q.c.evidence, q.name, type_of(other), dns::Role::system), [&](const auto& cited) {
    return cited.answer->server == server && cited.answer->rcode == "NOERROR" && !cited.answer->addresses.empty();
  });
}

/// It says of the name, by either type, that it filters. The two answers are weighed together: a resolver that joins two askers of the same
/// question (dnsmasq does, RFC 5452 §5) answers both as the first one asked, and without EDNS there is no room for the reason.
bool says_it_filters(const Question& q, const Endpoint& server) {
  return std::ranges::any_of(std::array{Family::ipv4, Family::ipv6}, [&](Family family) {
    return std::ranges::any_of(answers_of(q.c.evidence, q.name, type_of(family), dns::Role::system), [&](const auto& cited) {
      return cited.answer->server == server && cited.answer->addresses.empty() && has_error(*cited.answer, {blocked, censored, filtered});
    });
  });
}

/// Why this host's resolver says "no" to a record that the zone has: it remembers an earlier "no", or it takes the answer away.
/// - It says so itself (RFC 8914): that settles it.
/// - A remembered "no" comes with the zone's SOA record (RFC 2308 §3), a filtered answer without: unbound and dnsmasq take the records
///   out and leave nothing behind.
/// - But dnsmasq's cache leaves the SOA record out as well, and its filter makes an NXDOMAIN of the answer.
Finding own_denial(const Question& q, const CitedAnswer& cited) {
  const auto& answer = *cited.answer;
  if (says_it_filters(q, answer.server))
    return q.report("dns.resolver-filters", Confidence::likely, q.says_no(answer, "") + " It says itself that it filters.", cited);
  if (answer.negative_ttl_s || has_error(answer, {stale_answer, stale_nxdomain}))
    return q.report("dns.stale-cache", Confidence::likely, q.says_no(answer, " still"), cited);
  if (answer.rcode == "NXDOMAIN" && !knows_the_name(q, answer.server))
    return q.report("dns.stale-cache", Confidence::possible,
                    q.says_no(answer, "") + " It remembers an earlier \"no\", or it filters (rebind protection): the two look alike.", cited);
  if (is_public_by_now(q)) return q.report("dns.resolver-filters", Confidence::likely, q.says_no(answer, "") + " Public resolvers have it.", cited);
  return q.report("dns.resolver-filters", Confidence::possible,
                  q.says_no(answer, "") + " A resolver that remembers the time before the record was there can look the same.", cited);
}

/// Private answers of this host's own resolver are a split view made on purpose, not an old answer.
bool is_split_view(const dns::Answer& answer) {
  return std::ranges::any_of(answer.addresses, [](const Address& address) { return !is_global(address); });
}

std::optional<Finding> other_answer(const Question& q, const CitedAnswer& cited) {
  const auto& answer = *cited.answer;
  if (!is_valid(answer)) return std::nullopt;
  if (answer.addresses.empty()) {
    if (!answer.names.empty()) return std::nullopt;  // an alias whose end it did not find
    if (heard_as(q.c.evidence.dns->names[q.name], answer) == dns::Role::system) return own_denial(q, cited);
    if (answer.rcode != "NXDOMAIN" && !answer.negative_ttl_s) return std::nullopt;
    return q.report("dns.stale-cache", Confidence::likely, q.says_no(answer, " still"), cited);
  }
  if (is_split_view(answer) || sorted(answer.addresses) == q.truth.addresses) return std::nullopt;
  if (std::ranges::any_of(answer.addresses, [&](const Address& a) { return is_synthesised(q.c.evidence, a); })) return std::nullopt;
  const auto left = answer.ttl_s ? fmt::format(" for another {} s", *answer.ttl_s) : std::string();
  return q.report("dns.stale-cache", Confidence::likely,
                  fmt::format("{} still gives {} for {}{}; the zone's own servers give {}.", answer.server.address.to_string(),
                              in_words(answer.addresses), q.asked(), left, in_words(q.truth.addresses)),
                  cited);
}

void caches(const Case& c, std::size_t name, Findings& into) {
  for (const auto family : {Family::ipv4, Family::ipv6}) {
    const Question q{c, name, family, records_of(c.evidence, name, family)};
    if (q.truth.role != dns::Role::authoritative || q.truth.addresses.empty()) continue;
    const bool ours = std::ranges::all_of(q.truth.addresses, [&](const Address& address) { return is_household(c.facts, address); });
    if (!ours) continue;  // answers that vary by who asks are common where the name is not at home
    for (const auto role : {dns::Role::system, dns::Role::public_resolver})
      for (const auto& cited : answers_of(c.evidence, name, type_of(family), role))
        if (auto found = other_answer(q, cited)) into.push_back(std::move(*found));
  }
}

/// What was never sent says nothing of the resolver.
bool was_asked(const dns::Answer& answer) {
  return !answer.trouble || !(answer.trouble->starts_with("not asked: the deadline") || answer.trouble->starts_with("no route"));
}

}  // namespace

Validation validation_of(const Case& c, std::size_t name) {
  Validation result;
  for (const auto role : {dns::Role::system, dns::Role::public_resolver}) {
    for (const auto type : {"A", "AAAA"}) {
      for (const auto& cited : answers_of(c.evidence, name, type, role)) {
        const auto& answer = *cited.answer;
        result.answered = result.answered || is_valid(answer);
        result.validated = result.validated || (is_valid(answer) && answer.authentic);
        const bool says = answer.extended_error && *answer.extended_error >= first_bogus && *answer.extended_error <= last_bogus;
        if (answer.rcode != "SERVFAIL" || (!says && answer.unchecked_rcode != "NOERROR")) continue;
        const bool own = heard_as(c.evidence.dns->names[name], answer) == dns::Role::system;
        result.failing.insert(own ? "this network's" : answer.server.address.to_string());
        result.own_fails = result.own_fails || own;
        result.said = result.said || says;
        result.refusals.push_back(cited);
      }
    }
  }
  return result;
}

Findings resolver_findings(const Case& c, std::size_t name) {
  Findings result;
  caches(c, name, result);
  std::ranges::move(signature_findings(c, name, validation_of(c, name)), std::back_inserter(result));
  return result;
}

Findings broken_resolvers(const Case& c) {
  struct Tally {
    unsigned asked = 0, answered = 0;
    Pointers evidence;
  };
  std::map<Endpoint, Tally> tallies;
  bool others = false;
  const auto count = [&](const dns::Answer& answer, const std::string& at) {
    if (answer.rcode && answer.rcode != "SERVFAIL") others = true;
    if (answer.role != dns::Role::system || !was_asked(answer)) return;
    auto& tally = tallies[answer.server];
    ++tally.asked;
    if (answer.rcode || answer.truncated) ++tally.answered;
    tally.evidence.push_back(at);
  };
  for (std::size_t i = 0; i < c.evidence.dns->names.size(); ++i)
    for (std::size_t j = 0; j < c.evidence.dns->names[i].answers.size(); ++j)
      count(c.evidence.dns->names[i].answers[j], pointer("dns", "names", i, "answers", j));
  for (std::size_t i = 0; i < c.evidence.dns->ipv4only.size(); ++i) count(c.evidence.dns->ipv4only[i], pointer("dns", "ipv4only", i));
  Findings result;
  for (const auto& [server, tally] : tallies)
    if (others && tally.asked >= 2 && tally.answered == 0)
      result.push_back(finding("dns.resolver-broken", Confidence::likely,
                               fmt::format("{} gave no answer to {} questions, while other servers answered.", server.to_string(), tally.asked), {},
                               tally.evidence));
  return result;
}

}  // namespace ringback::diagnosis
