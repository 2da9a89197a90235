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

TEST_CASE("wrong usage is answered with the right form") {
  struct Row {
    Arguments arguments;
    const char* says;
  };
  const Row rows[] = {
      {{"-s", "443"}, "443/tcp, 51820/udp"},
      {{"--vantage", "example.org"}, "http://HOST:PORT"},
      {{"--vantage", "http://a b"}, "http://HOST:PORT"},
      {{"--public-resolver", "dns.example"}, "is not an IP address"},
      {{"--only", "stun,nonsense"}, "there are host, stun"},
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
