#include <fmt/format.h>
#include <sys/mount.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>

#include "support/private_mounts.hpp"
#include "support/private_network.hpp"
#include "io/real.hpp"
#include "support/server.hpp"

using namespace ringback;
using namespace ringback::test;

namespace {

/// Reads the request's head and answers with these bytes.
Server::Handler answering(std::string response) {
  return [response = std::move(response)](Peer& peer) {
    peer.read_until("\r\n\r\n");
    peer.write(response);
  };
}

std::string ok(const std::string& body) { return fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", body.size(), body); }

struct Web {
  Namespace space;
  Inside inside{space};
  Real real;

  Expected<io::HttpResponse> get(const Server& server, io::HttpRequest request = {}, std::optional<Deadline> deadline = std::nullopt) const {
    if (request.url.empty()) request.url = "http://router.example/root.xml";
    request.connect_to = server.endpoint();
    return real.network->http(request, deadline.value_or(real.soon()));
  }
};

}  // namespace

TEST_CASE("a request dials the given endpoint and names the host of its URL") {
  const Web web;
  std::string seen;
  io::HttpResponse response;
  Endpoint endpoint;
  {
    const Server server(at("[::1]:0"), [&](Peer& peer) {
      seen = peer.read_until("\r\n\r\n");
      peer.write("HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=\"utf-8\"\r\nContent-Length: 4\r\n\r\n<a/>");
    });
    endpoint = server.endpoint();
    response = value(web.get(server, {.url = "http://router.example:49000/root.xml?a=1", .headers = {"X-Test: yes"}}));
  }
  CHECK(seen.starts_with("GET /root.xml?a=1 HTTP/1.1\r\n"));
  CHECK(seen.find("Host: router.example:49000\r\n") != std::string::npos);
  CHECK(seen.find("X-Test: yes\r\n") != std::string::npos);
  CHECK(response.status == 200);
  CHECK(response.content_type == "text/xml; charset=\"utf-8\"");
  CHECK(response.body == "<a/>");
  CHECK(response.remote == endpoint);
  CHECK(response.local.address == address("::1"));
}

TEST_CASE("errors do not repeat a URL that is a secret") {
  const Web web;
  const Server server(at("127.0.0.1:0"), [](Peer& peer) { peer.read_until("\r\n\r\n"); });
  const auto said = [&](io::HttpRequest request) {
    request.url = "http://ping.example/SECRET";
    const auto response = web.get(server, std::move(request));
    return response ? "" : response.error().what;
  };
  CHECK(said({}).starts_with("GET http://ping.example/SECRET at 127.0.0.1:"));
  const auto hidden = said({.shown_as = "the ping"});
  CHECK(hidden.starts_with("the ping at 127.0.0.1:"));
  CHECK(hidden.find("SECRET") == std::string::npos);
}

TEST_CASE("a body is posted as it is") {
  const Web web;
  std::string head, body;
  const Server server(at("127.0.0.1:0"), [&](Peer& peer) {
    head = peer.read_until("\r\n\r\n");
    body = peer.read_until("}");
    peer.write(ok("done"));
  });
  const auto response = value(web.get(server, {.method = "POST", .url = "http://vantage.example/v1/knock", .headers = {"Content-Type: application/json"}, .body = R"({"knocks":[1]})"}));
  CHECK(response.body == "done");
  CHECK(head.starts_with("POST /v1/knock HTTP/1.1\r\n"));
  CHECK(head.find("Content-Length: 14\r\n") != std::string::npos);
  CHECK(head.find("Expect:") == std::string::npos);
  CHECK(body == R"({"knocks":[1]})");
}

TEST_CASE("another method is sent under its own name, and HEAD waits for no body") {
  const Web web;
  for (const std::string method : {"SUBSCRIBE", "HEAD"}) {
    std::string line;
    const Server server(at("127.0.0.1:0"), [&](Peer& peer) {
      line = peer.read_until("\r\n\r\n").substr(0, method.size() + 1);
      peer.write("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n");
      peer.read_all();
    });
    CHECK(value(web.get(server, {.method = method, .url = "http://a.example/"})).status == 204);
    CHECK(line == method + " ");
  }
}

TEST_CASE("a redirect is reported, not followed") {
  const Web web;
  int requests = 0;
  const Server server(at("127.0.0.1:0"), [&](Peer& peer) {
    ++requests;
    peer.read_until("\r\n\r\n");
    peer.write("HTTP/1.1 302 Found\r\nLocation: /portal?u=1\r\nContent-Length: 0\r\n\r\n");
  });
  const auto response = value(web.get(server));
  CHECK(response.status == 302);
  CHECK(response.location == "/portal?u=1");
  CHECK(requests == 1);
}

TEST_CASE("a proxy of the environment is not used") {
  const Web web;
  const Server server(at("127.0.0.1:0"), answering(ok("direct")));
  ::setenv("http_proxy", "http://127.0.0.1:1", 1);
  ::setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
  CHECK(value(web.get(server)).body == "direct");
  ::unsetenv("http_proxy");
  ::unsetenv("ALL_PROXY");
}

TEST_CASE("what a server may do wrong ends the request with its own code") {
  const Web web;
  struct Row {
    const char* what;
    Server::Handler handler;
    io::HttpRequest request;
    Errc code;
    milliseconds patience{20'000};
  };
  const Row rows[] = {
      {"silence", [](Peer& peer) { peer.read_all(); }, {}, Errc::timed_out, milliseconds(20)},
      {"half a head", [](Peer& peer) { peer.write("HTTP/1.1 200 OK\r\nContent-"); peer.read_all(); }, {}, Errc::timed_out, milliseconds(20)},
      {"half a body", [](Peer& peer) { peer.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"); peer.read_all(); }, {}, Errc::timed_out, milliseconds(20)},
      {"a body that is cut off", answering("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"), {}, Errc::malformed},
      {"nothing at all", answering(""), {}, Errc::refused},
      {"garbage", answering("\x16\x03\x01 what is this\n\n"), {}, Errc::malformed},
      {"a status line of nonsense", answering("HTTP/9.9 abc\r\n\r\n"), {}, Errc::malformed},
      {"a body beyond the limit", answering(ok(std::string(1000, 'x'))), {.max_bytes = 999}, Errc::exhausted},
      {"an endless body", [](Peer& peer) { peer.write("HTTP/1.1 200 OK\r\n\r\n"); while (peer.write(std::string(4096, 'x'))) {} }, {}, Errc::exhausted},
      {"endless headers", [](Peer& peer) { peer.write("HTTP/1.1 200 OK\r\n"); while (peer.write("X: " + std::string(1000, 'x') + "\r\n")) {} }, {}, Errc::exhausted},
      {"a reset", [](Peer& peer) { peer.read_until("\r\n\r\n"); peer.reset(); }, {}, Errc::refused},
      {"no TLS where TLS was wanted", [](Peer& peer) { peer.write("nope\r\n"); peer.read_all(); }, {.url = "https://router.example/"}, Errc::failed},
      {"a scheme that is not HTTP", answering(""), {.url = "file:///etc/passwd"}, Errc::malformed},
      {"no URL", answering(""), {.url = "http://"}, Errc::invalid_input},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    const Server server(at("127.0.0.1:0"), row.handler);
    const auto response = web.get(server, row.request, web.real.in(row.patience));
    REQUIRE_FALSE(response);
    INFO(response.error().what);
    CHECK(response.error().code == row.code);
    CHECK(response.error().what.find(server.endpoint().to_string()) != std::string::npos);
  }
}

TEST_CASE("a body of exactly the limit is taken") {
  const Web web;
  const Server server(at("127.0.0.1:0"), answering(ok(std::string(1000, 'x'))));
  CHECK(value(web.get(server, {.max_bytes = 1000})).body.size() == 1000);
}

TEST_CASE("no server at the endpoint, or no way to it") {
  const Web web;
  const auto ask = [&](const char* to) {
    return web.real.network->http({.url = "http://a.example/", .connect_to = at(to)}, web.real.soon()).error();
  };
  CHECK(ask("127.0.0.1:9").code == Errc::refused);
  CHECK(ask("192.0.2.1:80").code == Errc::no_route);
  const auto over = web.real.network->http({.url = "http://a.example/", .connect_to = at("127.0.0.1:9")}, web.real.in(-seconds(1)));
  CHECK(over.error().code == Errc::timed_out);
}

TEST_CASE("a stream is delivered line by line, as it comes") {
  const Web web;
  std::atomic<bool> first_seen = false;
  const Server server(at("127.0.0.1:0"), [&](Peer& peer) {
    peer.read_until("\r\n\r\n");
    peer.write("HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n");
    peer.write("9\r\nannounce\n\r\n");
    first_seen.wait(false);  // the second line is written only after the first was delivered
    peer.write("7\r\nresult\n\r\n0\r\n\r\n");
  });
  std::vector<std::string> pieces;
  io::HttpRequest request;
  request.on_body = [&](std::string_view piece) {
    pieces.emplace_back(piece);
    first_seen = true;
    first_seen.notify_all();
    return true;
  };
  const auto response = value(web.get(server, request));
  CHECK(pieces == std::vector<std::string>{"announce\n", "result\n"});
  CHECK(response.body.empty());
  CHECK(response.content_type == "application/x-ndjson");
}

TEST_CASE("a reader that has enough ends the stream without an error") {
  const Web web;
  const Server server(at("127.0.0.1:0"), [](Peer& peer) {
    peer.write("HTTP/1.1 200 OK\r\n\r\nfirst");
    peer.read_all();
  });
  int pieces = 0;
  io::HttpRequest request;
  request.on_body = [&](std::string_view) { return ++pieces == 0; };
  CHECK(value(web.get(server, request)).status == 200);
  CHECK(pieces == 1);
}

TEST_CASE("a request that nobody wants any more ends early without an error") {
  const Web web;
  const Server server(at("127.0.0.1:0"), [](Peer& peer) { peer.read_all(); });
  int asked = 0;
  io::HttpRequest request;
  request.still_wanted = [&] { return ++asked < 3; };
  CHECK(value(web.get(server, request)).status == 0);
  CHECK(asked == 3);
}

TEST_CASE("an exception of the reader reaches the caller, not libcurl") {
  const Web web;
  const Server server(at("127.0.0.1:0"), answering(ok("body")));
  io::HttpRequest request;
  request.on_body = [](std::string_view) -> bool { throw std::logic_error("reader"); };
  CHECK_THROWS_AS(web.get(server, request), std::logic_error);
}

TEST_CASE("a link-local server is reached through the named interface") {
  const Web web;
  web.space.run("ip link add eth0 type veth peer name gone && ip link set gone up && ip link set eth0 up && ip -6 addr add fe80::5/64 dev eth0 nodad");
  const Server server(at("[::]:0"), answering(ok("x")));
  io::HttpRequest request{.url = "http://router.example/", .connect_to = {address("fe80::5"), server.endpoint().port}, .interface = "eth0"};
  CHECK(value(web.real.network->http(request, web.real.soon())).remote.address == address("fe80::5"));
  request.interface.reset();
  CHECK_FALSE(web.real.network->http(request, web.real.soon()));
}

TEST_CASE("a request leaves from the address and interface it was told") {
  const Web web;
  web.space.run("ip addr add 127.0.0.5/8 dev lo");
  const Server server(at("127.0.0.1:0"), answering(ok("x")));
  io::HttpRequest request{.local = address("127.0.0.5"), .interface = "lo"};
  CHECK(value(web.get(server, request)).local.address == address("127.0.0.5"));
  request.interface = "nosuch0";
  CHECK(web.get(server, request).error().what.find("nosuch0") != std::string::npos);
  request = {.local = address("::1")};
  CHECK(web.get(server, request).error().code == Errc::invalid_input);
}

namespace {

/// A certificate authority of the test's own, by openssl(1). The names of its certificates are those of their files.
class Authority {
 public:
  Authority() {
    auto pattern = (std::filesystem::temp_directory_path() / "test-tls-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
    folder_ = pattern;
    openssl("req -x509 {} -days 2 -keyout ca.key -out ca.crt -subj /CN=authority");
  }
  ~Authority() { std::filesystem::remove_all(folder_); }
  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;

  void certify(const std::string& file, const std::string& name, int days) const {
    std::ofstream(folder_ / "extensions") << "subjectAltName=DNS:" << name << "\n";
    openssl("req -new {} -keyout " + file + ".key -out request -subj /CN=x");
    openssl(fmt::format("x509 -req -in request -CA ca.crt -CAkey ca.key -CAcreateserial -days {} -extfile extensions -out {}.crt", days, file));
  }
  [[nodiscard]] std::string path(const std::string& file) const { return (folder_ / file).string(); }

 private:
  void openssl(const std::string& words) const {
    const auto with_key = fmt::format(fmt::runtime(words), "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes");
    if (std::system(fmt::format("cd {} && openssl {} >log 2>&1", folder_.string(), with_key).c_str()) != 0)
      throw std::runtime_error("this test could not run (it needs the Debian package openssl): openssl " + with_key);
  }

  std::filesystem::path folder_;
};

/// Where libcurl looks for the authorities that this system trusts, in Debian.
constexpr const char* trusted = "/etc/ssl/certs/ca-certificates.crt";

/// Asks a server that has this certificate, and trusts that authority: in a mount namespace of this thread's own.
Expected<io::HttpResponse> ask_trusting(const Web& web, const Authority& authority, const std::string& certificate) {
  Expected<io::HttpResponse> result = failure(Errc::failed, "nobody asked");
  std::thread thread([&] {
    if (!test::own_mounts() || ::mount(authority.path("ca.crt").c_str(), trusted, nullptr, MS_BIND, nullptr) != 0)
      return;
    const auto command = fmt::format("exec timeout 20 openssl s_server -www -naccept 1 -accept 127.0.0.1:4433 -cert {} -key {} 2>&1",
                                     authority.path(certificate + ".crt"), authority.path(certificate + ".key"));
    FILE* server = ::popen(command.c_str(), "r");
    if (server == nullptr) return;
    std::array<char, 512> line{};
    while (std::fgets(line.data(), line.size(), server) != nullptr)
      if (std::string_view(line.data()).starts_with("ACCEPT")) {
        result = web.real.network->http({.url = "https://checker.example/", .connect_to = at("127.0.0.1:4433")}, web.real.soon());
        break;
      }
    while (std::fgets(line.data(), line.size(), server) != nullptr) {}
    ::pclose(server);
  });
  thread.join();
  return result;
}

}  // namespace

TEST_CASE("TLS is spoken with who has a certificate for the name in the URL, by an authority that this system trusts, and with nobody else") {
  const Web web;
  const Authority trusted_one, another_one;
  trusted_one.certify("good", "checker.example", 2);
  trusted_one.certify("another-name", "other.example", 2);
  trusted_one.certify("expired", "checker.example", -1);
  another_one.certify("unknown", "checker.example", 2);
  for (const auto* end : {".crt", ".key"})
    std::filesystem::copy(another_one.path(std::string("unknown") + end), trusted_one.path(std::string("unknown") + end));
  for (const std::string certificate : {"good", "another-name", "expired", "unknown"}) {
    INFO(certificate);
    const auto response = ask_trusting(web, trusted_one, certificate);
    if (certificate == "good") {
      INFO((response ? std::string() : response.error().what));
      REQUIRE(response);
      CHECK(response->status == 200);
      CHECK(response->body.find("s_server") != std::string::npos);
      continue;
    }
    REQUIRE_FALSE(response);
    CHECK(response.error().code == Errc::failed);   // neither a refusal nor silence: those would say something about a way
    CHECK(response.error().what.find("certificate") != std::string::npos);
  }
}
