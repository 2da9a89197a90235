#include "commands/surroundings.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>

#include "report/safe_text.hpp"

namespace ringback::commands {
namespace {

/// As it has to be typed (IEEE 1003.1 §2.2.2); nothing where nobody could see what he copies.
std::optional<std::string> shell_word(const std::string& text) {
  const auto plain = [](unsigned char c) {
    return std::isalnum(c) != 0 || std::string_view("_./:,%@+-").find(static_cast<char>(c)) != std::string_view::npos;
  };
  if (!std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; })) return std::nullopt;
  if (!text.empty() && std::ranges::all_of(text, plain)) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace

Said try_to_say(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0) return Said::yes;
  return errno == EPIPE ? Said::reader_gone : Said::no;
}

void complain(std::string_view what) { fmt::print(stderr, "ringback: {}\n", safe_text(what)); }

bool has_interface(const HostFacts& facts, const std::optional<std::string>& name) {
  if (!name || !facts.host) return true;
  return std::ranges::any_of(facts.host->interfaces, [&](const Interface& interface) { return interface.name == *name; });
}

std::string run_with_sudo(const std::vector<std::string>& typed) {
  std::string command = "sudo";
  for (const auto& word : typed) {
    const auto quoted = shell_word(word);
    if (!quoted) return "Run it with sudo.";
    command += " " + *quoted;
  }
  return "Run it with sudo:\n  " + command;
}

Expected<std::optional<io::Identity>> whom_to_become(const io::Caller& caller) {
  auto identity = io::less_privileged(caller);
  if (!identity) complain(identity.error().what);
  return identity;
}

history::Folder memory_folder(const cli::CommandLine& line, const Surroundings& surroundings, const std::optional<io::Identity>& later) {
  const auto path = line.state_folder.value_or(surroundings.state_folder);
  const bool somebody_called = later && !io::is_nobody(*later);
  const bool is_the_systems = path == state_folder_of_the_system && ::getuid() == 0;   // not by the set-user-ID bit
  return {path, somebody_called && !is_the_systems};
}

bool give_up_privileges(const std::optional<io::Identity>& identity) {
  const auto dropped = io::drop_privileges(identity);
  if (!dropped) complain(dropped.error().what);
  return dropped.has_value();
}

}  // namespace ringback::commands
