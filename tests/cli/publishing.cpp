#include "cli/publishing.hpp"

#include <sstream>

#include "support/catch.hpp"

using namespace ringback;
namespace po = boost::program_options;

namespace {

Destinations read_line(const std::vector<std::string>& arguments, const std::string& file = "") {
  const auto options = cli::publishing_options();
  po::variables_map map;
  po::store(po::command_line_parser(arguments).options(options).run(), map);
  std::istringstream text(file);
  po::store(po::parse_config_file(text, options), map);
  po::notify(map);
  return cli::read_publishing(map);
}

bool says(const Destinations& destinations, std::string_view part) {
  return std::any_of(destinations.troubles.begin(), destinations.troubles.end(), [&](const auto& t) { return t.find(part) != std::string::npos; });
}

}  // namespace

TEST_CASE("nobody is told unless it was asked for") { CHECK(read_line({}) == Destinations{}); }

TEST_CASE("where a check is published is said on the line or in the configuration file") {
  const auto line = read_line({"--prometheus", "/var/lib/prometheus/node-exporter/ringback.prom", "--pushgateway", "http://push.example:9091", "--mqtt",
                               "mqtts://me@broker.example", "--mqtt-password-file", "/etc/ringback/mqtt", "--mqtt-ca", "/etc/ringback/ca.pem", "--mqtt-discovery",
                               "ha/x", "--mqtt-expire", "3600", "--ping", "https://hc-ping.com/a", "--ping", "https://hc-ping.com/b", "--instance", "attic"});
  const auto file = read_line({},
                              "prometheus = /var/lib/prometheus/node-exporter/ringback.prom\npushgateway = http://push.example:9091\nmqtt = mqtts://me@broker.example\n"
                              "mqtt-password-file = /etc/ringback/mqtt\nmqtt-ca = /etc/ringback/ca.pem\nmqtt-discovery = ha/x\nmqtt-expire = 3600\n"
                              "ping = https://hc-ping.com/a\nping = https://hc-ping.com/b\ninstance = attic\n");
  CHECK(line == file);
  CHECK(line.troubles.empty());
  CHECK(line.textfile == "/var/lib/prometheus/node-exporter/ringback.prom");
  REQUIRE(line.pushgateway);
  CHECK(line.pushgateway->place == "http://push.example:9091");
  REQUIRE(line.mqtt);
  CHECK(line.mqtt->user == "me");
  CHECK(line.mqtt->password_file == "/etc/ringback/mqtt");
  CHECK(line.mqtt->authorities_file == "/etc/ringback/ca.pem");
  CHECK(line.mqtt->discovery == "ha/x");
  CHECK(line.mqtt->expire_after == std::chrono::seconds(3600));
  CHECK(line.pings.size() == 2);
  CHECK(line.instance == "attic");
}

TEST_CASE("an empty prefix tells Home Assistant nothing") {
  CHECK(read_line({"--mqtt", "mqtt://b", "--mqtt-discovery", ""}).mqtt.value().discovery.empty());
  CHECK(read_line({"--mqtt", "mqtt://b"}, "mqtt-discovery =\n").mqtt.value().discovery.empty());
}

TEST_CASE("what is wrong is a sentence, the others are told, and no secret is repeated") {
  const auto read = read_line({"--ping", "hc-ping.com/SECRET", "--ping", "https://hc-ping.com/a", "--pushgateway", "http://u:SECRET@push.example", "--mqtt",
                               "mqtt://me:SECRET@broker.example", "--instance", "my host", "--prometheus", "out.prom"});
  CHECK(read.pings.size() == 1);
  CHECK_FALSE(read.pushgateway);
  CHECK_FALSE(read.mqtt);
  CHECK_FALSE(read.instance);
  CHECK(read.textfile == "out.prom");
  CHECK(read.troubles.size() == 4);
  CHECK(says(read, "--ping (number 1): this is no URL"));
  CHECK(says(read, "--pushgateway: a user and a password in the URL are not sent"));
  CHECK(says(read, "--mqtt: a password does not belong into the URL"));
  CHECK(says(read, "--instance: "));
  CHECK_FALSE(says(read, "SECRET"));
}

TEST_CASE("options of a broker that do not fit keep it from being told") {
  struct Row {
    std::vector<std::string> arguments;
    const char* complaint;
  };
  const auto row = GENERATE(values<Row>({
      {{"--mqtt", "mqtt://broker.example", "--mqtt-password-file", "p"}, "whose password is it? Name the user: mqtt://USER@HOST"},
      {{"--mqtt", "mqtt://broker.example", "--mqtt-ca", "c"}, "write mqtts://HOST"},
      {{"--mqtt", "mqtt://broker.example", "--mqtt-discovery", "a/#"}, "no prefix of a topic"},
      {{"--mqtt", "mqtt://broker.example", "--mqtt-discovery", "/a"}, "no prefix of a topic"},
      {{"--mqtt", "mqtt://broker.example", "--mqtt-discovery", "a//b"}, "no prefix of a topic"},
      {{"--mqtt", "mqtt://broker.example", "--mqtt-discovery", "$SYS"}, "no prefix of a topic"},
      {{"--mqtt", "mqtt://broker.example", "--mqtt-expire", "soon"}, "no number of seconds"},
      {{"--mqtt", "mqtt://broker.example", "--mqtt-expire=-1"}, "no number of seconds"},
      {{"--mqtt", "mqtt://broker.example", "--mqtt-expire", "99999999999"}, "no number of seconds"},
  }));
  const auto read = read_line(row.arguments);
  CHECK_FALSE(read.mqtt);
  CHECK(read.troubles.size() == 1);
  CHECK(says(read, row.complaint));
}

TEST_CASE("options of a broker without a broker are not passed over in silence") {
  for (const auto* option : {"--mqtt-password-file", "--mqtt-ca", "--mqtt-discovery", "--mqtt-expire"}) {
    const auto read = read_line({option, "1"});
    CHECK(read.troubles == std::vector{std::string(option) + ": of which broker? Name it with --mqtt mqtt://USER@HOST"});
  }
}

TEST_CASE("node_exporter reads *.prom alone, so nothing else is written") {
  const auto read = read_line({"--prometheus", "/var/lib/prometheus/node-exporter/ringback.txt"});
  CHECK_FALSE(read.textfile);
  CHECK(read.troubles == std::vector<std::string>{"--prometheus: node_exporter reads no file but those whose name ends in .prom"});
}

TEST_CASE("pings beyond eight are not sent, and that is said") {
  std::vector<std::string> arguments;
  for (int i = 0; i < 20; ++i) arguments.insert(arguments.end(), {"--ping", "https://hc-ping.com/" + std::to_string(i)});
  const auto read = read_line(arguments);
  CHECK(read.pings.size() == 8);
  CHECK(read.troubles.size() == 1);
}
