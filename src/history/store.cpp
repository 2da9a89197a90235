#include "history/store.hpp"

#include <SQLiteCpp/VariadicBind.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <limits>

#include "history/checksum.hpp"
#include "history/compressed.hpp"
#include "history/database.hpp"
#include "history/json_text.hpp"
#include "history/period_row.hpp"

namespace ringback::history {
namespace {

constexpr std::int64_t reports_that_stay = 8;           // the newest, when room is needed

std::int64_t in_seconds(Moment moment) { return moment.at.time_since_epoch().count(); }

/// What goes first when room is needed: reports, then whole periods.
void drop_the_oldest(SQLite::Database& sqlite) {
  SQLite::Statement reports(sqlite, "UPDATE period SET report = NULL WHERE id IN (SELECT id FROM period WHERE report IS NOT NULL AND id NOT IN "
                                    "(SELECT id FROM period ORDER BY id DESC LIMIT ?) ORDER BY id LIMIT 64)");
  reports.bind(1, reports_that_stay);
  if (reports.exec() > 0) return;
  sqlite.exec("DELETE FROM period WHERE id IN (SELECT id FROM period ORDER BY id LIMIT min(256, (SELECT count(*) / 2 FROM period)))");
}

void put(SQLite::Database& sqlite, const Announced& announced) {
  const auto text = as_json_text(announced);
  SQLite::Statement row(sqlite, "INSERT INTO announced VALUES (1, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value, checksum = excluded.checksum");
  SQLite::bind(row, text, checksum(text));
  row.exec();
}

/// The earliest time that the last dozen of checks told: a few with a clock that is ahead must not make everything old.
std::int64_t believed_now(SQLite::Database& sqlite, std::int64_t now) {
  constexpr std::int64_t enough = 12;
  SQLite::Statement newest(sqlite, "SELECT last, checks FROM period ORDER BY id DESC LIMIT ?");
  newest.bind(1, enough);
  for (std::int64_t checks = 0; checks < enough && newest.executeStep(); checks += newest.getColumn(1).getInt64()) now = std::min(now, newest.getColumn(0).getInt64());
  return now;
}

void forget(Store::Database& database, const Retention& retention, Moment now) {
  const auto oldest = believed_now(database.sqlite, in_seconds(now)) - std::chrono::seconds(retention.keep).count();
  // A few with every check keep up with one that is added.
  SQLite::Statement forgetting(database.sqlite, "DELETE FROM period WHERE id IN (SELECT id FROM period ORDER BY id LIMIT 64) AND last < ?");
  forgetting.bind(1, oldest);
  forgetting.exec();
  forget_seen(database.sqlite, Moment{std::chrono::sys_seconds(std::chrono::seconds(oldest))});
  constexpr int most_rounds = 64;
  for (int round = 0; round < most_rounds && database.bytes() > retention.most_bytes; ++round) drop_the_oldest(database.sqlite);
}

/// Rows in this order until one is damaged beyond SQLite's reading: Error then.
std::optional<Error> read_rows(SQLite::Statement& rows, const std::string& path, Remembered& into) {
  try {
    while (rows.executeStep()) {
      if (auto period = period_in(rows)) into.periods.push_back(std::move(*period));
      else ++into.unreadable;
    }
    return std::nullopt;
  } catch (const SQLite::Exception& error) {
    return as_error(error, path, "read");
  }
}

}  // namespace

Store::Store(std::unique_ptr<Database> database) : database_(std::move(database)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

std::string database_path(const std::string& folder) { return folder + "/history.sqlite"; }

Expected<Store> Store::open(const std::string& folder, Access access) {
  const auto path = database_path(folder);
  std::error_code unknown;
  // It may lie behind a link, as systemd's do with DynamicUser=; the file itself may not.
  const auto real_folder = std::filesystem::canonical(folder, unknown);
  const auto may_not = [&] { return unknown == std::errc::permission_denied || unknown == std::errc::operation_not_permitted; };
  if (unknown) return failure(may_not() ? Errc::not_permitted : Errc::no_route, fmt::format("read {}: {}", folder, unknown.message()));
  const bool is_there = std::filesystem::exists(path, unknown);
  if (unknown && may_not()) return failure(Errc::not_permitted, fmt::format("read {}: {}", path, unknown.message()));
  if (access == Access::read && !is_there) return failure(Errc::no_route, path + ": no check is remembered there");
  if (access == Access::read && std::filesystem::is_regular_file(path, unknown) && std::filesystem::file_size(path, unknown) == 0)
    return failure(Errc::no_route, path + " is empty: no check is remembered there");
  return guarded(path, "open", [&]() -> Expected<Store> {
    auto database = Database::open(path, database_path(real_folder.string()), access);
    if (access == Access::write) database->prepare();
    if (database->made_by > version)
      return failure(Errc::unsupported, fmt::format("{} was made by a newer version of ringback; bring this one up to date, or move that file away to begin anew", path));
    if (!database->is_ours()) return failure(Errc::invalid_input, path + " is another program's; move it away, or name another folder");
    if (database->made_by < 1) return failure(Errc::malformed, path + " says that no version of ringback made it");
    return Store(std::move(database));
  });
}

Expected<Remembered> Store::periods(std::optional<Moment> since, std::int64_t most, std::optional<Moment> until) {
  return guarded(database_->path, "read", [&]() -> Expected<Remembered> {
    const auto* columns = database_->made_by == 1 ? period_columns_of_version_1 : period_columns;
    Remembered newest;
    SQLite::Statement rows(database_->sqlite, fmt::format("SELECT {} FROM period WHERE last >= ? AND began <= ? ORDER BY id DESC LIMIT ?", columns));
    rows.bind(1, since ? in_seconds(*since) : 0);
    rows.bind(2, until ? in_seconds(*until) : std::numeric_limits<std::int64_t>::max());
    rows.bind(3, most);
    if (auto damage = read_rows(rows, database_->path, newest)) {
      if (newest.periods.empty()) return tl::unexpected(*damage);
      newest.damage = damage->what;
    }
    std::ranges::reverse(newest.periods);
    return newest;
  });
}

Expected<std::optional<Seen>> Store::seen() {
  return guarded(database_->path, "read", [&] { return read_seen(database_->sqlite); });
}

Expected<void> Store::find_damage() {
  return guarded(database_->path, "read", [&]() -> Expected<void> {
    const auto said = database_->sqlite.execAndGet("PRAGMA integrity_check(1)").getString();
    if (said != "ok") return failure(Errc::malformed, fmt::format("read {}: {}", database_->path, said));
    return {};
  });
}

Expected<std::int64_t> Store::drop_unreadable() {
  return guarded(database_->path, "read", [&]() -> Expected<std::int64_t> {
    auto& sqlite = database_->sqlite;
    SQLite::Transaction transaction(sqlite, SQLite::TransactionBehavior::IMMEDIATE);
    std::vector<std::int64_t> unreadable;
    SQLite::Statement rows(sqlite, fmt::format("SELECT {}, id FROM period", period_columns));
    while (rows.executeStep()) {
      const bool has_checksum = !rows.getColumn(8).isNull();   // then it needs no parsing
      if (!(has_checksum ? row_in(rows).has_value() : period_in(rows).has_value())) unreadable.push_back(rows.getColumn(9).getInt64());
    }
    rows.reset();
    for (const auto id : unreadable) {
      SQLite::Statement drop(sqlite, "DELETE FROM period WHERE id = ?");
      drop.bind(1, id);
      drop.exec();
    }
    transaction.commit();
    return static_cast<std::int64_t>(unreadable.size());
  });
}

Expected<std::optional<std::string>> Store::last_report() {
  return guarded(database_->path, "read", [&]() -> Expected<std::optional<std::string>> {
    SQLite::Statement row(database_->sqlite, "SELECT report FROM period WHERE report IS NOT NULL ORDER BY id DESC LIMIT 1");
    if (!row.executeStep()) return std::optional<std::string>();
    return expanded(row.getColumn(0).getString()).map([](std::string text) { return std::optional(std::move(text)); });
  });
}

Expected<std::optional<Announced>> Store::announced() {
  return guarded(database_->path, "read", [&]() -> Expected<std::optional<Announced>> {
    SQLite::Statement row(database_->sqlite, "SELECT value, checksum FROM announced");
    if (!row.executeStep()) return std::optional<Announced>();
    const auto text = row.getColumn(0).getString();
    if (!row.getColumn(1).isNull() && row.getColumn(1).getInt64() != checksum(text)) return failure(Errc::malformed, "what was announced is damaged");
    return from_json_text<Announced>(text, "what was announced").map([](Announced value) { return std::optional(std::move(value)); });
  });
}

Expected<void> Store::add(const Record& record, const Retention& retention) {
  return guarded(database_->path, "write", [&]() -> Expected<void> {
    auto& sqlite = database_->sqlite;
    SQLite::Transaction transaction(sqlite, SQLite::TransactionBehavior::IMMEDIATE);
    const auto added = add_to_periods(record);
    if (!added) return added;
    note_seen(sqlite, record.state, record.at, record.at, 1);
    if (record.announced) put(sqlite, *record.announced);
    forget(*database_, retention, record.at);
    transaction.commit();
    sqlite.exec("PRAGMA incremental_vacuum");
    return {};
  });
}

Expected<void> Store::add_to_periods(const Record& record) {
  auto& sqlite = database_->sqlite;
  const auto at = in_seconds(record.at), duration = static_cast<std::int64_t>(record.duration.count()), level = static_cast<std::int64_t>(record.level);
  SQLite::Statement newest(sqlite, fmt::format("SELECT {}, id FROM period ORDER BY id DESC LIMIT 1", period_columns));
  bool is_same = false;
  if (newest.executeStep()) {
    auto row = row_in(newest);
    if (!row) return tl::unexpected(row.error());
    const auto earlier = from_json_text<State>(row->state, "a state");
    if (!earlier) return tl::unexpected(earlier.error());
    const auto both = joined(*earlier, record.state);
    is_same = both && row->level == level;
    if (is_same && std::abs(at - row->last) <= longest_gap.count()) {
      row->last = std::max(row->last, at);
      row->checks += 1;
      row->duration_ms += duration;
      row->state = as_json_text(*both);
      SQLite::Statement longer(sqlite, "UPDATE period SET last = ?, checks = ?, duration_ms = ?, state = ?, checksum = ? WHERE id = ?");
      SQLite::bind(longer, row->last, row->checks, row->duration_ms, row->state, checksum_of(*row), newest.getColumn(9).getInt64());
      newest.reset();
      longer.exec();
      return {};
    }
  }
  const PeriodRow row{.began = at, .last = at, .checks = 1, .duration_ms = duration, .level = level, .state = as_json_text(record.state),
                      .changes = as_json_text(is_same ? std::vector<std::string>() : record.changes)};
  SQLite::Statement begin(sqlite, "INSERT INTO period (began, last, checks, duration_ms, level, state, changes, checksum, report) VALUES (?1, ?1, 1, ?2, ?3, ?4, ?5, ?6, ?7)");
  SQLite::bind(begin, row.began, row.duration_ms, row.level, row.state, row.changes, checksum_of(row));
  const auto report = compressed(record.report);
  if (is_same || record.report.empty()) begin.bind(7);   // NULL: the same as before
  else begin.bind(7, report.data(), static_cast<int>(report.size()));
  begin.exec();
  return {};
}

Expected<void> Store::announce(const Announced& said) {
  return guarded(database_->path, "write", [&]() -> Expected<void> {
    put(database_->sqlite, said);
    return {};
  });
}

Expected<void> move_aside(const std::string& folder) {
  const auto path = database_path(folder), aside = path + ".damaged";
  // As SQLite wants them beside each other; what is left of an earlier one must not be taken for this one's.
  for (const auto* suffix : {"-wal", "-shm"}) std::remove((aside + suffix).c_str());
  if (std::rename(path.c_str(), aside.c_str()) != 0 && errno != ENOENT)
    return failure(Errc::not_permitted, fmt::format("move {} aside: {}", path, std::strerror(errno)));
  if (std::rename((path + "-wal").c_str(), (aside + "-wal").c_str()) != 0 && errno != ENOENT)
    return failure(Errc::not_permitted, fmt::format("move {}-wal aside: {}", path, std::strerror(errno)));
  std::remove((path + "-shm").c_str());
  return {};
}

}  // namespace ringback::history
