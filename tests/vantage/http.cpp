#include <fmt/format.h>
#include <sys/socket.h>

#include <cerrno>

#include "vantage/allocations.hpp"
#include "vantage/request_parser.hpp"
#include "vantage/requests.hpp"

using namespace ringback;
using namespace ringback::test;

TEST_CASE("a body above 4 KiB is refused before it is read, one of 4 KiB is read") {
  RunningServer server;
  Connection declared(server.http());
  declared.send("POST /v1/knock HTTP/1.1\r\nHost: v\r\nContent-Length: 16385\r\n\r\n");
  check_problem(declared.reply(), 413, "too-large");
  check_problem(post(server.http(), "/v1/knock", std::string(100 * 1024, ' ')), 413, "too-large");
  Connection chunked(server.http());
  chunked.send("POST /v1/knock HTTP/1.1\r\nHost: v\r\nTransfer-Encoding: chunked\r\n\r\n" +
               fmt::format("{:x}\r\n{}\r\n0\r\n\r\n", 20000, std::string(20000, ' ')));
  check_problem(chunked.reply(), 413, "too-large");
  const std::string knock = good_knock;
  CHECK(post(server.http(), "/v1/knock", knock + std::string(4 * 1024 - knock.size(), ' ')).status == 200);
}

TEST_CASE("a header above 4 KiB is refused, one below is read") {
  RunningServer server;
  Connection huge(server.http());
  huge.send("GET /v1/address HTTP/1.1\r\nHost: v\r\nX: " + std::string(5 * 1024, 'x') + "\r\n\r\n");
  check_problem(huge.reply(), 400, "malformed");
  Connection endless(server.http());
  endless.send("GET /" + std::string(64 * 1024, 'a'));
  CHECK(endless.rest().starts_with("HTTP/1.1 400 "));
  Connection fits(server.http());
  fits.send("GET /v1/address HTTP/1.1\r\nHost: v\r\nX: " + std::string(3 * 1024, 'x') + "\r\n\r\n");
  CHECK(fits.reply().status == 200);
}

TEST_CASE("header fields are read and not kept: a thousand of them allocate nothing") {
  std::string head = "GET / HTTP/1.1\r\n";
  for (int i = 0; i < 1000; ++i) head += "a:\r\n";
  head += "Expect: 100-Continue\r\n\r\n";
  vantage::http::RequestParser parser;
  parser.field_limit(1001);
  boost::beast::error_code error;
  const auto before = allocations();
  CHECK(parser.put(boost::asio::buffer(head), error) == head.size());
  CHECK(allocations() == before);
  CHECK_FALSE(error);
  CHECK(parser.is_done());
  CHECK(parser.expects_continue());
  CHECK(parser.method() == "GET");
}

TEST_CASE("more than 64 header fields are refused, as trailers too; 64 are read") {
  RunningServer server;
  const auto fields = [](int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += "a:\r\n";
    return text;
  };
  const auto status = [&](const std::string& request) {
    Connection connection(server.http());
    connection.send(request);
    return connection.reply();
  };
  CHECK(status("GET /v1/address HTTP/1.1\r\n" + fields(64) + "\r\n").status == 200);
  const auto refused = status("GET /v1/address HTTP/1.1\r\n" + fields(65) + "\r\n");
  CHECK(refused.status == 400);
  CHECK(refused.body.find("64 fields") != std::string::npos);
  CHECK(status("POST /v1/knock HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + fields(64) + "\r\n").status == 400);
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
  for (const auto* text :
       {"hello\r\n\r\n", "GET\r\n\r\n", "GET /v1/address\r\n\r\n", "GET /v1/address HTTP/9.9\r\n\r\n", "\x16\x03\x01\x02\x00\x01\r\n\r\n",
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

TEST_CASE("a body whose end the encoding does not tell is answered once, and what follows it is no request") {
  RunningServer server;
  for (const auto* encoding : {"xchunked", "chunked, identity", "gzip"}) {
    INFO(encoding);
    Connection connection(server.http());
    connection.send(std::string("POST /v1/knock HTTP/1.1\r\nHost: v\r\nTransfer-Encoding: ") + encoding + "\r\n\r\n" + get_address);
    const auto all = connection.rest();
    CHECK(all.starts_with("HTTP/1.1 400"));
    CHECK(all.find("HTTP/1.1", 1) == std::string::npos);
  }
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

TEST_CASE("pipelined requests are answered in their order, as many as a connection may have, and then it ends") {
  auto limits = vantage::Limits{};
  limits.requests_per_connection = 16;
  RunningServer server(lab_options(), limits);
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

TEST_CASE("a connection that is old ends with its next request") {
  RunningServer server;
  Connection connection(server.http());
  connection.send(get_address);
  CHECK(connection.reply().headers.at("connection") == "keep-alive");
  server.clock().advance(vantage::Limits{}.connection_age);
  connection.send(get_address + get_address);
  const auto reply = connection.reply();
  CHECK(reply.status == 200);
  CHECK(reply.headers.at("connection") == "close");
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

TEST_CASE("connections are shared out: whoever has his is refused another one, and a newcomer gets the last") {
  auto limits = vantage::Limits{};
  limits.connections = 3;
  RunningServer server(lab_options(), limits);
  const auto served = [](Connection& connection) {
    connection.send(get_address);
    return connection.reply().status == 200;
  };
  {
    Connection a(server.http());
    REQUIRE(served(a));
    CHECK(Connection(server.http()).rest().starts_with("HTTP/1.1 503 "));
    CHECK(Connection(server.http(), Address::parse("127.0.0.5").value()).rest().starts_with("HTTP/1.1 503 "));  // of the same network
    Connection b(server.http(), Address::parse("127.1.0.5").value());
    CHECK(served(b));
    Connection c(server.http(), Address::parse("127.2.0.5").value());
    CHECK(served(c));
    CHECK(Connection(server.http(), Address::parse("127.3.0.5").value()).rest().starts_with("HTTP/1.1 503 "));
  }
  CHECK(ask_while_busy(server.http(), get_address).status == 200);
}

TEST_CASE("one network with all its addresses leaves most connections to others") {
  RunningServer server;
  std::vector<Connection> greedy;
  for (unsigned i = 0; i < 256; ++i) greedy.emplace_back(server.http(), Address::parse(fmt::format("127.0.7.{}", i)).value());
  for (unsigned i = 1; i < 100; ++i) {
    Connection other(server.http(), Address::parse(fmt::format("127.1.{}.1", i)).value());
    other.send(get_address);
    CHECK(other.reply().status == 200);
  }
}

TEST_CASE("a caller that does not read its answer is given up") {
  auto limits = vantage::Limits{};
  limits.write_timeout = milliseconds{150};
  limits.requests_per_connection = 1000000;
  limits.question_rates = {plenty, plenty, plenty};
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
