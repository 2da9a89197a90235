#pragma once
/// A small TCP server for tests: each connection runs the handler, one after the other, in a thread of its own.
#include <atomic>
#include <functional>
#include <string>
#include <thread>

#include "base/unique_fd.hpp"
#include "net/endpoint.hpp"

namespace ringback::test {

class Peer {
 public:
  explicit Peer(int fd) : fd_(fd) {}
  /// Including the mark; less if the other side closes before it.
  std::string read_until(const std::string& mark);
  std::string read_all();
  /// False when the other side has gone.
  bool write(const std::string& text);
  /// Closes with a RST.
  void reset();

 private:
  UniqueFd fd_;
};

class Server {
 public:
  using Handler = std::function<void(Peer&)>;
  Server(const Endpoint& local, Handler handler);
  /// Ends the thread; the handler must return when its peer is gone.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  [[nodiscard]] Endpoint endpoint() const { return endpoint_; }

 private:
  void serve();
  UniqueFd listener_;
  Endpoint endpoint_;
  Handler handler_;
  std::thread thread_;
};

}  // namespace ringback::test
