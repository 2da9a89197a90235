#pragma once
/// The remembered checks for readers and programs.
#include <nlohmann/json_fwd.hpp>

#include "history/state.hpp"
#include "report/format.hpp"

namespace ringback {

struct History {
  std::vector<history::Period> periods;    ///< in the order of time
  std::optional<Moment> since, until;      ///< as asked for; what began after `until` is not among them
  Moment now;
  bool older_left_out = false;             ///< there are more of that time than are read at once
};

/// Ends in a newline; JSON is one line, schema "ringback.history/1". The times are UTC. Format::markdown is a programming error: there is no such form.
[[nodiscard]] std::string render(const History& history, Format format, const TextStyle& style = {});

/// Of that JSON (JSON Schema, draft 2020-12), made from the types that it is written from.
[[nodiscard]] nlohmann::ordered_json history_schema();

/// One character or one bar of a timeline.
struct Slot {
  bool checked = false;                    ///< false: no check in that time
  Level level = Level::ok;                 ///< the worst of it
  bool changed = false;                    ///< something else changed in it: another address, another reason
  bool operator==(const Slot&) const = default;
};

struct TimelineRow {
  Moment begin;
  std::vector<Slot> slots;
};

struct Timeline {
  std::chrono::minutes slot{};             ///< what one stands for
  std::vector<TimelineRow> rows;           ///< a row is a day, or 32 days where the history is longer than a month
};

/// Of the newest rows, as many as are told at once. Pure.
[[nodiscard]] Timeline timeline_of(const History& history);

/// "Worked until 2026-01-31 04:12 UTC, then: the prefix changed": where it is critical now, when that began; empty where it is not, or never was better.
[[nodiscard]] std::string last_turn(const History& history);

/// "until now, ", "for 3 days, ": how long one of the history's periods lasted, as far as checks saw; empty for a moment.
[[nodiscard]] std::string until_when(const history::Period& period, const History& history);

/// "2026-01-31 04:12"
[[nodiscard]] std::string minutes_of(const Moment& moment);
/// What a period found, in one line: "443/tcp over IPv4: no (ipv4.cgnat)".
[[nodiscard]] std::string standing(const history::State& state);

}  // namespace ringback
