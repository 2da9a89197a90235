#include "probes/inbound/port_checker.hpp"

#include <fmt/format.h>

#include "base/guarded_threads.hpp"

namespace ringback::inbound {
namespace {

// It belongs to somebody else, who answers a household only so many questions.
constexpr std::size_t most_questions = 4;
// echoip waits five seconds for a port that says nothing; one that takes much longer has no answer.
constexpr milliseconds checking_time{7000};

struct Answer {
  Instant began;
  bool asked = false;
  std::optional<int> refused_with;
  std::optional<std::string> trouble;
};

Answer ask(Knock& knock, const Vantage& vantage, const Leg& leg, const std::optional<Address>& source, const io::World& world, Deadline deadline) {
  Answer answer{.began = world.clock.now(), .asked = true};
  auto request = request_to(vantage, fmt::format("/port/{}", knock.port), leg, source);
  request.headers = {"Accept: application/json"};
  const auto response = world.network.http(request, deadline.or_earlier(answer.began + checking_time));
  if (!response) {
    answer.trouble = response.error().what;
    return answer;
  }
  knock.local = response->local.address;
  if (response->status != 200) {
    answer.refused_with = response->status;
    answer.trouble = fmt::format("GET /port/{}: HTTP status {}", knock.port, response->status);
    return answer;
  }
  const auto check = parse_port_check(response->body);
  if (!check || check->port != knock.port || check->address.family() != knock.family) {
    answer.trouble = check ? fmt::format("GET /port/{}: the answer is about another port or address family", knock.port) : check.error().what;
    return answer;
  }
  knock.target = check->address;
  knock.result = check->reachable ? Result::connected : Result::failed;
  knock.result_time = std::chrono::duration_cast<milliseconds>(world.clock.now() - answer.began);
  return answer;
}

/// On a busy machine the card shows the knock a little later than the answer comes.
void look_at_card(Knock& knock, const Answer& answer, const Card& card, const io::World& world, Deadline deadline) {
  const auto until = deadline.or_earlier(world.clock.now() + settling_time);
  for (std::size_t seen = 0;;) {
    for (const auto& sighting : card.since(seen)) {
      ++seen;
      correlate_unannounced(knock, answer.began, sighting);
    }
    const bool shown = knock.result == Result::connected ? !knock.departures.empty() : !knock.arrivals.empty();
    if (!card.running() || shown || until.passed(world.clock)) break;
    world.clock.sleep_until(world.clock.now() + milliseconds(5));
  }
  knock.watched = std::chrono::duration_cast<milliseconds>(world.clock.now() - answer.began);
}

}  // namespace

SessionResult ask_port_checker(const std::string& url, const Leg& leg, const std::optional<Address>& source, const std::vector<Service>& services,
                               const Card& card, const io::World& world, Deadline deadline) {
  SessionResult result{.vantage = {.url = url, .family = leg.family}, .knocks = {}};
  const auto server = find_server(url, leg.family, world, deadline);
  if (!server) {
    result.vantage.trouble = server.error().what;
    return result;
  }
  result.vantage.server = *server;
  for (const auto& service : services)
    if (service.protocol == Protocol::tcp && result.knocks.size() < most_questions)
      result.knocks.push_back({.vantage = url, .id = fmt::format("k{}", result.knocks.size()), .protocol = Protocol::tcp, .service = service,
                               .port = service.knock_port(leg.family), .family = leg.family, .target = Address::any(leg.family),
                               .local = source.value_or(Address::any(leg.family))});
  std::vector<Answer> answers(result.knocks.size());
  GuardedThreads threads;
  for (std::size_t i = 0; i < answers.size(); ++i)
    threads.start([&, i] {
      answers[i] = ask(result.knocks[i], result.vantage, leg, source, world, deadline);
      if (result.knocks[i].result) look_at_card(result.knocks[i], answers[i], card, world, deadline);
    });
  threads.join();
  for (std::size_t i = 0; i < answers.size(); ++i) {
    auto& vantage = result.vantage;
    if (answers[i].trouble && !vantage.trouble) vantage.trouble = answers[i].trouble, vantage.refused_with = answers[i].refused_with;
    if (!result.knocks[i].result) continue;
    vantage.knocked = true;
    vantage.seen_as = result.knocks[i].target;
    vantage.local = result.knocks[i].local;
  }
  return result;
}

}  // namespace ringback::inbound
