#pragma once
/// What checks saw, as far as it tells a later one something: a line for each address, prefix, forward and service, and not one for each check, so that
/// weeks of it are read at once however often states change. A table of the store's database, "seen".
#include "evidence/past.hpp"
#include "history/state.hpp"

namespace SQLite {
class Database;
}

namespace ringback::history {

/// As it stands in the table, with whatever times the clock had; past_of() makes evidence of it.
struct Seen {
  past::Evidence past;
  bool operator==(const Seen&) const = default;
  static constexpr auto describe() { return std::tuple{field("past", &Seen::past)}; }
};

constexpr const char* seen_table = R"(
CREATE TABLE seen (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,          -- prefix, ipv4, ipv6: one after the other; mapping, reached: each once; check: one row
  value TEXT NOT NULL,
  first INTEGER NOT NULL,      -- seconds since 1970-01-01T00:00:00Z
  last INTEGER NOT NULL,
  checks INTEGER NOT NULL,
  checksum INTEGER NOT NULL
) STRICT;
CREATE INDEX seen_by_kind ON seen (kind);
)";

/// What `checks` of this state tell, the first of them at `first` and the last one at `last`. Inside of a transaction. These throw what SQLiteCpp throws.
void note_seen(SQLite::Database& sqlite, const State& state, Moment first, Moment last, std::int64_t checks);
void forget_seen(SQLite::Database& sqlite, Moment before);

/// Of each kind the newest 64; nullopt where there is nothing. Errc::malformed where a row is damaged.
[[nodiscard]] Expected<std::optional<Seen>> read_seen(SQLite::Database& sqlite);

}  // namespace ringback::history
