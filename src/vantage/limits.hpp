#pragma once
/// Every bound of the server in one place. Nothing that a stranger sends makes it go beyond them.
#include "vantage/rate_limit.hpp"

namespace ringback::vantage {

struct Limits {
  std::size_t connections = 256;
  std::size_t connections_per_caller = 32;
  std::size_t header_bytes = 8 * 1024;
  std::size_t body_bytes = 16 * 1024;
  milliseconds read_timeout{5000};      ///< from the first byte of a request (or the connection) to its last
  milliseconds write_timeout{5000};     ///< for each piece of an answer
  milliseconds idle_timeout{10000};     ///< between two requests of a connection
  unsigned requests_per_connection = 16;

  unsigned knocks = 128;                ///< running at the same time: at most 4 descriptors each
  unsigned knocks_per_caller = 48;
  milliseconds stop_timeout{2000};      ///< how long running knocks may go on after SIGTERM

  /// A household runs the tool a few dozen times in a row by hand; one request asks for at most 16 knocks.
  Rate knock_rate{60, seconds{2}};
  Rate knock_rate_of_all{400, milliseconds{20}};
  Rate question_rate{200, milliseconds{250}};
  Rate question_rate_of_all{2000, milliseconds{2}};
  Rate stun_rate{400, milliseconds{20}};
  Rate stun_rate_of_all{4000, microseconds{250}};
  std::size_t callers_remembered = 4096;  ///< entries of each rate table, 16 bytes each
};

}  // namespace ringback::vantage
