#include "report/as_called.hpp"

#include "report/format.hpp"
#include "reports.hpp"
#include "support/catch.hpp"

using namespace ringback;

TEST_CASE("commands name the program by the path that it is found by here") {
  struct Row {
    const char* command;
    const char* program;
    const char* shown;
  };
  const auto row = GENERATE(values<Row>({
      {"ringback run -4", "ringback", "ringback run -4"},
      {"ringback run -4", "build/release/bin/ringback", "build/release/bin/ringback run -4"},
      {"sudo ringback wait 443/tcp", "/opt/ringback", "sudo /opt/ringback wait 443/tcp"},
      {"ringback", "/opt/ringback", "/opt/ringback"},
      {"sudo setcap cap_net_raw+ep ringback", "/opt/r b", "sudo setcap cap_net_raw+ep '/opt/r b'"},
      {"ringback-vantage --stun-port 0", "/opt/ringback", "ringback-vantage --stun-port 0"},
      {"dig ringback", "/opt/ringback", "dig ringback"},
      {"sudo nft add rule ringback", "/opt/ringback", "sudo nft add rule ringback"},
      {"ringback run", "/opt/\xE2\x80\xAEringback", "ringback run"},   // nobody could see what he copies
      {"ringback run", "-ringback", "ringback run"},
      {"", "/opt/ringback", ""},
  }));
  CHECK(as_called(row.command, row.program) == row.shown);
}

TEST_CASE("every form for readers shows the path, and JSON is the same everywhere") {
  auto report = test::untested();
  report.findings.front().remedies = {{"Run it with sudo", {}, {"sudo ringback run"}}};
  const TextStyle here{.program = "/opt/ringback"};
  for (const auto format : {Format::text, Format::html, Format::markdown}) CHECK_THAT(render(report, format, here), Catch::Contains("sudo /opt/ringback run"));
  CHECK(render(report, Format::json, here) == render(report, Format::json));
}
