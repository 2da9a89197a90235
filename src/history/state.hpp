#pragma once
/// What is remembered of a check, small enough for years. Values.
#include "diagnosis/diagnosis.hpp"
#include "history/level.hpp"
#include "net/moment.hpp"

namespace ringback::history {

struct ServiceState {
  Service service;
  Family family = Family::ipv4;
  Reachable reachable = Reachable::unknown;
  std::optional<std::string> cause;        ///< a finding's code

  bool operator==(const ServiceState&) const = default;
  static constexpr auto describe() {
    using S = ServiceState;
    return std::tuple{field("service", &S::service), field("family", &S::family), field("reachable", &S::reachable), field("cause", &S::cause)};
  }
};

struct NameStanding {
  std::string name;
  NameState verdict = NameState::unknown;

  bool operator==(const NameStanding&) const = default;
  static constexpr auto describe() { return std::tuple{field("name", &NameStanding::name), field("verdict", &NameStanding::verdict)}; }
};

/// An error or a warning.
struct Problem {
  std::string code;
  Severity severity = Severity::error;
  Subject subject;

  bool operator==(const Problem&) const = default;
  static constexpr auto describe() {
    return std::tuple{field("code", &Problem::code), field("severity", &Problem::severity), field("subject", &Problem::subject)};
  }
};

/// Two checks of the same state found the same. What changes by itself every day, such as a temporary address, is not part of it.
struct State {
  ConnectionType connection = ConnectionType::unknown;
  std::optional<Address> ipv4;             ///< how the internet sees this home; absent: it was not seen, or it is the carrier's, who shares a pool out
  std::optional<Prefix> prefix;            ///< of IPv6, on the link to the home router
  std::optional<Address> ipv6;             ///< where a name should lead
  std::vector<ServiceState> services;
  std::vector<NameStanding> names;
  std::vector<Problem> problems;
  std::optional<std::vector<Service>> mappings;   ///< of the home router's own list, to this host; absent: it could not be read

  bool operator==(const State&) const = default;
  static constexpr auto describe() {
    using S = State;
    return std::tuple{field("connection", &S::connection), field("ipv4", &S::ipv4),         field("prefix", &S::prefix),
                      field("ipv6", &S::ipv6),             field("services", &S::services), field("names", &S::names),
                      field("problems", &S::problems),     field("mappings", &S::mappings)};
  }
};

/// Between two checks in a row: nobody knows what was in a longer gap.
inline constexpr std::chrono::seconds longest_gap{2 * 3600 + 900};

/// What two checks in a row say together, where they found the same: an address or the router's list that one of them could not see, the other one
/// tells. nullopt: they found something else.
[[nodiscard]] std::optional<State> joined(const State& earlier, const State& now);

/// Checks in a row that found the same.
struct Period {
  Moment began;                            ///< of the first check
  Moment last;                             ///< of the last one
  std::int64_t checks = 0;
  std::chrono::milliseconds duration{};    ///< of a check on average
  Level level = Level::unknown;
  State state;
  std::vector<std::string> changes;        ///< what it began with, against the period before; sentences
  bool has_report = false;                 ///< the first check's whole report is there

  bool operator==(const Period&) const = default;
  static constexpr auto describe() {
    using P = Period;
    return std::tuple{field("began", &P::began), field("last", &P::last),       field("checks", &P::checks),        field("duration_ms", &P::duration), field("level", &P::level),
                      field("state", &P::state), field("changes", &P::changes), field("has_report", &P::has_report)};
  }
};

}  // namespace ringback::history
