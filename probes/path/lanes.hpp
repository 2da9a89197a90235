#pragma once
/// Hop-limited datagrams towards several targets from one socket, and what the error queue says of each of them.
#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "io/network.hpp"
#include "probes/path/evidence.hpp"
#include "probes/path/mtu.hpp"

namespace ringback::path {

constexpr unsigned most_attempts = 4;

/// How the TTLs follow each other.
struct Pacing {
  Ttl farthest = 8;
  /// So many TTLs are sent at once. Each further one follows an answer, or this time without one: a destination that is near is
  /// not asked by all the TTLs that reach it.
  std::size_t at_once = 1;
  milliseconds step{0};
};

class Lanes {
 public:
  /// Ports are 33434 and up, as traceroute has them: one for each target, TTL and attempt, so that every answer says what it answers.
  Lanes(const std::vector<Address>& targets, Pacing pacing, io::UdpSocket& socket, const Clock& clock);

  /// Returns when each hop has answered or stays silent, at the latest at the deadline. `mtu` is served on the way.
  void run(Deadline deadline, MtuProbe* mtu = nullptr);

  /// By TTL, up to the first hop where the way ends: the target, or somebody who says that it goes no further.
  [[nodiscard]] std::vector<Hop> hops(std::size_t lane) const;
  [[nodiscard]] std::optional<Ttl> reached_at(std::size_t lane) const { return lanes_[lane].reached_at; }
  /// Why nothing could be sent, or what this host's kernel said instead of the network.
  [[nodiscard]] const std::optional<Error>& trouble(std::size_t lane) const { return lanes_[lane].trouble; }
  /// The first port beyond those of the lanes.
  [[nodiscard]] Port next_port() const;

 private:
  struct Step {
    Hop hop;
    std::array<Instant, most_attempts> sent_at;
    [[nodiscard]] bool silent() const { return hop.reply == HopReply::silent; }
  };
  struct Lane {
    Address target;
    std::vector<Step> steps;               ///< those sent so far, by TTL
    Instant next_step_at;
    std::optional<Ttl> ends_at;            ///< smallest TTL whose answer says that the way ends there
    std::optional<Ttl> reached_at;
    std::optional<Error> trouble;
    bool blocked = false;                  ///< nothing can be sent
  };
  struct Shot {
    std::size_t lane;
    std::size_t step;
    unsigned attempt;
  };

  [[nodiscard]] unsigned attempts_at(const Lane& lane, std::size_t step) const;
  [[nodiscard]] Ttl last_ttl(const Lane& lane) const { return lane.ends_at.value_or(pacing_.farthest); }
  [[nodiscard]] milliseconds patience() const;
  [[nodiscard]] std::optional<Shot> shot_of(const Endpoint& destination) const;
  [[nodiscard]] Instant next_event(const Lane& lane) const;
  void send_due(std::size_t lane);
  void send(std::size_t lane, std::size_t step);
  void take(const io::IcmpError& error);
  void take(const io::Datagram& datagram);
  void answered(const Shot& shot, HopReply reply, const Address& from);

  Pacing pacing_;
  io::UdpSocket& socket_;
  const Clock& clock_;
  std::vector<Lane> lanes_;
  microseconds slowest_{0};
};

/// RFC 792 and RFC 4443; nullopt: not about the way.
std::optional<HopReply> reply_of(const io::IcmpError& error);

}  // namespace ringback::path
