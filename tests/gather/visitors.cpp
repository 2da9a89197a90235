#include "gather/visitors.hpp"

#include "household.hpp"
#include "support/catch.hpp"

using namespace ringback;

namespace {

inbound::Knock arrived(std::optional<inbound::Result> result, Protocol protocol = Protocol::tcp) {
  inbound::Knock knock{.protocol = protocol, .port = 8443, .target = ip("93.184.20.30"), .local = ip("192.168.1.10"),
                       .source = Endpoint{ip("185.10.20.30"), 41000}, .result = result};
  knock.service = Service{protocol, 8443, 443};
  knock.arrivals = {{.from = {ip("185.10.20.31"), 41000}, .to = {ip("192.168.1.10"), 443}, .interface = "eth0"}};
  return knock;
}

std::vector<filter::Visitor> of(const std::vector<inbound::Knock>& knocks, bool watched = true) {
  return visitors_kept_out({.capture = {.running = watched}, .knocks = knocks});
}

}  // namespace

TEST_CASE("the filter is asked about those who came and did not get in, as they arrived") {
  const filter::Visitor he{Protocol::tcp, ip("185.10.20.31"), {ip("192.168.1.10"), 443}, "eth0"};
  using Visitors = std::vector<filter::Visitor>;
  CHECK(of({arrived(inbound::Result::timeout)}) == Visitors{he});
  CHECK(of({arrived(std::nullopt), arrived(inbound::Result::refused)}) == Visitors{he});   // once
  CHECK(of({arrived(inbound::Result::connected), arrived(inbound::Result::replied, Protocol::udp)}).empty());
  CHECK(of({arrived(inbound::Result::timeout, Protocol::icmp)}).empty());
}

TEST_CASE("who did not arrive is asked about only where nobody watched the card") {
  auto knock = arrived(inbound::Result::timeout);
  knock.arrivals.clear();
  CHECK(of({knock}).empty());
  const auto unseen = of({knock}, false);
  REQUIRE(unseen.size() == 1);
  CHECK(unseen[0] == filter::Visitor{Protocol::tcp, ip("185.10.20.30"), {ip("192.168.1.10"), 443}, ""});
  knock.source.reset();   // a port checker does not say where it knocks from
  CHECK(of({knock}, false).empty());
}

TEST_CASE("a report of thousands of knocks asks for no more than a few") {
  std::vector<inbound::Knock> crowd;
  for (unsigned i = 0; i < 5000; ++i) {
    crowd.push_back(arrived(inbound::Result::timeout));
    crowd.back().arrivals.front().from.address = Address::v4(0xb90a0000U + i);
  }
  CHECK(of(crowd).size() == filter::most_visits);
}
