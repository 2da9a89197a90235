#include "history/store.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "evidence/json.hpp"
#include "history/compressed.hpp"

namespace ringback::history {
namespace {

constexpr int version = 1, application = 0x72696e67;   // "ring"
constexpr int busy_timeout_ms = 5000;
constexpr std::int64_t reports_that_stay = 8;           // the newest, when room is needed
constexpr std::int64_t longest_gap_s = 2 * 3600 + 900;  // between two checks of one period: nobody knows what was in a longer one

/// What is in a row is bounded by what was put there; a crafted file must not be able to ask for more.
constexpr int longest_value = 16 << 20;

constexpr const char* tables = R"(
CREATE TABLE period (
  id INTEGER PRIMARY KEY,
  began INTEGER NOT NULL,      -- seconds since 1970-01-01T00:00:00Z
  last INTEGER NOT NULL,
  checks INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,  -- of all of them together
  level INTEGER NOT NULL,      -- exit status of the check
  state TEXT NOT NULL,         -- JSON
  changes TEXT NOT NULL,       -- JSON
  report BLOB                  -- JSON, RFC 1950
) STRICT;
CREATE TABLE announced (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), value TEXT NOT NULL) STRICT;
)";

Errc code_of(int sqlite_error) {
  switch (sqlite_error & 0xff) {
    case SQLITE_CORRUPT: case SQLITE_NOTADB: case SQLITE_SCHEMA: case SQLITE_MISMATCH: case SQLITE_CONSTRAINT: return Errc::malformed;
    case SQLITE_FULL: case SQLITE_NOMEM: case SQLITE_TOOBIG: return Errc::exhausted;
    case SQLITE_CANTOPEN: case SQLITE_PERM: case SQLITE_READONLY: case SQLITE_AUTH: return Errc::not_permitted;
    case SQLITE_BUSY: case SQLITE_LOCKED: return Errc::timed_out;
    case SQLITE_ERROR: return Errc::malformed;   // the statements are ours: a table or a column is not there
    default: return Errc::failed;
  }
}

std::string as_json(const json::Value& value) { return value.dump(-1, ' ', true, json::Value::error_handler_t::replace); }

template <class T>
Expected<T> from_json_text(const std::string& text, const char* what) {
  const auto value = json::Value::parse(text, nullptr, false);
  if (value.is_discarded()) return failure(Errc::malformed, fmt::format("{} is damaged", what));
  auto read = json::read<T>(value, "");
  if (!read) return failure(Errc::malformed, fmt::format("{} is damaged: {}", what, read.error().what));
  return read;
}

std::int64_t in_seconds(Moment moment) { return moment.at.time_since_epoch().count(); }

/// What a damaged row could hold beyond the calendar is no time.
Expected<Moment> moment_of(std::int64_t seconds) {
  constexpr std::int64_t end = 253402300800;   // 10000-01-01T00:00:00Z
  if (seconds < 0 || seconds >= end) return failure(Errc::malformed, "a time is damaged");
  return Moment{std::chrono::sys_seconds(std::chrono::seconds(seconds))};
}

}  // namespace

struct Store::Database {
  std::string path;
  SQLite::Database sqlite;

  Database(std::string at, const std::string& real_path, int flags) : path(std::move(at)), sqlite(real_path, flags, busy_timeout_ms) {
    ::sqlite3_limit(sqlite.getHandle(), SQLITE_LIMIT_LENGTH, longest_value);
    ::sqlite3_db_config(sqlite.getHandle(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    ::sqlite3_db_config(sqlite.getHandle(), SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite.exec("PRAGMA cell_size_check = ON");
  }

  [[nodiscard]] std::int64_t number(const char* pragma_or_query) { return sqlite.execAndGet(pragma_or_query).getInt64(); }

  void prepare() {
    if (number("PRAGMA user_version") != 0 || number("SELECT count(*) FROM sqlite_schema") != 0) return;
    sqlite.exec("PRAGMA auto_vacuum = INCREMENTAL");
    sqlite.exec("PRAGMA journal_mode = WAL");
    SQLite::Transaction transaction(sqlite, SQLite::TransactionBehavior::IMMEDIATE);
    if (number("PRAGMA user_version") == 0) {   // nobody else was quicker
      sqlite.exec(tables);
      sqlite.exec(fmt::format("PRAGMA application_id = {}", application));
      sqlite.exec(fmt::format("PRAGMA user_version = {}", version));
    }
    transaction.commit();
  }

  [[nodiscard]] std::int64_t bytes() {
    return (number("PRAGMA page_count") - number("PRAGMA freelist_count")) * number("PRAGMA page_size");
  }

  /// What goes first when room is needed: reports, then whole periods.
  void drop_the_oldest() {
    SQLite::Statement reports(sqlite, "UPDATE period SET report = NULL WHERE id IN (SELECT id FROM period WHERE report IS NOT NULL AND id NOT IN "
                                      "(SELECT id FROM period ORDER BY id DESC LIMIT ?) ORDER BY id LIMIT 64)");
    reports.bind(1, reports_that_stay);
    if (reports.exec() > 0) return;
    sqlite.exec("DELETE FROM period WHERE id IN (SELECT id FROM period ORDER BY id LIMIT min(256, (SELECT count(*) / 2 FROM period)))");
  }

  /// `before`: of the check before this one, if there was any. One check with a clock that is ahead must not make everything old.
  void forget(const Retention& retention, Moment now, std::optional<std::int64_t> before) {
    const auto today = before ? std::min(in_seconds(now), *before) : in_seconds(now);
    // A few with every check keep up with one that is added.
    SQLite::Statement forgetting(sqlite, "DELETE FROM period WHERE id IN (SELECT id FROM period ORDER BY id LIMIT 64) AND last < ?");
    forgetting.bind(1, today - std::chrono::seconds(retention.keep).count());
    forgetting.exec();
    constexpr int most_rounds = 64;
    for (int round = 0; round < most_rounds && bytes() > retention.most_bytes; ++round) drop_the_oldest();
  }
};

namespace {

bool is_full(const std::string& path) {
  struct statvfs disk{};
  return ::statvfs(std::filesystem::path(path).parent_path().c_str(), &disk) == 0 && disk.f_bavail == 0;
}

/// Every failure of SQLite as an Error that names the file.
template <class Call>
auto guarded(const std::string& path, const char* what, Call call) -> decltype(call()) {
  try {
    return call();
  } catch (const SQLite::Exception& error) {
    const bool full = (error.getErrorCode() & 0xff) == SQLITE_IOERR && is_full(path);   // SQLite itself does not say why
    if (full) return failure(Errc::exhausted, fmt::format("{} {}: the disk is full", what, path));
    return failure(code_of(error.getErrorCode()), fmt::format("{} {}: {}", what, path, error.what()));
  }
}

Expected<Period> period_in(SQLite::Statement& row) {
  const auto began = moment_of(row.getColumn(0).getInt64()), last = moment_of(row.getColumn(1).getInt64());
  const auto checks = row.getColumn(2).getInt64(), duration_ms = row.getColumn(3).getInt64(), level = row.getColumn(4).getInt64();
  auto state = from_json_text<State>(row.getColumn(5).getString(), "a state");
  auto changes = from_json_text<std::vector<std::string>>(row.getColumn(6).getString(), "a list of changes");
  if (!began) return tl::unexpected(began.error());
  if (!last) return tl::unexpected(last.error());
  if (!state) return tl::unexpected(state.error());
  if (!changes) return tl::unexpected(changes.error());
  if (level < 0 || level > 3) return failure(Errc::malformed, "a level is damaged");
  constexpr std::int64_t most = std::int64_t{1} << 40;
  if (checks < 1 || checks > most || duration_ms < 0 || duration_ms > most || *last < *began) return failure(Errc::malformed, "a period is damaged");
  return Period{*began, *last, checks, std::chrono::milliseconds(duration_ms / checks), static_cast<Level>(level), std::move(*state), std::move(*changes),
                row.getColumn(7).getInt() != 0};
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
  if (unknown) return failure(Errc::no_route, fmt::format("{}: {}", folder, unknown.message()));
  if (access == Access::read && !std::filesystem::exists(path, unknown)) return failure(Errc::no_route, path + ": no check is remembered there");
  return guarded(path, "open", [&]() -> Expected<Store> {
    const int flags = SQLite::OPEN_READWRITE | SQLite::OPEN_NOFOLLOW | (access == Access::write ? SQLite::OPEN_CREATE : 0);
    auto database = std::make_unique<Database>(path, database_path(real_folder.string()), flags);
    if (access == Access::write) database->prepare();
    const auto made_by = database->number("PRAGMA user_version");
    if (made_by > version) return failure(Errc::unsupported, fmt::format("{} was made by a newer version of ringback", path));
    if (database->number("PRAGMA application_id") != application) return failure(Errc::invalid_input, path + " is another program's; move it away, or name another folder");
    if (made_by != version) return failure(Errc::malformed, path + " says that no version of ringback made it");
    return Store(std::move(database));
  });
}

Expected<std::vector<Period>> Store::periods(std::optional<Moment> since, std::int64_t most) {
  return guarded(database_->path, "read", [&]() -> Expected<std::vector<Period>> {
    SQLite::Statement rows(database_->sqlite, "SELECT began, last, checks, duration_ms, level, state, changes, report IS NOT NULL FROM "
                                              "(SELECT * FROM period WHERE last >= ? ORDER BY id DESC LIMIT ?) ORDER BY id");
    rows.bind(1, since ? in_seconds(*since) : 0);
    rows.bind(2, most);
    std::vector<Period> result;
    while (rows.executeStep()) {
      auto period = period_in(rows);
      if (!period) return failure(period.error().code, fmt::format("read {}: {}", database_->path, period.error().what));
      result.push_back(std::move(*period));
    }
    return result;
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
    SQLite::Statement row(database_->sqlite, "SELECT value FROM announced");
    if (!row.executeStep()) return std::optional<Announced>();
    return from_json_text<Announced>(row.getColumn(0).getString(), "what was announced").map([](Announced value) { return std::optional(std::move(value)); });
  });
}

Expected<void> Store::add(const Record& record, const Retention& retention) {
  return guarded(database_->path, "write", [&]() -> Expected<void> {
    auto& sqlite = database_->sqlite;
    SQLite::Transaction transaction(sqlite, SQLite::TransactionBehavior::IMMEDIATE);
    const auto state = as_json(json::write(record.state));
    const auto at = in_seconds(record.at);
    SQLite::Statement newest(sqlite, "SELECT id, last, state = ? AND level = ? FROM period ORDER BY id DESC LIMIT 1");
    newest.bind(1, state);
    newest.bind(2, static_cast<int>(record.level));
    const bool is_first = !newest.executeStep();
    const auto before = is_first ? std::nullopt : std::optional(newest.getColumn(1).getInt64());
    const bool is_same = !is_first && newest.getColumn(2).getInt() != 0;
    const auto duration = static_cast<std::int64_t>(record.duration.count());
    if (is_same && std::abs(at - *before) <= longest_gap_s) {
      SQLite::Statement longer(sqlite, "UPDATE period SET last = max(last, ?), checks = checks + 1, duration_ms = duration_ms + ? WHERE id = ?");
      SQLite::bind(longer, at, duration, newest.getColumn(0).getInt64());
      longer.exec();
    } else {
      SQLite::Statement begin(sqlite, "INSERT INTO period (began, last, checks, duration_ms, level, state, changes, report) VALUES (?1, ?1, 1, ?2, ?3, ?4, ?5, ?6)");
      SQLite::bind(begin, at, duration, static_cast<int>(record.level), state, as_json(json::write(is_same ? std::vector<std::string>() : record.changes)));
      const auto report = compressed(record.report);
      if (is_same || record.report.empty()) begin.bind(6);   // NULL: the same as before
      else begin.bind(6, report.data(), static_cast<int>(report.size()));
      begin.exec();
    }
    SQLite::Statement say(sqlite, "INSERT INTO announced VALUES (1, ?) ON CONFLICT DO UPDATE SET value = excluded.value");
    say.bind(1, as_json(json::write(record.announced)));
    say.exec();
    database_->forget(retention, record.at, before);
    transaction.commit();
    sqlite.exec("PRAGMA incremental_vacuum");
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
