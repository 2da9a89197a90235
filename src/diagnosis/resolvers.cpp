/// What resolvers make of a name that the zone has: old answers, denials, answers that lead nowhere. And resolvers that answer nothing.
#include <algorithm>
#include <functional>

#include "diagnosis/codes.hpp"
#include "diagnosis/dnssec.hpp"

namespace ringback::diagnosis {
namespace {

/// RFC 8914 §5.2.
enum ExtendedError : unsigned { stale_answer = 3, blocked = 15, censored = 16, filtered = 17, stale_nxdomain = 19 };

bool has_error(const dns::Answer& answer, std::initializer_list<unsigned> codes) {
  return answer.extended_error && std::ranges::find(codes, *answer.extended_error) != codes.end();
}

bool says_it_filters(const dns::Answer& answer) { return has_error(answer, {blocked, censored, filtered}); }

/// Of one name and type: what the zone has, and what is compared with it.
struct Question {
  const Case& c;
  std::size_t name;
  Family family;
  Records truth;

  const dns::Name& about() const { return c.evidence.dns->names[name]; }
  const std::string& asked() const { return about().name; }
  std::string says_no(const dns::Answer& answer, std::string_view how) const {
    return fmt::format("{}{} says that {} has no {} record{}; the zone has {}.", answer.server.address.to_string(), how, asked(), type_of(family),
                       answer.negative_ttl_s ? fmt::format(", and may do so for another {} s", *answer.negative_ttl_s) : "",
                       in_words(truth.addresses));
  }
  Finding report(const char* code, Confidence confidence, std::string detail, const CitedAnswer& cited) const {
    return finding(code, confidence, std::move(detail), {.name = asked()}, together({cited.at}, truth.evidence));
  }
  /// Of the same server's answers to the question for the other type, one is like that.
  bool any_of_other_type(const Endpoint& server, const std::function<bool(const dns::Answer&)>& is_like_that) const {
    const auto other = type_of(family == Family::ipv4 ? Family::ipv6 : Family::ipv4);
    return std::ranges::any_of(of_resolvers(c, name), [&](const auto& cited) {
      return cited.answer->server == server && cited.answer->type == other && is_like_that(*cited.answer);
    });
  }
};

/// A public resolver has the zone's present answer, so it is no matter of time and of caches on the way.
bool is_public_by_now(const Question& q) {
  return std::ranges::any_of(answers_of(q.c.evidence, q.name, type_of(q.family), dns::Role::public_resolver),
                             [&](const auto& cited) { return sorted(cited.answer->addresses) == q.truth.addresses; });
}

/// 0.0.0.0, ::, 127.0.0.1 in place of an address. On Debian the hosts file has 127.0.1.1 for the host itself, and a resolver on the host says so.
bool leads_nowhere(const Question& q, const Address& address) {
  if (address.is_unspecified()) return true;
  const auto& programs = q.about().applications;
  return address.is_loopback() && !(programs && std::ranges::find(programs->hosts_file, address) != programs->hosts_file.end());
}

/// The answer is a block, whatever it looks like: it says so, or leads nowhere (Pi-hole's default).
bool blocks(const Question& q, const dns::Answer& answer) {
  if (says_it_filters(answer)) return true;
  return !answer.addresses.empty() && std::ranges::all_of(answer.addresses, [&](const Address& address) { return leads_nowhere(q, address); });
}

/// An address for the inside: a view made on purpose (unbound's local-data, dnsmasq's address=), not an old answer.
bool gives_inside_address(const dns::Answer& answer) {
  return std::ranges::any_of(answer.addresses, [](const Address& address) { return !is_global(address); });
}

std::string block_in_words(const Question& q, const dns::Answer& answer) {
  const auto server = answer.server.address.to_string();
  if (!answer.addresses.empty())
    return fmt::format("{} blocks {}: it gives {} as its {} record; the zone has {}.", server, q.asked(), in_words(answer.addresses),
                       type_of(q.family), in_words(q.truth.addresses));
  if (is_valid(answer)) return q.says_no(answer, "");
  return fmt::format("{} blocks {}: its answer is {}; the zone has {}.", server, q.asked(), answer.rcode.value_or("none"),
                     in_words(q.truth.addresses));
}

/// Why this host's resolver says "no" to a record that the zone has: it remembers an earlier "no", or it takes the answer away.
/// - It has an address for the inside of the other type: the "no" belongs to that view.
/// - It blocks the name, or says so itself (RFC 8914), of either type: that settles it. The two are weighed together: a resolver that joins two
///   askers of the same question (dnsmasq does, RFC 5452 §5) answers both as the first one asked, and without EDNS there is no room for the reason.
/// - It has authority (AA, which no cache sets): a view as well.
/// - A remembered "no" comes with the zone's SOA record (RFC 2308 §3), a filtered answer without: unbound and dnsmasq take the records
///   out and leave nothing behind.
/// - But dnsmasq's cache leaves the SOA record out as well, and its filter makes an NXDOMAIN of the answer.
std::optional<Finding> own_denial(const Question& q, const CitedAnswer& cited) {
  const auto& answer = *cited.answer;
  const auto other_type = [&](const auto& is_like_that) { return q.any_of_other_type(answer.server, is_like_that); };
  const auto is_block = [&](const dns::Answer& other) { return blocks(q, other); };
  if (other_type([&](const dns::Answer& other) { return !blocks(q, other) && gives_inside_address(other); })) return std::nullopt;
  if (blocks(q, answer) || other_type(is_block)) {
    const bool says = says_it_filters(answer) || other_type(says_it_filters);
    const auto* why = says ? " It says itself that it filters." : blocks(q, answer) ? "" : " It blocks the other record of the name.";
    return q.report("dns.resolver-filters", Confidence::likely, block_in_words(q, answer) + why, cited);
  }
  if (answer.authoritative) return std::nullopt;
  if (answer.negative_ttl_s || has_error(answer, {stale_answer, stale_nxdomain}))
    return q.report("dns.stale-cache", Confidence::likely, q.says_no(answer, " still"), cited);
  // A remembered NXDOMAIN would hold for both types (RFC 2308 §5).
  const bool knows_the_name = other_type([](const dns::Answer& other) { return other.rcode == "NOERROR" && !other.addresses.empty(); });
  if (answer.rcode == "NXDOMAIN" && !knows_the_name)
    return q.report("dns.stale-cache", Confidence::possible,
                    q.says_no(answer, "") + " It remembers an earlier \"no\", or it filters (rebind protection): the two look alike.", cited);
  if (is_public_by_now(q)) return q.report("dns.resolver-filters", Confidence::likely, q.says_no(answer, "") + " Public resolvers have it.", cited);
  return q.report("dns.resolver-filters", Confidence::possible,
                  q.says_no(answer, "") + " A resolver that remembers the time before the record was there can look the same.", cited);
}

std::optional<Finding> other_answer(const Question& q, const CitedAnswer& cited) {
  const auto& answer = *cited.answer;
  const bool own = heard_as(q.about(), answer) == dns::Role::system;
  if (sorted(answer.addresses) == q.truth.addresses) return std::nullopt;
  if (blocks(q, answer)) return own ? own_denial(q, cited) : std::nullopt;   // what a public one blocks is no matter of this network
  if (!is_valid(answer)) return std::nullopt;
  if (answer.addresses.empty()) {
    if (!answer.names.empty()) return std::nullopt;  // an alias whose end it did not find
    if (own) return own_denial(q, cited);
    if (answer.rcode != "NXDOMAIN" && !answer.negative_ttl_s) return std::nullopt;
    return q.report("dns.stale-cache", Confidence::likely, q.says_no(answer, " still"), cited);
  }
  if (gives_inside_address(answer) || (own && answer.authoritative)) return std::nullopt;   // no cache sets AA
  if (std::ranges::any_of(answer.addresses, [&](const Address& a) { return is_synthesised(q.c.evidence, a); })) return std::nullopt;
  const auto left = answer.ttl_s ? fmt::format(" for another {} s", *answer.ttl_s) : std::string();
  return q.report("dns.stale-cache", Confidence::likely,
                  fmt::format("{} still gives {} for {}{}; the zone has {}.", answer.server.address.to_string(), in_words(answer.addresses),
                              q.asked(), left, in_words(q.truth.addresses)),
                  cited);
}

/// A resolver on this host that says what one behind it says: it passes that on, and the other one is at fault.
bool passes_on(const Case& c, std::size_t name, const CitedAnswer& cited) {
  const auto& answer = *cited.answer;
  return answer.rcode && answer.server.address.is_loopback() && std::ranges::any_of(answers_of(c.evidence, name, answer.type, dns::Role::system), [&](const auto& other) {
    return !other.answer->server.address.is_loopback() && other.answer->rcode == answer.rcode && sorted(other.answer->addresses) == sorted(answer.addresses);
  });
}

void caches(const Case& c, std::size_t name, Findings& into) {
  for (const auto family : {Family::ipv4, Family::ipv6}) {
    const Question q{c, name, family, records_of(c.evidence, name, family)};
    if (q.truth.role != dns::Role::authoritative || q.truth.addresses.empty()) continue;
    const bool ours = std::ranges::all_of(q.truth.addresses, [&](const Address& address) { return is_household(c.facts, address); });
    if (!ours) continue;  // answers that vary by who asks are common where the name is not at home
    for (const auto role : {dns::Role::system, dns::Role::public_resolver})
      for (const auto& cited : answers_of(c.evidence, name, type_of(family), role)) {
        if (passes_on(c, name, cited)) continue;
        if (auto found = other_answer(q, cited)) into.push_back(std::move(*found));
      }
  }
}

/// What was never sent says nothing of the resolver.
bool was_asked(const dns::Answer& answer) {
  return !answer.trouble || !(answer.trouble->starts_with("not asked: the deadline") || answer.trouble->starts_with("no route"));
}

}  // namespace

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
