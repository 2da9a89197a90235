#pragma once
/// What `main` knows of the real world and hands to a subcommand.
#include <functional>
#include <memory>

#include "cli/command_line.hpp"
#include "history/folder.hpp"
#include "io/privilege.hpp"
#include "io/real_network.hpp"
#include "plan/make_plan.hpp"
#include "report/arrivals.hpp"

namespace ringback::commands {

struct Surroundings {
  const Clock& clock;
  Random& random;
  /// To be called before privileges are gone; whom the process will become then.
  std::function<std::unique_ptr<io::RealNetwork>(const std::optional<io::Identity>& later)> make_network;
  io::Caller caller;                       ///< who called, by the environment
  std::string state_folder;                ///< where checks are remembered unless another folder is named
  ArrivalStyle style;
  std::optional<unsigned> progress_columns;   ///< of the terminal that standard error is; absent: it is none
  std::vector<std::string> typed;          ///< the whole command line, the program's name first
};

inline constexpr const char* state_folder_of_the_system = "/var/lib/ringback";

inline constexpr int exit_undetermined = 3, exit_usage = 64, exit_internal = 70;
/// What a shell sees of other programs whose reader goes before they are done, as head(1) does: 128 and the number of SIGPIPE.
inline constexpr int exit_reader_gone = 141;

enum class Said { yes, reader_gone, no };
/// To standard output, at once. A reader who has seen enough is no fault; a full disk is.
[[nodiscard]] Said try_to_say(std::string_view text);
/// False: nobody reads it any more, or the disk is full.
[[nodiscard]] inline bool say(std::string_view text) { return try_to_say(text) == Said::yes; }
/// "ringback: …" on standard error.
void complain(std::string_view what);

/// Also where the host could not be looked at, or none was named.
[[nodiscard]] bool has_interface(const HostFacts& facts, const std::optional<std::string>& name);

/// "Run it with sudo: sudo …", with the command line as it was typed where that can be copied.
[[nodiscard]] std::string run_with_sudo(const std::vector<std::string>& typed);

/// Who called, or nobody. Says itself what is wrong.
[[nodiscard]] Expected<std::optional<io::Identity>> whom_to_become(const io::Caller& caller);
/// Where this command's checks are remembered. In another folder than the system's the rights of whoever called count, not root's.
[[nodiscard]] history::Folder memory_folder(const cli::CommandLine& line, const Surroundings& surroundings, const std::optional<io::Identity>& later);
/// Becomes that, and may nothing any more. What is open stays open. Says itself what is wrong.
[[nodiscard]] bool give_up_privileges(const std::optional<io::Identity>& identity);

}  // namespace ringback::commands
