#pragma once
/// Reports made by hand, one for each kind of household that the renderings must put into words.
#include <string>
#include <vector>

#include "report/report.hpp"

namespace ringback::test {

[[nodiscard]] Report healthy();          ///< dual stack, one service, one name, nothing wrong
[[nodiscard]] Report ds_lite();          ///< reachable over IPv6, not over IPv4
[[nodiscard]] Report closed_router();    ///< neither family is let through by the home router
[[nodiscard]] Report host_firewall();    ///< a rule of this host drops what arrives over both families
[[nodiscard]] Report no_listener();
[[nodiscard]] Report offline();
[[nodiscard]] Report untested();         ///< no vantage point
[[nodiscard]] Report many_services();    ///< five services, different fates
[[nodiscard]] Report wrong_name();       ///< reachable, but the name leads elsewhere
[[nodiscard]] Report with_note();        ///< nothing wrong; what was noticed beside has two ways with steps and commands
/// Every string of the report and of its evidence is `text`.
[[nodiscard]] Report filled_with(const std::string& text);
/// The same but for what has to be of some form in a report that is stored: its time, its codes, and the pointers to evidence.
[[nodiscard]] Report storable_filled_with(const std::string& text);

[[nodiscard]] inline bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

struct Sample {
  std::string name;
  Report report;
};
[[nodiscard]] std::vector<Sample> samples();

}  // namespace ringback::test
