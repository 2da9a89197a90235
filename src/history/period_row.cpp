#include "history/period_row.hpp"

#include <fmt/format.h>

#include "history/checksum.hpp"
#include "history/json_text.hpp"

namespace ringback::history {
namespace {

/// What a damaged row could hold beyond the calendar is no time.
Expected<Moment> moment_of(std::int64_t seconds) {
  constexpr std::int64_t end = 253402300800;   // 10000-01-01T00:00:00Z
  if (seconds < 0 || seconds >= end) return failure(Errc::malformed, "a time is damaged");
  return Moment{std::chrono::sys_seconds(std::chrono::seconds(seconds))};
}

}  // namespace

std::int64_t checksum_of(const PeriodRow& row) {
  return checksum(fmt::format("{} {} {} {} {} {} {}", row.began, row.last, row.checks, row.duration_ms, row.level, row.state, row.changes));
}

Expected<PeriodRow> row_in(SQLite::Statement& row) {
  PeriodRow read{.began = row.getColumn(0).getInt64(), .last = row.getColumn(1).getInt64(), .checks = row.getColumn(2).getInt64(),
                 .duration_ms = row.getColumn(3).getInt64(), .level = row.getColumn(4).getInt64(), .state = row.getColumn(5).getString(),
                 .changes = row.getColumn(6).getString()};
  const auto checksum = row.getColumn(8);
  if (!checksum.isNull() && checksum.getInt64() != checksum_of(read)) return failure(Errc::malformed, "a period is damaged");
  return read;
}

Expected<Period> period_in(SQLite::Statement& row) {
  const auto read = row_in(row);
  if (!read) return tl::unexpected(read.error());
  const auto began = moment_of(read->began), last = moment_of(read->last);
  auto state = from_json_text<State>(read->state, "a state");
  auto changes = from_json_text<std::vector<std::string>>(read->changes, "a list of changes");
  if (!began) return tl::unexpected(began.error());
  if (!last) return tl::unexpected(last.error());
  if (!state) return tl::unexpected(state.error());
  if (!changes) return tl::unexpected(changes.error());
  if (read->level < 0 || read->level > 3) return failure(Errc::malformed, "a level is damaged");
  constexpr std::int64_t most = std::int64_t{1} << 40;
  if (read->checks < 1 || read->checks > most || read->duration_ms < 0 || read->duration_ms > most || *last < *began) return failure(Errc::malformed, "a period is damaged");
  return Period{*began, *last, read->checks, std::chrono::milliseconds(read->duration_ms / read->checks), static_cast<Level>(read->level), std::move(*state),
                std::move(*changes), row.getColumn(7).getInt() != 0};
}

}  // namespace ringback::history
