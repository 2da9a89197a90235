#include "arrivals/host_judge.hpp"

#include "support/catch.hpp"

#include "arrivals/packets.hpp"

using namespace ringback;
using namespace ringback::arrivals;
using namespace ringback::test;
using namespace std::chrono_literals;

namespace {

Evidence state(std::vector<Listener> listeners, filter::Action action) {
  Evidence e;
  e.request = {.services = {Service::parse("443/tcp").value()}, .services_named = true, .families = {Family::ipv4, Family::ipv6}};
  e.host.emplace();
  e.host->interfaces = {{.index = 2, .name = "eth0", .up = true, .addresses = {{.address = address("192.168.1.5"), .prefix_length = 24}}}};
  e.host->ipv4 = host::Uplink{.interface = "eth0", .gateway = address("192.168.1.1"), .default_interface = "eth0"};
  e.listeners = listeners::Evidence{std::move(listeners)};
  e.filter = filter::Evidence{.readable = true};
  for (const auto protocol : {Protocol::tcp, Protocol::udp})
    e.filter->walks.push_back({.protocol = protocol,
                               .family = Family::ipv4,
                               .port = 443,
                               .action = action,
                               .table = "inet filter",
                               .chain = "input",
                               .rule = "tcp dport 443 drop"});
  return e;
}

Attempt attempt(Protocol protocol, Answer answer) {
  return {
      .protocol = protocol, .from = endpoint("203.0.112.7:40000"), .to = endpoint("192.168.1.5:443"), .answer = answer, .settled = true};
}

const Listener web_server{.protocol = Protocol::tcp, .local = endpoint("0.0.0.0:443"), .program = "nginx", .queued = 0, .backlog = 128};
const Listener bound{.protocol = Protocol::udp, .local = endpoint("0.0.0.0:443"), .program = "wireguard"};

}  // namespace

TEST_CASE("with the sockets and the rules of the host the cause gets its name") {
  const auto tcp = Service::parse("443/tcp").value(), udp = Service::parse("443/udp").value();
  struct Row {
    const char* what;
    Protocol protocol;
    Answer answer;
    std::vector<Listener> listeners;
    filter::Action action;
    Reachable reachable;
    std::optional<std::string> cause;
  };
  using enum filter::Action;
  const Row rows[] = {
      {"dropped by a rule", Protocol::tcp, Answer::none, {web_server}, drop, Reachable::no, "inbound.host-firewall"},
      {"nobody listens", Protocol::tcp, Answer::reset, {}, accept, Reachable::no, "inbound.no-listener"},
      {"listens on loopback",
       Protocol::tcp,
       Answer::reset,
       {{.protocol = Protocol::tcp, .local = endpoint("127.0.0.1:443")}},
       accept,
       Reachable::no,
       "inbound.wrong-bind"},
      {"a silent UDP service that is bound and let in", Protocol::udp, Answer::none, {bound}, accept, Reachable::yes, std::nullopt},
      {"a silent UDP service behind a rule that drops", Protocol::udp, Answer::none, {bound}, drop, Reachable::no, "inbound.host-firewall"},
      {"UDP that nothing is bound to", Protocol::udp, Answer::unreachable, {}, accept, Reachable::no, "inbound.no-listener"},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    const HostJudge judge(state(row.listeners, row.action), 0s);
    const auto& service = row.protocol == Protocol::tcp ? tcp : udp;
    const auto judged = judge.judge(service, attempt(row.protocol, row.answer));
    CHECK(judged.reachable == row.reachable);
    CHECK(judged.cause == row.cause);
    CHECK(judge.remedies(service, Family::ipv4, judged).empty() == (row.reachable == Reachable::yes));
    CHECK(judged.detail.find("vantage") == std::string::npos);   // there is none
  }
}

TEST_CASE("the rule that drops is named, and the program that answers") {
  const HostJudge judge(state({web_server}, filter::Action::drop), 0s);
  CHECK(judge.judge(Service::parse("443/tcp").value(), attempt(Protocol::tcp, Answer::none)).detail.find("tcp dport 443 drop") !=
        std::string::npos);
  CHECK(judge.program(attempt(Protocol::tcp, Answer::syn_ack)) == "nginx");
}

TEST_CASE("a program that is started meanwhile is seen") {
  HostJudge judge(state({}, filter::Action::accept), 0s);
  CHECK(judge.program(attempt(Protocol::tcp, Answer::syn_ack)).empty());
  judge.update({web_server});
  CHECK(judge.program(attempt(Protocol::tcp, Answer::syn_ack)) == "nginx");
}

namespace {

Attempt silent_at(Time at) {
  auto one = attempt(Protocol::tcp, Answer::none);
  one.at = at;
  return one;
}
filter::Evidence rules(filter::Action action) { return *state({}, action).filter; }
const auto https = Service::parse("443/tcp").value();

}  // namespace

TEST_CASE("an attempt is judged by the rules that it met, although they are others now") {
  HostJudge judge(state({web_server}, filter::Action::drop), 0s);
  judge.update(rules(filter::Action::drop), 100s);
  const auto dropped = judge.judge(https, silent_at(100s));
  CHECK(dropped.cause == "inbound.host-firewall");
  CHECK(dropped.confidence == Confidence::certain);
  CHECK(dropped.detail.find("began") == std::string::npos);
  SECTION("a rule that is removed stops nobody any more, and what it stopped is no verdict any more") {
    judge.update(rules(filter::Action::accept), 103s);
    const auto now = judge.judge(https, silent_at(100s));
    CHECK(now.reachable == Reachable::unknown);
    CHECK_FALSE(now.cause);
    CHECK(now.detail.find("tcp dport 443 drop") != std::string::npos);
    CHECK(now.detail.find("have been changed since") != std::string::npos);
    CHECK(judge.remedies(https, Family::ipv4, now).empty());
  }
  SECTION("one that is replaced by another that drops, too, changes nothing") {
    auto others = rules(filter::Action::drop);
    others.walks.front().rule = "ip saddr 203.0.112.0/24 drop";
    judge.update(others, 103s);
    CHECK(judge.judge(https, silent_at(100s)).cause == "inbound.host-firewall");
  }
  SECTION("what comes after the change meets the new rules") {
    judge.update(rules(filter::Action::accept), 103s);
    CHECK(judge.judge(https, silent_at(103s)).detail.find("tcp dport 443 drop") == std::string::npos);
    judge.update(rules(filter::Action::drop), 200s);
    CHECK(judge.judge(https, silent_at(200s)).confidence == Confidence::certain);
  }
}

TEST_CASE("rules that could not be read again make nothing certain") {
  HostJudge judge(state({web_server}, filter::Action::drop), 0s);
  const auto later = judge.judge(https, silent_at(60s));
  CHECK(later.cause == "inbound.host-firewall");
  CHECK(later.confidence == Confidence::likely);
  CHECK(later.detail.find("as they stood when the watch began") != std::string::npos);
  judge.update(rules(filter::Action::drop), 30s);
  CHECK(judge.judge(https, silent_at(60s)).detail.find("when they could last be read") != std::string::npos);
}

TEST_CASE("what iptables-legacy says is as old as the watch, which only root could read") {
  auto old = state({web_server}, filter::Action::drop);
  for (auto& walk : old.filter->walks) walk.kept_by = "iptables-legacy";
  HostJudge judge(old, 0s);
  judge.update(*old.filter, 60s);
  const auto later = judge.judge(https, silent_at(60s));
  CHECK(later.confidence == Confidence::likely);
  CHECK(later.detail.find("as they stood when the watch began") != std::string::npos);
}

TEST_CASE("an answer that left by the card the visitor came by, and got lost: no word of a VPN, and nothing to type") {
  const HostJudge judge(state({web_server}, filter::Action::accept), 0s);
  auto lost = attempt(Protocol::tcp, Answer::syn_ack);
  lost.answers = 3;
  lost.tried_again = true;
  lost.interface = lost.answered_on = "eth0";
  lost.answered_there = true;
  const auto judged = judge.judge(https, lost);
  CHECK(judged.cause == "inbound.reply-lost");
  CHECK(judged.stopped_at == StoppedAt::return_path);
  CHECK(judged.detail.find("left this host correctly") != std::string::npos);
  const auto advice = judge.remedies(https, Family::ipv4, judged);
  REQUIRE(advice.size() == 1);
  CHECK(advice.front().commands.empty());
  for (const auto& step : advice.front().steps) CHECK(step.find("VPN") == std::string::npos);

  lost.answered_on = "tun0";
  lost.answered_there = false;
  const auto elsewhere = judge.judge(https, lost);
  CHECK(elsewhere.detail.find("came") != std::string::npos);
  CHECK(elsewhere.detail.find("tun0") != std::string::npos);
  CHECK_FALSE(judge.remedies(https, Family::ipv4, elsewhere).front().commands.empty());
}

TEST_CASE("what was collected: one that gets in proves it, otherwise the latest counts") {
  const Judged in{.reachable = Reachable::yes, .stopped_at = StoppedAt::none, .confidence = Confidence::certain};
  const Judged dropped{.reachable = Reachable::no, .stopped_at = StoppedAt::host_firewall, .cause = "inbound.host-firewall"};
  const Judged refused{.reachable = Reachable::no, .stopped_at = StoppedAt::listener, .cause = "inbound.no-listener"};
  Collected collected;
  CHECK_FALSE(collected.judged(Family::ipv4));
  collected.add(attempt(Protocol::tcp, Answer::none), dropped);
  collected.add(attempt(Protocol::tcp, Answer::reset), refused);
  CHECK(collected.judged(Family::ipv4) == refused);
  collected.add(attempt(Protocol::tcp, Answer::syn_ack), in);
  collected.add(attempt(Protocol::tcp, Answer::none), dropped);
  CHECK(collected.judged(Family::ipv4) == in);
  CHECK(collected.tally(Family::ipv4).silent == 2);
  CHECK(collected.tally(Family::ipv4).refused == 1);
  CHECK_FALSE(collected.judged(Family::ipv6));
}

TEST_CASE("the exit status: something is stopped, something gets in, or neither could be told") {
  const auto outcome = [](Reachable reachable) { return Outcome{.verdict = {.reachable = reachable}}; };
  CHECK(arrivals::exit_status({outcome(Reachable::yes), outcome(Reachable::no)}) == 2);
  CHECK(arrivals::exit_status({outcome(Reachable::yes), outcome(Reachable::unknown)}) == 0);
  CHECK(arrivals::exit_status({outcome(Reachable::unknown)}) == 3);
  CHECK(arrivals::exit_status(std::vector<Outcome>{}) == 3);
}
