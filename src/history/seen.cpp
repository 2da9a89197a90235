#include "history/seen.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>
#include <fmt/format.h>

#include <algorithm>

#include "history/checksum.hpp"
#include "history/clock.hpp"

namespace ringback::history {
namespace {

constexpr std::int64_t most_kept = 256, most_read = 64;   // of a kind
constexpr const char *prefix = "prefix", *ipv4 = "ipv4", *ipv6 = "ipv6", *mapping = "mapping", *reached = "reached", *check = "check";

struct Row {
  std::int64_t id = 0;
  std::string value;
  std::int64_t first = 0, last = 0, checks = 0;
};

std::int64_t checksum_of(const char* kind, const Row& row) { return checksum(fmt::format("{} {} {} {} {}", kind, row.value, row.first, row.last, row.checks)); }

/// Newest first.
Expected<std::vector<Row>> rows_of(SQLite::Database& sqlite, const char* kind, std::int64_t most, const std::optional<std::string>& value = std::nullopt) {
  SQLite::Statement found(sqlite, "SELECT id, value, first, last, checks, checksum FROM seen WHERE kind = ?1 AND (?2 IS NULL OR value = ?2) ORDER BY id DESC LIMIT ?3");
  found.bind(1, kind);
  if (value) found.bind(2, *value);
  found.bind(3, most);
  std::vector<Row> rows;
  while (found.executeStep()) {
    rows.push_back({found.getColumn(0).getInt64(), found.getColumn(1).getString(), found.getColumn(2).getInt64(), found.getColumn(3).getInt64(), found.getColumn(4).getInt64()});
    if (found.getColumn(5).getInt64() != checksum_of(kind, rows.back())) return failure(Errc::malformed, "what was seen is damaged");
  }
  return rows;
}

void put(SQLite::Database& sqlite, const char* kind, const Row& row) {
  SQLite::Statement write(sqlite, "INSERT INTO seen VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET first = excluded.first, last = excluded.last, "
                                  "checks = excluded.checks, checksum = excluded.checksum");
  if (row.id == 0) write.bind(1);
  else write.bind(1, row.id);
  write.bind(2, kind);
  write.bind(3, row.value);
  write.bind(4, row.first);
  write.bind(5, row.last);
  write.bind(6, row.checks);
  write.bind(7, checksum_of(kind, row));
  write.exec();
  if (row.id != 0) return;
  SQLite::Statement bound(sqlite, "DELETE FROM seen WHERE kind = ?1 AND id <= (SELECT id FROM seen WHERE kind = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)");
  SQLite::bind(bound, kind, most_kept);
  bound.exec();
}

struct Note {
  SQLite::Database& sqlite;
  std::int64_t first, last, checks;

  /// `row`: where the same was seen already. A clock that was ahead then is put right.
  void add(const char* kind, const std::string& value, std::optional<Row> row) const {
    if (!row) row = Row{.value = value, .first = first};
    row->first = std::min(row->first, first);
    row->last = last;
    row->checks += checks;
    put(sqlite, kind, *row);
  }
  /// What was seen last, if it is the same: another one between makes it two.
  void follow(const char* kind, const std::string& value) const {
    const auto newest = rows_of(sqlite, kind, 1);
    const bool is_same = newest && !newest->empty() && newest->front().value == value;
    add(kind, value, is_same ? std::optional(newest->front()) : std::nullopt);
  }
  void once(const char* kind, const std::string& value) const {
    const auto same = rows_of(sqlite, kind, 1, value);
    add(kind, value, same && !same->empty() ? std::optional(same->front()) : std::nullopt);
  }
};

Moment moment(std::int64_t seconds) { return Moment{std::chrono::sys_seconds(std::chrono::seconds(seconds))}; }

struct Reading {
  SQLite::Database& sqlite;
  std::optional<Error> error;

  /// Oldest first; `take` says whether it could read the value.
  template <class Take>
  void each(const char* kind, const Take& take) {
    auto rows = rows_of(sqlite, kind, most_read);
    if (!rows) {
      error = rows.error();
      return;
    }
    std::ranges::reverse(*rows);
    for (const auto& row : *rows)
      if (!take(row)) error = Error{Errc::malformed, "what was seen is damaged"};
  }
  template <class List, class Parse>
  void list(const char* kind, List& into, const Parse& parse) {
    each(kind, [&](const Row& row) {
      const auto value = parse(row.value);
      if (value) into.push_back({*value, moment(row.first), moment(row.last)});
      return value.has_value();
    });
  }
};

/// "443/tcp ipv4"
std::string written(const Service& service, Family family) { return fmt::format("{} {}", service.to_string(), to_string(family)); }

}  // namespace

void note_seen(SQLite::Database& sqlite, const State& state, Moment first, Moment last, std::int64_t checks) {
  if (!was_set(first)) return;
  const Note note{sqlite, first.at.time_since_epoch().count(), last.at.time_since_epoch().count(), checks};
  note.once(check, "");
  // A measurement that failed between two that agree says nothing.
  if (state.prefix) note.follow(prefix, state.prefix->to_string());
  if (state.ipv4) note.follow(ipv4, state.ipv4->to_string());
  if (state.ipv6) note.follow(ipv6, state.ipv6->to_string());
  for (const auto& service : state.mappings.value_or(std::vector<Service>{})) note.once(mapping, service.to_string());
  for (const auto& service : state.services)
    if (service.reachable == Reachable::yes) note.once(reached, written(service.service, service.family));
}

void forget_seen(SQLite::Database& sqlite, Moment before) {
  SQLite::Statement forgetting(sqlite, "DELETE FROM seen WHERE last < ?");
  forgetting.bind(1, static_cast<std::int64_t>(before.at.time_since_epoch().count()));
  forgetting.exec();
}

Expected<std::optional<Seen>> read_seen(SQLite::Database& sqlite) {
  Reading reading{sqlite, std::nullopt};
  Seen seen;
  auto& past = seen.past;
  reading.each(check, [&](const Row& row) {
    past.since = moment(row.first);
    past.until = moment(row.last);
    past.checks = row.checks;
    return row.checks > 0;
  });
  reading.list(prefix, past.prefixes, [](const std::string& text) { return Prefix::parse(text); });
  reading.list(ipv4, past.ipv4, [](const std::string& text) { return Address::parse(text); });
  reading.list(ipv6, past.ipv6, [](const std::string& text) { return Address::parse(text); });
  reading.each(mapping, [&](const Row& row) {
    const auto service = Service::parse(row.value);
    if (service) past.mappings.push_back({*service, moment(row.last)});
    return service.has_value();
  });
  reading.each(reached, [&](const Row& row) {
    const auto space = std::min(row.value.size(), row.value.find(' '));
    const auto service = Service::parse(row.value.substr(0, space));
    const auto family = row.value.ends_with(" ipv6") ? Family::ipv6 : Family::ipv4;
    if (service) past.reached.push_back({*service, family, moment(row.last)});
    return service.has_value();
  });
  if (reading.error) return tl::unexpected(*reading.error);
  return past.checks > 0 ? std::optional(seen) : std::nullopt;
}

}  // namespace ringback::history
