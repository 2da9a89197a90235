#pragma once
/// A check in one line, as monitoring programs read it, and what belongs to it after that line (Monitoring Plugins Development Guidelines, "Plugin
/// Output for Nagios": text, "|", performance data, long output).
#include <chrono>
#include <string>

#include "report/check.hpp"

namespace ringback {

struct MonitoringStyle {
  std::chrono::seconds deadline{10};       ///< of the run: the most that its duration can be
  bool verbose = false;                    ///< also what is no problem
};

/// Ends in a newline. At most 8 KiB, which Nagios and Icinga take. ASCII: the daemon's locale is not known.
[[nodiscard]] std::string monitoring_output(const Report& report, const Announcement& announcement, const MonitoringStyle& style);

/// "UNKNOWN - …": no check could be made at all. One line, with its newline.
[[nodiscard]] std::string monitoring_failure(std::string_view reason);

}  // namespace ringback
