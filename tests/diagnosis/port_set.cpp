#include "diagnosis/port_set.hpp"

#include <random>

#include "build.hpp"
#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::build;
using diagnosis::port_set;
using diagnosis::PortSet;

namespace {

/// Forty sockets at random ports, and where a translator puts them.
std::vector<stun::PortSample> samples(const std::function<unsigned(unsigned local, unsigned random)>& outside, std::size_t count = 40) {
  std::mt19937 random(7);
  std::vector<stun::PortSample> result;
  for (std::size_t i = 0; i < count; ++i) {
    const auto local = static_cast<unsigned>(1024U + random() % 64512U);
    const auto mapped = outside(local, static_cast<unsigned>(random() & 0xFFFFU));
    result.push_back({at("74.125.250.129:3478"), {ip("192.168.1.10"), static_cast<Port>(local)}, Endpoint{ip(public_ipv4), static_cast<Port>(mapped)}});
  }
  return result;
}

std::optional<PortSet> port_set_of(const std::function<unsigned(unsigned, unsigned)>& outside, std::size_t count = 40) {
  return port_set(samples(outside, count), ip(public_ipv4));
}

}  // namespace

TEST_CASE("a set of ports shows itself by the bits that never change") {
  const auto block = port_set_of([](unsigned, unsigned random) { return 0x1000U | (random & 0xFFFU); });
  REQUIRE(block);
  CHECK(block->contiguous());
  CHECK(block->length == 4);
  CHECK(block->to_string() == "4096 to 8191");
  CHECK(block->contains(4096));
  CHECK_FALSE(block->contains(8192));
  // RFC 7597 appendix A, example 1: a = 6, PSID 0x34 of 8 bits, two ports at a time.
  const auto map_e = port_set_of([](unsigned, unsigned random) { return (1U + random % 63U) << 10U | 0x34U << 2U | (random >> 14U & 3U); });
  REQUIRE(map_e);
  CHECK(map_e->prefix == 6);
  CHECK(map_e->length == 8);
  CHECK(map_e->value == 0x34);
  CHECK(map_e->to_string() == "1232 to 1235, 2256 to 2259 and so on (252 in all)");
  CHECK(map_e->contains(1232));
  CHECK_FALSE(map_e->contains(443));
  CHECK_FALSE(map_e->contains(0x34 << 2));   // the set's first range would be of the well-known ports: RFC 7597 §5.1
}

TEST_CASE("a port of the set is offered that is like the service's, and none that is well known") {
  const PortSet block{.prefix = 0, .length = 4, .value = 1}, map_e{.prefix = 6, .length = 8, .value = 0x34}, low{.prefix = 0, .length = 6, .value = 0};
  CHECK(block.like(443) == 4096 + 443);
  CHECK(block.like(8443) == 4096 + (8443 & 0xFFF));
  CHECK(map_e.contains(map_e.like(443)));
  CHECK(low.like(443) == 1023);   // nothing else is there
  for (unsigned port = 0; port < 65536; port += 77)
    for (const auto& set : {block, map_e}) CHECK(set.contains(set.like(static_cast<Port>(port))));
}

TEST_CASE("what is seen to come out at any port is no set") {
  const auto any = [](const std::function<unsigned(unsigned, unsigned)>& outside, std::size_t count = 40) {
    return diagnosis::any_port_comes(samples(outside, count), ip(public_ipv4));
  };
  CHECK(any([](unsigned, unsigned random) { return random; }));
  CHECK_FALSE(any([](unsigned, unsigned random) { return random; }, 12));                          // too few
  CHECK_FALSE(any([](unsigned local, unsigned) { return local; }));                                 // not chosen by the translator
  CHECK_FALSE(any([next = 5000U](unsigned, unsigned) mutable { return next++; }));
  CHECK_FALSE(any([](unsigned, unsigned random) { return 0x8000U | (random & 0x7FFFU); }));
}

TEST_CASE("what looks like a set and is none") {
  CHECK_FALSE(port_set_of([](unsigned local, unsigned) { return local; }));                             // ports are kept
  CHECK_FALSE(port_set_of([](unsigned, unsigned random) { return random; }));                           // any port
  CHECK_FALSE(port_set_of([](unsigned, unsigned random) { return 0x8000U | (random & 0x7FFFU); }));     // the upper half
  CHECK_FALSE(port_set_of([](unsigned, unsigned random) { return 0xC000U | (random & 0x3FFFU); }));     // the upper quarter
  CHECK_FALSE(port_set_of([next = 5000U](unsigned, unsigned) mutable { return next++; }));               // one after the other
  CHECK_FALSE(port_set_of([next = 5000U](unsigned, unsigned) mutable { return next += 2; }));            // every other one
  CHECK_FALSE(port_set_of([next = 5000U](unsigned, unsigned) mutable { return next += 16; }));           // in steps
  CHECK_FALSE(port_set_of([](unsigned local, unsigned random) { return (random & 0xFFFEU) | (local & 1U); }));   // parity is kept: RFC 4787 §4.2.2
  CHECK_FALSE(port_set_of([](unsigned, unsigned random) { return 0x1000U | (random & 0xFFFU); }, 12));   // too few
}

TEST_CASE("samples of another address do not count") {
  const auto all = samples([](unsigned, unsigned random) { return 0x1000U | (random & 0xFFFU); });
  CHECK_FALSE(port_set(all, ip(other_ipv4)));
  auto with_silence = all;
  for (auto& sample : with_silence) sample.mapped.reset();
  CHECK_FALSE(port_set(with_silence, ip(public_ipv4)));
}
