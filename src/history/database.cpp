#include "history/database.hpp"

#include <sqlite3.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <filesystem>

#include "history/period_row.hpp"
#include "history/seen.hpp"

namespace ringback::history {
namespace {

constexpr int application = 0x72696e67;   // "ring"
constexpr int busy_timeout_ms = 5000;

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
  report BLOB,                 -- JSON, RFC 1950
  checksum INTEGER             -- of the rest without the report, which has its own; NULL: an earlier version's
) STRICT;
CREATE TABLE announced (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), value TEXT NOT NULL, checksum INTEGER) STRICT;
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

bool is_full(const std::string& path) {
  struct statvfs disk{};
  return ::statvfs(std::filesystem::path(path).parent_path().c_str(), &disk) == 0 && disk.f_bavail == 0;
}

/// For the table "seen" of a version that had none.
void gather_seen(SQLite::Database& sqlite) {
  constexpr std::int64_t enough = 1000;
  SQLite::Statement rows(sqlite, fmt::format("SELECT {} FROM (SELECT * FROM period ORDER BY id DESC LIMIT ?) ORDER BY id", period_columns));
  rows.bind(1, enough);
  while (rows.executeStep())
    if (const auto period = period_in(rows)) note_seen(sqlite, period->state, period->began, period->last, period->checks);
}

/// https://www.sqlite.org/uri.html
std::string as_uri(const std::string& path) {
  std::string uri = "file:";
  for (const char c : path) uri += c == '%' || c == '?' || c == '#' ? fmt::format("%{:02x}", static_cast<unsigned>(c)) : std::string(1, c);
  return uri + "?immutable=1";
}

bool may_not_write(const SQLite::Exception& error) {
  const int code = error.getErrorCode() & 0xff;
  return code == SQLITE_CANTOPEN || code == SQLITE_READONLY || code == SQLITE_PERM || code == SQLITE_IOERR || code == SQLITE_FULL;
}

}  // namespace

Error as_error(const SQLite::Exception& error, const std::string& path, const char* what) {
  const bool full = (error.getErrorCode() & 0xff) == SQLITE_IOERR && is_full(path);   // SQLite itself does not say why
  if (full) return {Errc::exhausted, fmt::format("{} {}: the disk is full", what, path)};
  return {code_of(error.getErrorCode()), fmt::format("{} {}: {}", what, path, error.what())};
}

Store::Database::Database(std::string at, const std::string& real_path, int flags) : path(std::move(at)), sqlite(real_path, flags, busy_timeout_ms) {
  ::sqlite3_limit(sqlite.getHandle(), SQLITE_LIMIT_LENGTH, longest_value);
  ::sqlite3_db_config(sqlite.getHandle(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  ::sqlite3_db_config(sqlite.getHandle(), SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite.exec("PRAGMA cell_size_check = ON");
  made_by = number("PRAGMA user_version");
}

std::unique_ptr<Store::Database> Store::Database::open(const std::string& path, const std::string& real_path, Access access) {
  const int any = SQLite::OPEN_NOFOLLOW;
  if (access == Access::write) return std::make_unique<Database>(path, real_path, any | SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  // Even who only reads writes beside the file, into the index of its log. Where he cannot, nobody else does either.
  struct Way {
    std::string file;
    int flags;
  };
  const Way ways[] = {{real_path, SQLite::OPEN_READWRITE}, {real_path, SQLite::OPEN_READONLY}, {as_uri(real_path), SQLite::OPEN_READONLY | SQLite::OPEN_URI}};
  for (const auto& way : ways) try {
      auto database = std::make_unique<Database>(path, way.file, any | way.flags);
      static_cast<void>(database->number("SELECT count(*) FROM sqlite_schema"));
      return database;
    } catch (const SQLite::Exception& error) {
      if (&way == &ways[2] || !may_not_write(error)) throw;
    }
  return nullptr;   // not reached
}

bool Store::Database::is_ours() { return number("PRAGMA application_id") == application; }

void Store::Database::prepare() {
  if (made_by == 0 && number("SELECT count(*) FROM sqlite_schema") == 0) {
    sqlite.exec("PRAGMA auto_vacuum = INCREMENTAL");
    sqlite.exec("PRAGMA journal_mode = WAL");
  } else if (made_by != 1 || !is_ours()) {
    return;
  }
  SQLite::Transaction transaction(sqlite, SQLite::TransactionBehavior::IMMEDIATE);
  made_by = number("PRAGMA user_version");   // somebody else may have been quicker
  if (made_by == 0) {
    sqlite.exec(tables);
    sqlite.exec(seen_table);
    sqlite.exec(fmt::format("PRAGMA application_id = {}", application));
  } else if (made_by == 1) {
    sqlite.exec("ALTER TABLE period ADD COLUMN checksum INTEGER");
    sqlite.exec("ALTER TABLE announced ADD COLUMN checksum INTEGER");
    sqlite.exec(seen_table);
    gather_seen(sqlite);
  }
  if (made_by < version) sqlite.exec(fmt::format("PRAGMA user_version = {}", version));
  transaction.commit();
  made_by = number("PRAGMA user_version");
}

}  // namespace ringback::history
