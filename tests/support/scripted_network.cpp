#include "support/scripted_network.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>

namespace ringback::test {

using io::Bytes;
using std::chrono::milliseconds;

Arrival answer(const Sent& sent, Bytes payload, Duration after) { return answer_from(sent.to, std::move(payload), after); }

Arrival answer_from(const Endpoint& from, Bytes payload, Duration after) { return {after, io::Datagram{from, std::move(payload)}}; }

Arrival icmp_error(const Sent& sent, const Address& offender, std::uint8_t type, std::uint8_t code, Duration after) {
  return {after, io::IcmpError{.offender = offender, .type = type, .code = code, .mtu = std::nullopt, .destination = sent.to}};
}

Arrival port_unreachable(const Sent& sent, Duration after) {
  return sent.to.address.is_v4() ? icmp_error(sent, sent.to.address, 3, 3, after) : icmp_error(sent, sent.to.address, 1, 4, after);
}

HttpAnswer http_ok(std::string body, std::string content_type) {
  io::HttpResponse response;
  response.status = 200;
  response.content_type = std::move(content_type);
  response.body = std::move(body);
  return {std::move(response)};
}

HttpAnswer http_status(int status, std::string body) {
  auto result = http_ok(std::move(body));
  result.response->status = status;
  return result;
}

HttpAnswer http_failure(Errc code, std::string what, Duration after) { return {failure(code, std::move(what)), after}; }

void ScriptedRandom::fill(std::span<std::byte> bytes) {
  const std::lock_guard lock(mutex_);
  for (auto& byte : bytes) {  // SplitMix64 (Steele, Lea, Flood 2014)
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    byte = std::byte((z ^ (z >> 31)) & 0xff);
  }
}

class ScriptedUdpSocket : public io::UdpSocket {
 public:
  ScriptedUdpSocket(ScriptedNetwork& network, const Endpoint& local, std::optional<std::string> interface)
      : network_(network), local_(local), interface_(std::move(interface)) {}

  Expected<void> send(const Endpoint& to, std::span<const std::byte> payload, std::optional<Ttl> hop_limit) override {
    const std::lock_guard lock(network_.mutex_);
    if (network_.is_unroutable(to.address)) return failure(Errc::no_route, fmt::format("send to {}: Network is unreachable", to.to_string()));
    const auto now = network_.clock_.now();
    for (auto& arrival : network_.deliver({local_, to, Bytes(payload.begin(), payload.end()), hop_limit, interface_, now}))
      queue_.emplace(now + arrival.after, std::move(arrival.what));
    return {};
  }

  Expected<std::optional<io::Received>> receive(Deadline deadline) override {
    const std::lock_guard lock(network_.mutex_);
    if (queue_.empty() || !network_.wait(queue_.begin()->first, deadline)) {
      network_.pass_until(deadline.at);
      return std::nullopt;
    }
    return std::optional(std::move(queue_.extract(queue_.begin()).mapped()));
  }

  [[nodiscard]] Endpoint local() const override { return local_; }
  /// When it has something to receive.
  [[nodiscard]] Instant next() const { return queue_.empty() ? Instant::max() : queue_.begin()->first; }

 private:
  ScriptedNetwork& network_;
  Endpoint local_;
  std::optional<std::string> interface_;
  std::multimap<Instant, io::Received> queue_;  // equal times in the order of their insertion
};

class ScriptedTcpStream : public io::TcpStream {
 public:
  ScriptedTcpStream(ScriptedNetwork& network, TcpPeer peer, const Endpoint& local) : network_(network), peer_(std::move(peer)), local_(local) {
    feed({});
  }

  Expected<void> send(std::span<const std::byte> bytes, Deadline) override {
    const std::lock_guard lock(network_.mutex_);
    feed({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    return {};
  }

  Expected<Bytes> receive(std::size_t limit, Deadline deadline) override {
    const std::lock_guard lock(network_.mutex_);
    while (!queue_.empty() && network_.wait(queue_.front().first, deadline)) {
      auto& piece = queue_.front().second;
      if (piece.bytes.empty() && piece.close) return Bytes{};  // stays: a closed stream is closed for ever
      const auto count = static_cast<std::ptrdiff_t>(std::min(limit, piece.bytes.size()));
      Bytes result(piece.bytes.begin(), piece.bytes.begin() + count);
      piece.bytes.erase(piece.bytes.begin(), piece.bytes.begin() + count);
      if (piece.bytes.empty() && !piece.close) queue_.pop_front();
      if (!result.empty()) return result;
    }
    network_.pass_until(deadline.at);
    return failure(Errc::timed_out, "receive: nothing came by the deadline");
  }

  [[nodiscard]] Endpoint local() const override { return local_; }

 private:
  void feed(std::string_view received) {
    if (!peer_.on_receive) return;
    const auto now = network_.clock_.now();
    for (auto& piece : peer_.on_receive(received)) queue_.emplace_back(now + piece.after, std::move(piece));
  }

  ScriptedNetwork& network_;
  TcpPeer peer_;
  Endpoint local_;
  std::deque<std::pair<Instant, TcpPiece>> queue_;
};

class ScriptedCapture : public io::Capture {
 public:
  ScriptedCapture(ScriptedNetwork& network, std::string interface)
      : network_(network), interface_(std::move(interface)), opened_(network.clock_.now()) {}

  Expected<std::optional<io::CapturedPacket>> next(Deadline deadline) override {
    const std::lock_guard lock(network_.mutex_);
    for (;;) {
      const auto now = network_.clock_.now();
      const auto first = earliest();
      if (first && network_.captured_[*first].at <= now) {
        seen_.insert(*first);
        return std::optional(network_.captured_[*first]);
      }
      if (now >= deadline.at) return std::nullopt;
      // Another thread may make a packet arrive meanwhile.
      const auto next = first ? std::min(network_.captured_[*first].at, deadline.at) : deadline.at;
      network_.pass_until(std::min(next, now + look));
    }
  }

  io::CaptureCounters counters() override {
    const std::lock_guard lock(network_.mutex_);
    return network_.counters;
  }

 private:
  static constexpr milliseconds look{5};

  [[nodiscard]] std::optional<std::size_t> earliest() const {
    std::optional<std::size_t> first;
    for (std::size_t i = 0; i < network_.captured_.size(); ++i) {
      const auto& packet = network_.captured_[i];
      if (packet.at >= opened_ && !seen_.count(i) && concerns(packet) && (!first || packet.at < network_.captured_[*first].at)) first = i;
    }
    return first;
  }
  [[nodiscard]] bool concerns(const io::CapturedPacket& packet) const {
    return interface_ == "any" || !packet.interface || *packet.interface == interface_;
  }

  ScriptedNetwork& network_;
  std::string interface_;
  Instant opened_;
  std::set<std::size_t> seen_;
};

void ScriptedNetwork::pass_until(Instant until) const {
  const auto held = mutex_.release();
  clock_.advance_to(until);
  mutex_.retake(held);
}

bool ScriptedNetwork::wait(Instant at, Deadline deadline) const {
  if (at > deadline.at) return false;
  pass_until(at);
  return true;
}

bool ScriptedNetwork::is_unroutable(const Address& address) const {
  return std::ranges::any_of(host.unroutable, [&](const Prefix& prefix) { return prefix.contains(address); });
}

std::vector<Arrival> ScriptedNetwork::deliver(const Sent& datagram) {
  sent.push_back(datagram);
  if (watch) watch(datagram);
  if (const auto peer = udp_.find(datagram.to); peer != udp_.end()) return peer->second(datagram);
  return udp_anywhere_ ? udp_anywhere_(datagram) : std::vector<Arrival>{};
}

void ScriptedNetwork::arrives(io::CapturedPacket packet) {
  const std::lock_guard lock(mutex_);
  captured_.push_back(std::move(packet));
}

Expected<std::vector<Address>> ScriptedNetwork::resolve(const std::string& host_name, Deadline deadline) {
  const std::lock_guard lock(mutex_);
  resolved.push_back(host_name);
  if (const auto literal = Address::parse(host_name)) return std::vector{*literal};
  const auto found = names_.find(host_name);
  if (found == names_.end()) return failure(Errc::failed, fmt::format("resolve {}: Name or service not known", host_name));
  if (!wait(clock_.now() + found->second.after, deadline)) {
    pass_until(deadline.at);
    return failure(Errc::timed_out, fmt::format("resolve {}: no answer by the deadline", host_name));
  }
  return found->second.addresses;
}

Expected<std::unique_ptr<io::UdpSocket>> ScriptedNetwork::open_udp(const io::UdpOptions& options) {
  const std::lock_guard lock(mutex_);
  if (refuse_udp)
    if (auto error = refuse_udp(options)) return tl::unexpected(std::move(*error));
  opened.push_back(options);
  auto local = options.local.value_or(Endpoint{Address::any(options.family), 0});
  if (local.port == 0) local.port = next_port_++;
  return std::make_unique<ScriptedUdpSocket>(*this, local, options.interface);
}

Expected<std::optional<std::size_t>> ScriptedNetwork::wait_for_any(std::span<io::UdpSocket* const> sockets, std::size_t first, Deadline deadline) {
  const std::lock_guard lock(mutex_);
  std::optional<std::size_t> ready;
  auto at = Instant::max();
  for (std::size_t i = 0; i < sockets.size(); ++i) {
    const auto place = (first + i) % sockets.size();
    if (!sockets[place]) continue;
    const auto next = std::max(static_cast<const ScriptedUdpSocket*>(sockets[place])->next(), clock_.now());
    if (next < at) at = next, ready = place;
  }
  if (at <= clock_.now() || (ready && wait(at, deadline))) return ready;   // what is there is found after the deadline too
  pass_until(deadline.at);
  return std::nullopt;
}

Expected<std::unique_ptr<io::TcpStream>> ScriptedNetwork::connect_tcp(const Endpoint& to, const io::TcpOptions& options, Deadline deadline) {
  const std::lock_guard lock(mutex_);
  connected.push_back(to);
  const auto what = fmt::format("connect tcp {}", to.to_string());
  if (is_unroutable(to.address)) return failure(Errc::no_route, what + ": Network is unreachable");
  const auto peer = tcp_.find(to);
  if (peer == tcp_.end() || !wait(clock_.now() + peer->second.connect_time, deadline)) {
    pass_until(deadline.at);
    return failure(Errc::timed_out, what + ": no answer by the deadline");
  }
  if (peer->second.refusal) return tl::unexpected(*peer->second.refusal);
  const Endpoint local{options.local.value_or(Address::any(to.address.family())), next_port_++};
  return std::make_unique<ScriptedTcpStream>(*this, peer->second, local);
}

std::optional<bool> ScriptedNetwork::wait_wanted(const io::HttpRequest& request, Instant at, Deadline deadline) const {
  while (request.still_wanted) {
    if (!request.still_wanted()) return std::nullopt;
    const auto next = clock_.now() + milliseconds(20);
    if (next >= std::min(at, deadline.at)) break;
    pass_until(next);
  }
  if (wait(at, deadline)) return true;
  pass_until(deadline.at);
  return false;
}

std::optional<HttpPeer> ScriptedNetwork::http_peer(const std::string& url) const {
  std::optional<HttpPeer> peer;
  for (const auto& [prefix, candidate] : http_)  // in order, so a longer prefix comes after a shorter one
    if (url.compare(0, prefix.size(), prefix) == 0) peer = candidate;
  return peer;
}

Expected<io::HttpResponse> ScriptedNetwork::http(const io::HttpRequest& request, Deadline deadline) {
  const std::lock_guard lock(mutex_);
  requests.push_back(request);
  if (is_unroutable(request.connect_to.address))
    return failure(Errc::no_route, fmt::format("{} {}: Network is unreachable", request.method, request.url));
  const auto peer = http_peer(request.url);
  return transfer(request, peer ? (*peer)(request) : http_failure(Errc::timed_out, "nobody answers", Duration::max() / 2), deadline);
}

Expected<io::HttpResponse> ScriptedNetwork::transfer(const io::HttpRequest& request, HttpAnswer reply, Deadline deadline) {
  const auto what = fmt::format("{} {} at {}", request.method, request.url, request.connect_to.to_string());
  const auto too_late = [&] { return failure(Errc::timed_out, what + ": no answer by the deadline"); };
  io::HttpResponse response;
  const auto began = wait_wanted(request, clock_.now() + reply.after, deadline);
  if (!began) return response;
  if (!*began) return too_late();
  if (!reply.response) return std::move(reply.response);

  response = std::move(*reply.response);
  if (reply.stream.empty()) reply.stream.push_back({Duration{}, std::exchange(response.body, {})});
  if (response.remote == Endpoint{}) response.remote = request.connect_to;
  if (response.local == Endpoint{})
    response.local = {request.local.value_or(Address::any(request.connect_to.address.family())), next_port_++};
  std::size_t total = 0;
  for (const auto& piece : reply.stream) {
    const auto came = wait_wanted(request, clock_.now() + piece.after, deadline);
    if (!came) break;
    if (!*came) return too_late();
    total += piece.text.size();
    if (total > request.max_bytes) return failure(Errc::exhausted, fmt::format("{}: more than {} bytes", what, request.max_bytes));
    if (!request.on_body)
      response.body += piece.text;
    else if (!piece.text.empty() && !request.on_body(piece.text))
      break;
  }
  return response;
}

std::unique_ptr<io::LastWords> ScriptedNetwork::leave_last_words(const io::Message& message) {
  const std::lock_guard lock(mutex_);
  last_words.push_back(message);
  return std::make_unique<io::LastWords>();
}

Expected<void> ScriptedNetwork::solicit_routers(const std::string& interface) { return routers ? routers(interface) : Expected<void>{}; }

Expected<std::unique_ptr<io::Capture>> ScriptedNetwork::open_capture(const io::CaptureOptions& options) {
  const std::lock_guard lock(mutex_);
  if (refuse_capture)
    if (auto error = refuse_capture(options)) return tl::unexpected(std::move(*error));
  captures.push_back(options);
  return std::make_unique<ScriptedCapture>(*this, options.interface);
}

Expected<RouteLookup> ScriptedNetwork::route_to(const Address& destination, const std::optional<std::string>& interface) {
  const std::lock_guard lock(mutex_);
  const auto none = [&] { return failure(Errc::no_route, fmt::format("route to {}: Network is unreachable", destination.to_string())); };
  if (is_unroutable(destination)) return none();
  const auto known = host.lookups.find(destination);
  auto lookup = known != host.lookups.end() ? std::optional(known->second) : destination.is_v4() ? host.default_ipv4 : host.default_ipv6;
  if (!lookup || (interface && lookup->interface != *interface)) return none();
  lookup->destination = destination;
  return *lookup;
}

Expected<std::string> ScriptedNetwork::read_file(const std::string& path, std::size_t limit) {
  const std::lock_guard lock(mutex_);
  const auto file = host.files.find(path);
  if (file == host.files.end()) return failure(Errc::failed, fmt::format("read {}: No such file or directory", path));
  return file->second.substr(0, limit);
}

std::vector<std::string> ScriptedNetwork::list_directory(const std::string& path) {
  const std::lock_guard lock(mutex_);
  const auto directory = host.directories.find(path);
  return directory == host.directories.end() ? std::vector<std::string>{} : directory->second;
}

}  // namespace ringback::test
