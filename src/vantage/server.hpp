#pragma once
/// The whole vantage point: HTTP, knocks, STUN and metrics on one thread.
#include <memory>
#include <ostream>

#include "base/random.hpp"
#include "vantage/limits.hpp"
#include "vantage/options.hpp"

namespace ringback::vantage {

class Server {
 public:
  /// Binds everything that `options` name; the error says what could not be bound. Everything by reference outlives the server.
  static Expected<std::unique_ptr<Server>> open(const Options& options, const Limits& limits, const Clock& clock, Random& random,
                                                std::ostream& log);
  ~Server();

  [[nodiscard]] const std::vector<Endpoint>& http() const;
  [[nodiscard]] const std::vector<Endpoint>& stun() const;

  /// SIGTERM and SIGINT stop it.
  void stop_on_signals();
  /// Returns after stop(): running knocks have ended or limits.stop_timeout has passed.
  void run();
  /// From any thread.
  void stop();

 private:
  struct Parts;
  explicit Server(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace ringback::vantage
