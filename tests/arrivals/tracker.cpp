#include "support/catch.hpp"

#include "arrivals/packets.hpp"
#include "arrivals/verdict.hpp"

using namespace ringback;
using namespace ringback::arrivals;
using namespace ringback::test;

TEST_CASE("a handshake that completes is one attempt whose answer got there") {
  Capture c;
  c.tcp(0s, visitor, server, syn, 100).tcp(1ms, server, visitor, syn_ack, 500, 101).tcp(40ms, visitor, server, ack, 101, 501);
  const auto a = c.only();
  CHECK(a.answer == Answer::syn_ack);
  CHECK(a.reached);
  CHECK(a.settled);
  CHECK(a.origin == Origin::outside);
  CHECK(judge_packets(a).reachable == Reachable::yes);
  CHECK(judge_packets(a).confidence == Confidence::certain);
}

TEST_CASE("an acknowledgement of something else proves nothing") {
  Capture c;
  c.tcp(0s, visitor, server, syn, 100).tcp(1ms, server, visitor, syn_ack, 500, 101).tcp(40ms, visitor, server, ack, 101, 500);
  CHECK_FALSE(c.only().reached);
  c.tcp(50ms, visitor, server, rst, 999);
  CHECK_FALSE(c.only().reached);
}

TEST_CASE("who hangs up on the answer has got it") {
  Capture c;
  c.tcp(0s, visitor, server, syn, 100).tcp(1ms, server, visitor, syn_ack, 500, 101).tcp(40ms, visitor, server, rst, 101);
  CHECK(c.only().reached);
}

TEST_CASE("an answer to another opening is not this one's") {
  Capture c;
  c.tcp(0s, visitor, server, syn, 100).tcp(1ms, server, visitor, syn_ack, 500, 77);
  CHECK(c.only().answer == Answer::none);
}

TEST_CASE("repetitions belong to their attempt") {
  Capture c;
  c.tcp(0s, visitor, server, syn, 100).tcp(1s, visitor, server, syn, 100).tcp(3s, visitor, server, syn, 100);
  c.tracker.finish(4s);
  CHECK(c.only().tries == 3);
  CHECK(c.only().settled);
  CHECK(judge_packets(c.only()).cause == "inbound.host-firewall");
}

TEST_CASE("the same packet on a bridge and on its card is one") {
  Capture c;
  c.interface = "br0";
  c.tcp(0s, visitor, server, syn, 100);
  c.interface = "eth0";
  c.tcp(1ms, visitor, server, syn, 100);
  CHECK(c.only().tries == 1);
}

TEST_CASE("the same ports with another sequence number are another attempt") {
  Capture c;
  c.tcp(0s, visitor, server, syn, 100).tcp(1ms, server, visitor, rst_ack, 0, 101).tcp(2s, visitor, server, syn, 900);
  CHECK(c.only().id == 2);
  CHECK(c.tracker.counts().outside == 2);
}

TEST_CASE("an answer that both sides repeat was lost") {
  Capture c;
  c.tcp(0s, visitor, server, syn, 100)
      .tcp(1ms, server, visitor, syn_ack, 500, 101)
      .tcp(1s, visitor, server, syn, 100)
      .tcp(1001ms, server, visitor, syn_ack, 500, 101);
  c.tracker.finish(2s);
  const auto judged = judge_packets(c.only());
  CHECK(judged.cause == "inbound.reply-lost");
  CHECK(judged.stopped_at == StoppedAt::return_path);
}

TEST_CASE("who sends one opening and takes no answer is no visitor whose answer was lost") {
  Capture c;
  c.tcp(0s, visitor, server, syn, 100);
  for (const auto at : {1ms, 1001ms, 3001ms}) c.tcp(at, server, visitor, syn_ack, 500, 101);
  c.tracker.finish(10s);
  CHECK(judge_packets(c.only()).reachable == Reachable::unknown);
}

TEST_CASE("a capture of openings alone accuses nobody of losing answers") {
  Capture c;
  c.tcp(0s, visitor, server, syn, 100).tcp(1ms, server, visitor, syn_ack, 500, 101);
  SECTION("it ends at once: nothing can be said") {
    c.tracker.finish(300ms);
    CHECK(judge_packets(c.only()).reachable == Reachable::unknown);
  }
  SECTION("the answer was not repeated, so it got there") {
    c.tracker.finish(10s);
    CHECK(judge_packets(c.only()).reachable == Reachable::yes);
    CHECK(judge_packets(c.only()).confidence == Confidence::likely);
  }
}

TEST_CASE("what has only just arrived is not called unanswered") {
  Capture c;
  c.tcp(0s, visitor, server, syn, 100);
  c.tracker.finish(400ms);
  CHECK_FALSE(c.only().settled);
  CHECK(judge_packets(c.only()).reachable == Reachable::unknown);
}

TEST_CASE("refusals tell who refuses") {
  Capture c;
  c.tcp(0s, visitor, server, syn, 100);
  SECTION("a reset: nothing listens") {
    c.tcp(1ms, server, visitor, rst_ack, 0, 101);
    CHECK(judge_packets(c.only()).cause == "inbound.no-listener");
  }
  SECTION("an ICMP error for TCP: a filter") {
    c.unreachable(1ms, server.address, visitor, server, wire::ip_tcp, 3);
    CHECK(c.only().icmp_code == 3U);
    CHECK(judge_packets(c.only()).cause == "inbound.host-firewall");
  }
  SECTION("an ICMP error of the router: it finds nobody there") {
    c.unreachable(1ms, address("192.168.1.1"), visitor, server, wire::ip_tcp, 1);
    CHECK(judge_packets(c.only()).stopped_at == StoppedAt::router);
  }
}

TEST_CASE("an ICMP error that does not go from the household to the visitor is no answer") {
  Capture c;
  c.tcp(0s, visitor, server, syn, 100);
  SECTION("from elsewhere on the internet") { c.unreachable(1ms, address("198.41.0.4"), visitor, server, wire::ip_tcp, 3, 52); }
  SECTION("from the visitor himself") { c.unreachable(1ms, visitor.address, visitor, server, wire::ip_tcp, 3, 52); }
  SECTION("to somebody else") {
    wire::Packet packet{.source = server.address, .destination = address("198.41.0.4"), .hop_limit = 64};
    packet.transport = {.protocol = wire::ip_icmp, .icmp_type = 3, .icmp_code = 3};
    packet.quoted = wire::Quoted{visitor.address, server.address, {.protocol = wire::ip_tcp, .source = visitor.port, .destination = server.port}};
    c.see(1ms, packet);
  }
  SECTION("that came in, as the capture knows") {
    c.outgoing = false;
    c.unreachable(1ms, server.address, visitor, server, wire::ip_tcp, 3);
  }
  CHECK(c.only().answer == Answer::none);
}

TEST_CASE("a UDP service that stays silent is not called closed") {
  Capture c;
  c.udp(0s, visitor, wireguard).udp(5s, visitor, wireguard);
  c.tracker.finish(10s);
  CHECK(c.only().tries == 2);
  CHECK(judge_packets(c.only()).reachable == Reachable::unknown);
}

TEST_CASE("UDP: an answer, a refusal, and what was begun at home") {
  Capture c;
  SECTION("answered") {
    c.udp(0s, visitor, wireguard).udp(1ms, wireguard, visitor);
    CHECK(judge_packets(c.only()).reachable == Reachable::yes);
  }
  SECTION("nothing is bound") {
    c.udp(0s, visitor, wireguard).unreachable(1ms, wireguard.address, visitor, wireguard, wire::ip_udp, 3);
    CHECK(judge_packets(c.only()).cause == "inbound.no-listener");
  }
  SECTION("a question of ours and its answer are no arrival") {
    c.udp(0s, wireguard, visitor).udp(1ms, visitor, wireguard);
    CHECK(c.tracker.counts().outside == 0);
  }
  SECTION("neither is the rest of a conversation with a server of the internet") {
    c.udp(0s, endpoint("203.0.112.7:53"), endpoint("192.168.1.5:50000"));
    CHECK(c.tracker.attempts().empty());
  }
}

TEST_CASE("a service and a family limit what is looked at") {
  Capture c({.service = Service::parse("8443:443/tcp").value(), .ipv6 = false});
  c.tcp(0s, visitor, server, syn, 1)
      .tcp(0s, visitor, endpoint("192.168.1.5:8443"), syn, 1)
      .tcp(0s, visitor, endpoint("192.168.1.5:22"), syn, 1);
  c.tcp(0s, endpoint("[2a01:4f8::1]:40000"), endpoint("[2003:db:1::5]:443"), syn, 1).udp(0s, visitor, server);
  CHECK(c.tracker.counts().outside == 2);
}

TEST_CASE("a flood is counted, and memory stays bounded") {
  SECTION("of a file") {
    Capture c({.most_attempts = 100});
    for (unsigned i = 0; i < 1000; ++i) c.tcp(0s, {Address::v4(0xcb000000 + i), 40000}, server, syn, i);
    CHECK(c.tracker.attempts().size() == 100);
    CHECK(c.tracker.counts().untracked == 900);
  }
  SECTION("who got in is not crowded out by those who did not, and nobody is accused for want of room") {
    for (const bool forgets : {false, true}) {
      Capture c({.most_attempts = 100, .forgets = forgets});
      const auto flood = [&](unsigned base) {
        for (unsigned i = 0; i < 1000; ++i) c.tcp(Time(i), {Address::v4(base + i), 40000}, server, syn, i);
      };
      flood(0xcb000000);
      c.tcp(1s, visitor, server, syn, 100).tcp(1s, server, visitor, syn_ack, 500, 101).tcp(2s, visitor, server, ack, 101, 501);
      flood(0xcc000000);
      const auto all = forgets ? c.tracker.take_changes() : c.tracker.attempts();
      CHECK(c.tracker.attempts().size() == 100);
      CHECK(std::ranges::any_of(all, &Attempt::reached));
      const auto found = verdict_of(all, c.tracker.counts(), Service::parse("443/tcp").value(), true, false);
      CHECK(found.outcomes.at(0).verdict.reachable == Reachable::yes);
    }
    Capture c({.most_attempts = 100});
    for (unsigned i = 0; i < 1000; ++i) c.tcp(Time(i), {Address::v4(0xcb000000 + i), 40000}, server, syn, i);
    c.tracker.finish(20s);
    const auto found = verdict_of(c.tracker.attempts(), c.tracker.counts(), Service::parse("443/tcp").value(), true, false);
    CHECK(found.outcomes.at(0).verdict.reachable == Reachable::unknown);
    CHECK(found.outcomes.at(0).detail.find("passed over") != std::string::npos);
    CHECK(exit_status(found.outcomes) == 3);
  }
  SECTION("of a watch, which forgets what is settled") {
    Capture c({.most_attempts = 100, .forgets = true});
    for (unsigned i = 0; i < 1000; ++i)
      c.tcp(Time(i), {Address::v4(0xcb000000 + i), 40000}, server, syn, i)
          .tcp(Time(i), server, {Address::v4(0xcb000000 + i), 40000}, rst_ack, 0, i + 1);
    CHECK(c.tracker.attempts().size() <= 100);
    CHECK(c.tracker.counts().untracked == 0);
    CHECK(c.tracker.counts().outside == 1000);
  }
  SECTION("who was answered and has not reacted yet is let go of after those whom nobody answered") {
    for (const bool forgets : {false, true}) {
      Capture c({.most_attempts = 100, .forgets = forgets});
      c.tcp(0s, visitor, server, syn, 100).tcp(1ms, server, visitor, syn_ack, 500, 101);
      for (unsigned i = 0; i < 1000; ++i) c.tcp(2ms, {Address::v4(0xcb000000 + i), 40000}, server, syn, i);
      c.tcp(90ms, visitor, server, ack, 101, 501);
      CHECK(std::ranges::count_if(c.tracker.attempts(), &Attempt::reached) == 1);
    }
  }
  SECTION("also where each of a flood is answered, somehow") {
    for (const bool forgets : {false, true})
      for (const auto& flags : {syn_ack, rst_ack}) {
        Capture c({.most_attempts = 100, .forgets = forgets});
        for (unsigned i = 0; i < 20000; ++i) {
          const Endpoint from{Address::v4(0xcb000000 + i), 40000};
          c.tcp(Time(i), from, server, syn, i).tcp(Time(i), server, from, flags, 500, i + 1);
          if (i % 100 == 0) c.tracker.pass_time(Time(i));
          static_cast<void>(c.tracker.take_changes());
        }
        CHECK(c.tracker.attempts().size() <= 100);
        CHECK(c.tracker.queued() < 4 * (2 * 100 + 64));
        c.tcp(1s, visitor, server, syn, 100).tcp(1s, server, visitor, syn_ack, 500, 101).tcp(2s, visitor, server, ack, 101, 501);
        CHECK(std::ranges::count_if(c.tracker.attempts(), &Attempt::reached) == 1);
      }
  }
  SECTION("the home network's own attempts take nobody's place") {
    Capture c({.most_attempts = 100});
    for (unsigned i = 0; i < 1000; ++i) c.tcp(Time(i), {Address::v4(0xc0a80164 + i % 100), static_cast<Port>(40000 + i)}, server, syn, i);
    c.tcp(1s, visitor, server, syn, 100).tcp(1s, server, visitor, syn_ack, 500, 101).tcp(2s, visitor, server, ack, 101, 501);
    CHECK(std::ranges::count_if(c.tracker.attempts(), &Attempt::reached) == 1);
    CHECK(c.tracker.counts().untracked == 0);
  }
  SECTION("the same ports over and over") {
    Capture c({.most_attempts = 100, .forgets = true});
    for (unsigned i = 0; i < 10000; ++i) c.tcp(Time(i), visitor, server, syn, i);
    CHECK(c.tracker.attempts().size() == 1);
    CHECK(c.tracker.counts().outside == 10000);
    CHECK(c.tracker.queued() < 4 * (2 + 64));
  }
}

TEST_CASE("a change is told once while nothing answers, and once when it is settled") {
  Capture c({.forgets = true});
  c.tcp(0s, visitor, server, syn, 1);
  c.tracker.pass_time(400ms);
  CHECK(c.tracker.take_changes().empty());
  c.tracker.pass_time(600ms);
  CHECK(c.tracker.take_changes().size() == 1);
  c.tracker.pass_time(700ms);
  CHECK(c.tracker.take_changes().empty());
  c.tracker.pass_time(4s);
  const auto settled = c.tracker.take_changes();
  REQUIRE(settled.size() == 1);
  CHECK(settled.front().settled);
}
