/// How long after a knock has passed the card's tap does it stand in the evidence? Prints the microseconds of each knock, one a line.
/// The whole way of a run: capture, card, following, and the wait that the card ends. To be started in a network namespace with `lo` up.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include "io/real_network.hpp"
#include "io/wakeup.hpp"
#include "probes/inbound/following.hpp"

using namespace ringback;

namespace {

constexpr int cards = 20, knocks_of_card = 25;
constexpr const char* announcement =
    R"({{"type":"announce","id":"k0","protocol":"udp","port":{0},"target":"127.0.0.1","source":{{"address":"127.0.0.1","port":{1}}},"nonce":"{2:032x}"}})" "\n";

struct Socket {
  UniqueFd fd{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  sockaddr_in address{};
  Socket() {
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    if (::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), length) != 0 || ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &length) != 0)
      throw std::runtime_error("no socket");
  }
  [[nodiscard]] Port port() const { return ntohs(address.sin_port); }
};

/// nullopt: it never came.
std::optional<microseconds> one(const inbound::Card& card, const io::World& world, const Socket& knocker, const Socket& service, unsigned number) {
  const auto target = Address::parse("127.0.0.1").value();
  std::vector<inbound::Knock> knocks{{.id = "k0", .protocol = Protocol::udp, .service = Service{Protocol::udp, service.port(), service.port()},
                                      .port = service.port(), .target = target, .local = target}};
  const io::Wakeup wakeup;
  const inbound::Card::Subscription subscription(card, wakeup);
  inbound::Following following(card, world, knocks, milliseconds(1));
  const auto announced = world.clock.now();
  following.take(fmt::format(announcement, service.port(), knocker.port(), number));
  const auto payload = fmt::format("ringback-knock {:032x}\n", number);
  ::sendto(knocker.fd.get(), payload.data(), payload.size(), 0, reinterpret_cast<const sockaddr*>(&service.address), sizeof service.address);
  const Deadline deadline{announced + seconds(2)};
  while (knocks[0].arrivals.empty() && !deadline.passed(world.clock)) {
    pollfd bell{wakeup.fd(), POLLIN, 0};
    ::poll(&bell, 1, 20);   // as the request to a vantage point waits
    wakeup.clear();
    static_cast<void>(following.settled());
  }
  if (knocks[0].arrivals.empty()) return std::nullopt;
  return std::chrono::duration_cast<microseconds>(world.clock.now() - announced) - knocks[0].arrivals.front().after_announce;
}

}  // namespace

int main() {
  const io::RealClock clock;
  io::RealRandom random;
  const auto network = io::make_real_network(clock);
  const io::World world{*network, clock, random};
  const Socket knocker, service;
  unsigned number = 0;
  for (int i = 0; i < cards; ++i) {
    inbound::Card card({.interface = "any", .filter = "udp[8:4] == 0x72696e67"}, world, Deadline{clock.now() + seconds(60)});
    if (!card.running()) {
      fmt::print(stderr, "knock-latency: {}\n", card.finish().trouble.value_or("no capture"));
      return 1;
    }
    for (int j = 0; j < knocks_of_card; ++j) {
      const auto took = one(card, world, knocker, service, ++number);
      if (!took) return 1;
      fmt::print("{}\n", took->count());
    }
  }
  return 0;
}
