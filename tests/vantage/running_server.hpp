#pragma once
/// The real server on a thread of its own, and plain blocking clients for it. Every wait ends after ten seconds with an exception.
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "base/unique_fd.hpp"
#include "support/fake_clock.hpp"
#include "vantage/own_network.hpp"
#include "vantage/server.hpp"

namespace ringback::test {

/// A different number each time, the same ones in each run.
class CountingRandom : public Random {
 public:
  void fill(std::span<std::byte> bytes) override;
  /// The next one throws.
  void fail_once() { fails_ = true; }

 private:
  std::atomic<bool> fails_ = false;
  std::uint64_t state_ = 1;
};

/// On 127.0.0.1, 127.0.0.2 and ::1, for callers from special-purpose addresses.
vantage::Options lab_options();

class RunningServer {
 public:
  explicit RunningServer(const vantage::Options& options = lab_options(), const vantage::Limits& limits = {},
                         bool may_use_raw_sockets = true);
  ~RunningServer() { stop(); }
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;

  void stop();
  [[nodiscard]] Endpoint http() const { return server_->http().front(); }
  [[nodiscard]] Endpoint http6() const { return server_->http().back(); }
  [[nodiscard]] const std::vector<Endpoint>& stun() const { return server_->stun(); }
  /// Moves the rate limits on.
  FakeClock& clock() { return clock_; }
  CountingRandom& random() { return random_; }
  /// Once stopped.
  [[nodiscard]] std::string log() const { return log_.str(); }

 private:
  FakeClock clock_;
  CountingRandom random_;
  std::ostringstream log_;
  std::unique_ptr<vantage::Server> server_;
  std::thread thread_;
};

struct Reply {
  int status = 0;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;                            ///< chunks put together
  [[nodiscard]] nlohmann::json json() const { return nlohmann::json::parse(body); }
  /// One value for each line.
  [[nodiscard]] std::vector<nlohmann::json> lines() const;
};

/// A TCP connection to the server.
class Connection {
 public:
  explicit Connection(const Endpoint& server, std::optional<Address> from = {});
  void send(std::string_view bytes);
  /// The next whole response.
  Reply reply();
  /// What still comes until the server closes; throws when it does not.
  std::string rest();
  /// The same where the server may also cut it off by a reset.
  std::string whatever_comes();
  /// Blocks until at least this text has come; it stays to be read.
  void await(std::string_view text);
  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  bool more();
  std::string take(std::size_t count);
  std::string take_line();

  UniqueFd fd_;
  std::string buffer_;
};

Reply get(const Endpoint& server, const std::string& path, std::optional<Address> from = {});
Reply post(const Endpoint& server, const std::string& path, const std::string& body, const std::string& more_headers = "",
           std::optional<Address> from = {});
std::string post_text(const std::string& path, const std::string& body, const std::string& more_headers = "");
/// POST /v1/knock with this body, and the result line of each id.
std::map<std::string, nlohmann::json> knock(const Endpoint& server, const std::string& body, std::optional<Address> from = {});

/// A bound UDP socket, or a listening TCP socket.
UniqueFd bound(int type, const Endpoint& local);
/// Waits until it is readable; throws after ten seconds.
void await_readable(int fd);
[[nodiscard]] bool readable_now(int fd);

/// What passes the loopback interface from now on, in its order, from the IP header on.
class Tap {
 public:
  Tap();
  [[nodiscard]] std::vector<std::string> packets();

 private:
  UniqueFd fd_;
};

}  // namespace ringback::test
