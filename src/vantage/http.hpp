#pragma once
/// HTTP/1.1 for a few small answers, with a bound on everything: sizes, times, requests and connections (RFC 9110, RFC 9112).
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "vantage/asio.hpp"
#include "vantage/counters.hpp"
#include "vantage/faults.hpp"
#include "vantage/limits.hpp"

namespace ringback::vantage::http {

struct Request {
  std::string method;
  std::string path;       ///< without query
  std::string body;
  Endpoint remote;        ///< of the TCP connection; no header has a say in it
  Endpoint local;
};

struct Response {
  unsigned status = 200;
  std::string content_type;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

/// The answer to one request. Either respond(), or open(), write() … and close().
class Exchange {
 public:
  virtual ~Exchange() = default;
  virtual void respond(const Response& response) = 0;
  /// 200 with a body that is written piece by piece; `flushed` is called when the kernel has taken the first piece.
  virtual void open(std::string_view content_type, std::string_view first, std::function<void()> flushed) = 0;
  virtual void write(std::string_view piece) = 0;
  virtual void close() = 0;
  /// Cuts the connection off, so that the caller sees that the answer has not come to its end.
  virtual void abort() noexcept = 0;
  /// Called at most once: the caller does not take the answer any more.
  virtual void on_gone(std::function<void()> gone) = 0;
};

class Handler {
 public:
  virtual ~Handler() = default;
  /// A refusal that needs no body to be read. Called once for each request, before answer().
  virtual std::optional<Response> refuse(const Request& without_body) = 0;
  virtual void answer(const Request& request, const std::shared_ptr<Exchange>& exchange) = 0;
  /// The answer to what is no request in good form.
  virtual Response malformed(unsigned status, std::string_view detail) = 0;
  virtual Response busy() = 0;
  /// The answer where an exception was thrown before there was one.
  virtual Response broken() = 0;
};

struct Shared;
/// With the one executor there is; asio's default looks for it in every call.
using TcpSocket = asio::basic_stream_socket<asio::ip::tcp, asio::io_context::executor_type>;

class Server {
 public:
  /// Everything by reference outlives the server and the io_context's handlers. `limits.connections` are for this server alone.
  Server(asio::io_context& io, const Limits& limits, Handler& handler, const Clock& clock, Counters& counters, Faults& faults);
  ~Server();
  /// Port 0: any; the result is what it listens on. IPv6 sockets take IPv6 alone.
  Expected<Endpoint> listen(const Endpoint& local);
  /// No new connections and no further requests; answers under way go on. `ended` is called when the last one is done.
  void stop(std::function<void()> ended);
  /// Closes every connection now.
  void abort();
  /// To be called after an exception came out of the io_context: whoever lost his wait to it waits again.
  void resume();

 private:
  struct Listener;
  void accept(const std::shared_ptr<Listener>& listener);
  void accepted(const std::shared_ptr<Listener>& listener, const boost::system::error_code& error, TcpSocket socket);

  asio::io_context& io_;
  std::shared_ptr<Shared> shared_;
  std::vector<std::shared_ptr<Listener>> listeners_;
};

/// The head of a response. Pure; exposed for its tests.
[[nodiscard]] std::string response_head(const Response& response, bool keep_alive, std::optional<std::size_t> content_length, bool chunked);

}  // namespace ringback::vantage::http
