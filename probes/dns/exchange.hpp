#pragma once
/// Many DNS questions side by side, from one thread: an unconnected UDP socket for each server, retransmission, matching, TCP where an answer is
/// truncated or may be forged. Answers are believed only from the address and port that was asked, at the port that asked, with its ID, its
/// question, and the cookie of a server that has given one.
#include <deque>
#include <map>
#include <memory>
#include <span>
#include <unordered_map>

#include "io/network.hpp"
#include "plan/plan.hpp"
#include "probes/dns/evidence.hpp"
#include "wire/dns.hpp"

namespace ringback::dns {

/// Whom to ask, and how.
struct Target {
  Role role = Role::system;
  Endpoint server;
  std::string server_name;                 ///< of an authoritative server
  std::optional<std::string> interface;    ///< of a link-local address
  auto operator<=>(const Target&) const = default;
};

using Ticket = std::size_t;                ///< one question to one server

/// What is asked for besides the records.
enum class Asking {
  plain,
  with_proof,  ///< as plain, and with what proves them (DO, RFC 3225) as far as that fits into a datagram and gets through
  unchecked,   ///< whether they validate or not: CD, RFC 4035 §3.2.2
  proof        ///< unchecked, and with all that proves them
};

class Exchange {
 public:
  /// Public resolvers and zone servers are not asked over a family without a leg; the system's resolvers wherever there is a route.
  Exchange(const io::World& world, const std::vector<Leg>& legs, Deadline deadline);

  [[nodiscard]] bool may_ask(const Target& target);

  /// Never blocks. Towards an authoritative server without RD. The same question to the same target has the same ticket.
  Ticket ask(const Target& target, const wire::dns::Question& question, Asking asking = Asking::plain) { return ask(target, question, asking, Turn::in_line); }
  /// The same, and before whatever waits until that server has room: what others depend on does not stand behind hundreds of names.
  Ticket ask_first(const Target& target, const wire::dns::Question& question) { return ask(target, question, Asking::plain, Turn::first); }

  /// Returns once all of them have an answer or are known to get none, at the latest at `until` or the deadline. Questions that are
  /// not waited for go on meanwhile. Who has something else to do returns at `turn_ends` as well, and comes again: what is spoken over TCP
  /// has until `until`, and a moment longer where it has just begun.
  void settle(std::span<const Ticket> tickets, Instant until, Instant turn_ends = Instant::max());
  void settle(std::span<const Ticket> tickets) { settle(tickets, deadline_.at); }

  [[nodiscard]] const Answer& answer(Ticket ticket) const { return questions_[ticket].answer; }
  /// It has an answer, or is known to get none.
  [[nodiscard]] bool is_settled(Ticket ticket) const { return answer(ticket).rcode || answer(ticket).trouble; }
  /// The believed message, as far as it is read again (wire::dns::essence); null: none.
  [[nodiscard]] const wire::dns::Message* message(Ticket ticket) const;
  /// The whole of it as it came; only of what was asked with a proof. Empty: none, or it came without.
  [[nodiscard]] const io::Bytes& octets(Ticket ticket) const { return questions_[ticket].octets; }
  [[nodiscard]] const Target& target(Ticket ticket) const { return questions_[ticket].target; }
  /// Datagrams that fit no question at all.
  [[nodiscard]] unsigned strays() const { return strays_; }
  /// Records of answers that belong to names nobody asked for; none of them is believed.
  [[nodiscard]] std::size_t foreign_records() const { return foreign_records_; }
  /// Addresses of name servers that a zone told of names outside of it; none of them is believed either.
  void leave_out_glue(std::size_t addresses) { glue_left_out_ += addresses; }
  [[nodiscard]] std::size_t glue_left_out() const { return glue_left_out_; }
  /// Why no socket could be opened, where not a single one could.
  [[nodiscard]] std::optional<Error> unusable() const { return sockets_.empty() ? open_error_ : std::nullopt; }

 private:
  /// How many questions a server holds at a time, at first and at most.
  struct Window {
    unsigned first, widest;
  };
  static constexpr Window at_home{16, 60}, outside{32, 200};
  // What is too much for a home router's forwarder it refuses, to everybody in the home: dnsmasq, which is in most of them, holds 150.
  static_assert(at_home.widest + 2 * io::Network::most_looked_up_at_once <= 140);
  enum class State { waiting, outstanding, for_tcp, settled };
  enum class Turn { in_line, first };
  struct Doubted {
    wire::dns::Message message;
    io::Bytes octets;
  };
  struct Question {
    Target target;
    Asking asking = Asking::plain;
    wire::dns::Query query;
    Answer answer;
    State state = State::waiting;
    Turn turn = Turn::in_line;
    std::size_t socket = 0;                ///< that it was sent from
    unsigned sent = 0;
    Instant first_sent, next_send;
    unsigned disbelieved = 0, wrong_ids = 0;
    unsigned sent_with_proof = 0;          ///< and not answered; Asking::with_proof alone
    bool without_proof = false;            ///< asked so after silence
    bool cookie_refused = false;           ///< once; the server's own cookie came with that
    std::string tcp_because;               ///< of for_tcp
    std::optional<Doubted> doubted;        ///< an answer that only TCP can confirm
    std::optional<wire::dns::Message> message;
    io::Bytes octets;                      ///< wire::dns::longest_message at most
  };
  struct Server {
    unsigned outstanding = 0;
    Window bounds;
    unsigned window = bounds.first;        ///< so many may be: more while it answers, as with TCP (RFC 5681 §3.1)
    bool answered = false;
    std::optional<std::string> hopeless;   ///< why its further questions are not asked
    std::deque<Ticket> parked;             ///< beyond what one server is asked at a time
    bool tcp_failed = false;               ///< or was slow
    unsigned tcp_exchanges = 0;
    io::Bytes cookie;                      ///< RFC 7873: 8 octets drawn for it, and behind them its own where it gave one
    bool cookie_varies = false;            ///< one of the machines behind its address has none: not expected of any
    bool loses_proofs = false;             ///< it, or the way here: what was asked with a proof was answered once it was asked without
  };
  struct Socket {
    Family family;
    std::optional<std::string> interface;
    std::unique_ptr<io::UdpSocket> socket;
  };
  struct TcpBudget {
    unsigned exchanges;
    Instant::duration time;
  };

  // exchange.cpp: asking
  Ticket ask(const Target& target, const wire::dns::Question& question, Asking asking, Turn turn);
  void put(Ticket ticket, std::deque<Ticket>& line);
  void start_waiting();
  void send(Ticket ticket);
  Server& server_of(const Question& question);
  std::optional<std::size_t> socket_for(const Target& target, std::string& why_not);
  std::uint16_t fresh_id();
  [[nodiscard]] io::Bytes cookie_for(Server& server);
  [[nodiscard]] Instant gives_up_at(const Question& question) const;
  void resend_or_give_up();
  void give_up_on(Server& server, std::string why);
  void conclude(Ticket ticket, std::string trouble);
  void close(Ticket ticket);

  // exchange_answers.cpp: what comes
  void wait_once(Instant until);
  void take_all();
  bool take_next(Instant until);
  std::optional<io::Received> receive(Instant until, std::size_t& socket);
  void take(const io::Datagram& datagram, std::size_t socket);
  void take(const io::IcmpError& error, std::size_t socket);
  Ticket find_outstanding(const Endpoint& server, const wire::dns::Message* message) const;
  void keep_cookie(Server& server, const wire::dns::Message& message);
  void believe(Ticket ticket, wire::dns::Message message, const io::Bytes& octets);
  void disbelieve(Ticket ticket, const std::string& why);
  void doubt(Ticket ticket, const wire::dns::Message& message, const io::Bytes& octets, const std::string& why);

  // exchange_tcp.cpp
  void later_over_tcp(Ticket ticket, std::string because);
  std::optional<Ticket> next_for_tcp(std::span<const Ticket> waited_for);
  void over_tcp(Ticket ticket, Instant until);
  void without_tcp(Ticket ticket, const std::string& why);
  static void expect_no_cookie(Server& server);
  Expected<io::Bytes> speak_tcp(const Target& target, const wire::dns::Query& query, Deadline deadline);
  [[nodiscard]] bool is_quiet() const;

  io::World world_;
  std::vector<Family> families_;
  Deadline deadline_;
  std::deque<Question> questions_;
  std::map<std::tuple<Target, std::string, wire::dns::Type, Asking>, Ticket> known_;
  std::map<Endpoint, Server> servers_;
  std::map<Address, bool> routable_;       ///< of the system's resolvers
  std::deque<Ticket> waiting_;
  std::vector<Ticket> outstanding_;
  std::vector<Ticket> for_tcp_;
  std::unordered_map<std::uint16_t, Ticket> by_id_;  ///< of outstanding and settled questions: a late second answer is no stranger's
  std::vector<Socket> sockets_;
  std::vector<io::UdpSocket*> receivers_;  ///< of those, in their order
  std::size_t look_first_at_ = 0;          ///< so that a flood at one does not hide the others' answers
  std::map<std::pair<Endpoint, std::optional<std::string>>, std::size_t> socket_of_;   ///< by server and interface
  std::optional<Error> open_error_;
  bool anything_answered_ = false;
  unsigned strays_ = 0;
  std::size_t foreign_records_ = 0;
  std::size_t glue_left_out_ = 0;
  // Each has its own, so that a zone whose servers answer nothing else than "ask over TCP" leaves the resolvers theirs.
  TcpBudget tcp_for_resolvers_{24, seconds(4)}, tcp_for_authorities_{16, seconds(2)};
};

}  // namespace ringback::dns
