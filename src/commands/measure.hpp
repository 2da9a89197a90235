#pragma once
/// One run of every probe: argv's part of `run` and `check` that touches the network.
#include "commands/surroundings.hpp"
#include "report/report.hpp"

namespace ringback::commands {

/// What would be done, in words; nothing is done but to look at this host. Errors as of measure().
[[nodiscard]] Expected<std::string> planned(const cli::CommandLine& line, const Surroundings& surroundings, const std::optional<io::Identity>& later);

/// Gives up privileges on the way, and becomes `later`: everything that needs more has to be open before. `ready` is called then, before the first
/// packet. The report is not judged yet. Errc::invalid_input where the interface that was named is none; any other error: the privileges could not be
/// given up.
[[nodiscard]] Expected<Report> measure(const cli::CommandLine& line, const Surroundings& surroundings, io::RealNetwork& network,
                                       const std::optional<io::Identity>& later, const std::function<void()>& ready = [] {});

}  // namespace ringback::commands
