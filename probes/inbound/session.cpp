#include "probes/inbound/session.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ringback::inbound {
namespace {

// A vantage point knocks at 0, 200, 500 and 1000 ms; what is still silent a while after the last attempt stays silent. That many in a
// row are lost by chance once in a million where each is lost with a probability of 3 %.
constexpr milliseconds knocking_time{1200};
// An arrived datagram that its service leaves without answer is known well enough after this.
constexpr milliseconds answer_time{150};
// How long after the last result the card may take to show what belonged to it, on a machine that is busy with something else: only
// waited for where it shows less than the vantage point says.
constexpr milliseconds settling_time{250};
// Longer round trips than a satellite's are queues, and no reason to wait even longer.
constexpr milliseconds longest_round_trip{800};
// A vantage point that has not even said its greeting by then is not there: SYNs go out at 0, 1 and 3 s.
constexpr milliseconds greeting_time{3500};

/// Of one request (vantage protocol version 1).
constexpr std::size_t most_knocks = 16;
constexpr std::size_t most_pending = 4096;   // sightings

class Session {
 public:
  Session(const Card& card, const io::World& world, std::vector<Knock>& knocks) : card_(card), world_(world), knocks_(knocks) {
    announced_.resize(knocks.size());
  }

  bool take(std::string_view piece) {
    for (const auto& text : cutter_.feed(piece)) {
      const auto line = parse_line(text);
      if (!line) {
        complain(line.error().what);
        continue;
      }
      std::visit([this](const auto& value) { apply(value); }, *line);
    }
    return !settled();
  }

  /// Is every knock decided, by the vantage point's word or by what the card saw?
  bool settled() {
    look_at_card();
    if (!complete()) return false;
    const auto now = world_.clock.now();
    if (!complete_since_) complete_since_ = now;
    return !card_.running() || corroborated() || now - *complete_since_ >= settling_time;
  }

  void look_at_card() {
    const auto fresh = card_.since(seen_);
    seen_ += fresh.size();
    pending_.insert(pending_.end(), fresh.begin(), fresh.end());
    // Packets may be seen before the line that announces them was read: they wait for it.
    if (all_announced() || pending_.size() >= most_pending) correlate_pending();
  }

  void correlate_pending() {
    for (const auto& sighting : pending_)
      for (std::size_t i = 0; i < knocks_.size(); ++i)
        if (announced_[i]) correlate(knocks_[i], *announced_[i], sighting);
    pending_.clear();
  }

  void finish() {
    correlate_pending();   // what was announced by now is all that will be
    for (std::size_t i = 0; i < knocks_.size(); ++i)
      if (announced_[i]) knocks_[i].watched = std::chrono::duration_cast<milliseconds>(world_.clock.now() - announced_[i]->at);
  }

  [[nodiscard]] bool any_announced() const {
    return std::ranges::any_of(announced_, [](const auto& a) { return a.has_value(); });
  }
  [[nodiscard]] const std::optional<std::string>& trouble() const { return trouble_; }

 private:
  /// The first one is kept: what follows is often its consequence.
  void complain(std::string what) {
    if (!trouble_) trouble_ = std::move(what);
  }

  [[nodiscard]] std::optional<std::size_t> index_of(const std::string& id) const {
    const auto found = std::ranges::find(knocks_, id, &Knock::id);
    if (found == knocks_.end()) return std::nullopt;
    return static_cast<std::size_t>(found - knocks_.begin());
  }

  void apply(const Announcement& line) {
    const auto i = index_of(line.id);
    if (!i || announced_[*i]) return;
    // The only target is the caller, as the vantage point itself said a moment ago.
    if (line.target.unmapped() != knocks_[*i].target) {
      complain(fmt::format("announces a knock on {}, which is not how it sees this host", line.target.to_string()));
      return;
    }
    announced_[*i] = Announced{line, world_.clock.now()};
    knocks_[*i].source = line.source;
  }

  void apply(const ResultLine& line) {
    const auto i = index_of(line.id);
    if (!i || knocks_[*i].result) return;
    if (line.result && !announced_[*i]) {
      complain(fmt::format("a result of knock {}, which it never announced", line.id));
      return;
    }
    knocks_[*i].result = line.result;
    knocks_[*i].icmp_type = line.icmp_type;
    knocks_[*i].icmp_code = line.icmp_code;
    if (announced_[*i]) knocks_[*i].result_time = std::chrono::duration_cast<milliseconds>(world_.clock.now() - announced_[*i]->at);
    if (!line.result) unavailable_.push_back(*i);
  }

  /// Or will never be: a knock that the vantage point cannot make has no announcement.
  [[nodiscard]] bool all_announced() const {
    for (std::size_t i = 0; i < announced_.size(); ++i)
      if (!announced_[i] && std::ranges::find(unavailable_, i) == unavailable_.end()) return false;
    return true;
  }

  /// The control tells why the others are silent; where each of them arrived there is nothing to tell.
  [[nodiscard]] bool control_needed() const {
    return std::ranges::any_of(knocks_, [](const Knock& k) { return k.purpose == Purpose::named && k.arrivals.empty(); });
  }

  [[nodiscard]] bool decided(std::size_t i) const {
    const auto& knock = knocks_[i];
    if (knock.purpose == Purpose::control && !control_needed()) return true;
    if (knock.result || std::ranges::find(unavailable_, i) != unavailable_.end()) return true;
    if (knock.protocol == Protocol::tcp || knock.arrivals.empty() || !announced_[i]) return false;
    return world_.clock.now() - announced_[i]->at >= knock.arrivals.front().after_announce + answer_time;
  }

  [[nodiscard]] bool complete() const {
    for (std::size_t i = 0; i < knocks_.size(); ++i)
      if (!decided(i)) return false;
    return true;
  }

  /// Has the card shown an arrival for everything that the vantage point got an answer to?
  [[nodiscard]] bool corroborated() const {
    return std::ranges::all_of(knocks_, [](const Knock& k) { return k.purpose == Purpose::control || !k.result || !k.arrivals.empty(); });
  }

  const Card& card_;
  const io::World& world_;
  std::vector<Knock>& knocks_;
  std::vector<std::optional<Announced>> announced_;
  std::vector<std::size_t> unavailable_;
  std::vector<Sighting> pending_;
  std::size_t seen_ = 0;
  LineCutter cutter_;
  std::optional<std::string> trouble_;
  std::optional<Instant> complete_since_;
};

Expected<Endpoint> find_server(const std::string& url, Family family, const io::World& world, Deadline deadline) {
  const auto host = host_of(url);
  if (!host) return tl::unexpected(host.error());
  const auto addresses = world.network.resolve(host->host, deadline);
  if (!addresses) return tl::unexpected(addresses.error());
  const auto found = std::ranges::find(*addresses, family, &Address::family);
  if (found == addresses->end()) return failure(Errc::no_route, fmt::format("{} has no {} address", host->host, to_string(family)));
  return Endpoint{*found, host->port};
}

io::HttpRequest request_to(const Vantage& vantage, const char* path, const Leg& leg, const std::optional<Address>& source) {
  auto base = vantage.url;
  while (base.ends_with('/')) base.pop_back();
  io::HttpRequest request{.url = base + path, .connect_to = *vantage.server, .local = source};
  if (leg.bind) request.interface = leg.interface;
  return request;
}

/// Fills how the vantage point sees us; how long the way there and back takes: the question and its answer are a better measure than the
/// opening of the connection, which may have waited for neighbour discovery.
Expected<milliseconds> greet(Vantage& vantage, const Leg& leg, const std::optional<Address>& source, const io::World& world, Deadline deadline) {
  const auto began = world.clock.now();
  const auto answer = world.network.http(request_to(vantage, "/v1/address", leg, source), deadline.or_earlier(began + greeting_time));
  if (!answer) return tl::unexpected(answer.error());
  vantage.local = answer->local.address;
  if (answer->status != 200) return failure(Errc::refused, fmt::format("GET /v1/address: HTTP status {}", answer->status));
  const auto seen = parse_seen_as(answer->body);
  if (!seen) return tl::unexpected(seen.error());
  vantage.seen_as = *seen;
  const auto whole = std::chrono::duration_cast<microseconds>(world.clock.now() - began);
  return std::chrono::ceil<milliseconds>(std::min(answer->connect_time, whole - answer->connect_time));
}

/// Asks for these knocks and follows what becomes of them. False: it is no use to ask for more.
bool knock_round(Vantage& vantage, std::vector<Knock>& knocks, const Leg& leg, milliseconds round_trip, const Card& card, const io::World& world,
                 Deadline deadline) {
  const auto patience = knocking_time + 3 * std::min(longest_round_trip, round_trip);
  Session session(card, world, knocks);
  auto request = request_to(vantage, "/v1/knock", leg, vantage.local);
  request.method = "POST";
  request.headers = {"Content-Type: application/json"};
  request.body = knock_request(knocks, patience);
  request.on_body = [&](std::string_view piece) { return session.take(piece); };
  request.still_wanted = [&] { return !session.settled(); };
  const auto answer = world.network.http(request, deadline.or_earlier(world.clock.now() + patience + seconds(2)));
  const auto until = deadline.or_earlier(world.clock.now() + settling_time);
  while (session.any_announced() && !session.settled() && !until.passed(world.clock)) world.clock.sleep_until(world.clock.now() + milliseconds(5));
  session.finish();
  vantage.knocked = vantage.knocked || session.any_announced();
  if (!answer) {
    vantage.trouble = answer.error().what;
    return false;
  }
  if (answer->status != 200) {
    vantage.refused_with = answer->status;
    vantage.trouble = fmt::format("POST /v1/knock: HTTP status {}", answer->status);
    return false;
  }
  if (session.trouble()) vantage.trouble = session.trouble();
  return true;
}

}  // namespace

Expected<HostPort> host_of(const std::string& url) {
  constexpr std::string_view scheme = "http://";
  if (!url.starts_with(scheme)) return failure(Errc::invalid_input, fmt::format("\"{}\" is not http://HOST:PORT", url));
  auto rest = std::string_view(url).substr(scheme.size());
  return HostPort::parse(rest.substr(0, rest.find('/')), 80);
}

std::vector<std::vector<Knock>> rounds_for(const std::vector<Service>& services, const std::string& url, const Leg& leg) {
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
  return rounds;
}

SessionResult converse(const std::string& url, const Leg& leg, const std::optional<Address>& source, const std::vector<Service>& services,
                       const Card& card, const io::World& world, Deadline deadline) {
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
  for (auto& knocks : rounds_for(services, url, leg)) {
    for (auto& knock : knocks) {
      knock.local = vantage.local.value_or(Address::any(leg.family));
      knock.target = *vantage.seen_as;
    }
    // What was not knocked on stays in the evidence as that.
    goes_on = goes_on && knock_round(vantage, knocks, leg, *round_trip, card, world, deadline);
    std::ranges::move(knocks, std::back_inserter(result.knocks));
  }
  return result;
}

}  // namespace ringback::inbound
