#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include "support/private_network.hpp"
#include "io/real.hpp"
#include "io/sock_diag.hpp"
#include "io/sockaddr.hpp"

using namespace ringback;
using namespace ringback::test;

namespace {

UniqueFd bound(const char* local, int type, bool v6_only = false, const char* interface = nullptr) {
  const auto endpoint = at(local);
  UniqueFd fd(::socket(io::domain_of(endpoint.address.family()), type | SOCK_CLOEXEC, 0));
  const int only = v6_only ? 1 : 0;
  if (endpoint.address.is_v6()) ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only);
  if (interface != nullptr) REQUIRE(io::bind_to_interface(fd.get(), interface, "test"));
  REQUIRE(io::bind_to(fd.get(), endpoint, 0, "test"));
  if (type == SOCK_STREAM) REQUIRE(::listen(fd.get(), 1) == 0);
  return fd;
}

}  // namespace

TEST_CASE("listening sockets are seen with the address, family and interface they are bound to, and whose they are") {
  const Namespace space;
  const Inside inside(space);
  Real real;
  const UniqueFd sockets[] = {bound("127.0.0.1:2001", SOCK_STREAM), bound("[::]:2002", SOCK_STREAM), bound("[::]:2003", SOCK_STREAM, true),
                              bound("0.0.0.0:2004", SOCK_DGRAM), bound("[::1]:2005", SOCK_DGRAM), bound("0.0.0.0:2006", SOCK_STREAM, false, "lo")};
  const auto listeners = value(real.network->listeners(real.soon()));
  CHECK(listeners.size() == std::size(sockets));
  const auto find = [&](Port port) {
    const auto found = std::find_if(listeners.begin(), listeners.end(), [&](const Listener& l) { return l.local.port == port; });
    REQUIRE(found != listeners.end());
    CHECK(found->uid == ::getuid());
    CHECK(found->program == "test-io");
    return *found;
  };
  CHECK(find(2001).local == at("127.0.0.1:2001"));
  CHECK(find(2001).protocol == Protocol::tcp);
  CHECK(find(2002).local == at("[::]:2002"));
  CHECK_FALSE(find(2002).v6_only);
  CHECK(find(2003).v6_only);
  CHECK(find(2004).protocol == Protocol::udp);
  CHECK(find(2005).local == at("[::1]:2005"));
  CHECK(find(2006).interface == "lo");
  CHECK_FALSE(find(2001).interface);
}

TEST_CASE("connected sockets and sockets without a port are not listeners") {
  const Namespace space;
  const Inside inside(space);
  Real real;
  const auto listener = bound("127.0.0.1:2001", SOCK_STREAM);
  const auto peer = io::to_sockaddr(at("127.0.0.1:2001"), 0);
  const UniqueFd tcp(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  REQUIRE(::connect(tcp.get(), peer.get(), peer.length) == 0);
  const UniqueFd udp(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  REQUIRE(::connect(udp.get(), peer.get(), peer.length) == 0);
  const UniqueFd idle(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const auto listeners = value(real.network->listeners(real.soon()));
  REQUIRE(listeners.size() == 1);
  CHECK(listeners[0].local == at("127.0.0.1:2001"));
}

TEST_CASE("whose sockets they are is looked for until the deadline, and left open after it") {
  Real real;
  CHECK_FALSE(io::programs_by_socket(real.soon(), real.clock).empty());
  CHECK(io::programs_by_socket(real.in(-milliseconds(1)), real.clock).empty());
}
