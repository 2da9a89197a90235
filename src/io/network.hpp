#pragma once
/// The seam to the outside: everything that a probe can see of this host and the network goes through here.
/// Real in `real_network.hpp`, scripted in tests/support. Every call that can wait or run long takes the deadline and returns by then; those
/// without one ask the kernel for a single thing, which it answers at once, or read what is small.
/// Safe to call from several threads; a socket, capture or stream belongs to the thread that uses it.
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "base/expected.hpp"
#include "base/random.hpp"
#include "net/link.hpp"
#include "net/moment.hpp"

namespace ringback::io {

using Bytes = std::vector<std::byte>;
class Wakeup;

struct Datagram {
  Endpoint from;
  Bytes payload;
  bool operator==(const Datagram&) const = default;
};

/// An ICMP error that one of our own datagrams drew, from the socket's error queue (ip(7) IP_RECVERR).
struct IcmpError {
  Address offender;          ///< who sent the error; our own address where the kernel itself refused
  std::uint8_t type = 0;     ///< ICMP or ICMPv6 type, by the family
  std::uint8_t code = 0;
  std::optional<unsigned> mtu;  ///< next-hop MTU of "packet too big"
  Endpoint destination;      ///< where our datagram was going
  bool local = false;        ///< raised by this host's kernel, not by the network
  bool operator==(const IcmpError&) const = default;
};

using Received = std::variant<Datagram, IcmpError>;

struct UdpOptions {
  Family family = Family::ipv4;
  std::optional<Endpoint> local;          ///< bind here; port 0: any
  std::optional<std::string> interface;   ///< SO_BINDTODEVICE
  bool dont_fragment = false;             ///< IP_PMTUDISC_PROBE / IPV6_DONTFRAG
  bool to_everybody = false;              ///< SO_BROADCAST: without it no broadcast address can be sent to, whoever names one
};

/// An unconnected UDP socket with its error queue. Answers from any source are returned: checking is the codec's and probe's work.
class UdpSocket {
 public:
  virtual ~UdpSocket() = default;
  /// `hop_limit` absent: the system's. Errc::no_route where the kernel has no way there.
  virtual Expected<void> send(const Endpoint& to, std::span<const std::byte> payload, std::optional<Ttl> hop_limit) = 0;
  /// nullopt: nothing came by the deadline.
  virtual Expected<std::optional<Received>> receive(Deadline deadline) = 0;
  [[nodiscard]] virtual Endpoint local() const = 0;
};

struct TcpOptions {
  std::optional<Address> local;
  std::optional<std::string> interface;
};

/// A connected TCP stream.
class TcpStream {
 public:
  virtual ~TcpStream() = default;
  virtual Expected<void> send(std::span<const std::byte> bytes, Deadline deadline) = 0;
  /// At most `limit` bytes; empty: the peer closed.
  virtual Expected<Bytes> receive(std::size_t limit, Deadline deadline) = 0;
  [[nodiscard]] virtual Endpoint local() const = 0;
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  std::vector<std::string> headers;        ///< "Name: value"
  std::string body;
  Endpoint connect_to;                     ///< dialled instead of resolving the URL's host; see Network::resolve
  std::optional<Address> local;            ///< source address
  std::optional<std::string> interface;
  std::size_t max_bytes = 64 * 1024;       ///< a longer body is Errc::exhausted
  /// Called with each piece of the body as it arrives (for streams); return false to stop, which is not an error.
  std::function<bool(std::string_view)> on_body;
  /// Asked at least every 20 ms while waiting, every 100 ms where `wakeup` may ring; false ends the request early, which is not an error.
  std::function<bool()> still_wanted;
  /// Rung from another thread: `still_wanted` is asked at once. Belongs to the caller, and outlives the request.
  const Wakeup* wakeup = nullptr;
  /// How errors call the request where its URL is a secret; empty: by method and URL.
  std::string shown_as{};
};

struct HttpResponse {
  int status = 0;
  std::string content_type;
  std::string location;                    ///< of a redirect, which is never followed
  std::string body;                        ///< empty where `on_body` took it
  Endpoint remote;
  Endpoint local;
  microseconds connect_time{};
  bool lossy = false;                      ///< packets of this connection had to be sent again, in either direction
};

struct CaptureOptions {
  std::string interface;                   ///< name, or "any"
  std::string filter;                      ///< pcap-filter(7)
  unsigned snap_length = 256;
  unsigned buffer_bytes = 1U << 20U;       ///< of each direction, in the kernel, and all of it counts as this process's memory
  bool operator==(const CaptureOptions&) const = default;
};

struct CapturedPacket {
  Instant at;                              ///< when the card's tap saw it, on the injected steady clock
  bool outgoing = false;                   ///< left this host (packet type or source hardware address)
  std::optional<std::string> interface;    ///< where the link type tells
  Bytes bytes;                             ///< from the IP header on: the link layer is already taken off
  unsigned original_length = 0;            ///< of the IP packet, before the snap length cut it
  bool of_vlan = false;                    ///< it carries the tag of a virtual LAN (IEEE 802.1Q), so it is of another link than the card's own
};

struct CaptureCounters {
  std::uint64_t received = 0;
  std::uint64_t dropped = 0;               ///< by the kernel's buffer: silence proves nothing unless this is zero
  bool operator==(const CaptureCounters&) const = default;
};

/// Packets of one interface in both directions, before any local filter saw them (packet(7) taps precede netfilter on input).
/// The filter is fixed from the start: replacing one loses what arrives meanwhile.
class Capture {
 public:
  virtual ~Capture() = default;
  /// nullopt: nothing came by the deadline.
  virtual Expected<std::optional<CapturedPacket>> next(Deadline deadline) = 0;
  virtual CaptureCounters counters() = 0;
};

/// A file whose path somebody else of this host wrote down: a line of a user's crontab, a container in its volume.
struct ForeignFile {
  std::string path;
  std::size_t limit = 0;                   ///< bytes of its beginning
  std::string reader{};                    ///< the account with whose rights, and no more, it is read; empty: this process's own
  bool follow_link = true;                 ///< false: its last component may be no link
  bool operator==(const ForeignFile&) const = default;
};

/// For whoever reads several of them. What is kept for that ends with this value: before rights are given up, and with the thread that had it made.
class ForeignFiles {
 public:
  virtual ~ForeignFiles() = default;
  /// As Network::read_file(), but of a regular file alone, so that no device is opened and no writer waited for. A process that is not root has
  /// nobody else's rights to read with, whoever the reader is. Errc::timed_out where a file system does not answer.
  virtual Expected<std::string> read(const ForeignFile& file, Deadline deadline) = 0;
};

/// What one datagram, or one short connection, says to somebody.
struct Message {
  Protocol protocol = Protocol::udp;
  Endpoint to;
  std::optional<Address> local;            ///< source address
  Bytes bytes;
};

/// While it lives, the end of the program by a signal says something first.
class LastWords {
 public:
  virtual ~LastWords() = default;
};

class Network {
 public:
  virtual ~Network() = default;

  /// Undoes what is open on another machine if the user interrupts the program meanwhile. nullptr: it cannot be promised.
  virtual std::unique_ptr<LastWords> leave_last_words([[maybe_unused]] const Message& message) { return nullptr; }

  /// Addresses of a host name (both families, in the order the system's resolver gives them) or of an address literal.
  virtual Expected<std::vector<Address>> resolve(const std::string& host, Deadline deadline) = 0;
  /// Hosts that `look_up` looks up at a time. Each waits for two answers, and whoever asks the same resolver beside it leaves it room for them.
  static constexpr std::size_t most_looked_up_at_once = 40;
  /// The same of each host, in their order, as programs on this host find them: getaddrinfo(3), through all that nsswitch.conf(5) names. Errc::refused: no
  /// such name, or it has no address; Errc::timed_out: nothing came by the deadline.
  virtual std::vector<Expected<std::vector<Address>>> look_up(std::span<const std::string> hosts, [[maybe_unused]] Deadline deadline) {
    return {hosts.size(), failure(Errc::unsupported, "look up a name as programs do")};
  }
  virtual Expected<std::unique_ptr<UdpSocket>> open_udp(const UdpOptions& options) = 0;
  /// Waits until one of these, which this network opened, has something to receive; its place in the span, of several the first one from `first`
  /// on and then from the beginning. Null ones are passed over. nullopt: none had by the deadline.
  virtual Expected<std::optional<std::size_t>> wait_for_any(std::span<UdpSocket* const> sockets, std::size_t first, Deadline deadline) = 0;
  virtual Expected<std::unique_ptr<TcpStream>> connect_tcp(const Endpoint& to, const TcpOptions& options, Deadline deadline) = 0;
  virtual Expected<HttpResponse> http(const HttpRequest& request, Deadline deadline) = 0;
  virtual Expected<std::unique_ptr<Capture>> open_capture(const CaptureOptions& options) = 0;
  /// Asks the routers of this link to say what they offer (RFC 4861 §6.3.7): one ICMPv6 Router Solicitation to ff02::2, hop limit 255.
  /// Errc::not_permitted without CAP_NET_RAW.
  virtual Expected<void> solicit_routers([[maybe_unused]] const std::string& interface) { return failure(Errc::unsupported, "send a router solicitation"); }

  /// A table of the kernel's, whole or not at all: Errc::timed_out where its end was not reached by the deadline.
  virtual Expected<std::vector<Interface>> interfaces(Deadline deadline) = 0;
  virtual Expected<std::vector<Route>> routes(Deadline deadline) = 0;
  virtual Expected<std::vector<Neighbour>> neighbours(Deadline deadline) = 0;
  /// Errc::no_route where there is none. `interface` restricts the look-up to routes out of it.
  virtual Expected<RouteLookup> route_to(const Address& destination, const std::optional<std::string>& interface) = 0;
  /// Where an answer from `from`, of this host, to `to` would leave: policy routing by source, protocol and ports included. Port 0: any.
  virtual Expected<RouteLookup> route_back(Protocol protocol, const Endpoint& from, const Endpoint& to) = 0;
  /// Whose sockets they are is left open where looking for it would take longer.
  virtual Expected<std::vector<Listener>> listeners(Deadline deadline) = 0;
  /// `nft -j list ruleset` through libnftables; Errc::not_permitted without CAP_NET_ADMIN.
  virtual Expected<std::string> nftables_ruleset(Deadline deadline) = 0;
  /// `nft -a -s list ruleset`: the same rules as a person reads them, each with its handle. What iptables-nft wrote is translated here, while
  /// the JSON form only names the matches ("xt"). A rule may stand there twice: the first time counts.
  virtual Expected<std::string> nftables_listing([[maybe_unused]] Deadline deadline) { return failure(Errc::unsupported, "list the nftables ruleset as text"); }
  /// `iptables-legacy-save` or its sibling for IPv6: the rules of the old kind, which nftables does not see. Errc::unsupported where that
  /// program is missing. Asked only where the kernel lists such tables: the program would make it load their code.
  virtual Expected<std::string> legacy_rules([[maybe_unused]] Family family, [[maybe_unused]] Deadline deadline) {
    return failure(Errc::unsupported, "list the rules of iptables-legacy");
  }
  /// A small file of this host (sysctl, resolv.conf, os-release); Errc::failed where it is missing. At most `limit` bytes.
  virtual Expected<std::string> read_file(const std::string& path, std::size_t limit) = 0;
  /// The same of paths that are not to be trusted.
  virtual std::unique_ptr<ForeignFiles> foreign_files() = 0;
  /// This host's calendar time, right or wrong: what signatures are held against. nullopt: it is not known.
  virtual std::optional<Moment> calendar_time() { return std::nullopt; }
  /// Names in a directory, sorted; empty where there is none.
  virtual std::vector<std::string> list_directory(const std::string& path) = 0;
};

/// What every probe is given besides its plan: the outside, the time and the dice.
struct World {
  Network& network;
  const Clock& clock;
  Random& random;
};

}  // namespace ringback::io
