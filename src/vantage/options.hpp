#pragma once
/// The command line and configuration file of ringback-vantage.
#include <optional>
#include <string>
#include <vector>

#include "net/endpoint.hpp"

namespace ringback::vantage {

struct Options {
  std::vector<Address> listen;           ///< empty: every address of the host; 0.0.0.0 or :: every one of that family
  Port http_port = 8370;                 ///< 0: any free one
  std::optional<Port> stun_port = 3478;  ///< nullopt: no STUN (0 on the command line)
  std::vector<Address> knock_from;
  bool allow_special = false;
  bool stun_open = false;
  std::optional<unsigned> http_budget;   ///< requests a second that are answered to all callers together; nullopt: as Limits has it
  std::optional<unsigned> stun_budget;   ///< datagrams a second
  std::optional<Endpoint> metrics;
  bool operator==(const Options&) const = default;
};

struct CommandLine {
  enum class Wanted { serve, help, version };
  Wanted wanted = Wanted::serve;
  Options options;
  bool operator==(const CommandLine&) const = default;
};

/// `arguments` without the program's name. The error says what is wrong and shows the right form. Reads the file of --config;
/// the command line goes before it.
[[nodiscard]] Expected<CommandLine> parse_command_line(const std::vector<std::string>& arguments);
[[nodiscard]] std::string help_text();

}  // namespace ringback::vantage
