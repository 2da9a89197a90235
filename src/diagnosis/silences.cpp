/// What became of the questions to the servers of zones.
#include <algorithm>

#include "diagnosis/silent_servers.hpp"

namespace ringback::diagnosis {
namespace {

/// Two questions that are sent four times each, over more than a second, are not lost by chance where other servers answer every one.
constexpr unsigned enough_sendings = 4, enough_questions = 2;

/// Who says that the server is not there: it counts from the server itself, and from the router before it, which finds no such machine (RFC 792
/// code 1, RFC 4443 code 3). Anybody else speaks of the way there.
bool is_denied_by(const Case& c, const dns::IcmpWord& word, const Address& server) {
  const bool no_such_machine = server.is_v4() ? word.type == 3 && word.code == 1 : word.type == 1 && word.code == 3;
  return word.from == server || (no_such_machine && is_global(word.from) && !is_household(c.facts, word.from));
}

void weigh(const Case& c, const dns::Answer& answer, ServerSilence& server) {
  if (answer.rcode || answer.truncated || !answer.rejected.empty()) {
    server.spoke = true;
  } else if (answer.sent_in_vain >= enough_sendings) {
    server.fewest_sendings = server.unanswered == 0 ? answer.sent_in_vain : std::min(server.fewest_sendings, answer.sent_in_vain);
    ++server.unanswered;
  } else if (answer.icmp && is_denied_by(c, *answer.icmp, answer.server.address)) {
    server.unreachable_says = answer.icmp->from;
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
