#pragma once
/// What `main` knows of the real world and hands to a subcommand.
#include <functional>
#include <memory>

#include "cli/command_line.hpp"
#include "io/network.hpp"
#include "io/privilege.hpp"
#include "report/arrivals.hpp"

namespace ringback::commands {

struct Surroundings {
  const Clock& clock;
  Random& random;
  std::function<std::unique_ptr<io::Network>()> make_network;   ///< also once privileges are gone
  io::Caller caller;                       ///< who called, by the environment
  ArrivalStyle style;
};

inline constexpr int exit_undetermined = 3, exit_usage = 64, exit_internal = 70;

/// To standard output, at once. False: nobody reads it any more, or the disk is full.
[[nodiscard]] bool say(std::string_view text);
/// "ringback: …" on standard error.
void complain(std::string_view what);

/// Becomes who called, or nobody, and may nothing any more. What is open stays open. Says itself what is wrong.
[[nodiscard]] bool give_up_privileges(const io::Caller& caller);

}  // namespace ringback::commands
