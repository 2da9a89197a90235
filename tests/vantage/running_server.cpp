#include "vantage/running_server.hpp"

#include <fmt/format.h>
#include <linux/capability.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "vantage/allocations.hpp"
#include "vantage/socket.hpp"

namespace ringback::test {
namespace {

constexpr int patience_ms = 10000;

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error(what + ": " + std::generic_category().message(errno)); }

/// Of the calling thread alone.
void drop_raw_sockets() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2]{};
  if (::syscall(SYS_capget, &header, data) != 0) fail("capget");
  data[0].effective &= ~(1U << CAP_NET_RAW);
  if (::syscall(SYS_capset, &header, data) != 0) fail("capset");
}

}  // namespace

void CountingRandom::fill(std::span<std::byte> bytes) {
  if (fails_.exchange(false)) throw std::runtime_error("no randomness\nat all");
  for (auto& byte : bytes) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;  // Knuth, TAOCP 2, §3.3.4, table 1
    byte = static_cast<std::byte>(state_ >> 56);
  }
}

vantage::Options lab_options() {
  vantage::Options options;
  options.listen = {Address::parse("127.0.0.1").value(), Address::parse("127.0.0.2").value(), Address::parse("::1").value()};
  options.allow_special = true;
  return options;
}

RunningServer::RunningServer(const vantage::Options& options, const vantage::Limits& limits, bool may_use_raw_sockets) {
  enter_own_network();
  auto opened = vantage::Server::open(options, limits, clock_, random_, log_);
  if (!opened) throw std::runtime_error(opened.error().what);
  server_ = std::move(*opened);
  thread_ = std::thread([this, may_use_raw_sockets] {
    const MayFail allocations;
    if (!may_use_raw_sockets) drop_raw_sockets();
    server_->run();
  });
}

void RunningServer::stop() {
  if (!thread_.joinable()) return;
  server_->stop();
  thread_.join();
}

std::vector<nlohmann::json> Reply::lines() const {
  std::vector<nlohmann::json> result;
  std::istringstream text(body);
  for (std::string line; std::getline(text, line);) result.push_back(nlohmann::json::parse(line));
  return result;
}

Connection::Connection(const Endpoint& server, std::optional<Address> from)
    : fd_(::socket(server.address.is_v4() ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (from) {
    const auto local = vantage::to_socket({*from, 0});
    if (::bind(fd_.get(), local.get(), local.length) != 0) fail("bind " + from->to_string());
  }
  const auto remote = vantage::to_socket(server);
  if (::connect(fd_.get(), remote.get(), remote.length) != 0) fail("connect " + server.to_string());
}

void Connection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) return;  // the server closed: what it had to say can still be read
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

bool Connection::more() {
  await_readable(fd_.get());
  std::array<char, 4096> bytes;
  const auto size = ::recv(fd_.get(), bytes.data(), bytes.size(), 0);
  if (size < 0) fail("the server did not close cleanly");
  if (size == 0) return false;
  buffer_.append(bytes.data(), static_cast<std::size_t>(size));
  return true;
}

std::string Connection::take(std::size_t count) {
  while (buffer_.size() < count)
    if (!more()) throw std::runtime_error("the server closed within a response: " + buffer_);
  auto result = buffer_.substr(0, count);
  buffer_.erase(0, count);
  return result;
}

std::string Connection::take_line() {
  await("\r\n");
  auto line = take(buffer_.find("\r\n") + 2);
  line.resize(line.size() - 2);
  return line;
}

void Connection::await(std::string_view text) {
  while (buffer_.find(text) == std::string::npos)
    if (!more()) throw std::runtime_error(fmt::format("the server closed before it said \"{}\": {}", text, buffer_));
}

std::string Connection::rest() {
  while (more()) {
  }
  return std::exchange(buffer_, {});
}

std::string Connection::whatever_comes() {
  std::array<char, 4096> bytes;
  for (;;) {
    await_readable(fd_.get());
    const auto size = ::recv(fd_.get(), bytes.data(), bytes.size(), 0);
    if (size <= 0) return std::exchange(buffer_, {});
    buffer_.append(bytes.data(), static_cast<std::size_t>(size));
  }
}

Reply Connection::reply() {
  Reply reply;
  const auto status = take_line();
  if (!status.starts_with("HTTP/1.1 ")) throw std::runtime_error("no status line: " + status);
  reply.status = std::stoi(status.substr(9));
  for (auto line = take_line(); !line.empty(); line = take_line()) {
    auto name = line.substr(0, line.find(':'));
    std::ranges::transform(name, name.begin(), [](char c) { return static_cast<char>(std::tolower(c)); });
    reply.headers[name] = line.substr(line.find(": ") + 2);
  }
  if (reply.headers.contains("content-length")) reply.body = take(std::stoul(reply.headers["content-length"]));
  if (reply.headers["transfer-encoding"] != "chunked") return reply;
  for (;;) {
    const auto size = std::stoul(take_line(), nullptr, 16);
    reply.body += take(size);
    take_line();
    if (size == 0) return reply;
  }
}

Reply get(const Endpoint& server, const std::string& path, std::optional<Address> from) {
  Connection connection(server, from);
  connection.send("GET " + path + " HTTP/1.1\r\nHost: vantage\r\nConnection: close\r\n\r\n");
  return connection.reply();
}

std::string post_text(const std::string& path, const std::string& body, const std::string& more_headers) {
  return fmt::format("POST {} HTTP/1.1\r\nHost: vantage\r\n{}Content-Length: {}\r\n\r\n{}", path, more_headers, body.size(), body);
}

Reply post(const Endpoint& server, const std::string& path, const std::string& body, const std::string& more_headers,
           std::optional<Address> from) {
  Connection connection(server, from);
  connection.send(post_text(path, body, more_headers));
  return connection.reply();
}

std::map<std::string, nlohmann::json> knock(const Endpoint& server, const std::string& body, std::optional<Address> from) {
  const auto reply = post(server, "/v1/knock", body, "", from);
  if (reply.status != 200) throw std::runtime_error(fmt::format("{}: {}", reply.status, reply.body));
  std::map<std::string, nlohmann::json> results;
  for (const auto& line : reply.lines())
    if (line["type"] == "result") results[line["id"]] = line;
  return results;
}

UniqueFd bound(int type, const Endpoint& local) {
  UniqueFd fd(::socket(local.address.is_v4() ? AF_INET : AF_INET6, type | SOCK_CLOEXEC, 0));
  const int set = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &set, sizeof set);
  const auto address = vantage::to_socket(local);
  if (::bind(fd.get(), address.get(), address.length) != 0) fail("bind " + local.to_string());
  if (type == SOCK_STREAM && ::listen(fd.get(), 8) != 0) fail("listen " + local.to_string());
  return fd;
}

void await_readable(int fd) {
  pollfd wanted{fd, POLLIN, 0};
  if (::poll(&wanted, 1, patience_ms) != 1) throw std::runtime_error("nothing came within ten seconds");
}

bool readable_now(int fd) {
  pollfd wanted{fd, POLLIN, 0};
  return ::poll(&wanted, 1, 0) == 1;
}

Tap::Tap() {
  enter_own_network();
  fd_ = UniqueFd(::socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, htons(ETH_P_ALL)));
  sockaddr_ll lo{};
  lo.sll_family = AF_PACKET;
  lo.sll_protocol = htons(ETH_P_ALL);
  lo.sll_ifindex = static_cast<int>(::if_nametoindex("lo"));
  if (!fd_ || ::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&lo), sizeof lo) != 0) fail("open a packet socket");
}

std::vector<std::string> Tap::packets() {
  std::vector<std::string> result;
  for (;;) {
    std::string packet(2048, '\0');
    sockaddr_ll from{};
    socklen_t length = sizeof from;
    const auto size = ::recvfrom(fd_.get(), packet.data(), packet.size(), MSG_DONTWAIT, reinterpret_cast<sockaddr*>(&from), &length);
    if (size < 0) return result;
    packet.resize(static_cast<std::size_t>(size));
    if (from.sll_pkttype == PACKET_OUTGOING) result.push_back(std::move(packet));  // loopback shows each packet twice
  }
}

}  // namespace ringback::test
