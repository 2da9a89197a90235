#include "commands/surroundings.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "report/safe_text.hpp"

namespace ringback::commands {

bool say(std::string_view text) {
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
}

void complain(std::string_view what) { fmt::print(stderr, "ringback: {}\n", safe_text(what)); }

bool give_up_privileges(const io::Caller& caller) {
  const auto identity = io::less_privileged(caller);
  if (!identity) {
    complain(identity.error().what);
    return false;
  }
  const auto dropped = io::drop_privileges(*identity);
  if (!dropped) complain(dropped.error().what);
  return dropped.has_value();
}

}  // namespace ringback::commands
