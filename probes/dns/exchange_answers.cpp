/// The receiving half: who answers what, and what is believed.
#include <fmt/format.h>

#include <algorithm>

#include "io/receive_any.hpp"
#include "probes/dns/exchange.hpp"
#include "wire/dns_answer.hpp"

namespace ringback::dns {
namespace {

constexpr std::size_t most_rejected = 8;
// So many wrong IDs are no accident: somebody tries them all.
constexpr unsigned most_wrong_ids = 8;
// Of what came while something else was done; a flood has no end.
constexpr unsigned most_taken_at_once = 512;

constexpr unsigned bad_cookie = 23;  // RFC 7873 §5.2.4: asked again with the cookie that came with it

bool wants_plain_dns(unsigned rcode) { return rcode == 1 || rcode == 4; }  // FORMERR, NOTIMP: RFC 6891 §7

bool is_referral(const wire::dns::Message& m) {
  return m.rcode == 0 && !m.recursion_available && !m.authoritative && m.answer.empty() &&
         std::ranges::any_of(m.authority, [](const auto& record) { return record.type == wire::dns::Type::ns; });
}

/// The SOA record that belongs to "no such record": of a zone that encloses the name which has none, the last one of an alias's chain
/// (RFC 2308 §2). One of another zone has nothing to say here.
const wire::dns::Record* soa_beside_no(const wire::dns::Message& message, const std::string& last_name) {
  const auto found = std::ranges::find_if(
      message.authority, [&](const auto& record) { return record.type == wire::dns::Type::soa && wire::dns::is_within(last_name, record.owner); });
  return found == message.authority.end() ? nullptr : &*found;
}

/// RFC 2308 §5: a "no" is kept for the smaller of the SOA record's own TTL, which counts down in caches, and its MINIMUM.
std::optional<std::uint32_t> negative_ttl(const wire::dns::Record& record) {
  return std::min(record.ttl_s, std::get<wire::dns::Soa>(record.data).minimum_s);
}

/// Of the SOA record that was asked for, or of the one beside "no such record".
std::optional<std::uint32_t> serial_of(const wire::dns::Message& message, const std::string& asked, const wire::dns::Record* beside_no) {
  for (const auto& record : message.answer)
    if (record.type == wire::dns::Type::soa && record.owner == asked) return std::get<wire::dns::Soa>(record.data).serial;
  if (beside_no) return std::get<wire::dns::Soa>(beside_no->data).serial;
  return std::nullopt;
}

// RFC 792, RFC 4443: what says that no answer will come.
std::optional<std::string> final_word(const io::IcmpError& error) {
  const bool v4 = error.destination.address.is_v4();
  const auto who = error.local ? std::string("this host's kernel") : error.offender.to_string();
  if (v4 ? error.type == 3 && error.code == 3 : error.type == 1 && error.code == 4) return "port unreachable, says " + who;
  if (v4 ? error.type == 3 && error.code != 4 : error.type == 1) return fmt::format("unreachable (code {}), says {}", error.code, who);
  if (v4 ? error.type == 11 : error.type == 3) return "the hop limit ran out at " + who;
  return std::nullopt;
}

}  // namespace

void Exchange::wait_once(Instant until) {
  for (const auto ticket : outstanding_) until = std::min({until, questions_[ticket].next_send, gives_up_at(questions_[ticket])});
  if (take_next(until)) take_all();
}

void Exchange::take_all() {
  const auto now = world_.clock.now();
  for (unsigned i = 0; i < most_taken_at_once && take_next(now); ++i) {
  }
}

bool Exchange::take_next(Instant until) {
  std::size_t socket = 0;
  const auto received = receive(until, socket);
  if (!received) return false;
  if (const auto* datagram = std::get_if<io::Datagram>(&*received)) take(*datagram, socket);
  if (const auto* error = std::get_if<io::IcmpError>(&*received)) take(*error, socket);
  return true;
}

std::optional<io::Received> Exchange::receive(Instant until, std::size_t& socket) {
  auto received = io::receive_any(receivers_, {until}, world_, look_first_at_);
  if (!received) return std::nullopt;
  socket = received->socket;
  look_first_at_ = socket + 1;
  if (received->what) return std::move(*received->what);
  for (const auto ticket : std::vector(outstanding_))
    if (questions_[ticket].socket == socket) conclude(ticket, received->what.error().what);
  return std::nullopt;
}

// Which question an answer with a wrong ID, or one that cannot be read, tried to answer: the one it repeats, or any to that server.
Ticket Exchange::find_outstanding(const Endpoint& server, const wire::dns::Message* message) const {
  auto result = questions_.size();
  for (const auto ticket : outstanding_) {
    const auto& q = questions_[ticket];
    if (q.target.server != server) continue;
    const auto& asked = q.query.question;
    if (message && message->question_name == asked.name && message->question_type == static_cast<std::uint16_t>(asked.type)) return ticket;
    result = std::min(result, ticket);
  }
  return result;
}

void Exchange::take(const io::Datagram& datagram, std::size_t socket) {
  const auto nobody = questions_.size();
  const auto message = wire::dns::decode(datagram.payload);
  const auto id = wire::Reader(datagram.payload).u16();
  const auto claimed = by_id_.find(id);
  auto ticket = claimed == by_id_.end() ? nobody : claimed->second;

  if (ticket != nobody && questions_[ticket].state != State::outstanding) {
    auto query = questions_[ticket].query;
    query.cookie.clear();
    if (message && questions_[ticket].target.server == datagram.from && !wire::dns::mismatch(query, *message)) return;  // it came twice
    ticket = nobody;
  }
  if (ticket == nobody) ticket = find_outstanding(datagram.from, message ? &*message : nullptr);
  if (ticket == nobody) {
    ++strays_;
    return;
  }
  auto& q = questions_[ticket];
  if (datagram.from != q.target.server) return disbelieve(ticket, fmt::format("it came from {}", datagram.from.to_string()));
  if (socket != q.socket) return disbelieve(ticket, "it came to the port that another server was asked from");
  if (!message) return disbelieve(ticket, message.error().what);
  auto& server = server_of(q);
  if (!q.query.cookie.empty()) q.query.cookie = server.cookie;   // it may have given its own since this was asked
  if (const auto why = wire::dns::mismatch(q.query, *message)) return doubt(ticket, *message, datagram.payload, *why);
  if (wants_plain_dns(message->rcode) && q.query.edns) {
    if (q.asking == Asking::proof) return conclude(ticket, "it takes no EDNS, and proofs come with that alone");
    q.query.edns = q.query.dnssec_ok = false;
    return send(ticket);
  }
  keep_cookie(server, *message);
  if (message->rcode == bad_cookie && !q.query.cookie.empty()) {   // RFC 7873 §5.3
    if (!std::exchange(q.cookie_refused, true)) return send(ticket);
    if (!message->truncated) q.doubted = Doubted{*message, datagram.payload};
    return later_over_tcp(ticket, "its own cookie was refused");
  }
  server.answered = true;
  server.window = std::min(server.window + 1, server.bounds.widest);
  anything_answered_ = true;
  believe(ticket, *message, datagram.payload);
}

// Anybody can send one that says what a router or the server itself would say. Its quotation has to name a port of ours and the server that is asked
// from it, and who has answered is there.
void Exchange::take(const io::IcmpError& error, std::size_t socket) {
  const auto trouble = final_word(error);
  const auto server = servers_.find(error.destination);
  if (!trouble || server == servers_.end() || server->second.answered) return;
  const auto drew_it = [&](Ticket t) { return questions_[t].target.server == error.destination && questions_[t].socket == socket; };
  if (std::ranges::none_of(outstanding_, drew_it)) return;
  give_up_on(server->second, *trouble);
  for (const auto ticket : std::vector(outstanding_)) {
    auto& q = questions_[ticket];
    if (q.target.server != error.destination) continue;
    if (!error.local) q.answer.icmp = IcmpWord{error.offender, error.type, error.code};
    conclude(ticket, *trouble);
  }
}

void Exchange::keep_cookie(Server& server, const wire::dns::Message& message) {
  if (server.cookie_varies || !message.cookie || message.cookie->size() <= wire::dns::client_cookie_size || server.cookie.empty()) return;
  const auto ours = std::span(server.cookie).first(wire::dns::client_cookie_size);
  if (std::ranges::equal(ours, std::span(*message.cookie).first(ours.size()))) server.cookie = *message.cookie;
}

// What looks like an attempt at forging is asked for over TCP, whose sequence numbers are not guessed in passing: many wrong IDs
// (RFC 5452 §9.3), and what is right but for the cookie. The latter also comes from a forwarder whose own cache has none, and from one of
// several machines behind an address.
void Exchange::doubt(Ticket ticket, const wire::dns::Message& message, const io::Bytes& octets, const std::string& why) {
  auto& q = questions_[ticket];
  disbelieve(ticket, why);
  if (message.id != q.query.id) {
    if (++q.wrong_ids >= most_wrong_ids) later_over_tcp(ticket, fmt::format("{} answers had a wrong ID", q.wrong_ids));
    return;
  }
  auto without_cookie = q.query;
  without_cookie.cookie.clear();
  if (!wire::dns::lacks_cookie(q.query, message) || wire::dns::mismatch(without_cookie, message)) return;
  q.doubted = Doubted{message, octets};
  later_over_tcp(ticket, "its answer had no cookie");
}

void Exchange::disbelieve(Ticket ticket, const std::string& why) {
  auto& q = questions_[ticket];
  auto& rejected = q.answer.rejected;
  ++q.disbelieved;
  if (rejected.size() + 1 < most_rejected) {
    rejected.push_back(why.substr(0, 200));
    return;
  }
  rejected.resize(most_rejected);
  rejected.back() = fmt::format("and {} more", q.disbelieved - (most_rejected - 1));
}

void Exchange::believe(Ticket ticket, wire::dns::Message message, const io::Bytes& octets) {
  auto& q = questions_[ticket];
  if (message.truncated && q.sent_with_proof > 0) {   // the answer alone may fit
    --q.sent_with_proof;
    if (std::exchange(q.query.dnssec_ok, false)) send(ticket);
    return;
  }
  if (q.asking == Asking::with_proof) {
    q.octets = octets;
    if (q.without_proof && !message.dnssec_ok) server_of(q).loses_proofs = true;
  }
  if (message.truncated) {
    q.answer.truncated = true;
    return later_over_tcp(ticket, "truncated");
  }
  foreign_records_ += wire::dns::foreign_records(message, q.query.question);
  if (q.asking == Asking::proof) {  // read by who asked for it
    q.answer.rcode = wire::dns::rcode_name(message.rcode);
    q.answer.authoritative = message.authoritative;
    q.octets = octets;
    q.message = essence(std::move(message), q.query.question);
    return close(ticket);
  }
  // A server that neither recurses nor knows has said nothing about the name (RFC 1034 §4.3.1).
  if (q.target.role != Role::authoritative && is_referral(message)) return conclude(ticket, "no answer but a referral: it does not recurse");
  const auto resolution = wire::dns::follow(message, q.query.question);
  // An alias that leads back to itself, records of another class: no "no such record", which is an empty answer (RFC 2308 §2.2).
  const bool nothing_of_use = resolution.addresses.empty() && resolution.chain.empty() && resolution.servers.empty();
  if (q.target.role != Role::authoritative && message.rcode == 0 && message.answers > 0 && nothing_of_use)
    return conclude(ticket, "its answer holds records, and none of them answers the question");
  auto& answer = q.answer;
  answer.rcode = wire::dns::rcode_name(message.rcode);
  answer.authoritative = message.authoritative;
  answer.recursion_available = message.recursion_available;
  answer.authentic = message.authentic;
  answer.addresses = resolution.addresses;
  answer.names = q.query.question.type == wire::dns::Type::ns ? resolution.servers : resolution.chain;
  answer.ttl_s = resolution.ttl_s;
  const auto* beside_no = soa_beside_no(message, resolution.chain.empty() ? q.query.question.name : resolution.chain.back());
  if (beside_no) answer.negative_ttl_s = negative_ttl(*beside_no);
  answer.serial = serial_of(message, q.query.question.name, beside_no);
  answer.extended_error = message.extended_error;
  // From the first sending: how long somebody who asked had to wait.
  answer.round_trip = std::chrono::duration_cast<microseconds>(world_.clock.now() - q.first_sent);
  q.message = essence(std::move(message), q.query.question);
  close(ticket);
}

}  // namespace ringback::dns
