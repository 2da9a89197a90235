#pragma once
/// Every bound of the server in one place. Nothing that a stranger sends makes it go beyond them.
#include "vantage/rate_limit.hpp"

namespace ringback::vantage {

struct Limits {
  std::size_t connections = 192;
  std::size_t connections_part = 8;     ///< of what is free, for one network (FairPool)
  std::size_t metrics_connections = 16;
  std::size_t header_bytes = 4 * 1024;
  std::size_t header_fields = 64;       ///< a browser sends about 20
  std::size_t body_bytes = 4 * 1024;
  milliseconds read_timeout{5000};      ///< from the first byte of a request (or the connection) to its last
  milliseconds write_timeout{5000};     ///< for each piece of an answer
  milliseconds idle_timeout{10000};     ///< between two requests of a connection
  unsigned requests_per_connection = 100;
  seconds connection_age{60};           ///< after it a connection ends with the request that is under way, and its slot is shared out anew

  /// Running at the same time, at most 5 descriptors each. A household asks for up to 48 side by side, and four such households are
  /// served in full.
  std::size_t knocks = 512;
  std::size_t knocks_part = 4;
  milliseconds stop_timeout{2000};      ///< how long running knocks may go on after SIGTERM

  /// A household runs the tool a few dozen times in a row by hand; one request asks for at most 16 knocks.
  Rates knock_rates{{60, seconds{2}}, {120, milliseconds{200}}, {400, milliseconds{20}}};
  /// What all together may ask is more than one core answers: what is cheap to answer needs no lower bound. --http-budget, --stun-budget.
  Rates question_rates{{200, milliseconds{250}}, {500, milliseconds{20}}, a_second(400000)};
  Rates stun_rates{{400, milliseconds{20}}, {1000, microseconds{2500}}, a_second(1000000)};
  std::size_t callers_remembered = 16384;  ///< entries of each table of a rate, 16 bytes each

  /// What the server needs to be allowed to open (RLIMIT_NOFILE): with what listens, logs and waits.
  [[nodiscard]] std::size_t descriptors() const { return connections + metrics_connections + 5 * knocks + 128; }
};

}  // namespace ringback::vantage
