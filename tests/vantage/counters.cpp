#include "vantage/counters.hpp"

#include <sstream>

#include "support/catch.hpp"
#include "support/fake_clock.hpp"
#include "vantage/log.hpp"

using namespace ringback;
using namespace ringback::vantage;

TEST_CASE("what was counted is told in Prometheus' words") {
  Counters counters;
  counters.request(Question::knock, 200);
  counters.request(Question::knock, 200);
  counters.request(Question::other, 404);
  counters.knock(Protocol::udp, Result::replied);
  counters.stun(StunOutcome::too_short);
  counters.connections_open = 3;
  const auto text = counters.prometheus();
  for (const auto* line : {"ringback_vantage_requests_total{question=\"knock\",status=\"200\"} 2\n",
                           "ringback_vantage_requests_total{question=\"other\",status=\"404\"} 1\n",
                           "ringback_vantage_requests_total{question=\"address\",status=\"200\"} 0\n",
                           "ringback_vantage_knocks_total{protocol=\"udp\",result=\"replied\"} 1\n",
                           "ringback_vantage_stun_requests_total{outcome=\"too-short\"} 1\n", "ringback_vantage_connections_open 3\n",
                           "# TYPE ringback_vantage_requests_total counter\n"}) {
    INFO(line);
    CHECK(text.find(line) != std::string::npos);
  }
}

TEST_CASE("a kind of refusal is logged once a minute, with how many there were") {
  const test::FakeClock clock;
  std::ostringstream out;
  RefusalLog log(out, clock);
  log.note(429, "too-many-requests");
  for (int i = 0; i < 1000; ++i) log.note(429, "too-many-requests");
  log.note(403, "special-purpose-caller");
  CHECK(out.str() ==
        "ringback-vantage: refused 1 request: 429 too-many-requests\nringback-vantage: refused 1 request: 403 special-purpose-caller\n");
  out.str("");
  clock.advance(seconds{60});
  log.note(429, "too-many-requests");
  CHECK(out.str() == "ringback-vantage: refused 1001 requests: 429 too-many-requests\n");
}
