#include "report/as_called.hpp"

#include "diagnosis/shell_command.hpp"

namespace ringback {

std::string as_called(std::string_view command, const std::string& program) {
  constexpr std::string_view name = "ringback", sudo = "sudo ", rights = "sudo setcap ";
  const auto path = program == name ? std::nullopt : diagnosis::operand(program);
  std::string result(command);
  if (!path) return result;
  const std::size_t at = command.starts_with(rights) && command.ends_with(" ringback") ? command.size() - name.size()
                         : command.starts_with(sudo)                                   ? sudo.size()
                                                                                       : 0;
  const auto rest = command.substr(at);
  const bool called = rest.starts_with(name) && (rest.size() == name.size() || rest[name.size()] == ' ');
  return called ? result.replace(at, name.size(), *path) : result;
}

}  // namespace ringback
