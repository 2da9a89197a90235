#pragma once
/// One socket and the servers that it asks. Whoever owns it waits on the socket and hands over what came.
#include <array>

#include "io/network.hpp"
#include "plan/plan.hpp"
#include "wire/stun.hpp"

namespace ringback::stun {

class Conversation {
 public:
  /// `asked`: server names and endpoints of the leg's family. A socket that cannot be opened is a trouble of every observation.
  Conversation(const Leg& leg, std::vector<Observation> asked, const io::World& world);

  /// Null where there is nothing to wait for any more.
  [[nodiscard]] io::UdpSocket* socket() const { return done() ? nullptr : socket_.get(); }
  [[nodiscard]] bool done() const;
  /// When to look again, even if nothing comes.
  [[nodiscard]] Instant next() const;
  /// Sends what is due by now.
  void send_due();
  void take(const Expected<io::Received>& received);
  [[nodiscard]] bool answered() const { return grace_.has_value(); }
  /// Somebody answers over the other family: this line works, and silence is believed sooner.
  void believe_silence_sooner();
  /// What was heard, with why not where nothing was.
  [[nodiscard]] std::vector<Observation> finish();

 private:
  /// Every request is a transaction of its own: so the round trip of an answer is known, also after a repetition.
  struct Attempt {
    wire::stun::TransactionId transaction{};
    Instant sent;
  };
  struct Server {
    Observation observation;
    std::vector<Attempt> attempts;
    bool settled = false;  ///< answered, or known that it will not
  };

  void send(Server& server);
  void take_datagram(const io::Datagram& datagram);
  void take_error(const io::IcmpError& error);
  void take_answer(Server& server, const Attempt& attempt, const wire::stun::Message& message);
  [[nodiscard]] Instant end() const;

  const io::World& world_;
  std::unique_ptr<io::UdpSocket> socket_;
  std::vector<Server> servers_;
  Instant start_;
  milliseconds silence_;
  std::size_t sendings_ = 0;               ///< how many of the planned sendings are over
  std::optional<Instant> grace_;           ///< after the first answer: how long the others have
};

}  // namespace ringback::stun
