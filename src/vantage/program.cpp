#include "vantage/program.hpp"

#include <sysexits.h>

#include "vantage/server.hpp"

namespace ringback::vantage {

int run_program(const std::vector<std::string>& arguments, const Clock& clock, Random& random, std::ostream& out, std::ostream& err) {
  const auto command = parse_command_line(arguments);
  if (!command) {
    err << "ringback-vantage: " << command.error().what << '\n';
    return EX_USAGE;
  }
  switch (command->wanted) {
    case CommandLine::Wanted::help: out << help_text(); return EX_OK;
    case CommandLine::Wanted::version: out << "ringback-vantage " RINGBACK_VERSION "\n"; return EX_OK;
    case CommandLine::Wanted::serve: break;
  }
  const auto server = Server::open(command->options, {}, clock, random, err);
  if (!server) {
    err << "ringback-vantage: " << server.error().what << '\n';
    return EX_UNAVAILABLE;
  }
  (*server)->stop_on_signals();
  (*server)->run();
  err << "ringback-vantage: stopped\n";
  return EX_OK;
}

}  // namespace ringback::vantage
