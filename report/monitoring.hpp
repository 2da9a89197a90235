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
  std::size_t longest = 8192;              ///< Nagios and Icinga take so much of all that a check says
};

/// Ends in a newline; of at most so many bytes. ASCII: the daemon's locale is not known.
[[nodiscard]] std::string monitoring_output(const Report& report, const Announcement& announcement, const MonitoringStyle& style);

/// "Beside the check: …", a line for each, behind an output that ended already. As many as `longest` bytes have room for.
[[nodiscard]] std::string monitoring_troubles(const std::vector<std::string>& troubles, std::size_t longest);

/// "UNKNOWN - …": no check could be made at all. One line, with its newline.
[[nodiscard]] std::string monitoring_failure(std::string_view reason);

}  // namespace ringback
