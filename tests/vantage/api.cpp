#include <netinet/in.h>
#include <sys/socket.h>

#include "vantage/requests.hpp"

using namespace ringback;
using namespace ringback::test;

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
  CHECK(reply.json() == nlohmann::json({{"address", "127.0.0.9"},
                                        {"port", ntohs(local.sin_port)},
                                        {"families", nlohmann::json::array()},
                                        {"version", RINGBACK_VERSION}}));
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
  limits.knock_rates.of_caller = {2, seconds{2}};
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

TEST_CASE("questions have a budget for all callers together, which --http-budget sets") {
  auto options = lab_options();
  options.http_budget = 2;
  RunningServer server(options);
  CHECK(get(server.http(), "/v1/address", Address::parse("127.0.1.1").value()).status == 200);
  CHECK(get(server.http(), "/v1/address", Address::parse("127.0.2.1").value()).status == 200);
  check_problem(get(server.http(), "/v1/address", Address::parse("127.0.3.1").value()), 429, "too-many-requests");
  CHECK(post(server.http(), "/v1/knock", good_knock).status == 200);  // which has a budget of its own
  server.clock().advance(seconds{1});
  CHECK(get(server.http(), "/v1/address", Address::parse("127.0.3.1").value()).status == 200);
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
  limits.knock_rates = {plenty, plenty, plenty};
  auto options = lab_options();
  options.metrics = Endpoint{Address::parse("127.0.0.1").value(), 9370};
  RunningServer server(options, limits);
  const Filter filter(silent);
  {
    Connection first(server.http()), second(server.http(), Address::parse("127.1.0.5").value());
    first.send(post_text("/v1/knock", long_knock));
    second.send(post_text("/v1/knock", long_knock));
    first.await("announce");
    second.await("announce");
    const auto refused = post(server.http(), "/v1/knock", good_knock, "", Address::parse("127.2.0.5").value());
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

TEST_CASE("neither one caller nor one network can take all the slots") {
  auto limits = vantage::Limits{};
  limits.knocks = 4;
  RunningServer server(lab_options(), limits);
  const Filter filter(silent);
  Connection first(server.http());
  first.send(post_text("/v1/knock", long_knock));
  first.await("announce");
  check_problem(post(server.http(), "/v1/knock", good_knock), 429, "too-many-knocks");
  check_problem(post(server.http(), "/v1/knock", good_knock, "", Address::parse("127.0.0.5").value()), 503, "busy");
  CHECK(post(server.http(), "/v1/knock", good_knock, "", Address::parse("127.1.0.5").value()).status == 200);
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
  for (const auto* line :
       {"ringback_vantage_requests_total{question=\"other\",status=\"404\"} 1\n",
        "ringback_vantage_requests_total{question=\"knock\",status=\"200\"} 1\n",
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

