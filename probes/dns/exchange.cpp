#include "probes/dns/exchange.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace ringback::dns {
namespace {

constexpr std::size_t most_outstanding = 512;
// Servers beyond these share a port.
constexpr std::size_t most_sockets = 64;
// A question that is sent for the third time is lost rather than slow.
constexpr unsigned sent_when_lost = 3;
// When a question is sent again, counted from its first sending.
constexpr std::array resend_after{milliseconds(0),    milliseconds(200),  milliseconds(600),
                                  milliseconds(1200), milliseconds(2000), milliseconds(3000)};
// From the third time on without EDNS: some forwarders in home routers drop what has an OPT record (RFC 6891 §6.2.2).
constexpr unsigned sent_with_edns = 2;
constexpr auto patience = milliseconds(2000);
// While nothing at all has answered, loss explains silence better.
constexpr auto patience_in_the_dark = milliseconds(4000);

}  // namespace

Exchange::Exchange(const io::World& world, const std::vector<Leg>& legs, Deadline deadline)
    : world_(world), deadline_(deadline) {
  for (const auto& leg : legs) families_.push_back(leg.family);
}

// A resolver on the local link is of use without any way out of its family: the system asks it too.
bool Exchange::may_ask(const Target& target) {
  const auto& address = target.server.address;
  if (target.role != Role::system) return std::ranges::count(families_, address.family()) > 0;
  const auto [known, is_new] = routable_.try_emplace(address, address.is_loopback() || target.interface);
  if (is_new && !known->second) known->second = world_.network.route_to(address, std::nullopt).has_value();
  return known->second;
}

const wire::dns::Message* Exchange::message(Ticket ticket) const {
  const auto& message = questions_[ticket].message;
  return message ? &*message : nullptr;
}

Ticket Exchange::ask(const Target& target, const wire::dns::Question& question, Asking asking, Turn turn) {
  const auto [known, is_new] = known_.try_emplace({target, question.name, question.type, asking}, questions_.size());
  if (!is_new) return known->second;
  const auto ticket = known->second;
  auto& q = questions_.emplace_back();
  q.target = target;
  q.asking = asking;
  q.turn = turn;
  q.query = {.question = question,
             .recursion_desired = target.role != Role::authoritative,
             .checking_disabled = asking == Asking::unchecked || asking == Asking::proof,
             .want_authentic = target.role != Role::authoritative,
             .dnssec_ok = asking == Asking::with_proof || asking == Asking::proof};
  q.answer.role = target.role;
  q.answer.server = target.server;
  q.answer.server_name = target.server_name;
  q.answer.question = question.name;
  q.answer.type = to_string(question.type);
  if (may_ask(target))
    put(ticket, waiting_);
  else
    conclude(ticket, target.role == Role::system ? "no route to " + target.server.address.to_string()
                                                 : fmt::format("no route: there is no way out over {}", to_string(target.server.address.family())));
  return ticket;
}

void Exchange::put(Ticket ticket, std::deque<Ticket>& line) {
  line.insert(questions_[ticket].turn == Turn::first ? line.begin() : line.end(), ticket);
}

void Exchange::settle(std::span<const Ticket> tickets, Instant until, Instant turn_ends) {
  const auto is_open = [&](Ticket t) { return questions_[t].state != State::settled; };
  const auto ends = std::min({until, turn_ends, deadline_.at});
  std::size_t next = 0;  // all before it are done
  while (true) {
    start_waiting();
    while (next < tickets.size() && !is_open(tickets[next])) ++next;
    if (next == tickets.size() || world_.clock.now() >= ends) break;
    if (const auto ticket = next_for_tcp(tickets)) {
      over_tcp(*ticket, until);
      take_all();   // what came meanwhile is not late
    } else if (outstanding_.empty()) {
      break;
    } else {
      wait_once(ends);
    }
    resend_or_give_up();
  }
  if (!deadline_.passed(world_.clock)) return;
  for (const auto ticket : tickets) {
    auto& q = questions_[ticket];
    if (q.state == State::outstanding) q.answer.sent_in_vain = q.sent;
    if (q.state == State::waiting) conclude(ticket, "not asked: the deadline came first");
    if (q.state == State::outstanding) conclude(ticket, fmt::format("no answer by the deadline, asked {} times", q.sent));
    if (q.state == State::for_tcp) without_tcp(ticket, "and not asked over TCP");
  }
}

void Exchange::start_waiting() {
  while (outstanding_.size() < most_outstanding && !waiting_.empty() && !deadline_.passed(world_.clock)) {
    const auto ticket = waiting_.front();
    waiting_.pop_front();
    auto& q = questions_[ticket];
    if (q.state != State::waiting) continue;
    auto& server = server_of(q);
    if (server.hopeless) {
      conclude(ticket, "not asked: " + *server.hopeless);
    } else if (server.outstanding >= server.window) {
      put(ticket, server.parked);
    } else {
      q.query.id = fresh_id();
      by_id_[q.query.id] = ticket;
      q.state = State::outstanding;
      q.first_sent = world_.clock.now();
      ++server.outstanding;
      outstanding_.push_back(ticket);
      send(ticket);
    }
  }
}

Exchange::Server& Exchange::server_of(const Question& question) {
  const auto known = servers_.find(question.target.server);
  if (known != servers_.end()) return known->second;
  return servers_.emplace(question.target.server, Server{.bounds = question.target.role == Role::system ? at_home : outside}).first->second;
}

std::uint16_t Exchange::fresh_id() {
  while (true) {
    const auto id = world_.random.number<std::uint16_t>();
    const auto used = by_id_.find(id);
    if (used == by_id_.end() || questions_[used->second].state != State::outstanding) return id;
  }
}

// Each server is asked from a port of its own (RFC 5452 §9.2): whoever runs one learns that port, and not where an answer in the name of another
// would have to go. Those that come late share one: the resolvers never do, as they are asked first.
std::optional<std::size_t> Exchange::socket_for(const Target& target, std::string& why_not) {
  const auto family = target.server.address.family();
  const std::pair place{target.server, target.interface};
  if (const auto known = socket_of_.find(place); known != socket_of_.end()) return known->second;
  std::optional<std::size_t> alike;
  for (std::size_t i = 0; i < sockets_.size(); ++i)
    if (sockets_[i].family == family && sockets_[i].interface == target.interface) alike = i;
  if (sockets_.size() >= most_sockets && alike) return socket_of_[place] = *alike;
  io::UdpOptions options;
  options.family = family;
  options.interface = target.interface;
  auto opened = world_.network.open_udp(options);
  if (opened) {
    sockets_.push_back({family, target.interface, std::move(*opened)});
    receivers_.push_back(sockets_.back().socket.get());
    return socket_of_[place] = sockets_.size() - 1;
  }
  if (!open_error_) open_error_ = opened.error();
  why_not = opened.error().what;
  return alike;
}

void Exchange::send(Ticket ticket) {
  auto& q = questions_[ticket];
  auto& server = server_of(q);
  const bool knows_edns = server.cookie.size() > wire::dns::client_cookie_size;
  if (q.asking == Asking::with_proof && q.query.dnssec_ok) {
    q.without_proof = q.sent >= sent_with_edns;
    q.query.dnssec_ok = !q.without_proof && !server.loses_proofs;
    if (q.query.dnssec_ok) ++q.sent_with_proof;
  }
  if (q.sent >= sent_with_edns && !q.query.dnssec_ok && !knows_edns) q.query.edns = false;
  q.query.cookie = q.query.edns ? cookie_for(server) : io::Bytes();
  const auto bytes = wire::dns::encode(q.query);
  if (!bytes) return conclude(ticket, bytes.error().what);
  std::string why_not;
  const auto socket = socket_for(q.target, why_not);
  if (!socket) return conclude(ticket, why_not);
  q.socket = *socket;
  const auto sent = sockets_[q.socket].socket->send(q.target.server, *bytes, std::nullopt);
  if (!sent) return conclude(ticket, (sent.error().code == Errc::no_route ? "no route: " : "") + sent.error().what);
  ++q.sent;
  q.next_send = q.sent < resend_after.size() ? q.first_sent + resend_after[q.sent] : Instant::max();
}

// RFC 7873 §4.1: another one for each server, so that none can be tracked by it, nor answer in the name of another.
io::Bytes Exchange::cookie_for(Server& server) {
  if (server.cookie.empty()) server.cookie = wire::Writer().u32(world_.random.number<std::uint32_t>()).u32(world_.random.number<std::uint32_t>()).take();
  return server.cookie;
}

Instant Exchange::gives_up_at(const Question& question) const {
  return question.first_sent + (anything_answered_ ? patience : patience_in_the_dark);
}

void Exchange::resend_or_give_up() {
  const auto now = world_.clock.now();
  for (const auto ticket : std::vector(outstanding_)) {
    auto& q = questions_[ticket];
    if (q.state != State::outstanding) continue;
    if (now >= gives_up_at(q)) {
      if (auto& server = server_of(q); !server.answered) give_up_on(server, "no answer to earlier questions");
      const auto waited = std::chrono::duration_cast<milliseconds>(now - q.first_sent);
      q.answer.sent_in_vain = q.sent;
      conclude(ticket, fmt::format("no answer, asked {} times in {} ms", q.sent, waited.count()));
    } else if (now >= q.next_send) {
      send(ticket);
      if (auto& server = server_of(q); q.sent == sent_when_lost) server.window = std::max(server.bounds.first, server.window / 2);
    }
  }
}

void Exchange::give_up_on(Server& server, std::string why) {
  server.hopeless = std::move(why);
  waiting_.insert(waiting_.begin(), server.parked.begin(), server.parked.end());
  server.parked.clear();
}

void Exchange::conclude(Ticket ticket, std::string trouble) {
  questions_[ticket].answer.trouble = std::move(trouble);
  close(ticket);
}

void Exchange::close(Ticket ticket) {
  auto& q = questions_[ticket];
  const bool was_outstanding = q.state == State::outstanding;
  q.state = State::settled;
  if (!was_outstanding) return;
  std::erase(outstanding_, ticket);
  auto& server = server_of(q);
  --server.outstanding;
  for (auto room = server.window - std::min(server.outstanding, server.window); room > 0 && !server.parked.empty(); --room) {
    waiting_.push_front(server.parked.front());
    server.parked.pop_front();
  }
}

}  // namespace ringback::dns
