#include "vantage/http.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/v6_only.hpp>
#include <span>

#include "vantage/http_session.hpp"
#include "vantage/socket.hpp"

namespace ringback::vantage::http {
namespace {

using asio::ip::tcp;

/// After accept(2) failed (no descriptors left): long enough not to spin.
constexpr milliseconds accept_pause{100};
constexpr int backlog = 128;

tcp::endpoint to_asio(const Endpoint& endpoint) {
  const auto bytes = endpoint.address.bytes();
  if (endpoint.address.is_v4()) return {asio::ip::address_v4(endpoint.address.v4_host_order()), endpoint.port};
  asio::ip::address_v6::bytes_type v6{};
  std::ranges::copy(bytes, v6.begin());
  return {asio::ip::address_v6(v6), endpoint.port};
}

Endpoint from_asio(const tcp::endpoint& endpoint) {
  const auto address = endpoint.address();
  if (address.is_v4()) return {Address::v4(address.to_v4().to_uint()), endpoint.port()};
  return {Address::v6(address.to_v6().to_bytes()).unmapped(), endpoint.port()};
}

std::string_view reason(unsigned status) {
  switch (status) {
    case 200: return "OK";
    case 400: return "Bad Request";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 413: return "Content Too Large";
    case 429: return "Too Many Requests";
    case 503: return "Service Unavailable";
    default: return "";
  }
}

/// A last word to a caller who is turned away; nobody waits for it.
void turn_away(TcpSocket& socket, const Response& response) {
  boost::system::error_code ignored;
  socket.non_blocking(true, ignored);
  const auto bytes = response_head(response, false, response.body.size(), false) + response.body;
  socket.write_some(asio::buffer(bytes), ignored);
  socket.shutdown(tcp::socket::shutdown_send, ignored);
}

void admit(const std::shared_ptr<Shared>& shared, TcpSocket socket) {
  boost::system::error_code gone;
  const auto remote = socket.remote_endpoint(gone);
  if (gone) return;
  const auto local = socket.local_endpoint(gone);
  if (gone) return;
  const auto caller = from_asio(remote);
  auto slot = shared->connections.take(caller_from(caller.address));
  if (!slot) {
    ++shared->counters.connections_refused;
    return turn_away(socket, shared->handler.busy());
  }
  socket.set_option(tcp::no_delay(true), gone);
  std::make_shared<Session>(std::move(socket), shared, std::move(*slot), caller, from_asio(local))->start();
}

}  // namespace

std::string response_head(const Response& response, bool keep_alive, std::optional<std::size_t> content_length, bool chunked) {
  auto head = fmt::format("HTTP/1.1 {} {}\r\nContent-Type: {}\r\nCache-Control: no-store\r\n", response.status, reason(response.status),
                          response.content_type);
  for (const auto& [name, value] : response.headers) head += fmt::format("{}: {}\r\n", name, value);
  if (content_length) head += fmt::format("Content-Length: {}\r\n", *content_length);
  if (chunked) head += "Transfer-Encoding: chunked\r\n";
  return head + (keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n");
}

struct Server::Listener {
  asio::basic_socket_acceptor<tcp, asio::io_context::executor_type> acceptor;
  asio::steady_timer pause;
};

Server::Server(asio::io_context& io, const Limits& limits, Handler& handler, const Clock& clock, Counters& counters, Faults& faults)
    : io_(io), shared_(std::make_shared<Shared>(limits, handler, clock, counters, faults)) {}

Server::~Server() = default;

Expected<Endpoint> Server::listen(const Endpoint& local) {
  const auto listener = std::make_shared<Listener>(Listener{decltype(Listener::acceptor)(io_), asio::steady_timer(io_)});
  auto& acceptor = listener->acceptor;
  const auto endpoint = to_asio(local);
  boost::system::error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error && local.address.is_v6()) acceptor.set_option(asio::ip::v6_only(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(backlog, error);
  if (error) return tl::unexpected(system_error("listen http " + local.to_string(), error.value()));
  listeners_.push_back(listener);
  accept(listener);
  return from_asio(acceptor.local_endpoint());
}

void Server::accept(const std::shared_ptr<Listener>& listener) {
  listener->acceptor.async_accept([this, listener](const boost::system::error_code& error, TcpSocket socket) {
    if (error != asio::error::operation_aborted && !shared_->stopping) accepted(listener, error, std::move(socket));
  });
}

void Server::accepted(const std::shared_ptr<Listener>& listener, const boost::system::error_code& error, TcpSocket socket) {
  if (error) {
    ++shared_->counters.accepts_failed;
    listener->pause.expires_after(accept_pause);
    listener->pause.async_wait([this, listener](const boost::system::error_code& stopped) {
      if (!stopped && !shared_->stopping) accept(listener);
    });
    return;
  }
  try {
    admit(shared_, std::move(socket));
  } catch (...) {
    shared_->faults.note();
  }
  accept(listener);
}

void Server::resume() {
  if (shared_->stopping) return;
  // A listener that waits is held by its callback too.
  for (const auto& listener : listeners_)
    if (listener.use_count() == 1) accept(listener);
}

void Server::stop(std::function<void()> ended) {
  shared_->stopping = true;
  shared_->ended = std::move(ended);
  for (const auto& listener : listeners_) {
    listener->acceptor.close();
    listener->pause.cancel();
  }
  shared_->for_each(&Session::stop);
  if (shared_->sessions.empty() && shared_->ended) std::exchange(shared_->ended, nullptr)();
}

void Server::abort() { shared_->for_each(&Session::abort); }

}  // namespace ringback::vantage::http
