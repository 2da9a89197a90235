#include "diagnosis/own_command.hpp"

namespace ringback::diagnosis {

Command run_command(const Request& request) {
  Command command{"ringback run"};
  if (request.services_named)
    for (const auto& service : request.services) command = command + Command{"--service {}", service.to_string()};
  for (const auto& name : request.names) command = command + Command{"--name {}", name};
  for (const auto& vantage : request.vantages) command = command + Command{"--vantage {}", vantage};
  if (request.families.size() == 1) command = command + (request.families.front() == Family::ipv4 ? Command{"-4"} : Command{"-6"});
  if (!request.third_party) command = command + Command{"--no-third-party"};
  return command;
}

Command sudo(const Command& command) { return Command{"sudo"} + command; }

Command watch_command(const Service& service) { return {"sudo ringback wait {}", service.to_string()}; }

}  // namespace ringback::diagnosis
