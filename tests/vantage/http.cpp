#include "vantage/http.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <cerrno>

#include "support/catch.hpp"
#include "vantage/running_server.hpp"

using namespace ringback;
using namespace ringback::test;

namespace {

constexpr const char* good_knock = R"({"knocks":[{"id":"k","protocol":"tcp","port":4444}]})";
const std::string get_address = "GET /v1/address HTTP/1.1\r\nHost: vantage\r\n\r\n";

/// A knock that nothing answers for ten seconds, unless the caller leaves before.
constexpr const char* long_knock = R"({"timeout_ms":10000,"knocks":[{"id":"k","protocol":"tcp","port":4445}]})";
constexpr const char* silent = "tcp dport 4445 drop";

/// Asks until the server has noticed what the test did before.
Reply ask_while_busy(const Endpoint& at, const std::string& request) {
  for (;;) {
    Connection connection(at);
    connection.send(request);
    auto reply = connection.reply();
    if (reply.status != 503) return reply;
  }
}

void check_problem(const Reply& reply, int status, const std::string& type) {
  CHECK(reply.status == status);
  CHECK(reply.headers.at("content-type") == "application/problem+json");
  const auto problem = reply.json();
  CHECK(problem["status"] == status);
  CHECK(problem["type"] == "urn:ringback:vantage:" + type);
  CHECK_FALSE(problem["title"].get<std::string>().empty());
  CHECK_FALSE(problem["detail"].get<std::string>().empty());
}

}  // namespace

TEST_CASE("GET /v1/address tells how the caller is seen") {
  RunningServer server;
  Connection connection(server.http(), Address::parse("127.0.0.9").value());
  connection.send(get_address);
  const auto reply = connection.reply();
  CHECK(reply.status == 200);
  CHECK(reply.headers.at("content-type") == "application/json");
  sockaddr_in local{};
  socklen_t length = sizeof local;
  REQUIRE(::getsockname(connection.fd(), reinterpret_cast<sockaddr*>(&local), &length) == 0);
  CHECK(reply.json() == nlohmann::json({{"address", "127.0.0.9"}, {"port", ntohs(local.sin_port)}, {"families", nlohmann::json::array()}, {"version", RINGBACK_VERSION}}));
  CHECK(get(server.http6(), "/v1/address").json()["address"] == "::1");
}

TEST_CASE("the target may be in absolute form, and a query changes nothing") {
  RunningServer server;
  CHECK(get(server.http(), "http://vantage.example:8370/v1/address").status == 200);
  CHECK(get(server.http(), "/v1/address?x=http://y/z").status == 200);
}

TEST_CASE("a path that is not there and a method that is not taken are told what there is") {
  RunningServer server;
  for (const auto* path : {"/", "/v1", "/v1/address/", "/v2/knock", "/v1/../v1/address", "/%76%31/address"}) {
    INFO(path);
    check_problem(get(server.http(), path), 404, "unknown-path");
  }
  const auto knock = get(server.http(), "/v1/knock");
  check_problem(knock, 405, "wrong-method");
  CHECK(knock.headers.at("allow") == "POST");
  const auto address = post(server.http(), "/v1/address", "");
  check_problem(address, 405, "wrong-method");
  CHECK(address.headers.at("allow") == "GET");
}

TEST_CASE("an answer to HEAD has no body") {
  RunningServer server;
  Connection connection(server.http());
  connection.send("HEAD /v1/address HTTP/1.1\r\nHost: vantage\r\nConnection: close\r\n\r\n");
  const auto all = connection.rest();
  CHECK(all.starts_with("HTTP/1.1 405 "));
  CHECK(all.ends_with("\r\n\r\n"));
}

TEST_CASE("a knock request in the wrong form is refused with the place") {
  RunningServer server;
  const auto reply = post(server.http(), "/v1/knock", R"({"knocks":[{"id":"k","protocol":"tcp","port":0}]})");
  check_problem(reply, 400, "malformed");
  CHECK(reply.json()["detail"] == "/knocks/0/port must be a whole number from 1 to 65535");
}

TEST_CASE("callers that are not on the internet are refused, unless they are to be accepted") {
  enter_own_network();
  RunningServer server{vantage::Options{}};
  const Endpoint at{Address::parse("127.0.0.1").value(), 8370};
  check_problem(get(at, "/v1/address"), 403, "special-purpose-caller");
  check_problem(post(at, "/v1/knock", good_knock), 403, "special-purpose-caller");
  check_problem(get({Address::parse("::1").value(), 8370}, "/v1/address"), 403, "special-purpose-caller");
  for (const auto family : {Family::ipv4, Family::ipv6}) {
    CHECK(get({global(family, 1), 8370}, "/v1/address", global(family, 2)).json()["address"] == global(family, 2).to_string());
    CHECK(knock({global(family, 1), 8370}, good_knock, global(family, 2))["k"]["result"] == "refused");
  }
}

TEST_CASE("a caller that asks too often is told when to come back, and then is served") {
  auto limits = vantage::Limits{};
  limits.knock_rate = {2, seconds{2}};
  RunningServer server(lab_options(), limits);
  CHECK(post(server.http(), "/v1/knock", good_knock).status == 200);
  CHECK(post(server.http(), "/v1/knock", good_knock).status == 200);
  const auto refused = post(server.http(), "/v1/knock", good_knock);
  check_problem(refused, 429, "too-many-requests");
  CHECK(refused.headers.at("retry-after") == "2");
  CHECK(get(server.http(), "/v1/address").status == 200);
  CHECK(post(server.http(), "/v1/knock", good_knock, "", Address::parse("127.0.0.5").value()).status == 200);
  server.clock().advance(seconds{2});
  CHECK(post(server.http(), "/v1/knock", good_knock).status == 200);
}

TEST_CASE("a household may run the tool twenty times in a row with two requests each") {
  RunningServer server;
  for (unsigned i = 0; i < 40; ++i) {
    CHECK(get(server.http(), "/v1/address").status == 200);
    CHECK(post(server.http(), "/v1/knock", good_knock).status == 200);
  }
}

TEST_CASE("when all knock slots are in use the answer is 503, and who leaves gives his back") {
  auto limits = vantage::Limits{};
  limits.knocks = 2;
  limits.knock_rate = {1000000, seconds{1}};
  auto options = lab_options();
  options.metrics = Endpoint{Address::parse("127.0.0.1").value(), 9370};
  RunningServer server(options, limits);
  const Filter filter(silent);
  {
    Connection first(server.http()), second(server.http());
    first.send(post_text("/v1/knock", long_knock));
    second.send(post_text("/v1/knock", long_knock));
    first.await("announce");
    second.await("announce");
    const auto refused = post(server.http(), "/v1/knock", good_knock);
    check_problem(refused, 503, "busy");
    CHECK(refused.headers.contains("retry-after"));
  }
  CHECK(ask_while_busy(server.http(), post_text("/v1/knock", good_knock)).status == 200);
  CHECK(get(*options.metrics, "/metrics").body.find("{protocol=\"tcp\",result=\"timeout\"} 0\n") != std::string::npos);  // they were ended
}

TEST_CASE("finished knocks give their slots back") {
  auto limits = vantage::Limits{};
  limits.knocks = 1;
  RunningServer server(lab_options(), limits);
  for (unsigned i = 0; i < 5; ++i) CHECK(knock(server.http(), good_knock)["k"]["result"] == "refused");
}

TEST_CASE("one caller cannot take all the slots") {
  auto limits = vantage::Limits{};
  limits.knocks_per_caller = 1;
  RunningServer server(lab_options(), limits);
  const Filter filter(silent);
  Connection first(server.http());
  first.send(post_text("/v1/knock", long_knock));
  first.await("announce");
  check_problem(post(server.http(), "/v1/knock", good_knock), 429, "too-many-knocks");
  CHECK(post(server.http(), "/v1/knock", good_knock, "", Address::parse("127.0.0.5").value()).status == 200);
}

TEST_CASE("a body above 16 KiB is refused before it is read, one of 16 KiB is read") {
  RunningServer server;
  Connection declared(server.http());
  declared.send("POST /v1/knock HTTP/1.1\r\nHost: v\r\nContent-Length: 16385\r\n\r\n");
  check_problem(declared.reply(), 413, "too-large");
  check_problem(post(server.http(), "/v1/knock", std::string(100 * 1024, ' ')), 413, "too-large");
  Connection chunked(server.http());
  chunked.send("POST /v1/knock HTTP/1.1\r\nHost: v\r\nTransfer-Encoding: chunked\r\n\r\n" + fmt::format("{:x}\r\n{}\r\n0\r\n\r\n", 20000, std::string(20000, ' ')));
  check_problem(chunked.reply(), 413, "too-large");
  const std::string knock = good_knock;
  CHECK(post(server.http(), "/v1/knock", knock + std::string(16 * 1024 - knock.size(), ' ')).status == 200);
}

TEST_CASE("a header above 8 KiB is refused, one below is read") {
  RunningServer server;
  Connection huge(server.http());
  huge.send("GET /v1/address HTTP/1.1\r\nHost: v\r\nX: " + std::string(9 * 1024, 'x') + "\r\n\r\n");
  check_problem(huge.reply(), 400, "malformed");
  Connection endless(server.http());
  endless.send("GET /" + std::string(64 * 1024, 'a'));
  CHECK(endless.rest().starts_with("HTTP/1.1 400 "));
  Connection fits(server.http());
  fits.send("GET /v1/address HTTP/1.1\r\nHost: v\r\nX: " + std::string(7 * 1024, 'x') + "\r\n\r\n");
  CHECK(fits.reply().status == 200);
}

TEST_CASE("a chunk that never comes to its size, and trailers without end, are bounded too") {
  RunningServer server;
  for (const auto& text : {"1;" + std::string(64 * 1024, 'x'), "1\r\n{\r\n0\r\nX: " + std::string(64 * 1024, 'x')}) {
    Connection connection(server.http());
    connection.send("POST /v1/knock HTTP/1.1\r\nHost: v\r\nTransfer-Encoding: chunked\r\n\r\n" + text);
    CHECK(connection.reply().status == 400);
  }
}

TEST_CASE("what is no HTTP is answered 400 and closed") {
  RunningServer server;
  for (const auto* text : {"hello\r\n\r\n", "GET\r\n\r\n", "GET /v1/address\r\n\r\n", "GET /v1/address HTTP/9.9\r\n\r\n", "\x16\x03\x01\x02\x00\x01\r\n\r\n",
                           "POST /v1/knock HTTP/1.1\r\nContent-Length: x\r\n\r\n", "POST /v1/knock HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                           "POST /v1/knock HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n",
                           "POST /v1/knock HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "GET /v1/address HTTP/1.1\r\nno colon\r\n\r\n"}) {
    INFO(text);
    Connection connection(server.http());
    connection.send(text);
    CHECK(connection.rest().starts_with("HTTP/1.1 4"));
  }
  CHECK(get(server.http(), "/v1/address").status == 200);
}

TEST_CASE("a request that does not come to its end in time is closed without an answer") {
  auto limits = vantage::Limits{};
  limits.read_timeout = milliseconds{150};
  RunningServer server(lab_options(), limits);
  for (const auto* text : {"", "GET /v1/addr", "POST /v1/knock HTTP/1.1\r\nContent-Length: 100\r\n\r\n{"}) {
    INFO(text);
    Connection connection(server.http());
    connection.send(text);
    CHECK(connection.rest().empty());
  }
}

TEST_CASE("a connection that asks nothing more is closed") {
  auto limits = vantage::Limits{};
  limits.idle_timeout = milliseconds{150};
  RunningServer server(lab_options(), limits);
  Connection connection(server.http());
  connection.send(get_address);
  CHECK(connection.reply().headers.at("connection") == "keep-alive");
  CHECK(connection.rest().empty());
}

TEST_CASE("pipelined requests are answered in their order, sixteen of them, and then the connection ends") {
  RunningServer server;
  Connection connection(server.http());
  std::string requests;
  for (unsigned i = 0; i < 20; ++i) requests += i % 2 == 0 ? get_address : post_text("/v1/knock", good_knock);
  connection.send(requests);
  for (unsigned i = 0; i < 16; ++i) {
    INFO(i);
    const auto reply = connection.reply();
    CHECK(reply.status == 200);
    CHECK(reply.headers.at("content-type") == (i % 2 == 0 ? "application/json" : "application/x-ndjson"));
    CHECK(reply.headers.at("connection") == (i == 15 ? "close" : "keep-alive"));
  }
  CHECK(connection.rest().empty());
}

TEST_CASE("a refusal whose body was not read ends the connection, without a reset that could overtake the refusal") {
  RunningServer server;
  Connection connection(server.http());
  connection.send(post_text("/nowhere", std::string(60000, 'x')) + get_address);
  const auto reply = connection.reply();
  CHECK(reply.status == 413);
  CHECK(reply.headers.at("connection") == "close");
  CHECK(connection.rest().empty());
}

TEST_CASE("who expects 100-continue gets it") {
  RunningServer server;
  Connection connection(server.http());
  const std::string body = good_knock;
  connection.send(fmt::format("POST /v1/knock HTTP/1.1\r\nHost: v\r\nExpect: 100-continue\r\nContent-Length: {}\r\n\r\n", body.size()));
  CHECK(connection.reply().status == 100);
  connection.send(body);
  CHECK(connection.reply().status == 200);
}

TEST_CASE("a caller of HTTP/1.0 gets the lines without chunks, and then the end") {
  RunningServer server;
  Connection connection(server.http());
  const std::string body = good_knock;
  connection.send(fmt::format("POST /v1/knock HTTP/1.0\r\nContent-Length: {}\r\n\r\n{}", body.size(), body));
  const auto all = connection.rest();
  CHECK(all.find("chunked") == std::string::npos);
  CHECK(all.ends_with("\n"));
  CHECK(nlohmann::json::parse(all.substr(all.rfind("{\"type\"")))["result"] == "refused");
}

TEST_CASE("connections are bounded, for all callers and for each") {
  auto limits = vantage::Limits{};
  limits.connections = 3;
  limits.connections_per_caller = 2;
  RunningServer server(lab_options(), limits);
  const auto other = Address::parse("127.0.0.5").value();
  {
    Connection a(server.http()), b(server.http());
    a.send(get_address);
    b.send(get_address);
    REQUIRE(a.reply().status == 200);
    REQUIRE(b.reply().status == 200);
    CHECK(Connection(server.http()).rest().starts_with("HTTP/1.1 503 "));
    Connection c(server.http(), other);
    c.send(get_address);
    CHECK(c.reply().status == 200);
    CHECK(Connection(server.http(), Address::parse("127.0.0.6").value()).rest().starts_with("HTTP/1.1 503 "));
  }
  CHECK(ask_while_busy(server.http(), get_address).status == 200);
}

TEST_CASE("a caller that does not read its answer is given up") {
  auto limits = vantage::Limits{};
  limits.write_timeout = milliseconds{150};
  limits.requests_per_connection = 1000000;
  limits.question_rate = limits.question_rate_of_all = {1000000, microseconds{1}};
  const Sysctl small_buffers("ipv4/tcp_wmem", "4096 4096 4096");
  RunningServer server(lab_options(), limits);
  Connection connection(server.http());
  const int small = 4096;
  ::setsockopt(connection.fd(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  std::string requests;
  for (unsigned i = 0; i < 500; ++i) requests += get_address;
  const timeval patience{10, 0};
  ::setsockopt(connection.fd(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  while (::send(connection.fd(), requests.data(), requests.size(), MSG_NOSIGNAL) >= 0) {
  }
  CHECK(errno != EAGAIN);  // the server closed
  CHECK(get(server.http(), "/v1/address").status == 200);
}

TEST_CASE("metrics are served on a listener of their own and nowhere else") {
  auto options = lab_options();
  options.metrics = Endpoint{Address::parse("127.0.0.1").value(), 9370};
  RunningServer server(options);
  CHECK(get(server.http(), "/metrics").status == 404);
  CHECK(get(*options.metrics, "/v1/address").status == 404);
  CHECK(post(*options.metrics, "/metrics", "").status == 405);
  knock(server.http(), good_knock);
  const auto reply = get(*options.metrics, "/metrics");
  CHECK(reply.status == 200);
  for (const auto* line : {"ringback_vantage_requests_total{question=\"other\",status=\"404\"} 1\n", "ringback_vantage_requests_total{question=\"knock\",status=\"200\"} 1\n",
                           "ringback_vantage_knocks_total{protocol=\"tcp\",result=\"refused\"} 1\n", "ringback_vantage_knocks_running 0\n"}) {
    INFO(line);
    CHECK(reply.body.find(line) != std::string::npos);
  }
}

TEST_CASE("the log has one line for each kind of refusal and no caller's address") {
  RunningServer server;
  const auto caller = Address::parse("127.0.0.77").value();
  for (unsigned i = 0; i < 5; ++i) {
    get(server.http(), "/nowhere", caller);
    post(server.http(), "/v1/knock", "{", "", caller);
  }
  server.stop();
  const auto log = server.log();
  CHECK(log.find("127.0.0.77") == std::string::npos);
  CHECK(log.find("refused 1 request: 404 unknown-path\n") != std::string::npos);
  CHECK(log.find("refused 1 request: 400 malformed\n") != std::string::npos);
  CHECK(log.find("404", log.find("404") + 1) == std::string::npos);
}

TEST_CASE("stopping lets running knocks end, and closes who only waits") {
  auto limits = vantage::Limits{};
  RunningServer server(lab_options(), limits);
  const Filter filter(silent);
  Connection idle(server.http());
  idle.send(get_address);
  REQUIRE(idle.reply().status == 200);
  Connection running(server.http());
  running.send(post_text("/v1/knock", R"({"timeout_ms":300,"knocks":[{"id":"a","protocol":"tcp","port":4445}]})"));
  running.await("announce");
  server.stop();
  CHECK(idle.rest().empty());
  const auto lines = running.reply().lines();
  REQUIRE(lines.size() == 2);
  CHECK(lines[1]["result"] == "timeout");
}

TEST_CASE("stopping does not wait for a knock that takes longer than it may") {
  auto limits = vantage::Limits{};
  limits.stop_timeout = milliseconds{100};
  RunningServer server(lab_options(), limits);
  const Filter filter(silent);
  Connection running(server.http());
  running.send(post_text("/v1/knock", long_knock));
  running.await("announce");
  server.stop();
  const auto rest = running.rest();
  CHECK(rest.find("result") == std::string::npos);
  CHECK_FALSE(rest.ends_with("0\r\n\r\n"));  // cut off, and seen to be cut off
}
