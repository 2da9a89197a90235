#pragma once
/// STUN over UDP on the listening addresses. An answer leaves from the address and port that the request was sent to.
#include <memory>
#include <vector>

#include "base/unique_fd.hpp"
#include "vantage/asio.hpp"
#include "vantage/counters.hpp"
#include "vantage/datagrams.hpp"
#include "vantage/faults.hpp"
#include "vantage/limits.hpp"

namespace ringback::vantage {

class StunServer {
 public:
  /// Everything by reference outlives the server.
  StunServer(asio::io_context& io, bool open, bool allow_special, const Limits& limits, const Clock& clock, std::uint64_t seed, Counters& counters,
             Faults& faults);
  ~StunServer();
  /// The result is what it listens on; port 0: any.
  Expected<Endpoint> listen(const Endpoint& local);
  /// Both addresses on both ports, so that RFC 5780 is answered. Either all four or none.
  Expected<void> listen_behaviour(const Endpoint& primary, const Endpoint& alternate);
  void stop();
  /// To be called after an exception came out of the io_context: whoever lost his wait to it waits again.
  void resume();

 private:
  struct Socket;
  void wait(const std::shared_ptr<Socket>& socket);
  /// How many datagrams there were.
  std::size_t answer_batch(Socket& socket);
  void add(UniqueFd fd, std::optional<Endpoint> other);
  [[nodiscard]] const Socket* find(const Endpoint& local) const;

  asio::io_context& io_;
  bool open_;
  bool allow_special_;
  const Clock& clock_;
  Counters& counters_;
  Faults& faults_;
  CallerLimiter limiter_;
  Arrivals arrivals_;
  Departures departures_, elsewhere_;
  std::vector<std::shared_ptr<Socket>> sockets_;
};

}  // namespace ringback::vantage
