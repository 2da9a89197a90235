#pragma once
/// A period as a row of the database.
#include <SQLiteCpp/SQLiteCpp.h>

#include "history/state.hpp"

namespace ringback::history {

struct PeriodRow {
  std::int64_t began = 0, last = 0, checks = 0, duration_ms = 0, level = 0;
  std::string state, changes;              ///< JSON
};

/// In this order, for what reads them; of a file of the first version, which has no checksums, the other ones.
constexpr const char* period_columns = "began, last, checks, duration_ms, level, state, changes, report IS NOT NULL, checksum";
constexpr const char* period_columns_of_version_1 = "began, last, checks, duration_ms, level, state, changes, report IS NOT NULL, NULL";

[[nodiscard]] std::int64_t checksum_of(const PeriodRow& row);

/// Errc::malformed where its checksum is another one.
[[nodiscard]] Expected<PeriodRow> row_in(SQLite::Statement& row);
/// Also where it holds no period.
[[nodiscard]] Expected<Period> period_in(SQLite::Statement& row);

}  // namespace ringback::history
