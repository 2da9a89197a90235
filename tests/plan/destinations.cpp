#include "plan/destinations.hpp"

#include "support/catch.hpp"

using namespace ringback;

namespace {
std::string refusal_of(const Expected<WebDestination>& parsed) { return parsed ? "" : parsed.error().what; }
std::string refusal_of(const Expected<Broker>& parsed) { return parsed ? "" : parsed.error().what; }
bool mentions(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }
}  // namespace

TEST_CASE("a URL that is told something: whom to ask, and what may be shown of it") {
  struct Row {
    const char* text;
    const char* url;
    const char* host;
    Port port;
    const char* place;
  };
  const auto row = GENERATE(values<Row>({
      {"https://hc-ping.com/6f1a", "https://hc-ping.com/6f1a", "hc-ping.com", 443, "https://hc-ping.com"},
      {"HTTPS://hc-ping.com/6F1a", "https://hc-ping.com/6F1a", "hc-ping.com", 443, "https://hc-ping.com"},
      {"hTTp://push.example:9091", "http://push.example:9091/", "push.example", 9091, "http://push.example:9091"},
      {"http://push.example:9091", "http://push.example:9091/", "push.example", 9091, "http://push.example:9091"},
      {"https://hc.example:443/ping/6f1a?create=1#x", "https://hc.example/ping/6f1a?create=1", "hc.example", 443, "https://hc.example"},
      {"http://[2001:db8::1]:8000/a", "http://[2001:db8::1]:8000/a", "2001:db8::1", 8000, "http://[2001:db8::1]:8000"},
      {"http://192.0.2.1?token=x", "http://192.0.2.1/?token=x", "192.0.2.1", 80, "http://192.0.2.1"},
      {"https://b\xc3\xbc" "cher.example/x", "https://xn--bcher-kva.example/x", "xn--bcher-kva.example", 443, "https://xn--bcher-kva.example"},
  }));
  const auto parsed = WebDestination::parse(row.text);
  REQUIRE(parsed);
  CHECK(*parsed == WebDestination{row.url, row.host, row.port, row.place});
}

TEST_CASE("something stands under a URL before its query") {
  const auto under = [](const char* url) { return WebDestination::parse(url).value().under("start"); };
  CHECK(under("https://hc-ping.com/6f1a") == "https://hc-ping.com/6f1a/start");
  CHECK(under("https://hc-ping.com/6f1a/") == "https://hc-ping.com/6f1a/start");
  CHECK(under("https://hc-ping.com/key/slug?create=1&a=/") == "https://hc-ping.com/key/slug/start?create=1&a=/");
  CHECK(under("https://hc-ping.com") == "https://hc-ping.com/start");
}

TEST_CASE("what is no URL is refused, and no word of it repeated") {
  struct Row {
    std::string text;
    const char* says;
  };
  const auto row = GENERATE(values<Row>({
      {"", "https://HOST[:PORT]/PATH"},
      {"hc-ping.com/SECRET", "https://HOST[:PORT]/PATH"},
      {"ftp://SECRET.example/", "https://HOST"},
      {"https://", "no host"},
      {"https:///SECRET", "no host"},
      {"https://SECRET..example/", "no host"},
      {"https://SECRET:99999/", "no host"},
      {"https://SECRET:0/", "no host"},
      {"https://SECRET:/", "no host"},
      {"https://2001:db8::1/SECRET", "in brackets"},
      {"https://[fe80::1%25eth0]/SECRET", "no host"},
      {"https://user:SECRET@hc.example/", "before the \"@\""},
      {"https://SECRET@hc.example/", "before the \"@\""},
      {"https://hc.example/SECRET two", "no URL"},
      {"https://hc.example/SECRET\r\nHost: x", "no URL"},
      {"https://hc.example\\SECRET", "no URL"},
      {std::string("https://hc.example/SECRET\0", 26), "no URL"},
      {"https://hc.example/SECRET" + std::string(3000, 'x'), "no URL"},
      {"https://\xff\xfe/SECRET", "no host"},
  }));
  const auto refusal = refusal_of(WebDestination::parse(row.text));
  INFO(row.text);
  CHECK(mentions(refusal, row.says));
  CHECK_FALSE(mentions(refusal, "SECRET"));
}

TEST_CASE("a broker's URL") {
  const auto plain = Broker::parse("mqtt://broker.example").value();
  CHECK(plain == Broker{.host = "broker.example", .port = 1883, .tls = false});
  CHECK(plain.place() == "broker.example:1883");
  CHECK(plain.discovery == "homeassistant");
  CHECK(Broker::parse("mqtts://broker.example/").value() == Broker{.host = "broker.example", .port = 8883, .tls = true});
  CHECK(Broker::parse("MQTTS://broker.example").value() == Broker{.host = "broker.example", .port = 8883, .tls = true});
  CHECK(Broker::parse("Mqtt://broker.example").value() == plain);
  CHECK(Broker::parse("mqtt://me@[2001:db8::1]:11883").value() == Broker{.host = "2001:db8::1", .port = 11883, .user = "me"});
  CHECK(Broker::parse("mqtt://[2001:db8::1]").value().place() == "[2001:db8::1]:1883");
  CHECK(Broker::parse("mqtt://a%40b%3Ac@broker.example").value().user == "a@b:c");
}

TEST_CASE("what is no broker's URL is refused, and no password repeated") {
  struct Row {
    const char* text;
    const char* says;
  };
  const auto row = GENERATE(values<Row>({
      {"", "mqtt://USER@HOST"},
      {"broker.example", "mqtts://USER@HOST"},
      {"tcp://broker.example:1883", "no broker's URL"},
      {"mqtt://user:SECRET@broker.example", "--mqtt-password-file FILE"},
      {"mqtts://user:SECRET@broker.example:8883", "mqtt://USER@HOST"},
      {"mqtt://:SECRET@broker.example", "--mqtt-password-file FILE"},
      {"mqtt://user:SEC@RET@broker.example", "--mqtt-password-file FILE"},
      {"mqtt://@broker.example", "no user"},
      {"mqtt://a%0ab@broker.example", "no user"},
      {"mqtt://a%4@broker.example", "no user"},
      {"mqtt://a%00b@broker.example", "no user"},
      {"mqtt://", "no host"},
      {"mqtt://me@", "no host"},
      {"mqtt://broker.example/home", "ends behind its host and port"},
      {"mqtt://broker.example?x=SECRET", "ends behind its host and port"},
      {"mqtt://bro ker", "no host"},
  }));
  const auto refusal = refusal_of(Broker::parse(row.text));
  INFO(row.text);
  CHECK(mentions(refusal, row.says));
  CHECK_FALSE(mentions(refusal, "SEC"));
}

TEST_CASE("what a host is called fits everywhere") {
  for (const char* good : {"attic", "a", "nas.home", "pi-4_b", "9"}) CHECK(is_instance(good));
  for (const char* bad : {"", ".", "-a", "_a", "a b", "a/b", "a+b", "#", "\xc3\xbc", "..", "a\nb"}) CHECK_FALSE(is_instance(bad));
  CHECK_FALSE(is_instance(std::string(65, 'a')));
  CHECK(as_instance("my host/1") == "my_host_1");
  CHECK(as_instance("..x") == "x");
  CHECK(as_instance("\xff").empty());
  CHECK(as_instance(std::string(100, 'a')).size() == 64);
}
