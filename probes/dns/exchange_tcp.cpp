/// TCP: for answers that are truncated (RFC 7766 §5), and for those that may be forged. It is spoken with one server after the other, so each has
/// little time, and all together have no more than they need where nobody plays with it.
#include <fmt/format.h>

#include <algorithm>

#include "probes/dns/exchange.hpp"

namespace ringback::dns {
namespace {

constexpr auto tcp_patience = milliseconds(1500);
constexpr auto tcp_patience_for_proof = milliseconds(500);
// Whoever needs longer is not asked another time, nor is he waited for longer where somebody waits for something else.
constexpr auto slow_tcp = milliseconds(700);
// A zone's server is asked four things. A resolver is asked for the keys of every zone on the way down, and some are too long for UDP.
constexpr unsigned most_exchanges_with_authority = 3, most_exchanges_with_resolver = 12;

}  // namespace

void Exchange::later_over_tcp(Ticket ticket, std::string because) {
  close(ticket);
  auto& q = questions_[ticket];
  q.state = State::for_tcp;
  q.tcp_because = std::move(because);
  for_tcp_.push_back(ticket);
}

// First what is under way over UDP has its chance.
bool Exchange::is_quiet() const {
  return std::ranges::all_of(outstanding_, [&](Ticket t) { return questions_[t].sent > 1; });
}

// Proofs are large and nobody's first need: they are not asked for while something else is waited for.
std::optional<Ticket> Exchange::next_for_tcp(std::span<const Ticket> waited_for) {
  if (for_tcp_.empty() || !is_quiet()) return std::nullopt;
  const auto found = std::ranges::find_if(for_tcp_, [&](Ticket ticket) {
    return questions_[ticket].asking != Asking::proof || std::ranges::find(waited_for, ticket) != waited_for.end();
  });
  if (found == for_tcp_.end()) return std::nullopt;
  const auto ticket = *found;
  for_tcp_.erase(found);
  return ticket;
}

void Exchange::over_tcp(Ticket ticket, Instant until) {
  auto& q = questions_[ticket];
  if (q.state != State::for_tcp) return;
  auto& server = server_of(q);
  const bool is_authority = q.target.role == Role::authoritative;
  auto& budget = is_authority ? tcp_for_authorities_ : tcp_for_resolvers_;
  if (q.doubted && !q.doubted->message.cookie && server.cookie_varies) return without_tcp(ticket, {});   // it was not known then
  const auto began = world_.clock.now();
  const bool spent = budget.exchanges == 0 || budget.time <= Instant::duration::zero() ||
                     server.tcp_exchanges >= (is_authority ? most_exchanges_with_authority : most_exchanges_with_resolver);
  if (server.tcp_failed || spent || deadline_.passed(world_.clock)) return without_tcp(ticket, "and not asked over TCP");
  --budget.exchanges;
  ++server.tcp_exchanges;
  q.first_sent = began;

  auto query = q.query;
  query.cookie.resize(std::min(query.cookie.size(), wire::dns::client_cookie_size));   // none is expected: the connection proves as much
  const auto patience_for_it = q.asking == Asking::proof ? tcp_patience_for_proof : tcp_patience;
  const auto at = std::min({began + patience_for_it, began + budget.time, std::max(until, began + slow_tcp)});
  const auto octets = speak_tcp(q.target, query, deadline_.or_earlier(at));
  const auto message = octets.and_then([](const io::Bytes& bytes) { return wire::dns::decode(bytes); });
  const auto took = world_.clock.now() - began;
  budget.time -= took;
  server.tcp_failed = !message || took > slow_tcp;
  if (!message) return without_tcp(ticket, "and over TCP: " + message.error().what);
  auto why_not = wire::dns::mismatch(query, *message);
  if (!why_not && message->truncated) why_not = "it is truncated over TCP too";
  if (why_not) {
    disbelieve(ticket, *why_not);
    return conclude(ticket, q.tcp_because + ", and no valid answer over TCP");
  }
  if (q.doubted && !message->cookie) expect_no_cookie(server);
  q.doubted.reset();
  server.answered = true;
  anything_answered_ = true;
  believe(ticket, *message, *octets);
}

// Who takes no TCP is believed as who has no cookies is.
void Exchange::without_tcp(Ticket ticket, const std::string& why) {
  auto& q = questions_[ticket];
  std::erase(for_tcp_, ticket);
  auto doubted = std::exchange(q.doubted, std::nullopt);
  if (!doubted) return conclude(ticket, q.tcp_because + ", " + why);
  auto& server = server_of(q);
  if (!doubted->message.cookie) expect_no_cookie(server);
  server.answered = true;
  anything_answered_ = true;
  believe(ticket, std::move(doubted->message), doubted->octets);
}

// One machine behind this address has none, or the cache of a forwarder.
void Exchange::expect_no_cookie(Server& server) {
  server.cookie_varies = true;
  server.cookie.resize(std::min(server.cookie.size(), wire::dns::client_cookie_size));
}

// Two octets of length stand before each message (RFC 7766 §8).
Expected<io::Bytes> Exchange::speak_tcp(const Target& target, const wire::dns::Query& query, Deadline deadline) {
  const auto octets = wire::dns::encode(query);
  if (!octets) return tl::unexpected(octets.error());
  auto stream = world_.network.connect_tcp(target.server, {.local = {}, .interface = target.interface}, deadline);
  if (!stream) return tl::unexpected(stream.error());
  const auto framed = wire::Writer().u16(static_cast<std::uint16_t>(octets->size())).bytes(*octets).take();
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

}  // namespace ringback::dns
