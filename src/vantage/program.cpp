#include "vantage/program.hpp"

#include <sys/resource.h>
#include <sysexits.h>

#include <algorithm>
#include <csignal>

#include "vantage/server.hpp"

namespace ringback::vantage {
namespace {

void prepare_process(const Limits& limits, std::ostream& err) {
  // Whoever reads the log may go; the server stays.
  std::signal(SIGPIPE, SIG_IGN);
  rlimit files{};
  const rlim_t needed = limits.descriptors();
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= needed) return;
  files.rlim_cur = std::min(needed, files.rlim_max);
  if (::setrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur == needed) return;
  err << "ringback-vantage: may open " << files.rlim_cur << " files and needs " << needed << " when every slot is in use\n";
}

}  // namespace

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
  const Limits limits;
  prepare_process(limits, err);
  const auto server = Server::open(command->options, limits, clock, random, err);
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
