#include "vantage/http_session.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <cerrno>

namespace ringback::vantage::http {
namespace {

constexpr milliseconds drain_timeout{1000};
constexpr std::size_t drain_bytes = 64 * 1024;

/// RFC 9112 §3.2: origin-form, or absolute-form whose authority is of no interest here.
std::string path_of(std::string_view target) {
  if (const auto scheme = target.find("://"); scheme != std::string_view::npos && scheme < target.find('/')) {
    const auto path = target.find('/', scheme + 3);
    target = path == std::string_view::npos ? "/" : target.substr(path);
  }
  return std::string(target.substr(0, target.find('?')));
}

std::string chunk(std::string_view piece) { return fmt::format("{:x}\r\n{}\r\n", piece.size(), piece); }

}  // namespace

void Shared::for_each(void (Session::*step)()) {
  for (auto next = sessions.begin(); next != sessions.end();) (**next++.*step)();
}

Session::Session(TcpSocket socket, std::shared_ptr<Shared> shared, FairPool::Hold slot, const Endpoint& remote,
                 const Endpoint& local)
    : stream_(std::move(socket)),
      shared_(std::move(shared)),
      slot_(std::move(slot)),
      remote_(remote),
      local_(local),
      buffer_(shared_->limits.header_bytes + shared_->limits.body_bytes),
      old_at_(shared_->clock.now() + shared_->limits.connection_age) {
  shared_->sessions.insert(this);
  shared_->counters.connections_open = shared_->sessions.size();
}

Session::~Session() {
  shared_->sessions.erase(this);
  shared_->counters.connections_open = shared_->sessions.size();
  if (shared_->stopping && shared_->sessions.empty() && shared_->ended) std::exchange(shared_->ended, nullptr)();
}

template <class Next>
auto Session::then(Next next) {
  return [self = shared_from_this(), next = std::move(next)](const Code& error, std::size_t size = 0) {
    if (self->state_ == State::closed) return;
    try {
      next(*self, error, size);
    } catch (...) {
      self->fault();
    }
  };
}

void Session::fault() noexcept {
  shared_->faults.note();
  if (begun_ || (state_ != State::reading && state_ != State::answering)) return abort();
  try {
    gone_ = nullptr;
    keep_alive_ = false;
    state_ = State::answering;
    respond(shared_->handler.broken());
  } catch (...) {
    abort();
  }
}

void Session::start() {
  state_ = State::reading;
  stream_.expires_after(shared_->limits.read_timeout);
  read_header();
}

void Session::stop() {
  if (state_ == State::waiting || state_ == State::reading) abort();
}

void Session::abort() noexcept {
  const auto self = shared_from_this();  // what is let go of here may be the last to hold it
  state_ = State::closed;
  Code ignored;
  stream_.socket().close(ignored);
  out_.clear();
  if (const auto gone = std::exchange(gone_, nullptr)) gone();
}

void Session::wait_for_request() {
  state_ = State::waiting;
  if (buffer_.size() > 0) return start();
  stream_.expires_after(shared_->limits.idle_timeout);
  stream_.async_read_some(buffer_.prepare(2048), then([](Session& self, const Code& error, std::size_t size) {
    if (error) return self.abort();
    self.buffer_.commit(size);
    self.start();
  }));
}

void Session::read_header() {
  request_ = {.method = {}, .path = {}, .body = {}, .remote = remote_, .local = local_};
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(shared_->limits.header_bytes));
  parser_->field_limit(shared_->limits.header_fields);
  parser_->body_limit(shared_->limits.body_bytes);
  beast::http::async_read_header(stream_, buffer_, *parser_,
                                 then([](Session& self, const Code& error, std::size_t) { self.header_read(error); }));
}

void Session::header_read(const Code& error) {
  if (error) return unreadable(error);
  request_.method = parser_->method();
  request_.path = path_of(parser_->target());
  chunked_ = parser_->version() >= 11;
  keep_alive_ = ++requests_ < shared_->limits.requests_per_connection && parser_->keep_alive() && shared_->clock.now() < old_at_;
  if (parser_->has_transfer_encoding() && !parser_->chunked()) {
    // Where the body ends nobody knows, so what follows is no request (RFC 9112 §6.3).
    keep_alive_ = false;
    state_ = State::answering;
    return respond(shared_->handler.malformed(400, "the only Transfer-Encoding that is read is chunked"));
  }
  if (const auto refusal = shared_->handler.refuse(request_)) {
    keep_alive_ = keep_alive_ && parser_->is_done();
    state_ = State::answering;
    return respond(*refusal);
  }
  if (!parser_->is_done() && parser_->expects_continue()) return continue_then_read_body();
  read_body();
}

void Session::continue_then_read_body() {
  static constexpr std::string_view proceed = "HTTP/1.1 100 Continue\r\n\r\n";
  asio::async_write(stream_, asio::buffer(proceed), then([](Session& self, const Code& error, std::size_t) {
    error ? self.abort() : self.read_body();
  }));
}

void Session::read_body() {
  beast::http::async_read(stream_, buffer_, *parser_, then([](Session& self, const Code& error, std::size_t) {
    if (error) return self.unreadable(error);
    self.request_.body = self.parser_->take_body();
    self.state_ = State::answering;
    self.shared_->handler.answer(self.request_, self.shared_from_this());
  }));
}

void Session::unreadable(const Code& error) {
  using E = beast::http::error;
  // Beast's errors about the message get an answer; the end of the stream and errors of the socket, the timeout among them, do not.
  const bool about_message = error.category() == beast::http::make_error_code(E::bad_method).category();
  if (!about_message || error == E::end_of_stream || error == E::partial_message) return abort();
  keep_alive_ = false;
  state_ = State::answering;
  const auto& limits = shared_->limits;
  if (error == E::body_limit)
    return respond(shared_->handler.malformed(413, fmt::format("the body must be at most {} bytes", limits.body_bytes)));
  if (parser_->too_many_fields())
    return respond(shared_->handler.malformed(400, fmt::format("the header must have at most {} fields", limits.header_fields)));
  if (error == E::header_limit || error == E::buffer_overflow)
    return respond(shared_->handler.malformed(400, fmt::format("the header must be at most {} bytes", limits.header_bytes)));
  respond(shared_->handler.malformed(400, "the request must be HTTP/1.1 as in RFC 9112"));
}

void Session::respond(const Response& response) {
  keep_alive_ = keep_alive_ && !shared_->stopping;
  auto bytes = response_head(response, keep_alive_, response.body.size(), false);
  if (request_.method != "HEAD") bytes += response.body;
  complete_ = true;
  send(std::move(bytes), {});
}

void Session::open(std::string_view content_type, std::string_view first, std::function<void()> flushed) {
  keep_alive_ = keep_alive_ && chunked_ && !shared_->stopping;
  auto bytes = response_head({200, std::string(content_type), {}, {}}, keep_alive_, std::nullopt, chunked_);
  bytes += chunked_ ? chunk(first) : std::string(first);
  send(std::move(bytes), std::move(flushed));
  watch_for_end();
}

void Session::watch_for_end() {
  auto& socket = stream_.socket();
  socket.async_wait(asio::ip::tcp::socket::wait_read, then([request = requests_](Session& self, const Code& error, std::size_t) {
    if (error || self.state_ != State::answering || self.requests_ != request) return;
    char next = 0;
    const auto size = ::recv(self.stream_.socket().native_handle(), &next, 1, MSG_PEEK | MSG_DONTWAIT);
    if (size == 0 || (size < 0 && errno != EAGAIN)) self.abort();  // otherwise it is the next request, which waits its turn
  }));
}

void Session::write(std::string_view piece) { send(chunked_ ? chunk(piece) : std::string(piece), {}); }

void Session::close() {
  complete_ = true;
  send(chunked_ ? "0\r\n\r\n" : "", {});
}

void Session::send(std::string bytes, std::function<void()> flushed) {
  if (state_ != State::answering) return;
  begun_ = true;
  out_.push_back({std::move(bytes), std::move(flushed)});
  if (!sending_) send_next();
}

void Session::send_next() {
  sending_ = true;
  // Owned by the callback alone: what waits to be flushed may hold this connection, and would for ever if the callback got lost.
  const auto piece = std::make_shared<Piece>(std::move(out_.front()));
  out_.pop_front();
  stream_.expires_after(shared_->limits.write_timeout);
  asio::async_write(stream_, asio::buffer(piece->bytes), then([piece](Session& self, const Code& error, std::size_t) {
    if (error) return self.abort();
    self.sending_ = false;
    if (!self.out_.empty()) self.send_next();
    else if (self.complete_) self.answered();
    if (piece->flushed) piece->flushed();
  }));
}

void Session::answered() {
  begun_ = complete_ = false;
  gone_ = nullptr;
  Code ignored;
  stream_.socket().cancel(ignored);  // watch_for_end()
  if (!keep_alive_ || shared_->stopping) return drain();
  wait_for_request();
}

/// Closing with unread bytes in the socket would reset the connection, and the caller might never see the answer (RFC 9112 §9.6).
void Session::drain() {
  if (state_ != State::draining) {
    state_ = State::draining;
    Code ignored;
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    stream_.expires_after(drain_timeout);
  }
  buffer_.clear();
  stream_.async_read_some(buffer_.prepare(4096), then([](Session& self, const Code& error, std::size_t size) {
    self.drained_ += size;
    if (error || self.drained_ > drain_bytes) return self.abort();
    self.drain();
  }));
}

}  // namespace ringback::vantage::http
