#include "diagnosis/silent_servers.hpp"

#include <algorithm>
#include <span>

#include "diagnosis/codes.hpp"
#include "diagnosis/dnssec.hpp"
#include "diagnosis/zone_servers.hpp"

namespace ringback::diagnosis {
namespace {

/// RFC 8914 §4.23, §4.24.
constexpr unsigned no_reachable_authority = 22, network_error = 23;
/// RFC 8914 §4.4, §4.20: it answers with what it remembers, because nobody tells it anything newer.
constexpr unsigned stale_answer_given = 3, stale_denial_given = 19;

/// One of the servers of a zone, by its name.
struct ZoneServer {
  std::string name;
  std::vector<Address> silent, heard;
  bool unclear = false;               ///< of another address nothing can be said
  bool is_told = false;               ///< over the family of one that is silent servers do answer
  unsigned questions = 0, fewest_sendings = 0;
  std::optional<Address> unreachable_says;
  Pointers at;
};

void add_silent(const Endpoint& endpoint, const Silences& all, ZoneServer& to) {
  const auto& silence = all.servers.at(endpoint);
  to.silent.push_back(endpoint.address);
  to.is_told = to.is_told || all.open.contains(endpoint.address.family());
  if (silence.unanswered > 0)
    to.fewest_sendings = to.questions == 0 ? silence.fewest_sendings : std::min(to.fewest_sendings, silence.fewest_sendings);
  to.questions += silence.unanswered;
  if (!to.unreachable_says) to.unreachable_says = silence.unreachable_says;
}

/// Those of the name's zone that a way leads to, with all their addresses.
std::vector<ZoneServer> servers_of_zone(const Case& c, std::size_t name, const Silences& all) {
  std::vector<ZoneServer> result;
  std::set<Endpoint> known;
  const auto& answers = c.evidence.dns->names[name].answers;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const auto& answer = answers[i];
    if (answer.role != dns::Role::authoritative || !same_name(answer.question, queried(c.evidence.dns->names[name]))) continue;
    if (answer.trouble && answer.trouble->starts_with("no route")) continue;
    const auto its_name = answer.server_name.empty() ? answer.server.address.to_string() : answer.server_name;
    auto server = std::ranges::find_if(result, [&](const ZoneServer& one) { return same_name(one.name, its_name); });
    if (server == result.end()) {
      server = result.insert(result.end(), ZoneServer{});
      server->name = its_name;
    }
    const bool silent = says_nothing(c, answer.server, all);
    if (silent) cite(server->at, pointer("dns", "names", name, "answers", i));
    if (!known.insert(answer.server).second) continue;
    if (silent)
      add_silent(answer.server, all, *server);
    else if (all.servers.at(answer.server).spoke)
      server->heard.push_back(answer.server.address);
    else
      server->unclear = true;
  }
  return result;
}

std::string server_in_words(const ZoneServer& server) {
  const auto addresses = in_words(server.silent);
  return server.name == addresses ? addresses : fmt::format("{} ({})", server.name, addresses);
}

/// "gave no answer to 8 questions, each sent 4 times"
std::string silence_in_words(unsigned questions, unsigned fewest_sendings, const std::optional<Address>& unreachable_says) {
  if (questions == 0 && unreachable_says) return fmt::format("gave no answer: unreachable, says {}", unreachable_says->to_string());
  return fmt::format("gave no answer to {} questions, each sent {} times", questions, fewest_sendings);
}

/// A server of the zone that answered for it.
std::optional<CitedAnswer> one_that_answers(const Case& c, std::size_t name) {
  for (const auto type : {"A", "AAAA"})
    for (auto& cited : authoritative_words(c.evidence, name, type)) return std::move(cited);
  for (const auto type : {"SOA", "NS"})
    for (auto& cited : about_zone(c, name, type)) return std::move(cited);
  return std::nullopt;
}

/// What resolvers make of the name.
struct Sought {
  bool at_all = false;         ///< one of them was asked for it
  bool found = false;          ///< one of them has it, and does not say that this is old
  bool failed_outside = false; ///< a public one says that it cannot find it, whatever the signatures
  std::string unreachable;     ///< who says that no server can be reached; empty: nobody
  std::string remembering;     ///< who gives what it remembers
  Pointers at;
};

Sought sought_by_resolvers(const Case& c, std::size_t name) {
  Sought result;
  for (const auto& cited : of_resolvers(c, name)) {
    const auto& answer = *cited.answer;
    const auto error = answer.extended_error.value_or(0);
    const auto who = answer.server.address.to_string();
    const bool old = error == stale_answer_given || error == stale_denial_given;
    result.at_all = result.at_all || answer.rcode || answer.sent_in_vain > 0;
    if (is_valid(answer) && !old) {
      result.found = true;
      continue;
    }
    if (old)
      result.remembering = who;
    else if (answer.rcode == "SERVFAIL" && (error == no_reachable_authority || error == network_error))
      result.unreachable = who;
    const bool for_signatures = answer.unchecked_rcode == "NOERROR" || says_bogus(answer);
    if (answer.rcode == "SERVFAIL" && !for_signatures && heard_as(c.evidence.dns->names[name], answer) == dns::Role::public_resolver)
      result.failed_outside = true;
    if (answer.rcode) cite(result.at, cited.at);
  }
  return result;
}

std::string bare(const std::string& zone) { return zone.ends_with('.') && zone.size() > 1 ? zone.substr(0, zone.size() - 1) : zone; }

/// What is the zone's matter is said once, however many of its names were asked for.
bool is_first_of_zone(const dns::Evidence& evidence, std::size_t name) {
  const auto& zone = evidence.names[name].zone;
  const auto before = std::span(evidence.names).first(name);
  return !zone || std::ranges::none_of(before, [&](const dns::Name& other) { return other.zone && same_name(*other.zone, *zone); });
}

Finding beside_one_that_answers(const dns::Name& name, const ZoneServer& server, const CitedAnswer& other) {
  const auto silence = silence_in_words(server.questions, server.fewest_sendings, server.unreachable_says);
  auto detail = fmt::format("{} {}, while {} answered.", server_in_words(server), silence, shown_server(*other.answer));
  if (!server.heard.empty()) detail += fmt::format(" At {} it is heard.", in_words(server.heard));
  detail += " Resolvers that ask it first wait for it in vain.";
  return finding("dns.lame-server", Confidence::likely, std::move(detail), {.name = name.name}, together(server.at, {other.at}));
}

struct SilentTogether {
  std::string words;   ///< "ns1 (192.0.2.1), ns2 (192.0.2.2) gave no answer to 8 questions, each sent 4 times"
  Pointers at;
};

SilentTogether together_in_words(const std::vector<ZoneServer>& servers) {
  constexpr std::size_t most_listed = 4;
  SilentTogether result;
  std::size_t told = 0, left_out = 0;
  unsigned questions = 0, fewest = 0;
  std::optional<Address> unreachable_says;
  for (const auto& server : servers) {
    if (server.silent.empty()) continue;
    cite(result.at, server.at);
    if (told == most_listed)
      ++left_out;
    else
      result.words += (told++ == 0 ? "" : ", ") + server_in_words(server);
    if (server.questions > 0) fewest = questions == 0 ? server.fewest_sendings : std::min(fewest, server.fewest_sendings);
    questions += server.questions;
    if (!unreachable_says) unreachable_says = server.unreachable_says;
  }
  if (left_out > 0) result.words += fmt::format(" and {} more", left_out);
  result.words += " " + silence_in_words(questions, fewest, unreachable_says);
  return result;
}

Pointers witnesses(const Silences& all) {
  Pointers result;
  for (const auto& [family, at] : all.open) cite(result, at);
  return result;
}

/// Nobody answers for the zone, and these say nothing at all. This network may let no such questions out, so others have to bear witness.
/// | servers of other zones answer | resolvers                      | what is said                                                    |
/// |-------------------------------|--------------------------------|-----------------------------------------------------------------|
/// | yes                           | do not find it                 | likely: nobody on the internet can find the name                |
/// | yes                           | find it                        | possible, as a remark: they remember, or are answered elsewhere |
/// | no, or that is unknown        | one outside says that it fails | likely                                                          |
/// | no, or that is unknown        | find it, or are silent as well | nothing                                                         |
std::optional<Finding> none_answers(const Case& c, std::size_t index, const std::vector<ZoneServer>& servers, const Silences& all) {
  const auto& name = c.evidence.dns->names[index];
  const auto sought = sought_by_resolvers(c, index);
  const bool unclear = std::ranges::any_of(servers, &ZoneServer::unclear);
  const bool others_refuse = std::ranges::any_of(servers, [](const ZoneServer& server) { return !server.heard.empty(); });
  const bool told = std::ranges::all_of(servers, [](const ZoneServer& server) { return server.is_told || server.silent.empty(); });
  if (unclear || !sought.at_all || (others_refuse && sought.found)) return std::nullopt;
  if (!told && (sought.found || !sought.failed_outside)) return std::nullopt;
  const auto silent = together_in_words(servers);
  auto detail = fmt::format("None of the name servers of {} that could be asked answers for it: {}{}.", bare(name.zone.value_or("the zone")),
                            silent.words, told ? ", while servers of other zones answered" : "");
  if (sought.found)
    detail += " Resolvers find the name all the same: they remember it, or those servers answer others than this host.";
  else if (!sought.remembering.empty())
    detail += fmt::format(" {} gives what it remembers, and no resolver has anything newer.", sought.remembering);
  else if (!sought.unreachable.empty())
    detail += fmt::format(" {} says that it reaches none of them (RFC 8914).", sought.unreachable);
  else
    detail += " No resolver that was asked finds the name.";
  auto result = finding("dns.lame-server", sought.found ? Confidence::possible : Confidence::likely, std::move(detail), {.name = name.name},
                        together(silent.at, told ? together(sought.at, witnesses(all)) : sought.at));
  result.title = "No name server of the domain answers";
  result.severity = sought.found ? Severity::info : sought.remembering.empty() ? Severity::error : Severity::warning;
  return result;
}

}  // namespace

Findings silent_server_findings(const Case& c, std::size_t name, const Silences& all) {
  if (all.lossy || all.servers.empty()) return {};
  const auto servers = servers_of_zone(c, name, all);
  const auto is_silent = [](const ZoneServer& server) { return !server.silent.empty(); };
  if (std::ranges::none_of(servers, is_silent)) return {};
  Findings result;
  if (const auto other = one_that_answers(c, name)) {
    for (const auto& server : is_first_of_zone(*c.evidence.dns, name) ? servers : std::vector<ZoneServer>())
      if (is_silent(server) && server.is_told) result.push_back(beside_one_that_answers(c.evidence.dns->names[name], server, *other));
  } else if (auto found = none_answers(c, name, servers, all)) {
    result.push_back(std::move(*found));
  }
  return result;
}

}  // namespace ringback::diagnosis
