#pragma once
/// One question to port 5351 of a gateway, repeated until it is answered: the NAT-PMP public address request or PCP ANNOUNCE.
#include "io/network.hpp"
#include "plan/plan.hpp"

namespace ringback::router {

enum class PortMappingProtocol { nat_pmp, pcp };

class Question {
 public:
  Question(PortMappingProtocol protocol, const Address& gateway, const Leg& leg, const io::World& world);

  /// From now on. RFC 6886 §3.1 wants one request at a time: the other protocol's question is asked first, or gets a head start.
  void start();
  /// What the other question heard of the port counts for this one too: it is the same port.
  void refuse();
  [[nodiscard]] bool started() const { return start_.has_value(); }
  [[nodiscard]] bool done() const { return done_; }
  [[nodiscard]] bool refused() const { return exchange_.reply == Reply::refused; }
  /// Null before the start and after the end.
  [[nodiscard]] io::UdpSocket* socket() const { return started() && !done_ ? socket_.get() : nullptr; }
  /// When something is to be done even if nothing comes.
  [[nodiscard]] Instant next() const;
  void send_due();
  void take(const Expected<io::Received>& received);
  /// Ends the question where its time is over; called when a look at the socket found nothing.
  void nothing_came();
  [[nodiscard]] Exchange finish();

 private:
  void take_answer(const io::Datagram& datagram);
  void reject(std::string why);

  PortMappingProtocol protocol_;
  Endpoint server_;
  const io::World& world_;
  std::unique_ptr<io::UdpSocket> socket_;
  io::Bytes request_;
  std::optional<Instant> start_;
  Instant last_sent_;
  std::size_t sendings_ = 0;
  std::size_t heard_ = 0;
  bool malformed_ = false;  ///< the gateway itself sent something that is no answer
  bool done_ = false;
  Exchange exchange_;
};

}  // namespace ringback::router
