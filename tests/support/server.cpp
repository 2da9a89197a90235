#include "support/server.hpp"

#include <sys/socket.h>

#include <array>
#include <stdexcept>

#include "io/sockaddr.hpp"

namespace ringback::test {

std::string Peer::read_until(const std::string& mark) {
  std::string all;
  char byte = 0;
  while (all.find(mark) == std::string::npos && ::recv(fd_.get(), &byte, 1, 0) == 1) all += byte;
  return all;
}

std::string Peer::read_all() {
  std::string all;
  std::array<char, 4096> piece{};
  for (;;) {
    const auto got = ::recv(fd_.get(), piece.data(), piece.size(), 0);
    if (got <= 0) return all;
    all.append(piece.data(), static_cast<std::size_t>(got));
  }
}

bool Peer::write(const std::string& text) {
  std::string_view left = text;
  while (!left.empty()) {
    const auto sent = ::send(fd_.get(), left.data(), left.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    left.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void Peer::reset() {
  const linger none{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &none, sizeof none);
  fd_ = UniqueFd();
}

Server::Server(const Endpoint& local, Handler handler) : handler_(std::move(handler)) {
  listener_ = UniqueFd(::socket(io::domain_of(local.address.family()), SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto address = io::to_sockaddr(local, 0);
  if (::bind(listener_.get(), address.get(), address.length) != 0 || ::listen(listener_.get(), 8) != 0)
    throw std::runtime_error("the test's server cannot listen on " + local.to_string());
  endpoint_ = io::local_of(listener_.get(), "server").value();
  thread_ = std::thread([this] { serve(); });
}

void Server::serve() {
  for (;;) {
    const int fd = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    Peer peer(fd);
    handler_(peer);
  }
}

Server::~Server() {
  ::shutdown(listener_.get(), SHUT_RDWR);  // wakes accept
  thread_.join();
}

}  // namespace ringback::test
