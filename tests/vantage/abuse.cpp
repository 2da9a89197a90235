/// The vantage point in a network namespace of its own, whose one way out leads to its caller's. There nftables counts what comes.
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <cstdio>
#include <iostream>
#include <memory>

#include "support/private_network.hpp"
#include "vantage/mutations.hpp"
#include "vantage/requests.hpp"
#include "vantage/socket.hpp"
#include "wire/stun.hpp"

using namespace ringback;
using namespace ringback::test;

namespace {

constexpr unsigned http_requests = 36000, stun_requests = 64000;
constexpr std::size_t side_by_side = 48;
constexpr seconds patience{20};

/// Whatever leaves the vantage point's namespace for anything but the caller's two addresses arrives at the caller's card as well.
constexpr const char* edge = R"(nft 'table netdev edge {
  counter knocks {}
  counter to_caller {}
  counter elsewhere {}
  chain arriving {
    type filter hook ingress device "caller0" priority 0;
    ether type arp accept
    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, mld-listener-report, mld2-listener-report } accept
    ip daddr 9.1.1.2 tcp flags & (syn | ack) == syn counter name knocks
    ip6 daddr 2a09:2::2 tcp flags & (syn | ack) == syn counter name knocks
    ip daddr 9.1.1.2 counter name to_caller accept
    ip6 daddr 2a09:2::2 counter name to_caller accept
    counter name elsewhere
  }
}')";
/// What stays inside: no packet of the vantage point's is for itself.
constexpr const char* inner = R"(nft 'table inet inner {
  counter elsewhere {}
  chain leaving { type filter hook output priority 0; oifname "lo" counter name elsewhere; }
}')";

struct Networks {
  Networks() {
    vantage.run("ip link add vantage0 type veth peer name caller0 netns " + caller.path());
    join(vantage, "vantage0", {"9.1.1.1", "9.1.1.3"}, {"2a09:2::1", "2a09:2::3"}, "9.1.1.2", "2a09:2::2");
    join(caller, "caller0", {"9.1.1.2"}, {"2a09:2::2"}, "9.1.1.1", "2a09:2::1");
    // The way to everywhere leads past the counters, even to what looks like a neighbour.
    vantage.run("ip route add default via 9.1.1.2 dev vantage0 && ip route add default via 2a09:2::2 dev vantage0");
    caller.run("ip route add 9.1.1.3/32 dev caller0 && ip route add 2a09:2::3/128 dev caller0");
    caller.run("echo 1024 65535 >/proc/sys/net/ipv4/ip_local_port_range");
    caller.run(edge);
    vantage.run(inner);
  }
  static void join(const Namespace& space, const std::string& card, const std::vector<std::string>& v4, const std::vector<std::string>& v6,
                   const std::string& peer4, const std::string& peer6) {
    space.run("ip link set " + card + " up");
    for (const auto& address : v4) space.run("ip address add " + address + "/32 dev " + card);
    for (const auto& address : v6) space.run("ip address add " + address + "/128 dev " + card + " nodad");
    space.run(fmt::format("ip route add {}/32 dev {} && ip route add {}/128 dev {}", peer4, card, peer6, card));
  }
  static unsigned long counted(const Namespace& space, const std::string& table, const std::string& name) {
    const Inside inside(space);
    const std::unique_ptr<FILE, int (*)(FILE*)> output(::popen(("nft list counter " + table + " " + name).c_str(), "r"), &::pclose);
    std::string text(500, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), output.get()));
    const auto at = text.find("packets ");
    if (at == std::string::npos) throw std::runtime_error("no counter in: " + text);
    return std::stoul(text.substr(at + 8));
  }
  [[nodiscard]] unsigned long edge_counted(const std::string& name) const { return counted(caller, "netdev edge", name); }

  Namespace vantage, caller;
};

vantage::Options options() {
  vantage::Options result;
  for (const auto* address : {"9.1.1.1", "9.1.1.3", "2a09:2::1", "2a09:2::3"}) result.listen.push_back(Address::parse(address).value());
  result.stun_open = true;  // the more is answered
  return result;
}

vantage::Limits unlimited() {
  vantage::Limits limits;
  limits.knock_rates = limits.question_rates = limits.stun_rates = {plenty, plenty, plenty};
  limits.connections_part = limits.knocks_part = 1;
  // Much of what is sent is no whole request, and what is one may be followed by nothing: the server ends every connection soon.
  limits.read_timeout = limits.idle_timeout = milliseconds{25};
  return limits;
}

/// Connections that each send one text and then take what comes.
class Senders {
 public:
  struct Connection {
    UniqueFd fd;
    std::string text;
    std::size_t sent = 0;
    std::string start;  ///< of the answer
    std::chrono::steady_clock::time_point end;
  };

  void send(const Endpoint& to, std::string text) {
    UniqueFd fd(::socket(to.address.is_v4() ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const linger reset{1, 0};  // so many connections leave no ports behind that wait
    const auto address = vantage::to_socket(to);
    if (::setsockopt(fd.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset) != 0 || ::connect(fd.get(), address.get(), address.length) != 0)
      throw std::runtime_error("no connection to " + to.to_string());
    connections_.push_back({std::move(fd), std::move(text), 0, {}, std::chrono::steady_clock::now() + patience});
    while (connections_.size() >= side_by_side) step();
  }
  void finish() {
    while (!connections_.empty()) step();
  }
  unsigned accepted = 0, refused = 0;

 private:
  void step() {
    std::vector<pollfd> waits;
    for (const auto& c : connections_)
      waits.push_back({c.fd.get(), static_cast<short>(POLLIN | (c.sent < c.text.size() ? POLLOUT : 0)), 0});
    ::poll(waits.data(), waits.size(), 5);
    const auto now = std::chrono::steady_clock::now();
    std::vector<Connection> left;
    for (std::size_t i = 0; i < waits.size(); ++i)
      if (goes_on(connections_[i], waits[i].revents)) {
        if (now > connections_[i].end) throw std::runtime_error("the server did not end: " + connections_[i].text);
        left.push_back(std::move(connections_[i]));
      } else {
        count(connections_[i].start);
      }
    connections_ = std::move(left);
  }
  static bool goes_on(Connection& c, short events) {
    if ((events & POLLOUT) != 0) {
      const auto sent = ::send(c.fd.get(), c.text.data() + c.sent, c.text.size() - c.sent, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent > 0) c.sent += static_cast<std::size_t>(sent);
      else if (errno != EAGAIN) c.sent = c.text.size();
    }
    if ((events & (POLLIN | POLLHUP | POLLERR)) == 0) return true;
    std::array<char, 4096> bytes;
    const auto got = ::recv(c.fd.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (got <= 0) return got < 0 && errno == EAGAIN;
    if (c.start.size() < 12) c.start.append(bytes.data(), std::min<std::size_t>(static_cast<std::size_t>(got), 12));
    return true;
  }
  void count(const std::string& start) {
    if (start.starts_with("HTTP/1.1 2") || start.starts_with("HTTP/1.1 1")) ++accepted;
    if (start.starts_with("HTTP/1.1 4")) ++refused;
  }
  std::vector<Connection> connections_;
};

}  // namespace

TEST_CASE("a hundred thousand mutated requests make it send no packet to any address but the caller's") {
  enter_own_network();
  const auto seed = Catch::rngSeed();
  std::cout << "abuse: --rng-seed " << seed << std::endl;
  INFO("--rng-seed " << seed);
  const Networks networks;
  Mutations mutations(seed);
  Senders senders;
  unsigned long stun_answers = 0;
  {
    const auto server = [&] {
      const Inside inside(networks.vantage);
      return std::make_unique<RunningServer>(options(), unlimited());
    }();
    const Inside inside(networks.caller);
    const auto at = [&](Port port) { return Endpoint{options().listen[mutations.pick(4)], port}; };
    for (unsigned i = 0; i < http_requests; ++i) senders.send(at(8370), mutations.http());
    senders.finish();

    const auto v4 = bound(SOCK_DGRAM, {Address::any(Family::ipv4), 6000}), v6 = bound(SOCK_DGRAM, {Address::any(Family::ipv6), 6000});
    for (unsigned i = 0; i < stun_requests; ++i) {
      const auto to = at(static_cast<Port>(3478 + mutations.pick(2)));
      const auto& socket = to.address.is_v4() ? v4 : v6;
      const auto bytes = mutations.stun();
      const auto address = vantage::to_socket(to);
      const auto send = [&](const wire::Bytes& b) { return ::sendto(socket.get(), b.data(), b.size(), 0, address.get(), address.length); };
      if (send(bytes) < 0) throw std::runtime_error("no way to " + to.to_string());
      std::array<std::byte, 1500> answer;
      // Now and then one that is surely answered: the server keeps up.
      if (i % 100 == 99) {
        if (send(wire::stun::build_binding_request({}, 120)) < 0) throw std::runtime_error("no way to " + to.to_string());
        await_readable(socket.get());
      }
      for (const auto* s : {&v4, &v6})
        while (::recv(s->get(), answer.data(), answer.size(), MSG_DONTWAIT) > 0) ++stun_answers;
    }
  }  // what was under way has ended

  CHECK(networks.edge_counted("elsewhere") == 0);
  CHECK(Networks::counted(networks.vantage, "inet inner", "elsewhere") == 0);
  CHECK(networks.edge_counted("to_caller") > http_requests);
  INFO("accepted " << senders.accepted << ", refused " << senders.refused << ", answers of STUN " << stun_answers);
  CHECK(networks.edge_counted("knocks") > http_requests / 20);
  CHECK(senders.accepted > http_requests / 10);
  CHECK(senders.refused > http_requests / 10);
  CHECK(stun_answers > stun_requests / 10);

  // And it would have been seen: one packet to somebody else, from where the vantage point was.
  const Inside inside(networks.vantage);
  for (const auto* other : {"198.51.100.9", "9.1.1.4", "2a09:2::4"}) {
    const Endpoint to{Address::parse(other).value(), 443};
    const auto socket = bound(SOCK_DGRAM, {Address::any(to.address.family()), 0});
    const auto address = vantage::to_socket(to);
    REQUIRE(::sendto(socket.get(), other, 1, 0, address.get(), address.length) == 1);
  }
  CHECK(networks.edge_counted("elsewhere") == 3);
}
