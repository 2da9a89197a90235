#pragma once
/// Searching for UPnP Internet Gateway Devices: everything on this link by multicast, and the gateway itself by unicast.
#include <deque>
#include <set>

#include "io/network.hpp"
#include "plan/plan.hpp"
#include "wire/igd_url.hpp"

namespace ringback::router {

/// An answer worth following: its LOCATION leads to whoever sent it.
struct Found {
  Address responder;
  wire::igd::Url location;
};

class Search {
 public:
  Search(const Address& gateway, unsigned distance, const Leg& leg, const io::World& world);

  [[nodiscard]] bool done() const { return done_; }
  [[nodiscard]] io::UdpSocket* socket() const { return done_ ? nullptr : socket_.get(); }
  [[nodiscard]] Instant next() const;
  void send_due();
  void take(const Expected<io::Received>& received);
  /// Ends the search where its time is over; called when a look at the socket found nothing.
  void nothing_came();
  /// The gateway's own locations as they come, those of others on this link when the search is over: a device that is slow, or hostile, takes
  /// no time that the gateway needs. Each location once, at most 4 of the gateway's and 4 of the others'; nullopt: none that is new.
  [[nodiscard]] std::optional<Found> next_found();
  [[nodiscard]] const std::vector<std::string>& rejected() const { return rejected_; }

 private:
  /// The targets from `first` to before `last`.
  void send(const Address& destination, std::size_t first, std::size_t last);
  void take_answer(const io::Datagram& datagram);
  void keep(Found found);
  void reject(std::string why);
  /// The gateway itself, or beside it, where only the next router is asked, anybody on this link.
  [[nodiscard]] bool may_answer(const Address& responder) const;
  [[nodiscard]] Instant end() const;

  Address gateway_;
  unsigned distance_;
  Leg leg_;
  const io::World& world_;
  std::unique_ptr<io::UdpSocket> socket_;
  Instant start_;
  std::size_t sendings_ = 0;
  std::size_t heard_from_gateway_ = 0, heard_from_others_ = 0;
  std::optional<Instant> gateway_answered_;
  bool gateway_refused_ = false;            ///< its port is closed, by its own ICMP error
  std::set<std::string> gateway_targets_;   ///< the search targets it has answered
  std::vector<std::string> locations_;      ///< all that were found
  std::deque<Found> of_gateway_, of_others_;  ///< to be read still
  std::size_t gateway_locations_ = 0, other_locations_ = 0;
  std::vector<std::string> rejected_;
  bool done_ = false;
};

}  // namespace ringback::router
