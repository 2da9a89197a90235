#pragma once
#include <filesystem>
#include <random>

#include "history/store.hpp"

namespace ringback::test {

/// A folder of this test alone.
struct HistoryFolder {
  std::filesystem::path path = std::filesystem::temp_directory_path() / ("ringback-history-" + std::to_string(std::random_device{}()));
  HistoryFolder() { std::filesystem::create_directory(path); }
  HistoryFolder(const HistoryFolder&) = delete;
  HistoryFolder& operator=(const HistoryFolder&) = delete;
  ~HistoryFolder() { std::filesystem::remove_all(path); }
  [[nodiscard]] std::string string() const { return path.string(); }
};

inline Moment at(std::int64_t seconds) { return Moment{std::chrono::sys_seconds(std::chrono::seconds(1800000000 + seconds))}; }

inline history::State reachable_state(Reachable reachable = Reachable::yes, const char* prefix = "2001:db8:1:2::/64") {
  history::State state{.connection = ConnectionType::dual_stack,
                       .ipv4 = *Address::parse("198.51.100.7"),
                       .prefix = *Prefix::parse(prefix),
                       .services = {{*Service::parse("443/tcp"), Family::ipv4, reachable, std::nullopt}},
                       .names = {{"home.example.org", NameState::right}}};
  if (reachable != Reachable::yes) {
    state.services.front().cause = "inbound.no-port-forward";
    state.problems.push_back({"inbound.no-port-forward", Severity::error, {.service = Service::parse("443/tcp").value(), .family = Family::ipv4}});
  }
  return state;
}

/// A report's size and sameness are all that counts of it here.
inline history::Record record_of(Moment moment, const history::State& state, std::string report = "{\"schema\":\"ringback.report/1\"}") {
  const auto level = state.problems.empty() ? Level::ok : Level::critical;
  return {.at = moment,
          .duration = std::chrono::milliseconds(812),
          .level = level,
          .state = state,
          .changes = {"443/tcp can no longer be reached over IPv4."},
          .announced = history::announce(std::nullopt, {history::standing_of(level, state), moment, std::nullopt}, 1),
          .report = std::move(report)};
}

}  // namespace ringback::test
