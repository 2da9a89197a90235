#pragma once
/// One connection of the HTTP server: reads a request, has it answered, and goes on or closes. Used by http.cpp alone.
#include "vantage/http.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <deque>
#include <optional>
#include <set>

#include "vantage/fair_pool.hpp"
#include "vantage/request_parser.hpp"

namespace ringback::vantage::http {

namespace beast = boost::beast;

class Session;

/// What the server and its sessions have in common; lives as long as the longest of them.
struct Shared {
  Shared(const Limits& limits_, Handler& handler_, const Clock& clock_, Counters& counters_, Faults& faults_)
      : limits(limits_),
        handler(handler_),
        clock(clock_),
        counters(counters_),
        faults(faults_),
        connections(limits_.connections, limits_.connections_part) {}
  /// A session may leave the set while it is its turn, and no other may.
  void for_each(void (Session::*step)());

  Limits limits;
  Handler& handler;
  const Clock& clock;
  Counters& counters;
  Faults& faults;
  FairPool connections;
  std::set<Session*> sessions;  ///< at most limits.connections
  bool stopping = false;
  std::function<void()> ended;
};

class Session : public Exchange, public std::enable_shared_from_this<Session> {
 public:
  Session(TcpSocket socket, std::shared_ptr<Shared> shared, FairPool::Hold slot, const Endpoint& remote,
          const Endpoint& local);
  ~Session() override;

  void start();
  /// Closes now where no answer is under way, otherwise after it.
  void stop();

  void respond(const Response& response) override;
  void open(std::string_view content_type, std::string_view first, std::function<void()> flushed) override;
  void write(std::string_view piece) override;
  void close() override;
  void abort() noexcept override;
  void on_gone(std::function<void()> gone) override { gone_ = std::move(gone); }

 private:
  enum class State { waiting, reading, answering, draining, closed };
  using Code = boost::system::error_code;

  /// What asio calls when it is done: `next`, unless the connection was closed meanwhile. An exception ends this connection alone.
  template <class Next>
  auto then(Next next);
  void fault() noexcept;
  void wait_for_request();
  void read_header();
  void header_read(const Code& error);
  void read_body();
  void continue_then_read_body();
  void unreadable(const Code& error);
  void answered();
  void send(std::string bytes, std::function<void()> flushed);
  void send_next();
  /// Calls gone_ when the caller closes while his answer is still being made.
  void watch_for_end();
  void drain();

  beast::basic_stream<asio::ip::tcp, asio::io_context::executor_type> stream_;
  std::shared_ptr<Shared> shared_;
  FairPool::Hold slot_;
  Endpoint remote_;
  Endpoint local_;
  beast::flat_buffer buffer_;
  std::optional<RequestParser> parser_;
  Request request_;
  std::function<void()> gone_;

  struct Piece {
    std::string bytes;
    std::function<void()> flushed;
  };
  std::deque<Piece> out_;   ///< what waits to be sent; an answer has a bounded number of pieces
  State state_ = State::waiting;
  Instant old_at_;          ///< from then on no further request is waited for
  unsigned requests_ = 0;
  std::size_t drained_ = 0;
  bool keep_alive_ = false;
  bool chunked_ = false;
  bool sending_ = false;    ///< a piece is on its way
  bool begun_ = false;      ///< something of the answer is in out_ or sent
  bool complete_ = false;   ///< every piece of the answer is in out_ or sent
};

}  // namespace ringback::vantage::http
