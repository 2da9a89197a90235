#pragma once
/// What the tests of the API and of the HTTP server's bounds have in common.
#include "support/catch.hpp"
#include "vantage/running_server.hpp"

namespace ringback::test {

inline constexpr vantage::Rate plenty{1000000, microseconds{1}};
inline constexpr const char* good_knock = R"({"knocks":[{"id":"k","protocol":"tcp","port":4444}]})";
inline const std::string get_address = "GET /v1/address HTTP/1.1\r\nHost: vantage\r\n\r\n";

/// With `silent`, a knock that nothing answers for ten seconds, unless the caller leaves before.
inline constexpr const char* long_knock = R"({"timeout_ms":10000,"knocks":[{"id":"k","protocol":"tcp","port":4445}]})";
inline constexpr const char* silent = "tcp dport 4445 drop";

/// Asks until the server has noticed what the test did before.
inline Reply ask_while_busy(const Endpoint& at, const std::string& request) {
  for (;;) {
    Connection connection(at);
    connection.send(request);
    auto reply = connection.reply();
    if (reply.status != 503) return reply;
  }
}

inline void check_problem(const Reply& reply, int status, const std::string& type) {
  CHECK(reply.status == status);
  CHECK(reply.headers.at("content-type") == "application/problem+json");
  const auto problem = reply.json();
  CHECK(problem["status"] == status);
  CHECK(problem["type"] == "urn:ringback:vantage:" + type);
  CHECK_FALSE(problem["title"].get<std::string>().empty());
  CHECK_FALSE(problem["detail"].get<std::string>().empty());
}

}  // namespace ringback::test
