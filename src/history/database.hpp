#pragma once
/// The store's file: how it is opened, made and brought up to date. Only files of this folder that hold SQL include this.
#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include "history/store.hpp"

namespace ringback::history {

constexpr int version = 2;   // 1 had no checksums, and no table "seen"

struct Store::Database {
  std::string path;                        ///< as it is told
  SQLite::Database sqlite;
  std::int64_t made_by = 0;                ///< the version

  /// Of Access::read, where nothing may be written (a full disk, a mount to be read alone), as well. Throws what SQLiteCpp throws.
  static std::unique_ptr<Database> open(const std::string& path, const std::string& real_path, Access access);
  /// Makes the tables, or brings those of an earlier version up to date.
  void prepare();
  [[nodiscard]] bool is_ours();

  [[nodiscard]] std::int64_t number(const char* pragma_or_query) { return sqlite.execAndGet(pragma_or_query).getInt64(); }
  [[nodiscard]] std::int64_t bytes() { return (number("PRAGMA page_count") - number("PRAGMA freelist_count")) * number("PRAGMA page_size"); }

  Database(std::string at, const std::string& real_path, int flags);
};

/// Of a failure of SQLite.
[[nodiscard]] Error as_error(const SQLite::Exception& error, const std::string& path, const char* what);

/// Every failure of SQLite as an Error that names the file.
template <class Call>
auto guarded(const std::string& path, const char* what, Call call) -> decltype(call()) {
  try {
    return call();
  } catch (const SQLite::Exception& error) {
    return tl::unexpected(as_error(error, path, what));
  }
}

}  // namespace ringback::history
