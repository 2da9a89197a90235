/// What became of the questions to the servers of zones, by what the probe notes of each.
#include <algorithm>
#include <charconv>

#include "diagnosis/silent_servers.hpp"

namespace ringback::diagnosis {
namespace {

/// Two questions that are sent four times each, over more than a second, are not lost by chance where other servers answer every one.
constexpr unsigned enough_sendings = 4, enough_questions = 2;

/// "no answer, asked 4 times in 2000 ms", "no answer by the deadline, asked 4 times" (probes/dns/exchange.cpp). 0: it was something else.
unsigned times_sent(std::string_view trouble) {
  constexpr std::string_view before = ", asked ";
  const auto at = trouble.find(before);
  if (!trouble.starts_with("no answer") || at == std::string_view::npos) return 0;
  unsigned times = 0;
  const auto number = trouble.substr(at + before.size());
  std::from_chars(number.data(), number.data() + number.size(), times);
  return times;
}

/// Who says by ICMP that the server is not there: "port unreachable, says 192.0.2.1" (probes/dns/exchange_answers.cpp). It counts from the
/// server itself, and from the router before it, which finds no such machine (RFC 792 code 1, RFC 4443 code 3). Anybody else speaks of the
/// way there, and this host's kernel of its own filter.
std::optional<Address> who_denies(const Case& c, std::string_view trouble, const Address& server) {
  constexpr std::string_view before = ", says ";
  const auto at = trouble.rfind(before);
  if (at == std::string_view::npos) return std::nullopt;
  const auto who = Address::parse(trouble.substr(at + before.size()));
  if (!who) return std::nullopt;
  const bool no_such_machine = trouble.starts_with(server.is_v4() ? "unreachable (code 1)" : "unreachable (code 3)");
  const bool counts = *who == server || (no_such_machine && is_global(*who) && !is_household(c.facts, *who));
  return counts ? std::optional(*who) : std::nullopt;
}

void weigh(const Case& c, const dns::Answer& answer, ServerSilence& server) {
  const std::string_view trouble = answer.trouble ? std::string_view(*answer.trouble) : std::string_view();
  const auto times = times_sent(trouble);
  if (answer.rcode || answer.truncated || !answer.rejected.empty()) {
    server.spoke = true;
  } else if (times >= enough_sendings) {
    server.fewest_sendings = server.unanswered == 0 ? times : std::min(server.fewest_sendings, times);
    ++server.unanswered;
  } else if (const auto who = who_denies(c, trouble, answer.server.address)) {
    server.unreachable_says = who;
  }
}

}  // namespace

bool says_nothing(const Case& c, const Endpoint& server, const Silences& all) {
  const auto known = all.servers.find(server);
  if (known == all.servers.end() || known->second.spoke || is_household(c.facts, server.address)) return false;
  return known->second.unanswered >= enough_questions || known->second.unreachable_says;
}

Silences silences(const Case& c) {
  Silences result;
  if (!c.evidence.dns || c.internet.offline || c.internet.portal) return result;
  std::set<Endpoint> answered;
  const auto take = [&](const dns::Answer& answer) {
    if (answer.role != dns::Role::authoritative) return;
    if (answer.rcode) answered.insert(answer.server);
    weigh(c, answer, result.servers[answer.server]);
  };
  const auto opens = [&](Family family, std::string at) {
    if (auto& known = result.open[family]; known.empty()) known.push_back(std::move(at));
  };
  const auto& names = c.evidence.dns->names;
  for (std::size_t i = 0; i < names.size(); ++i) {
    for (const auto& answer : names[i].answers) take(answer);
    for (const auto type : {"A", "AAAA"})
      for (const auto& cited : authoritative_words(c.evidence, i, type)) opens(cited.answer->server.address.family(), cited.at);
    for (std::size_t j = 0; j < names[i].delegations.size(); ++j)
      if (const auto family = names[i].delegations[j].server.address.family(); !is_intercepted(names[i], family))
        opens(family, pointer("dns", "names", i, "delegations", j));
  }
  for (const auto& zone : c.evidence.dns->zones)
    for (const auto& answer : zone.answers) take(answer);
  for (const auto& [server, silence] : result.servers)
    result.lossy = result.lossy || (answered.contains(server) && silence.unanswered > 0);
  return result;
}

}  // namespace ringback::diagnosis
