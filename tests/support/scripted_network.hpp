#pragma once
/// The outside world as a script: an io::Network whose peers are functions. Time is the FakeClock's and moves only when somebody
/// waits, straight to the next thing that happens, so that a test of one thread is exact to the microsecond and never sleeps.
///
///   FakeClock clock;
///   ScriptedNetwork network(clock);
///   network.udp(Endpoint::parse("192.0.2.1:3478").value(), [](const Sent& sent) {
///     return std::vector{answer(sent, stun_answer(sent), 20ms)};           // or {}, for silence
///   });
///   network.host.default_ipv4 = RouteLookup{…};
///   observe(plan, world(network, clock, random), deadline);
///   CHECK(network.sent.size() == 1);
///
/// What nobody scripted is silence: a datagram draws nothing, a TCP connection and an HTTP request wait until their deadline, a name
/// does not exist. Calls are serialised but for their waits, so several threads may share it. With a FakeClock whoever waits then moves the
/// time for all of them, and only what one thread does is exact; with a SharedClock what several do is. Peers, `on_body` and
/// `still_wanted` may call the network themselves.
#include <map>
#include <mutex>
#include <set>

#include "io/network.hpp"
#include "support/fake_clock.hpp"
#include "support/own_files.hpp"
#include "support/turn.hpp"

namespace ringback::test {

using Duration = std::chrono::steady_clock::duration;

/// A datagram that the code under test sent.
struct Sent {
  Endpoint from;                          ///< the socket's local endpoint; the address is unspecified where it is bound to none
  Endpoint to;
  io::Bytes payload;
  std::optional<Ttl> hop_limit;
  std::optional<std::string> interface;   ///< SO_BINDTODEVICE
  Instant at;
};

/// What the sending socket receives, and how long after the datagram was sent.
struct Arrival {
  Duration after{};
  io::Received what;
};
using UdpPeer = std::function<std::vector<Arrival>(const Sent&)>;

/// From the endpoint that was written to.
Arrival answer(const Sent& sent, io::Bytes payload, Duration after = std::chrono::milliseconds(10));
Arrival answer_from(const Endpoint& from, io::Bytes payload, Duration after = std::chrono::milliseconds(10));
/// ICMP or ICMPv6 by the family of the datagram; `type` and `code` as on the wire (3/3 or 1/4: port unreachable).
Arrival icmp_error(const Sent& sent, const Address& offender, std::uint8_t type, std::uint8_t code,
                   Duration after = std::chrono::milliseconds(10));
Arrival port_unreachable(const Sent& sent, Duration after = std::chrono::milliseconds(10));

struct TcpPiece {
  Duration after{};
  io::Bytes bytes;
  bool close = false;                     ///< after these bytes
};
struct TcpPeer {
  Duration connect_time = std::chrono::milliseconds(10);
  std::optional<Error> refusal;           ///< the connection fails with it after `connect_time`
  /// Called with the bytes of each send(), and once with nothing when the connection stands.
  std::function<std::vector<TcpPiece>(std::string_view)> on_receive;
};

struct HttpPiece {
  Duration after{};                       ///< since the piece before
  std::string text;
};
struct HttpAnswer {
  Expected<io::HttpResponse> response;    ///< `remote`, `local` are filled in where they are left unspecified
  Duration after = std::chrono::milliseconds(10);
  std::vector<HttpPiece> stream;          ///< the body in pieces, instead of response->body
};
using HttpPeer = std::function<HttpAnswer(const io::HttpRequest&)>;
HttpAnswer http_ok(std::string body, std::string content_type = "text/plain");
HttpAnswer http_status(int status, std::string body = {});
HttpAnswer http_failure(Errc code, std::string what, Duration after = std::chrono::milliseconds(10));

struct Resolution {
  Expected<std::vector<Address>> addresses;
  Duration after = std::chrono::milliseconds(5);
};

/// What the kernel and the disk of this host say; plain values, changed by the test at will.
struct ScriptedHost {
  Expected<std::vector<Interface>> interfaces;
  Expected<std::vector<Route>> routes;
  Expected<std::vector<Neighbour>> neighbours;
  Expected<std::vector<Listener>> listeners;
  Expected<std::string> ruleset = failure(Errc::not_permitted, "list ruleset: Operation not permitted");
  std::map<Address, RouteLookup> lookups;
  std::optional<RouteLookup> default_ipv4, default_ipv6;  ///< of every other destination; `destination` is filled in
  std::vector<Prefix> unroutable;         ///< send, connect and route_to fail with Errc::no_route
  Duration reading{};                     ///< how long each table, and each form of the ruleset, takes to read
  std::optional<Moment> calendar_time;
  std::map<std::string, std::string> files;
  std::map<std::string, std::vector<std::string>> directories;
};

class ScriptedNetwork : public io::Network {
 public:
  explicit ScriptedNetwork(const FakeClock& clock) : clock_(clock) {}

  // The script.
  void udp(const Endpoint& at, UdpPeer peer) { udp_[at] = std::move(peer); }
  /// Gets every datagram that no peer of udp() is there for.
  void udp_anywhere(UdpPeer peer) { udp_anywhere_ = std::move(peer); }
  void tcp(const Endpoint& at, TcpPeer peer) { tcp_[at] = std::move(peer); }
  /// For every URL that begins so; the longest prefix is taken.
  void http(const std::string& url_prefix, HttpPeer peer) { http_[url_prefix] = std::move(peer); }
  void name(const std::string& host_name, Resolution resolution) { names_.insert_or_assign(host_name, std::move(resolution)); }
  /// A packet that every capture of its interface sees at `packet.at`, whether it is open already or will be by then.
  void arrives(io::CapturedPacket packet);

  ScriptedHost host;
  std::function<std::optional<Error>(const io::UdpOptions&)> refuse_udp;          ///< open_udp fails with it
  std::function<std::optional<Error>(const io::CaptureOptions&)> refuse_capture;  ///< open_capture fails with it
  std::function<Expected<void>(const std::string& interface)> routers;            ///< answers solicit_routers; absent: nobody hears it
  std::map<std::string, std::vector<Address>> looked_up;                          ///< what programs on this host get
  std::function<void(const Sent&)> watch;                                         ///< told of each datagram before its peer; may throw
  io::CaptureCounters counters;

  // What the code under test did.
  std::vector<Sent> sent;
  std::vector<io::UdpOptions> opened;
  std::vector<Endpoint> connected;
  std::vector<io::HttpRequest> requests;
  std::vector<std::string> resolved;
  std::vector<io::Message> last_words;    ///< that would have been said, had the program been ended
  std::vector<io::CaptureOptions> captures;

  Expected<std::vector<Address>> resolve(const std::string& host_name, Deadline deadline) override;
  std::vector<Expected<std::vector<Address>>> look_up(std::span<const std::string> hosts, Deadline) override {
    const std::lock_guard lock(mutex_);
    std::vector<Expected<std::vector<Address>>> results;
    for (const auto& host_name : hosts) {
      const auto found = looked_up.find(host_name);
      if (found == looked_up.end())
        results.push_back(failure(Errc::refused, "look up " + host_name + ": no such name"));
      else
        results.push_back(found->second);
    }
    return results;
  }
  Expected<std::unique_ptr<io::UdpSocket>> open_udp(const io::UdpOptions& options) override;
  Expected<std::optional<std::size_t>> wait_for_any(std::span<io::UdpSocket* const> sockets, std::size_t first, Deadline deadline) override;
  Expected<std::unique_ptr<io::TcpStream>> connect_tcp(const Endpoint& to, const io::TcpOptions& options, Deadline deadline) override;
  Expected<io::HttpResponse> http(const io::HttpRequest& request, Deadline deadline) override;
  Expected<std::unique_ptr<io::Capture>> open_capture(const io::CaptureOptions& options) override;
  Expected<void> solicit_routers(const std::string& interface) override;
  std::unique_ptr<io::LastWords> leave_last_words(const io::Message& message) override;
  Expected<std::vector<Interface>> interfaces(Deadline deadline) override { return read(host.interfaces, "list interfaces", deadline); }
  Expected<std::vector<Route>> routes(Deadline deadline) override { return read(host.routes, "list routes", deadline); }
  Expected<std::vector<Neighbour>> neighbours(Deadline deadline) override { return read(host.neighbours, "list neighbours", deadline); }
  Expected<RouteLookup> route_to(const Address& destination, const std::optional<std::string>& interface) override;
  Expected<RouteLookup> route_back(Protocol, const Endpoint&, const Endpoint& to) override { return route_to(to.address, std::nullopt); }
  Expected<std::vector<Listener>> listeners(Deadline deadline) override { return read(host.listeners, "list sockets", deadline); }
  Expected<std::string> nftables_ruleset(Deadline deadline) override { return read(host.ruleset, "list ruleset", deadline); }
  Expected<std::string> read_file(const std::string& path, std::size_t limit) override;
  std::unique_ptr<io::ForeignFiles> foreign_files() override { return std::make_unique<OwnFiles>(*this); }
  std::vector<std::string> list_directory(const std::string& path) override;
  std::optional<Moment> calendar_time() override { return host.calendar_time; }

  /// `table` after the time that reading takes.
  template <class T>
  Expected<T> read(const Expected<T>& table, const char* what, Deadline deadline) {
    const std::lock_guard lock(mutex_);
    if (wait(clock_.now() + host.reading, deadline)) return table;
    pass_until(deadline.at);
    return failure(Errc::timed_out, std::string(what) + ": not finished by the deadline");
  }

 private:
  friend class ScriptedUdpSocket;
  friend class ScriptedTcpStream;
  friend class ScriptedCapture;

  std::vector<Arrival> deliver(const Sent& sent);
  [[nodiscard]] bool is_unroutable(const Address& address) const;
  /// Lets others call meanwhile.
  void pass_until(Instant until) const;
  /// Waits until `at`; false, without waiting, where that is after the deadline.
  bool wait(Instant at, Deadline deadline) const;
  /// The same for `request`, which asks every 20 ms whether it is still wanted: nullopt when it is not.
  std::optional<bool> wait_wanted(const io::HttpRequest& request, Instant at, Deadline deadline) const;
  std::optional<HttpPeer> http_peer(const std::string& url) const;
  Expected<io::HttpResponse> transfer(const io::HttpRequest& request, HttpAnswer reply, Deadline deadline);

  const FakeClock& clock_;
  mutable Turn mutex_;
  std::map<Endpoint, UdpPeer> udp_;
  UdpPeer udp_anywhere_;
  std::map<Endpoint, TcpPeer> tcp_;
  std::map<std::string, HttpPeer> http_;
  std::map<std::string, Resolution> names_;
  std::vector<io::CapturedPacket> captured_;
  Port next_port_ = 40000;
};

/// Dice that fall the same way in every run.
class ScriptedRandom : public Random {
 public:
  explicit ScriptedRandom(std::uint64_t seed = 1) : state_(seed) {}
  void fill(std::span<std::byte> bytes) override;

 private:
  std::mutex mutex_;
  std::uint64_t state_;
};

}  // namespace ringback::test
