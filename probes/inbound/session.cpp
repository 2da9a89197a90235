#include "probes/inbound/session.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "io/wakeup.hpp"
#include "probes/inbound/asking.hpp"
#include "probes/inbound/following.hpp"
#include "probes/inbound/knocker.hpp"

namespace ringback::inbound {
namespace {

// A vantage point knocks at 0, 150, 350, 650 and 1000 ms; what is still silent a while after the last attempt stays silent. That many in a
// row are lost by chance once in a million where each is lost with a probability of 6 %.
constexpr milliseconds knocking_time{1200};
// Longer round trips than a satellite's are queues, and no reason to wait even longer.
constexpr milliseconds longest_round_trip{800};
// A vantage point that has not even said its greeting by then is not there.
constexpr milliseconds greeting_time{3500};
// A connection that lost its first packets repeats them only after seconds (RFC 6298 §5.7: 3 s, 9 s): what has not said a word this long
// after it was asked is asked again over a new one. A satellite's answer has come by then.
constexpr milliseconds first_word_time{1500};

// It has greeted, so it is there: a line that loses packets may hold up its lines this long (RFC 6298 §5.5: 0.2, 0.6, 1.4, 3 s).
constexpr milliseconds line_time{5000};
// A first packet of a connection that gets lost is sent again after this (src/io/tcp_connect.cpp).
constexpr milliseconds lost_opening{300};
/// Of one request (vantage protocol version 1).
constexpr std::size_t most_knocks = 16;

bool shows_loss(const io::HttpResponse& answer, milliseconds round_trip) {
  return answer.lossy || (answer.connect_time >= lost_opening && round_trip < lost_opening / 2);
}

/// Fills how the vantage point sees us; how long the way there and back takes: the question and its answer are a better measure than the
/// opening of the connection, which may have waited for neighbour discovery.
Expected<milliseconds> greet(Vantage& vantage, const Leg& leg, const std::optional<Address>& source, const io::World& world, Deadline deadline) {
  const auto request = request_to(vantage, "/v1/address", leg, source);
  auto began = world.clock.now();
  const auto until = deadline.or_earlier(began + greeting_time);
  auto answer = world.network.http(request, until.or_earlier(began + first_word_time));
  if (!answer && answer.error().code == Errc::timed_out && !until.passed(world.clock)) {
    began = world.clock.now();
    vantage.lossy = true;
    answer = world.network.http(request, until);
  }
  if (!answer) return tl::unexpected(answer.error());
  vantage.local = answer->local.address;
  if (answer->status != 200) return failure(Errc::refused, fmt::format("GET /v1/address: HTTP status {}", answer->status));
  const auto seen = parse_seen_as(answer->body);
  if (!seen) return tl::unexpected(seen.error());
  vantage.seen_as = *seen;
  const auto whole = std::chrono::duration_cast<microseconds>(world.clock.now() - began);
  const auto round_trip = std::chrono::ceil<milliseconds>(std::min(answer->connect_time, whole - answer->connect_time));
  vantage.lossy = vantage.lossy || shows_loss(*answer, round_trip);
  return round_trip;
}

/// Asks once, and follows what becomes of it until the knocks are decided, or until `first_word` is over and not a line has come.
Expected<io::HttpResponse> ask(io::HttpRequest request, Following& session, const Card& card, const io::World& world, Deadline first_word, Deadline until) {
  const io::Wakeup wakeup;
  const Card::Subscription subscription(card, wakeup);
  request.on_body = [&](std::string_view piece) { return session.take(piece); };
  request.still_wanted = [&] { return !session.settled() && (session.heard() || !first_word.passed(world.clock)); };
  request.wakeup = &wakeup;   // by the card
  return world.network.http(request, until);
}

/// Asks for these knocks and follows what becomes of them. False: it is no use to ask for more.
bool knock_round(Vantage& vantage, std::vector<Knock>& knocks, const Leg& leg, milliseconds round_trip, const Card& card, const io::World& world,
                 Deadline deadline) {
  round_trip = std::min(longest_round_trip, round_trip);
  const auto patience = knocking_time + 3 * round_trip;
  auto request = request_to(vantage, "/v1/knock", leg, vantage.local);
  request.method = "POST";
  request.headers = {"Content-Type: application/json"};
  request.body = knock_request(knocks, patience);
  const auto began = world.clock.now();
  const auto last = deadline.or_earlier(began + patience + line_time);
  std::optional<Following> session(std::in_place, card, world, knocks, round_trip);
  auto answer = ask(request, *session, card, world, {began + first_word_time}, last);
  if (answer && !session->heard() && (answer->status == 0 || answer->status == 200)) {   // given up; with the connection the vantage point gives up what it began
    vantage.lossy = true;
    session.emplace(card, world, knocks, round_trip);
    answer = ask(request, *session, card, world, last, last);
  }
  const auto until = deadline.or_earlier(world.clock.now() + settling_time);
  while (session->any_announced() && !session->settled() && !until.passed(world.clock)) world.clock.sleep_until(world.clock.now() + milliseconds(5));
  session->finish();
  vantage.knocked = vantage.knocked || session->any_announced();
  if (!answer) {
    vantage.trouble = answer.error().what;
    return false;
  }
  if (answer->status != 200) {
    vantage.refused_with = answer->status;
    vantage.trouble = fmt::format("POST /v1/knock: HTTP status {}", answer->status);
    return false;
  }
  vantage.lossy = vantage.lossy || shows_loss(*answer, round_trip);
  if (session->trouble()) vantage.trouble = session->trouble();
  return true;
}

bool is_silent(const Knock& knock) {
  return knock.purpose != Purpose::exposure && knock.source && knock.arrivals.empty() && (!knock.result || knock.result == Result::timeout);
}

/// On a line that loses packets a knock's few attempts may all be lost: what stayed silent is knocked on once more. What comes of it counts
/// where it says more.
void knock_again(const Vantage& vantage, std::vector<Knock>& knocks, const Leg& leg, milliseconds round_trip, const Card& card, const io::World& world,
                 Deadline deadline) {
  std::vector<Knock> again;
  for (const auto& knock : knocks)
    if (is_silent(knock))
      again.push_back({.vantage = knock.vantage, .id = knock.id, .purpose = knock.purpose, .protocol = knock.protocol, .service = knock.service,
                       .port = knock.port, .family = knock.family, .target = knock.target, .local = knock.local});
  if (std::ranges::none_of(again, [](const Knock& k) { return k.purpose == Purpose::named; })) return;
  auto asked = vantage;   // its word on this is no more than that: what it refuses now, it did not before
  knock_round(asked, again, leg, round_trip, card, world, deadline);
  for (auto& repeated : again) {
    auto& first = *std::ranges::find(knocks, repeated.id, &Knock::id);
    const auto watched = first.watched + repeated.watched;
    if (repeated.source && !is_silent(repeated)) first = std::move(repeated);
    first.watched = watched;
  }
}

}  // namespace

std::vector<std::vector<Knock>> rounds_for(const std::vector<Service>& services, const std::vector<Service>& exposure, const std::string& url,
                                           const Leg& leg) {
  std::vector<std::vector<Knock>> rounds;
  std::size_t number = 0;
  const auto add = [&](Purpose purpose, Protocol protocol, std::optional<Service> service, Port port) {
    if (rounds.empty() || rounds.back().size() == most_knocks) rounds.emplace_back();
    rounds.back().push_back({.vantage = url, .id = fmt::format("k{}", number++), .purpose = purpose, .protocol = protocol,
                             .service = service, .port = port, .family = leg.family});
  };
  for (const auto& service : services) {
    if (number == most_knocks - 1) add(Purpose::control, Protocol::icmp, std::nullopt, 0);   // in the first round, with those that it explains
    add(Purpose::named, service.protocol, service, service.knock_port(leg.family));
  }
  if (number < most_knocks) add(Purpose::control, Protocol::icmp, std::nullopt, 0);
  for (const auto& service : exposure) add(Purpose::exposure, service.protocol, service, service.outside);
  return rounds;
}

SessionResult converse(const std::string& url, const Leg& leg, const std::optional<Address>& source, const std::vector<Service>& services,
                       const std::vector<Service>& exposure, const Card& card, const io::World& world, Deadline deadline) {
  SessionResult result{.vantage = {.url = url, .family = leg.family}};
  auto& vantage = result.vantage;
  const auto trouble = [&](std::string what) {
    vantage.trouble = std::move(what);
    return result;
  };
  const auto server = find_server(url, leg.family, world, deadline);
  if (!server) return trouble(server.error().what);
  vantage.server = *server;
  const auto round_trip = greet(vantage, leg, source, world, deadline);
  if (!round_trip) return trouble(round_trip.error().what);

  bool goes_on = true;
  for (auto& knocks : rounds_for(services, exposure, url, leg)) {
    for (auto& knock : knocks) {
      knock.local = vantage.local.value_or(Address::any(leg.family));
      knock.target = *vantage.seen_as;
    }
    // The control alone explains nothing. What was not knocked on stays in the evidence as that.
    const bool worthwhile = std::ranges::any_of(knocks, [](const Knock& k) { return k.purpose != Purpose::control; });
    if (worthwhile) goes_on = goes_on && knock_round(vantage, knocks, leg, *round_trip, card, world, deadline);
    if (worthwhile && goes_on && vantage.lossy) knock_again(vantage, knocks, leg, *round_trip, card, world, deadline);
    std::ranges::move(knocks, std::back_inserter(result.knocks));
  }
  if (card.running() && vantage.knocked) vantage.knocker_answers = knocker_answers(vantage, result.knocks, leg, world, deadline);
  return result;
}

}  // namespace ringback::inbound
