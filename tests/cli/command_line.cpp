#include "support/catch.hpp"

#include "cli/command_line.hpp"

using namespace ringback;
using Arguments = std::vector<std::string>;

namespace {
Expected<cli::CommandLine> parse(const Arguments& arguments, std::vector<cli::ConfigFile> files = {}) { return cli::parse(arguments, files); }
}  // namespace

TEST_CASE("no subcommand means run") {
  CHECK(parse({}).value().subcommand == cli::Subcommand::run);
  CHECK(parse({"run", "-s", "443/tcp"}).value().options.services.size() == 1);
  CHECK(parse({"-s", "443/tcp", "-4"}).value().options.ipv6 == false);
}

TEST_CASE("-f and -o belong together by their order") {
  using cli::Output;
  CHECK(parse({}).value().outputs == std::vector<Output>{{Format::text, "-"}});
  CHECK(parse({"-f", "json"}).value().outputs == std::vector<Output>{{Format::json, "-"}});
  CHECK(parse({"-f", "json", "-o", "a", "-f", "html", "-o", "b"}).value().outputs == std::vector<Output>{{Format::json, "a"}, {Format::html, "b"}});
  CHECK(parse({"-o", "a", "-f", "json"}).value().outputs == std::vector<Output>{{Format::text, "a"}, {Format::json, "-"}});
}

TEST_CASE("--redact is an option of run and show, and a key of the configuration file") {
  CHECK_FALSE(parse({}).value().redact);
  CHECK(parse({"--redact"}).value().redact);
  CHECK(parse({"show", "x.json", "--redact", "-f", "html"}).value().redact);
  CHECK(parse({}, {{"ringback.conf", "redact = true\n"}}).value().redact);
  for (const Arguments& others : {Arguments{"wait", "443/tcp", "--redact"}, Arguments{"read", "x.pcap", "--redact"}, Arguments{"diff", "a.json", "b.json", "--redact"},
                                  Arguments{"history", "--redact"}})
    CHECK_FALSE(parse(others));
  CHECK(parse({"diff", "a.json", "b.json"}));
}

TEST_CASE("wrong usage is answered with the right form") {
  struct Row {
    Arguments arguments;
    const char* says;
  };
  const Row rows[] = {
      {{"-s", "443"}, "did you mean 443/tcp?"},
      {{"-s", "frobnicate"}, "443/tcp, 51820/udp"},
      {{"--vantage", "example.org"}, "http://HOST:PORT"},
      {{"--vantage", "http://a b"}, "http://HOST:PORT"},
      {{"--vantage", "http://2a01:4f8:1:2::7:8370"}, "an IPv6 address stands in brackets: http://[2001:db8::1]:8370"},
      {{"--public-resolver", "dns.example"}, "is not an IP address"},
      {{"--only", "stun,nonsense"}, "there are host, link, stun"},
      {{"--deadline", "soon"}, "from 1 to 600"},
      {{"--deadline", "0"}, "from 1 to 600"},
      {{"-4", "-6"}, "exclude each other"},
      {{"-f", "pdf"}, "text, json, html, markdown"},
      {{"-f", "json", "-f", "html"}, "-o FILE"},
      {{"-f", "json", "-o", "-", "-f", "html", "-o", "-"}, "only one report"},
      {{"frobnicate"}, "no subcommand"},
      {{"show"}, "ringback show REPORT.json"},
      {{"--frobnicate"}, "frobnicate"},
      {{"-n", "bad name"}, "home.example.org"},
      {{"-n", "192.0.2.1"}, "home.example.org"},
      {{"run", "443/tcp"}, "--service"},
  };
  for (const auto& row : rows) {
    INFO(row.says);
    const auto parsed = parse(row.arguments);
    REQUIRE_FALSE(parsed);
    INFO(parsed.error().what);
    CHECK(parsed.error().what.find(row.says) != std::string::npos);
  }
}

TEST_CASE("wrong usage repeats nothing of a URL behind its host, and no line of a configuration file") {
  struct Row {
    Arguments arguments;
    const char* file;
    const char* says;
  };
  const Row rows[] = {
      {{"check", "https://hc-ping.com/SECRET"}, "", "\"https://hc-ping.com\" is no option"},
      {{"check", "https://me:SECRET@a-host-with-a-long-name-indeed.example/SECRET"}, "", "\"https://a-host-with-a-long-name-indeed"},
      {{"check", "--pong=https://hc-ping.com/SECRET?SECRET"}, "", "--pong=https://hc-ping.com"},
      {{"https://hc-ping.com/SECRET"}, "", "\"https://hc-ping.com\" is no subcommand"},
      {{"history", "https://hc-ping.com/SECRET"}, "", "\"https://hc-ping.com\" is no option of history"},
      {{"check", "--vantage", "https://me:SECRET@vantage.example/SECRET"}, "", "\"https://vantage.example\" is not a vantage point"},
      {{"check", "-n", "https://hc-ping.com/SECRET"}, "", "\"https://hc-ping.com\" is not a host name"},
      {{"check"}, "service = 443/tcp\n\n# no = here\n[section]\nping https://hc-ping.com/SECRET\n", "x.conf: line 5 has no ="},
      {{"check"}, "mqtt-password SECRET", "x.conf: line 1 has no ="},
      {{"history"}, "service = 443/tcp\nmqtt-password SECRET # = \n", "x.conf: line 2 has no ="},
      {{"check"}, "ping https://hc-ping.com/SECRET?a=b\n", "x.conf: \"ping\" is no key"},
      {{"check"}, "https://hc-ping.com/SECRET = 1\n", "x.conf: \"https://hc-ping.com\" is no key"},
  };
  for (const auto& row : rows) {
    const auto parsed = parse(row.arguments, {{"x.conf", row.file}});
    CAPTURE(row.says);
    REQUIRE_FALSE(parsed);
    CAPTURE(parsed.error().what);
    CHECK(parsed.error().what.find(row.says) != std::string::npos);
    CHECK(parsed.error().what.find("SECRET") == std::string::npos);
  }
}

TEST_CASE("the configuration file takes the long options as keys, and the command line goes first") {
  const cli::ConfigFile file{"ringback.conf", "service = 443/tcp\nservice = 22/tcp\ndeadline = 5\nno-third-party = true\n# a remark\nformat = json\n"};
  const auto line = parse({"--deadline", "7"}, {file}).value();
  CHECK(line.options.services.size() == 2);
  CHECK(line.options.deadline == std::chrono::seconds(7));
  CHECK_FALSE(line.options.third_party);
  CHECK(line.outputs.front().format == Format::json);
  CHECK(parse({"-s", "80/tcp"}, {file}).value().options.services.size() == 1);
  CHECK(parse({}, {{"x.conf", "frobnicate = 1\n"}}).error().what.find("x.conf") == 0);
}

TEST_CASE("wait takes a service, and when to stop") {
  const auto line = parse({"wait", "8443:443/tcp", "--count", "3", "--for", "60", "-i", "eth0", "-6", "-f", "json", "-q"}).value();
  CHECK(line.subcommand == cli::Subcommand::wait);
  CHECK(line.wait.service == Service::parse("8443:443/tcp").value());
  CHECK(line.wait.count == 3U);
  CHECK(line.wait.duration == std::chrono::seconds(60));
  CHECK(line.wait.interface == "eth0");
  CHECK_FALSE(line.wait.ipv4);
  CHECK(line.outputs == std::vector<cli::Output>{{Format::json, "-"}});
  CHECK(line.quiet);
}

TEST_CASE("wait takes the short options of run that fit") {
  const auto line = parse({"wait", "-s", "443/tcp", "-v", "-4"}).value();
  CHECK(line.wait.service == Service::parse("443/tcp").value());
  CHECK(line.verbose);
  CHECK_FALSE(line.wait.ipv6);
  CHECK(parse({"wait", "443/tcp"}, {{"ringback.conf", "service = 22/tcp\n"}}).value().wait.service.inside == 443);   // of run
}

TEST_CASE("read takes a file, and perhaps a service") {
  const auto line = parse({"read", "-", "-s", "51820/udp"}).value();
  CHECK(line.subcommand == cli::Subcommand::read);
  CHECK(line.read.path == "-");
  CHECK(line.read.service == Service::parse("51820/udp").value());
  CHECK_FALSE(parse({"read", "x.pcap"}).value().read.service);
  CHECK(parse({"read", "--help"}).value().help.find("ringback read FILE") != std::string::npos);
  CHECK(parse({"wait", "-h"}).value().subcommand == cli::Subcommand::help);
}

TEST_CASE("wait and read: wrong usage is answered with the right form, and a configuration file is taken as far as it fits") {
  struct Row {
    Arguments arguments;
    const char* says;
  };
  const Row rows[] = {
      {{"wait"}, "ringback wait 443/tcp"},
      {{"wait", "443/tcp", "-s", "22/tcp"}, "one service, and here are 2"},
      {{"wait", "-s", "22"}, "did you mean 22/tcp?"},
      {{"wait", "443/tcp", "22/tcp"}, "one service"},
      {{"wait", "443"}, "443/tcp"},
      {{"wait", "443/tcp", "--count", "0"}, "from 1 to"},
      {{"wait", "443/tcp", "--for", "soon"}, "from 1 to"},
      {{"wait", "443/tcp", "-f", "html"}, "text, json"},
      {{"wait", "443/tcp", "-4", "-6"}, "exclude each other"},
      {{"wait", "443/tcp", "--vantage", "http://a"}, "vantage"},
      {{"read"}, "ringback read FILE"},
      {{"read", ""}, "ringback read FILE"},
      {{"read", "x.pcap", "-s", "nonsense"}, "--service"},
      {{"read", "x.pcap", "--count", "3"}, "count"},
  };
  for (const auto& row : rows) {
    INFO(row.says);
    const auto parsed = parse(row.arguments);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().what.find(row.says) != std::string::npos);
  }
  const cli::ConfigFile file{"ringback.conf", "service = 22/tcp\ninterface = eth7\nformat = html\nipv4 = true\n"};
  const auto line = parse({"wait", "443/tcp"}, {file}).value();
  CHECK(line.wait.interface == "eth7");
  CHECK_FALSE(line.wait.ipv6);
  CHECK(line.outputs.front().format == Format::text);
  CHECK(parse({"wait", "443/tcp", "-i", "eth0"}, {file}).value().wait.interface == "eth0");
}

TEST_CASE("diff takes two reports, of which one may come from standard input") {
  const auto line = parse({"diff", "old.json", "-", "-f", "json", "-o", "a.json", "--no-color"}).value();
  CHECK(line.subcommand == cli::Subcommand::diff);
  CHECK(line.report_paths == Arguments{"old.json", "-"});
  CHECK(line.outputs == std::vector<cli::Output>{{Format::json, "a.json"}});
  CHECK(line.no_color);
  CHECK(parse({"diff", "a", "b"}).value().outputs == std::vector<cli::Output>{{Format::text, "-"}});
  CHECK(parse({"diff", "--help"}).value().help.find("ringback diff OLD.json NEW.json") != std::string::npos);
  CHECK(cli::help_text().find("diff --help") != std::string::npos);
  for (const auto& wrong : {Arguments{"diff"}, Arguments{"diff", "a"}, Arguments{"diff", "a", "b", "c"}, Arguments{"diff", "a", ""}})
    CHECK(parse(wrong).error().what.find("ringback diff OLD.json NEW.json") != std::string::npos);
  CHECK(parse({"diff", "-", "-"}).error().what.find("standard input") != std::string::npos);
  CHECK(parse({"diff", "a", "b", "-f", "html"}).error().what.find("text, json, markdown") != std::string::npos);
  CHECK(parse({"diff", "a", "b", "-o", ""}).error().what.find("--output") != std::string::npos);
}

TEST_CASE("explain takes any number of codes, and writes as run does") {
  const auto line = parse({"explain", "ipv4.cgnat", "dns", "-f", "json", "-o", "a.json", "-f", "html", "-o", "b.html", "-v", "--no-color"}).value();
  CHECK(line.subcommand == cli::Subcommand::explain);
  CHECK(line.codes == Arguments{"ipv4.cgnat", "dns"});
  CHECK(line.outputs == std::vector<cli::Output>{{Format::json, "a.json"}, {Format::html, "b.html"}});
  CHECK(line.verbose);
  CHECK(line.no_color);
  CHECK(parse({"explain"}).value().codes.empty());
  CHECK(parse({"explain"}).value().outputs == std::vector<cli::Output>{{Format::text, "-"}});
  CHECK(parse({"explain", "-h"}).value().subcommand == cli::Subcommand::help);
  CHECK(parse({"explain", "--help"}).value().help.find("ringback explain [CODE]") != std::string::npos);
  CHECK(cli::help_text().find("explain --help") != std::string::npos);
  CHECK(parse({"explain"}, {{"ringback.conf", "format = html\nservice = 443/tcp\nno-color = true\n"}}).value().no_color);
  CHECK(parse({"explain"}, {{"ringback.conf", "format = html\n"}}).value().outputs.front().format == Format::text);   // of run
  CHECK(parse({"explain", "-f", "pdf"}).error().what.find("text, json, html, markdown") != std::string::npos);
  CHECK(parse({"explain", "--service", "443/tcp"}).error().what.find("service") != std::string::npos);
}

TEST_CASE("whether standard output is for reports is known of a wrong line, too") {
  using Words = std::vector<std::string>;
  const auto is = [](const Words& words, const char* file = "") { return cli::is_for_reports(words, std::vector<cli::ConfigFile>{{"ringback.conf", file}}); };
  for (const auto& words : {Words{"check", "-f", "json", "--nonsense"}, Words{"check", "-fjson"}, Words{"check", "--format=json", "--hold"}, Words{"check", "--format", "html"},
                            Words{"check", "-qf", "json"}, Words{"check", "-qfjson"}, Words{"check", "-f", "json", "-o", "-"}, Words{"check", "-f", "json", "-o", "a", "-f", "html", "-o-"}})
    CHECK(is(words));
  for (const auto& words : {Words{"check"}, Words{"check", "-f", "text"}, Words{"check", "-f", "json", "-o", "a.json"}, Words{"check", "-f"}, Words{"check", "-s", "443/tcp"},
                            Words{"check", "-f", "json", "-o", "a", "-f", "text", "-o", "-"}, Words{}})
    CHECK_FALSE(is(words));
  CHECK(is({"check"}, "nonsense = 1\nformat = json\n"));
  CHECK_FALSE(is({"check"}, "format = json\noutput = /tmp/a\n"));
  CHECK_FALSE(is({"check", "-f", "text"}, "format = json\n"));
}
