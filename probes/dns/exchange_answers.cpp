/// The receiving half: who answers what, what is believed, and TCP.
#include <fmt/format.h>

#include <algorithm>

#include "io/receive_any.hpp"
#include "probes/dns/exchange.hpp"
#include "wire/dns_answer.hpp"

namespace ringback::dns {
namespace {

constexpr auto tcp_patience = milliseconds(1500);
constexpr auto tcp_patience_for_proof = milliseconds(500);
constexpr unsigned most_tcp_exchanges = 32;
constexpr std::size_t most_rejected = 8;

constexpr unsigned bad_cookie = 23;  // RFC 7873 §5.2.4: asked again with the cookie that came with it

bool wants_plain_dns(unsigned rcode) { return rcode == 1 || rcode == 4; }  // FORMERR, NOTIMP: RFC 6891 §7

bool is_referral(const wire::dns::Message& m) {
  return m.rcode == 0 && !m.recursion_available && !m.authoritative && m.answer.empty() &&
         std::ranges::any_of(m.authority, [](const auto& record) { return record.type == wire::dns::Type::ns; });
}

/// RFC 2308 §5: a "no" is kept for the smaller of the SOA record's own TTL, which counts down in caches, and its MINIMUM.
std::optional<std::uint32_t> negative_ttl(const wire::dns::Message& message) {
  for (const auto& record : message.authority)
    if (const auto* soa = std::get_if<wire::dns::Soa>(&record.data)) return std::min(record.ttl_s, soa->minimum_s);
  return std::nullopt;
}

std::optional<std::uint32_t> serial_of(const wire::dns::Message& message) {
  for (const auto* section : {&message.answer, &message.authority})
    for (const auto& record : *section)
      if (const auto* soa = std::get_if<wire::dns::Soa>(&record.data)) return soa->serial;
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
  until = std::min(until, deadline_.at);
  for (const auto ticket : outstanding_) until = std::min({until, questions_[ticket].next_send, gives_up_at(questions_[ticket])});
  const auto received = receive(until);
  if (!received) return;
  if (const auto* datagram = std::get_if<io::Datagram>(&*received)) take(*datagram);
  if (const auto* error = std::get_if<io::IcmpError>(&*received)) take(*error);
}

std::optional<io::Received> Exchange::receive(Instant until) {
  std::vector<io::UdpSocket*> busy;  // null: no answer is expected on it
  const auto waits = [&](Ticket ticket, const Socket& socket) {
    const auto& target = questions_[ticket].target;
    return target.server.address.family() == socket.family && target.interface == socket.interface;
  };
  for (const auto& socket : sockets_)
    busy.push_back(std::ranges::any_of(outstanding_, [&](Ticket t) { return waits(t, socket); }) ? socket.socket.get() : nullptr);
  auto received = io::receive_any(busy, {until}, world_.clock);
  if (!received) return std::nullopt;
  if (received->what) return std::move(*received->what);
  for (const auto ticket : std::vector(outstanding_))
    if (waits(ticket, sockets_[received->socket])) conclude(ticket, received->what.error().what);
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

void Exchange::take(const io::Datagram& datagram) {
  const auto nobody = questions_.size();
  const auto message = wire::dns::decode(datagram.payload);
  const auto id = wire::Reader(datagram.payload).u16();
  const auto claimed = by_id_.find(id);
  auto ticket = claimed == by_id_.end() ? nobody : claimed->second;

  if (ticket != nobody && questions_[ticket].state != State::outstanding) {
    const auto& earlier = questions_[ticket];
    if (message && earlier.target.server == datagram.from && !wire::dns::mismatch(earlier.query, *message)) return;  // it came twice
    ticket = nobody;
  }
  if (ticket == nobody) ticket = find_outstanding(datagram.from, message ? &*message : nullptr);
  if (ticket == nobody) {
    ++strays_;
    return;
  }
  const auto& q = questions_[ticket];
  if (datagram.from != q.target.server) return disbelieve(ticket, fmt::format("it came from {}", datagram.from.to_string()));
  if (!message) return disbelieve(ticket, message.error().what);
  if (const auto why = wire::dns::mismatch(q.query, *message)) return disbelieve(ticket, *why);
  if (wants_plain_dns(message->rcode) && q.query.edns) {
    if (q.query.dnssec_ok) return conclude(ticket, "it takes no EDNS, and proofs come with that alone");
    questions_[ticket].query.edns = false;
    return send(ticket);
  }
  auto& server = servers_[q.target.server];
  keep_cookie(server, *message);
  if (message->rcode == bad_cookie && !q.query.cookie.empty() && !std::exchange(questions_[ticket].cookie_refused, true)) return send(ticket);
  server.answered = true;
  anything_answered_ = true;
  believe(ticket, *message, datagram.payload);
}

void Exchange::take(const io::IcmpError& error) {
  const auto trouble = final_word(error);
  if (!trouble) return;
  give_up_on(servers_[error.destination], *trouble);
  for (const auto ticket : std::vector(outstanding_))
    if (questions_[ticket].target.server == error.destination) conclude(ticket, *trouble);
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
  if (message.truncated) {
    q.answer.truncated = true;
    close(ticket);
    q.state = State::truncated;
    truncated_.push_back(ticket);
    return;
  }
  if (q.query.dnssec_ok) {  // read by who asked for it
    q.answer.rcode = wire::dns::rcode_name(message.rcode);
    q.answer.authoritative = message.authoritative;
    q.octets = octets;
    q.message = std::move(message);
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
  answer.negative_ttl_s = negative_ttl(message);
  answer.serial = serial_of(message);
  answer.extended_error = message.extended_error;
  // From the first sending: how long somebody who asked had to wait.
  answer.round_trip = std::chrono::duration_cast<microseconds>(world_.clock.now() - q.first_sent);
  q.message = std::move(message);
  close(ticket);
}

// RFC 7766 §5: a truncated answer is asked for again over TCP, where two octets of length stand before each message (§8).
Expected<io::Bytes> Exchange::ask_over_tcp(const Question& question) {
  const auto deadline = deadline_.or_earlier(world_.clock.now() + (question.query.dnssec_ok ? tcp_patience_for_proof : tcp_patience));
  const auto query = wire::dns::encode(question.query);
  if (!query) return tl::unexpected(query.error());
  auto stream = world_.network.connect_tcp(question.target.server, {.local = {}, .interface = question.target.interface}, deadline);
  if (!stream) return tl::unexpected(stream.error());
  const auto framed = wire::Writer().u16(static_cast<std::uint16_t>(query->size())).bytes(*query).take();
  if (const auto sent = (*stream)->send(framed, deadline); !sent) return tl::unexpected(sent.error());
  io::Bytes received;
  while (true) {
    wire::Reader reader(received);
    const auto length = reader.u16();
    if (reader.ok() && length > wire::dns::longest_message) return failure(Errc::exhausted, fmt::format("a DNS message of {} octets", length));
    if (reader.ok() && reader.left() >= length) {
      const auto whole = reader.bytes(length);
      return io::Bytes(whole.begin(), whole.end());
    }
    const auto more = (*stream)->receive(wire::dns::longest_message + 2 - received.size(), deadline);
    if (!more) return tl::unexpected(more.error());
    if (more->empty()) return failure(Errc::malformed, "the connection was closed before the answer was whole");
    received.insert(received.end(), more->begin(), more->end());
  }
}

void Exchange::over_tcp(Ticket ticket) {
  auto& q = questions_[ticket];
  auto& server = servers_[q.target.server];
  if (server.tcp_failed || tcp_exchanges_ >= most_tcp_exchanges || deadline_.passed(world_.clock))
    return conclude(ticket, "truncated, and not asked over TCP");
  ++tcp_exchanges_;
  q.first_sent = world_.clock.now();
  const auto octets = ask_over_tcp(q);
  auto message = octets.and_then([](const io::Bytes& bytes) { return wire::dns::decode(bytes); });
  server.tcp_failed = !message;
  if (!message) return conclude(ticket, "truncated, and over TCP: " + message.error().what);
  auto why_not = wire::dns::mismatch(q.query, *message);
  if (!why_not && message->truncated) why_not = "it is truncated over TCP too";
  if (!why_not) return believe(ticket, std::move(*message), *octets);
  disbelieve(ticket, *why_not);
  conclude(ticket, "truncated, and no valid answer over TCP");
}

}  // namespace ringback::dns
