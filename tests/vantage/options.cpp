#include "vantage/options.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <unistd.h>

#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::vantage;

namespace {

using Texts = std::vector<std::string>;

/// A configuration file that is gone with this.
class File {
 public:
  explicit File(const std::string& text)
      : path_(std::filesystem::temp_directory_path() / ("ringback-vantage-test-" + std::to_string(::getpid()))) {
    std::ofstream(path_) << text;
  }
  ~File() { std::filesystem::remove(path_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

Address address(std::string_view text) { return Address::parse(text).value(); }

}  // namespace

TEST_CASE("without options it listens everywhere on the protocol's ports") {
  const auto line = parse_command_line({}).value();
  CHECK(line.wanted == CommandLine::Wanted::serve);
  CHECK(line.options == Options{});
  CHECK(line.options.http_port == 8370);
  CHECK(line.options.stun_port == Port{3478});
}

TEST_CASE("every option is read") {
  const auto line = parse_command_line({"--listen", "192.0.2.1", "--listen=2001:db8::1", "--http-port", "80", "--stun-port", "0",
                                        "--knock-from", "192.0.2.2", "--allow-special", "--stun-open", "--metrics", "[::1]:9370",
                                        "--http-budget", "1000", "--stun-budget", "5000"});
  CHECK(line.value().options == Options{{address("192.0.2.1"), address("2001:db8::1")},
                                        80,
                                        std::nullopt,
                                        {address("192.0.2.2")},
                                        true,
                                        true,
                                        1000U,
                                        5000U,
                                        Endpoint{address("::1"), 9370}});
}

TEST_CASE("an address that is named twice counts once") {
  CHECK(parse_command_line({"--listen", "192.0.2.1", "--listen", "192.0.2.1"}).value().options.listen.size() == 1);
}

TEST_CASE("help and version are wanted and nothing else is looked at") {
  CHECK(parse_command_line({"--help"}).value().wanted == CommandLine::Wanted::help);
  CHECK(parse_command_line({"-h", "--http-port", "x"}).value().wanted == CommandLine::Wanted::help);
  CHECK(parse_command_line({"-V"}).value().wanted == CommandLine::Wanted::version);
  for (const auto* option :
       {"--listen", "--http-port", "--stun-port", "--knock-from", "--allow-special", "--stun-open", "--http-budget", "--stun-budget",
        "--metrics", "--config"})
    CHECK(help_text().find(option) != std::string::npos);
}

TEST_CASE("a wrong option is told with the right form") {
  struct Row {
    Texts arguments;
    const char* said;
  };
  const Row rows[] = {
      {{"--listen", "example.org"}, "--listen 192.0.2.1"},
      {{"--listen", "192.0.2.1:80"}, "without port"},
      {{"--knock-from", "0.0.0.0"}, "an address of this host"},
      {{"--http-port", "65536"}, "--http-port 8370"},
      {{"--http-port", "-1"}, "0 to 65535"},
      {{"--stun-port", "3478x"}, "--stun-port 3478"},
      {{"--http-budget", "0"}, "--http-budget 20000"},
      {{"--stun-budget", "-1"}, "--stun-budget 20000"},
      {{"--stun-budget", "100000001"}, "1 to 100000000"},
      {{"--metrics", "9370"}, "--metrics 127.0.0.1:9370"},
      {{"--metrics", "127.0.0.1"}, "ADDRESS:PORT"},
      {{"--allow-special=perhaps"}, "allow-special"},
      {{"--list", "192.0.2.1"}, "--list"},
      {{"--nonsense"}, "--nonsense"},
      {{"--http-port"}, "http-port"},
      {{"surplus"}, "positional"},
      {{"--http-port", "1", "--http-port", "2"}, "http-port"},
      {{"--config", "/nowhere/at/all"}, "/nowhere/at/all"},
  };
  for (const auto& row : rows) {
    INFO(row.arguments.front());
    const auto line = parse_command_line(row.arguments);
    REQUIRE_FALSE(line);
    INFO(line.error().what);
    CHECK(line.error().code == Errc::invalid_input);
    CHECK(line.error().what.find(row.said) != std::string::npos);
  }
}

TEST_CASE("the configuration file has the same keys, and the command line goes before it") {
  const File file(
      "# a comment\nlisten = 192.0.2.1\nlisten = 192.0.2.2\nhttp-port = 80\nstun-port = 0\nallow-special = yes\nstun-budget = 9\nmetrics = "
      "127.0.0.1:9370\n");
  CHECK(parse_command_line({"--config", file.path()}).value().options ==
        Options{{address("192.0.2.1"), address("192.0.2.2")}, 80, std::nullopt, {}, true, false, {}, 9U,
                Endpoint{address("127.0.0.1"), 9370}});
  const auto over = parse_command_line({"--http-port", "81", "--listen", "192.0.2.3", "--config", file.path()}).value().options;
  CHECK(over.http_port == 81);
  CHECK(over.listen == std::vector{address("192.0.2.3")});
}

TEST_CASE("a wrong configuration file is told with its name") {
  for (const auto* text : {"nonsense = 1\n", "http-port\n", "http-port = many\n", "[section]\nhttp-port = 1\n", "config = x\n"}) {
    INFO(text);
    const File file(text);
    const auto line = parse_command_line({"--config", file.path()});
    REQUIRE_FALSE(line);
    CHECK(line.error().code == Errc::invalid_input);
  }
}
