#include "vantage/stun_server.hpp"

#include "net/embedded_address.hpp"
#include "vantage/stun_answer.hpp"
#include "vantage/watch.hpp"

namespace ringback::vantage {
namespace {

constexpr unsigned batches_at_once = 4;  ///< then others get their turn

Expected<UniqueFd> open_bound(const Endpoint& local) {
  auto fd = open_socket(local.address.family(), SOCK_DGRAM, IPPROTO_UDP);
  if (!fd) return fd;
  if (const auto whole = keep_whole(*fd, local.address.family()); !whole) return tl::unexpected(whole.error());
  if (local.address.is_unspecified())
    if (const auto told = tell_destination(*fd, local.address.family()); !told) return tl::unexpected(told.error());
  if (const auto bound = bind_socket(*fd, local); !bound) return failure(bound.error().code, "listen stun: " + bound.error().what);
  return fd;
}

}  // namespace

struct StunServer::Socket {
  UniqueFd fd;
  Endpoint local;
  std::optional<Endpoint> other;
  Watch watch;  ///< after `fd`, so that it ends before
};

StunServer::StunServer(asio::io_context& io, bool open, bool allow_special, const Limits& limits, const Clock& clock, std::uint64_t seed, Counters& counters,
                       Faults& faults)
    : io_(io),
      open_(open),
      allow_special_(allow_special),
      clock_(clock),
      counters_(counters),
      faults_(faults),
      limiter_(limits.stun_rates, limits.callers_remembered, seed) {}

StunServer::~StunServer() = default;

void StunServer::add(UniqueFd fd, std::optional<Endpoint> other) {
  const int number = fd.get();
  const auto local = local_endpoint(fd);
  sockets_.push_back(std::make_shared<Socket>(Socket{std::move(fd), local, other, Watch(io_, number)}));
  wait(sockets_.back());
}

Expected<Endpoint> StunServer::listen(const Endpoint& local) {
  auto fd = open_bound(local);
  if (!fd) return tl::unexpected(fd.error());
  add(std::move(*fd), {});
  return sockets_.back()->local;
}

Expected<void> StunServer::listen_behaviour(const Endpoint& primary, const Endpoint& alternate) {
  struct Half {
    UniqueFd fd;
    Endpoint other;
  };
  std::vector<Half> opened;
  for (const auto& [address, other_address] :
       {std::pair(primary.address, alternate.address), std::pair(alternate.address, primary.address)})
    for (const auto& [port, other_port] : {std::pair(primary.port, alternate.port), std::pair(alternate.port, primary.port)}) {
      auto fd = open_bound({address, port});
      if (!fd) return tl::unexpected(fd.error());
      opened.push_back({std::move(*fd), {other_address, other_port}});
    }
  for (auto& half : opened) add(std::move(half.fd), half.other);
  return {};
}

void StunServer::stop() {
  for (const auto& socket : sockets_) socket->watch.cancel();
}

void StunServer::wait(const std::shared_ptr<Socket>& socket) {
  socket->watch.wait(Watch::readable, [this, socket](const boost::system::error_code& error) {
    if (error) return;
    try {
      for (unsigned i = 0; i < batches_at_once && answer_batch(*socket) == datagrams_at_once; ++i) {
      }
    } catch (...) {
      faults_.note();
    }
    wait(socket);
  });
}

void StunServer::resume() {
  // A socket that is waited for is held by its callback too.
  for (const auto& socket : sockets_)
    if (socket.use_count() == 1) wait(socket);
}

std::size_t StunServer::answer_batch(Socket& socket) {
  const auto count = arrivals_.receive(socket.fd);
  if (count == 0) return 0;
  const auto now = clock_.now();
  for (std::size_t i = 0; i < count; ++i) {
    const auto from = to_endpoint(arrivals_.from(i));
    // Before anything of the datagram is looked at: a flood costs a table look-up for each.
    if (limiter_.refuse(from.address, now)) {
      counters_.stun(StunOutcome::limited);
      continue;
    }
    // Nobody on the internet asks from there: the answer would go into a network of the hoster's.
    if (from.address.is_link_local() || (!allow_special_ && !is_on_the_internet(from.address))) {
      counters_.stun(StunOutcome::special);
      continue;
    }
    const auto to = arrivals_.to(i);
    const Endpoint at{to.value_or(socket.local.address), socket.local.port};
    const auto answer = stun_answer(arrivals_.bytes(i), {from, at, socket.other}, open_);
    counters_.stun(answer.outcome);
    if (answer.bytes.empty()) continue;
    if (answer.from == at) {
      departures_.add(arrivals_.from(i), to, answer.bytes, answer.filled_to);
    } else if (const auto* way = find(answer.from)) {  // CHANGE-REQUEST
      elsewhere_.add(arrivals_.from(i), {}, answer.bytes, answer.filled_to);
      elsewhere_.send(way->fd);
    }
  }
  departures_.send(socket.fd);
  return count;
}

const StunServer::Socket* StunServer::find(const Endpoint& local) const {
  for (const auto& socket : sockets_)
    if (socket->local == local) return socket.get();
  return nullptr;
}

}  // namespace ringback::vantage
