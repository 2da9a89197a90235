#pragma once
/// The memory on disk: one SQLite database, "history.sqlite", in a folder of its own.
#include <memory>

#include "history/announced.hpp"
#include "history/seen.hpp"

namespace ringback::history {

/// What one check leaves.
struct Record {
  Moment at;
  std::chrono::milliseconds duration{};
  Level level = Level::unknown;            ///< as measured
  State state;
  std::vector<std::string> changes;        ///< against the check before; kept where the state is another one
  std::optional<Announced> announced;      ///< before anything is said of this check: counted()
  std::string report;                      ///< JSON, kept where the state is another one; beside the description: it is text already

  static constexpr auto describe() {
    using R = Record;
    return std::tuple{field("at", &R::at),         field("duration_ms", &R::duration), field("level", &R::level), field("state", &R::state),
                      field("changes", &R::changes), field("announced", &R::announced)};
  }
};

struct Retention {
  std::chrono::days keep{400};
  std::int64_t most_bytes = 24 << 20;      ///< of the database; before that the oldest reports go, then the oldest periods
};

/// What could be read of the periods.
struct Remembered {
  std::vector<Period> periods;             ///< in the order of time
  std::int64_t unreadable = 0;             ///< others of them, each damaged by itself
  std::optional<std::string> damage;       ///< of the file: what is older than these could not be read at all

  static constexpr auto describe() {
    return std::tuple{field("periods", &Remembered::periods), field("unreadable", &Remembered::unreadable), field("damage", &Remembered::damage)};
  }
};

enum class Access { read, write };

/// Errors of all of them: Errc::malformed where the file is no database or is damaged, Errc::invalid_input where it is another program's, Errc::unsupported where a newer version made it,
/// Errc::exhausted where the disk is full, Errc::not_permitted where it may not be read or written, Errc::timed_out where another process holds it.
class Store {
 public:
  /// Access::write makes the file where there is none; for Access::read that is Errc::no_route.
  [[nodiscard]] static Expected<Store> open(const std::string& folder, Access access);
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;
  ~Store();

  /// The newest `most` of those that had not ended before `since` and began by `until`. An error is one of the file, of which nothing could be read.
  [[nodiscard]] Expected<Remembered> periods(std::optional<Moment> since, std::int64_t most, std::optional<Moment> until = std::nullopt);
  /// What all of them saw, those that are forgotten for lack of room as well.
  [[nodiscard]] Expected<std::optional<Seen>> seen();
  /// Looks through the whole file, which takes a tenth of a second where it is full: Errc::malformed where there is damage.
  [[nodiscard]] Expected<void> find_damage();
  /// Periods that are damaged each by itself are none any more; how many these were.
  [[nodiscard]] Expected<std::int64_t> drop_unreadable();
  /// Of the period before the next; absent where there is none, or it was dropped for room.
  [[nodiscard]] Expected<std::optional<std::string>> last_report();
  [[nodiscard]] Expected<std::optional<Announced>> announced();
  /// In one transaction: all of it, or nothing.
  [[nodiscard]] Expected<void> add(const Record& record, const Retention& retention);
  /// It was said.
  [[nodiscard]] Expected<void> announce(const Announced& said);

  struct Database;                         ///< of this folder's files alone

 private:
  [[nodiscard]] Expected<void> add_to_periods(const Record& record);
  explicit Store(std::unique_ptr<Database> database);
  std::unique_ptr<Database> database_;
};

/// What open() opens.
[[nodiscard]] std::string database_path(const std::string& folder);

/// A damaged database becomes "history.sqlite.damaged", with its log beside it; of earlier ones only the last is kept.
[[nodiscard]] Expected<void> move_aside(const std::string& folder);

}  // namespace ringback::history
