#include "net/default_services.hpp"

#include "support/catch.hpp"

using namespace ringback;

namespace {

Listener bound(Protocol protocol, const char* local) { return {.protocol = protocol, .local = Endpoint::parse(local).value()}; }
Listener tcp(const char* local) { return bound(Protocol::tcp, local); }
Listener udp(const char* local) { return bound(Protocol::udp, local); }

std::vector<std::string> names(const std::vector<Listener>& listeners) {
  std::vector<std::string> result;
  for (const auto& service : default_services(listeners)) result.push_back(service.to_string());
  return result;
}

using Names = std::vector<std::string>;

struct Row {
  const char* what;
  std::vector<Listener> listeners;
  Names services;
};

const Row rows[] = {
    {"nothing", {}, {}},
    {"a web server on both families is one service", {tcp("0.0.0.0:443"), tcp("[::]:443")}, {"443/tcp"}},
    {"TCP first, by port", {udp("0.0.0.0:53"), tcp("0.0.0.0:8080"), tcp("0.0.0.0:22")}, {"22/tcp", "8080/tcp", "53/udp"}},
    {"loopback is no service", {tcp("127.0.0.1:631"), tcp("[::1]:631"), tcp("[::ffff:127.0.0.1]:80"), udp("127.0.0.53:53"), {.local = Endpoint::parse("0.0.0.0:99").value(), .interface = "lo"}}, {}},
    {"one address is", {tcp("192.168.1.5:80")}, {"80/tcp"}},
    {"a link-local address is not", {udp("[fe80::1]:5000")}, {}},
    {"the network's own chatter", {udp("0.0.0.0:68"), udp("[::]:546"), udp("0.0.0.0:5353"), udp("[::]:5355"), tcp("0.0.0.0:5355"), udp("0.0.0.0:1900"), udp("0.0.0.0:137")}, {}},
    {"its ports over TCP are services", {tcp("0.0.0.0:1900")}, {"1900/tcp"}},
    {"a UDP client waits on an ephemeral port of one family", {udp("0.0.0.0:40404"), udp("[::]:50505")}, {}},
    {"WireGuard binds its port in both", {udp("0.0.0.0:51820"), udp("[::]:51820")}, {"51820/udp"}},
    {"one of them on an address is a client", {udp("192.168.1.5:40000"), udp("[::]:40000")}, {}},
    {"high TCP ports listen", {tcp("0.0.0.0:40000")}, {"40000/tcp"}},
};

}  // namespace

TEST_CASE("the services that are meant when none is named") {
  for (const auto& row : rows) {
    INFO(row.what);
    CHECK(names(row.listeners) == row.services);
  }
}

TEST_CASE("eight at most, the lowest TCP ports") {
  std::vector<Listener> listeners;
  for (Port port = 20; port > 0; --port) {
    listeners.push_back({.protocol = Protocol::tcp, .local = {Address(), port}});
    listeners.push_back({.protocol = Protocol::udp, .local = {Address(), port}});
  }
  CHECK(names(listeners) == Names{"1/tcp", "2/tcp", "3/tcp", "4/tcp", "5/tcp", "6/tcp", "7/tcp", "8/tcp"});
}
