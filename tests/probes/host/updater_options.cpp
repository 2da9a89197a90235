#include "probes/host/updater_options.hpp"

#include <sstream>

#include "support/catch.hpp"

using namespace ringback::host;

namespace {

std::vector<DaemonCall> called_in(const std::string& command) {
  std::vector<std::string> words;
  std::istringstream stream(command);
  for (std::string word; stream >> word;) words.push_back(word);
  return daemons_called_in(words);
}

}  // namespace

TEST_CASE("the options of ddclient and inadyn say which file they read") {
  struct Row {
    const char* command;
    std::vector<DaemonCall> calls;
  };
  const Row rows[] = {
      {"/usr/bin/ddclient -daemon 300 -syslog -pid /run/ddclient.pid", {{"ddclient", ""}}},
      {"ddclient -file /etc/a.conf", {{"ddclient", "/etc/a.conf"}}},
      {"/usr/sbin/ddclient --file=/etc/a.conf -daemon=0", {{"ddclient", "/etc/a.conf"}}},
      {"/usr/sbin/ddclient -daemon=0 --file \"/etc/a.conf\" >/dev/null 2>&1", {{"ddclient", "/etc/a.conf"}}},
      {"ddclient -file='/etc/a.conf';", {{"ddclient", "/etc/a.conf"}}},
      {"ddclient -file", {{"ddclient", ""}}},
      {"ddclient -cache /etc/b.conf -files /etc/c.conf", {{"ddclient", ""}}},
      {"ddclient; cat -file /etc/a.conf", {{"ddclient", ""}}},
      {"ddclient -force && cat -file /etc/a.conf", {{"ddclient", ""}}},
      {"[ -x /usr/sbin/ddclient ] && /usr/sbin/ddclient -file /etc/a.conf", {{"ddclient", "/etc/a.conf"}}},
      {"(ddclient -file /etc/a.conf)", {{"ddclient", "/etc/a.conf"}}},
      {"inadyn -f /etc/a.conf", {{"inadyn", "/etc/a.conf"}}},
      {"inadyn -1nf /etc/a.conf", {{"inadyn", "/etc/a.conf"}}},
      {"inadyn -f/etc/a.conf -n", {{"inadyn", "/etc/a.conf"}}},
      {"/usr/sbin/inadyn --foreground --config=/etc/a.conf", {{"inadyn", "/etc/a.conf"}}},
      {"/usr/sbin/inadyn --config /etc/a.conf --iterations 1", {{"inadyn", "/etc/a.conf"}}},
      {"inadyn --cache-dir /run/inadyn -f /etc/a.conf", {{"inadyn", "/etc/a.conf"}}},
      {"inadyn -e /opt/f -l f -n", {{"inadyn", ""}}},      // no letter of an option's value is an option
      {"inadyn -I home", {{"inadyn", "/etc/home.conf"}}},
      {"inadyn --ident=home -f /etc/a.conf", {{"inadyn", "/etc/a.conf"}}},
      {"inadyn -f", {{"inadyn", ""}}},
      {"inadyn -n; ddclient -file /etc/a.conf", {{"ddclient", "/etc/a.conf"}, {"inadyn", ""}}},
      {"/opt/ddclient.sh -file /etc/a.conf", {}},
      {"", {}},
  };
  for (const auto& row : rows) {
    INFO(row.command);
    CHECK(called_in(row.command) == row.calls);
  }
}

TEST_CASE("a word of a command is what stands between its quotes, and before the mark that ends the command") {
  CHECK(bare("\"/opt/a.sh\";") == "/opt/a.sh");
  CHECK(bare("/opt/a.sh)") == "/opt/a.sh");
  CHECK(bare("$(/opt/a.sh") == "$(/opt/a.sh");
  CHECK(bare("'\"") == "");
  CHECK(bare("") == "");
}
