#include "probes/stun/round.hpp"

#include <algorithm>

#include "io/receive_any.hpp"

namespace ringback::stun {
namespace {

constexpr milliseconds round_sendings[] = {milliseconds{0}, milliseconds{80}, milliseconds{180}};
constexpr milliseconds longest{600}, shortest_silence{120};
constexpr std::size_t most_heard = 1024;   // whoever floods a socket does not hold up the run

struct Attempt {
  wire::stun::TransactionId transaction{};
  std::size_t ask = 0;
  Instant sent;
};

class Round {
 public:
  Round(std::span<const std::unique_ptr<io::UdpSocket>> sockets, std::vector<Ask>& asks, const io::World& world)
      : asks_(asks), world_(world), start_(world.clock.now()) {
    for (const auto& socket : sockets) sockets_.push_back(socket.get());
  }

  void run(Deadline deadline) {
    std::size_t heard = 0;
    for (std::size_t sent = 0; open() && heard < most_heard;) {
      const auto now = world_.clock.now();
      if (sent < std::size(round_sendings) && now >= start_ + round_sendings[sent]) {
        ++sent;
        send();
      }
      const auto end = deadline.or_earlier(sent < std::size(round_sendings) ? start_ + longest : silence_ends());
      if (end.passed(world_.clock)) return;
      const auto until = sent < std::size(round_sendings) ? end.or_earlier(start_ + round_sendings[sent]) : end;
      const auto got = io::receive_any(sockets_, until, world_);
      if (!got) continue;
      ++heard;
      if (!got->what) sockets_[got->socket] = nullptr;
      else if (const auto* datagram = std::get_if<io::Datagram>(&*got->what)) take(got->socket, *datagram);
    }
  }

 private:
  [[nodiscard]] bool open() const {
    return std::ranges::any_of(asks_, [&](const Ask& ask) { return !ask.mapped && sockets_[ask.socket]; });
  }
  [[nodiscard]] bool waits(std::size_t socket) const {
    return std::ranges::any_of(asks_, [&](const Ask& ask) { return !ask.mapped && ask.socket == socket; });
  }

  [[nodiscard]] Instant silence_ends() const {
    microseconds slowest{0};
    for (const auto& ask : asks_) slowest = std::max(slowest, ask.round_trip.value_or(microseconds{0}));
    return std::min(start_ + longest, start_ + round_sendings[std::size(round_sendings) - 1] + std::max<microseconds>(shortest_silence, 3 * slowest));
  }

  void send() {
    for (std::size_t i = 0; i < asks_.size(); ++i) {
      const auto& ask = asks_[i];
      if (ask.mapped || !sockets_[ask.socket]) continue;
      Attempt attempt{.ask = i, .sent = world_.clock.now()};
      world_.random.fill(attempt.transaction);
      const auto size = wire::stun::full_answer_size(ask.to.address.family());
      if (sockets_[ask.socket]->send(ask.to, wire::stun::build_binding_request(attempt.transaction, size, ask.change), std::nullopt))
        attempts_.push_back(attempt);
    }
  }

  void take(std::size_t socket, const io::Datagram& datagram) {
    const auto message = wire::stun::parse(datagram.payload);
    if (!message || message->type != wire::stun::Class::success || !message->not_understood.empty()) return;
    const auto attempt = std::ranges::find(attempts_, message->transaction, &Attempt::transaction);
    if (attempt == attempts_.end()) return;
    auto& ask = asks_[attempt->ask];
    if (ask.socket != socket || ask.mapped || datagram.from != ask.from || !message->xor_mapped_address) return;
    ask.mapped = message->xor_mapped_address;
    ask.other = message->other_address;
    ask.round_trip = std::chrono::duration_cast<microseconds>(world_.clock.now() - attempt->sent);
    if (!waits(socket)) sockets_[socket] = nullptr;   // dozens are looked at with every answer
  }

  std::vector<io::UdpSocket*> sockets_;
  std::vector<Ask>& asks_;
  const io::World& world_;
  Instant start_;
  std::deque<Attempt> attempts_;
};

}  // namespace

void ask_all(std::span<const std::unique_ptr<io::UdpSocket>> sockets, std::vector<Ask>& asks, const io::World& world, Deadline deadline) {
  Round(sockets, asks, world).run(deadline);
}

}  // namespace ringback::stun
