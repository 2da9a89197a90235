#include "publish/mqtt.hpp"

#include "publish/without_pauses.hpp"
#include "support/catch.hpp"
#include "support/scripted_network.hpp"
#include "support/server.hpp"

using namespace ringback;
using namespace ringback::test;
using namespace std::chrono_literals;

namespace {

std::string packet(std::initializer_list<int> bytes) {
  std::string text;
  for (const int byte : bytes) text += static_cast<char>(byte);
  return text;
}

const auto accepted = packet({0x20, 2, 0, 0});   // CONNACK

/// A broker of one's own making, who is connected to as "me".
struct Connected {
  RealClockWithoutPauses clock;
  FakeClock unused;
  ScriptedNetwork network{unused};
  publish::MqttLibrary library;
  publish::MqttDelivery delivery{.messages = {{"ringback/attic/state", "{}"}}, .last_will = MqttMessage{"ringback/attic/availability", "offline"}};

  std::optional<std::string> to(const Server& server, milliseconds patience = 20s) {
    const Broker broker{.host = "127.0.0.1", .port = server.endpoint().port, .user = "me", .password = "s3cret"};
    return publish::deliver(broker, delivery, network, clock, {clock.now() + patience});
  }
};

const Endpoint loopback{Address::parse("127.0.0.1").value(), 0};

/// Answers each CONNECT, which ends with the password, with the next of these, and goes on as long as the other side does.
Server::Handler brokers(std::vector<std::string> answers) {
  return [answers = std::move(answers), next = std::size_t{0}](Peer& peer) mutable {
    peer.read_until("s3cret");
    const auto& answer = answers[std::min(next++, answers.size() - 1)];
    if (answer.empty()) return;
    peer.write(answer);
    peer.read_all();
  };
}

}  // namespace

TEST_CASE("a broker that takes everything is told") {
  std::string connect, published;
  std::optional<std::string> trouble;
  {
    const Server server(loopback, [&](Peer& peer) {
      connect = peer.read_until("s3cret");
      peer.write(accepted);
      published = peer.read_until("{}");
      peer.write(packet({0x40, 2, 0, 1}));
      published += peer.read_all();
    });
    trouble = Connected().to(server);
  }
  CHECK_FALSE(trouble);
  CHECK(connect.find("MQTT\x04") != std::string::npos);
  CHECK(connect.find("offline") != std::string::npos);
  CHECK((static_cast<unsigned char>(published[0]) & 0x07U) == 0x03U);   // PUBLISH, QoS 1, retained
  CHECK(published.substr(published.size() - 2) == packet({0xe0, 0}));   // DISCONNECT: no last will
}

TEST_CASE("what a broker answers instead is said in words, without the password") {
  struct Row {
    std::vector<std::string> answers;
    const char* says;
  };
  const auto row = GENERATE(values<Row>({
      {{packet({0x20, 2, 0, 4})}, "does not accept this user with this password"},
      {{packet({0x20, 2, 0, 5})}, "does not accept this user with this password"},
      {{packet({0x20, 2, 0, 1})}, "does not speak MQTT 3.1.1"},
      {{packet({0x20, 2, 0, 2})}, "refuses the connection: "},
      {{packet({0x20, 2, 0, 3})}, "takes no connections at the moment"},
      {{packet({0x20, 2, 0, 99})}, "refuses the connection: "},
      {{"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\n\r\n" + std::string(1000, ' ')}, "answers, but not as an MQTT broker does"},
      {{""}, "closed the connection"},
      {{packet({0x20, 0x80, 0x80, 0x80, 0x80, 0x80})}, "answers, but not as an MQTT broker does"},
      {{accepted + packet({0xe0, 0})}, "answers, but not as an MQTT broker does"},
      {{accepted + packet({0x40, 2, 0, 9, 0x30, 3, 0, 9, 'x'})}, "answers, but not as an MQTT broker does"},
  }));
  const Server server(loopback, brokers(row.answers));
  const auto trouble = Connected().to(server);
  REQUIRE(trouble);
  INFO(*trouble);
  CHECK(trouble->starts_with(row.says));
  CHECK(trouble->find("s3cret") == std::string::npos);
}

TEST_CASE("a broker that accepts and never answers costs the deadline") {
  const Server server(loopback, [](Peer& peer) { peer.read_all(); });
  CHECK(Connected().to(server, 200ms) == "did not answer in 1 s");
}

TEST_CASE("a broker that accepts and takes nothing costs the deadline") {
  const Server server(loopback, brokers({accepted}));
  CHECK(Connected().to(server, 500ms) == "took not all that it was sent");
}

TEST_CASE("a message without an end is not waited for") {
  const Server server(loopback, brokers({accepted + packet({0x30, 0xff, 0xff, 0xff, 0x7f}) + std::string(100'000, 'x')}));
  CHECK(Connected().to(server, 500ms) == "took not all that it was sent");
}

TEST_CASE("a broker that sends without end is listened to for four megabytes") {
  const Server server(loopback, [](Peer& peer) {
    peer.read_until("s3cret");
    peer.write(accepted + packet({0x30, 0xff, 0xff, 0xff, 0x7f}) + std::string(5U << 20U, 'x'));
    peer.read_all();
  });
  CHECK(Connected().to(server) == "sends more than anybody asked for");
}

TEST_CASE("where nobody listens, that is said") {
  std::optional<Endpoint> closed;
  { closed = Server(loopback, [](Peer&) {}).endpoint(); }
  Connected connected;
  const Broker broker{.host = "127.0.0.1", .port = closed->port};
  CHECK(publish::deliver(broker, connected.delivery, connected.network, connected.clock, {connected.clock.now() + 20s}) == "was not told: Connection refused");
  auto over_tls = broker;
  over_tls.tls = true;
  CHECK(publish::deliver(over_tls, connected.delivery, connected.network, connected.clock, {connected.clock.now() + 20s}) == "was not told: Connection refused");
  CHECK(publish::deliver({.host = "broker.example"}, connected.delivery, connected.network, connected.clock, {connected.clock.now() + 20s}) ==
        "cannot be asked: the name was not found");
}

TEST_CASE("a user or a password that was not given is asked for") {
  const auto asked_by = [](Broker broker) {
    Connected connected;
    const Server server(loopback, [](Peer& peer) {
      peer.read_until("MQTT");
      peer.write(packet({0x20, 2, 0, 5}));
      peer.read_all();
    });
    broker.host = "127.0.0.1";
    broker.port = server.endpoint().port;
    return publish::deliver(broker, connected.delivery, connected.network, connected.clock, {connected.clock.now() + 20s}).value_or("");
  };
  CHECK(asked_by({}) == "wants a user and a password (mqtt://USER@HOST with --mqtt-password-file FILE)");
  CHECK(asked_by({.user = "me"}) == "wants a password (--mqtt-password-file FILE)");
}

TEST_CASE("what does not speak TLS is not spoken to") {
  Connected connected;
  const Server nonsense(loopback, [](Peer& peer) {
    peer.write("HTTP/1.1 400 Bad Request\r\n\r\n");
    peer.read_all();
  });
  const Broker broker{.host = "127.0.0.1", .port = nonsense.endpoint().port, .tls = true};
  CHECK(publish::deliver(broker, connected.delivery, connected.network, connected.clock, {connected.clock.now() + 20s}) == "does not speak TLS as it should");
  auto without = broker;
  without.authorities = "no certificate";
  CHECK(publish::deliver(without, connected.delivery, connected.network, connected.clock, {connected.clock.now() + 20s}) ==
        "was not told: the file of --mqtt-ca holds no certificate (PEM)");
}

TEST_CASE("what does not fit into MQTT is refused before anybody is asked") {
  Connected connected;
  const Broker broker{.host = "127.0.0.1", .port = 1, .user = "\xff\xfe"};
  const auto trouble = publish::deliver(broker, connected.delivery, connected.network, connected.clock, {connected.clock.now() + 20s});
  REQUIRE(trouble);
  CHECK(trouble->find("was not told") == 0);
}
