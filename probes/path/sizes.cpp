#include "probes/path/sizes.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "probes/path/socket.hpp"
#include "wire/stun.hpp"

namespace ringback::path {
namespace {

constexpr std::size_t most_servers = 3;
constexpr std::size_t most_searched = 2;     // two that agree to the byte are no two servers' taste
constexpr unsigned small = 1200;             // less than IPv6 asks of every line (RFC 8200 §5), and enough to show that filled requests are taken
constexpr unsigned ethernet = 1500;          // what visitors' connections are made for
constexpr unsigned most_narrowed = 3;        // "too big" may come from several routers in a row, each with a smaller word
// Large and small alternate, so that a loss which grows with time hits both.
constexpr std::array<milliseconds, 6> rounds{milliseconds(0), milliseconds(100), milliseconds(200), milliseconds(350), milliseconds(500), milliseconds(700)};
constexpr auto search_again = milliseconds(150);
// Hops that are asked whether large ones get as far as them. Not the first: it has other questions to answer, and few answers to give.
constexpr Ttl nearest_hop = 2, farthest_hop = 8;
constexpr Port first_hop_port = 33434;           // as traceroute has them; two for each hop, so that an answer says what it answers
constexpr unsigned search_rounds = 2;
constexpr std::size_t enough_silence = 3;    // rounds after which a server that fills no answer up will not begin to
// What lines and tunnels are known to carry: PPPoE, MAP-T, DS-Lite, DS-Lite over PPPoE, L2TP, WireGuard, the smallest that IPv6 allows.
constexpr std::array<unsigned, 16> ladder{1492, 1484, 1480, 1472, 1460, 1452, 1440, 1432, 1420, 1412, 1400, 1380, 1360, 1340, 1308, 1280};

unsigned headers(Family family) { return family == Family::ipv4 ? 28 : 48; }   // IP and UDP
/// STUN messages are multiples of four bytes (RFC 8489 §5), and so are the headers before them.
unsigned in_fours(unsigned size) { return size & ~3U; }

class Sizes {
 public:
  Sizes(Direction direction, const Leg& leg, const std::vector<Endpoint>& servers, unsigned full, io::UdpSocket& socket, const io::World& world)
      : direction_(direction), leg_(leg), socket_(socket), world_(world) {
    for (const auto& server : servers)
      if (server.address.family() == leg.family && server.port != 0 && servers_.size() < most_servers)
        servers_.push_back({.at = server, .full = full, .next = world.clock.now()});
  }

  std::vector<SizeTrial> run(Deadline deadline) && {
    while (!passes_ && !deadline.passed(world_.clock)) {
      auto next = Instant::max();
      for (auto& server : servers_) next = std::min(next, ask(server));
      if (next == Instant::max()) break;
      if (!listen(deadline.or_earlier(next))) return std::move(trials_);
    }
    if (!passes_) search(deadline);
    return std::move(trials_);
  }

 private:
  struct Server {
    Endpoint at;
    unsigned full;
    Instant next;
    std::size_t round = 0;
    unsigned narrowed = 0;
    bool gone = false;        ///< nothing can be sent there, nobody is there, or its answers have the size that it likes
  };

  [[nodiscard]] milliseconds patience() const {
    return std::chrono::ceil<milliseconds>(std::clamp<microseconds>(4 * slowest_, milliseconds(150), milliseconds(400)));
  }

  SizeTrial& trial(const Endpoint& server, unsigned size, std::optional<Ttl> ttl = std::nullopt) {
    for (auto& each : trials_)
      if (each.server == server && each.size == size && each.ttl == ttl) return each;
    return trials_.emplace_back(SizeTrial{.server = server, .ttl = ttl, .size = size, .sent = 0, .answered = 0, .told = {}});
  }

  bool send(const Endpoint& server, unsigned size) {
    wire::stun::TransactionId id;
    world_.random.fill(id);
    const auto bytes = size - headers(leg_.family);
    const auto request = direction_ == Direction::out ? wire::stun::build_binding_request(id, bytes) : wire::stun::build_padded_request(id, bytes);
    if (!socket_.send(server, request, std::nullopt)) return false;
    ++trial(server, size).sent;
    asked_[id] = {server, size, world_.clock.now()};
    return true;
  }

  bool send_to_hop(const Server& server, Ttl ttl, bool large) {
    const Endpoint to{server.at.address, static_cast<Port>(first_hop_port + 2 * ttl + (large ? 1 : 0))};
    const auto size = large ? server.full : small;
    if (!socket_.send(to, io::Bytes(size - headers(leg_.family)), ttl)) return false;
    ++trial(server.at, size, ttl).sent;
    hops_[to] = {server.at, size, ttl};
    return true;
  }

  /// Sends what is due. When there is something to do for this server again; Instant::max(): never.
  Instant ask(Server& server) {
    const auto now = world_.clock.now();
    if (server.gone) return Instant::max();
    if (now < server.next) return server.next;
    const bool pointless = direction_ == Direction::in && server.round >= enough_silence && trial(server.at, small).answered == 0;
    if (server.round == rounds.size() || pointless) {
      server.gone = true;
      return Instant::max();
    }
    server.gone = !send(server.at, server.full) || !send(server.at, small);
    const auto before = rounds[server.round++];
    server.next = now + (server.round < rounds.size() ? rounds[server.round] - before : patience());
    return server.gone ? Instant::max() : server.next;
  }

  /// False where the socket is of no more use.
  bool listen(Deadline until) {
    const auto received = socket_.receive(until);
    if (!received) return false;
    if (!*received) return true;
    if (const auto* error = std::get_if<io::IcmpError>(&**received)) take(*error);
    if (const auto* datagram = std::get_if<io::Datagram>(&**received)) take(*datagram);
    return true;
  }

  /// On the way out any answer with our number will do: a server that refuses the request has got it. On the way in the answer's size
  /// counts, and one that is not filled up says that the server cannot, or that this size is too large for the way and it was told so.
  void take(const io::Datagram& datagram) {
    const auto message = wire::stun::parse(datagram.payload);
    if (!message || message->type == wire::stun::Class::request || message->type == wire::stun::Class::indication) return;
    const auto found = asked_.find(message->transaction);
    if (found == asked_.end() || found->second.server != datagram.from) return;
    slowest_ = std::max(slowest_, std::chrono::duration_cast<microseconds>(world_.clock.now() - found->second.at));
    const auto asked = found->second;
    asked_.erase(found);
    const auto size = static_cast<unsigned>(datagram.payload.size()) + headers(leg_.family);
    const auto server = std::ranges::find(servers_, datagram.from, &Server::at);
    if (direction_ == Direction::in && size != asked.size) {
      // RFC 5780 has it fill up more than one packet, to be sent in fragments: such an answer says nothing of sizes.
      if (message->type == wire::stun::Class::error || asked.size == small || size > asked.size)
        server->gone = true;
      else
        trial(datagram.from, asked.size).told = size;
      return;
    }
    ++trial(datagram.from, asked.size).answered;
    if (server->full == asked.size) passes_ = true;
  }

  void take(const io::IcmpError& error) {
    if (const auto hop = hops_.find(error.destination); hop != hops_.end()) {
      const bool ran_out = error.type == (error.destination.address.is_v4() ? 11 : 3);   // RFC 792, RFC 4443 §3.3
      if (ran_out && !error.local) ++trial(hop->second.server, hop->second.size, hop->second.ttl).answered;
      return;
    }
    const auto server = std::ranges::find(servers_, error.destination, &Server::at);
    if (server == servers_.end()) return;
    const bool v4 = error.destination.address.is_v4();
    const bool too_big = v4 ? error.type == 3 && error.code == 4 : error.type == 2;
    if (!too_big) {
      server->gone = server->gone || error.offender == server->at.address;
      return;
    }
    const auto told = error.mtu.value_or(0);
    if (told >= server->full) return;   // of a request before, or nonsense
    trial(server->at, server->full).told = told;
    server->gone = told <= small || ++server->narrowed > most_narrowed;
    if (server->gone) return;
    server->full = in_fours(told);
    server->round = 0;
    server->next = world_.clock.now();
  }

  [[nodiscard]] bool swallows(const Server& server) {
    const auto& large = trial(server.at, server.full);
    return trial(server.at, small).answered >= rounds.size() / 2 && large.answered == 0 && !large.told && large.sent == rounds.size();
  }

  /// The largest size that passes, at the first servers that got nothing large, and how far the large ones get.
  void search(Deadline deadline) {
    std::vector<Server> swallowing;
    for (const auto& server : servers_)
      if (swallowing.size() < most_searched && swallows(server)) swallowing.push_back(server);
    for (unsigned round = 0; round < search_rounds && !swallowing.empty(); ++round) {
      for (const auto& server : swallowing)
        for (const auto size : ladder)
          if (size < server.full && !send(server.at, size)) return;
      for (Ttl ttl = nearest_hop; direction_ == Direction::out && ttl <= farthest_hop; ++ttl)
        for (const bool large : {true, false})
          if (!send_to_hop(swallowing.front(), ttl, large)) return;
      const auto until = world_.clock.now() + (round + 1 < search_rounds ? search_again : patience());
      while (world_.clock.now() < until && !deadline.passed(world_.clock))
        if (!listen(deadline.or_earlier(until))) return;
    }
  }

  struct Asked {
    Endpoint server;
    unsigned size;
    Instant at;
  };
  struct AskedHop {
    Endpoint server;
    unsigned size;
    Ttl ttl;
  };

  Direction direction_;
  const Leg& leg_;
  io::UdpSocket& socket_;
  const io::World& world_;
  std::vector<Server> servers_;
  std::vector<SizeTrial> trials_;
  std::map<wire::stun::TransactionId, Asked> asked_;
  std::map<Endpoint, AskedHop> hops_;        ///< by where they were sent
  microseconds slowest_{0};
  bool passes_ = false;
};

}  // namespace

std::vector<SizeTrial> measure_sizes(Direction direction, const Leg& leg, const std::vector<Endpoint>& servers, const io::World& world,
                                     Deadline deadline) {
  const auto full = in_fours(std::min(interface_mtu(leg, world, deadline), ethernet));
  if (full <= small) return {};
  const auto socket = open_socket(leg, world);
  if (!socket) return {};
  return Sizes(direction, leg, servers, full, **socket, world).run(deadline);
}

}  // namespace ringback::path
