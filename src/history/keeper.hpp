#pragma once
/// The memory as a check uses it: in a process of its own, which still may write when the check may nothing any more.
#include "history/folder.hpp"
#include "history/store.hpp"
#include "io/helper_process.hpp"

namespace ringback::history {

/// What a check begins with.
struct Opened {
  std::optional<Period> newest;
  std::optional<Seen> seen;                ///< by all checks, see past_of()
  std::optional<Announced> announced;
  std::vector<std::string> troubles;       ///< sentences: a damaged database was moved aside, or was empty
  std::optional<std::string> last_report;  ///< of the last period; beside the description: it is text already

  static constexpr auto describe() {
    return std::tuple{field("newest", &Opened::newest), field("seen", &Opened::seen), field("announced", &Opened::announced), field("troubles", &Opened::troubles)};
  }
};

/// One check at a time has the memory of a folder: from open() to close(), or until this value ends.
class Keeper {
 public:
  /// To be called before there are threads, and before privileges are given up. Root's own process becomes whoever owns the folder; `caller` is
  /// the one whose rights count in a folder of his.
  Keeper(const Folder& folder, const Retention& retention, const std::optional<io::Identity>& caller);

  /// `now` is this check's time, and what is remembered is dated by it (clock.hpp). Once a day the whole file is looked through for damage.
  /// Makes the folder and the database where there are none, and waits for another check to end, up to `patience`: Errc::refused then. A damaged
  /// database is moved aside and a new one begun. Other errors as Store's.
  [[nodiscard]] Expected<Opened> open(Moment now, std::chrono::seconds patience);
  /// Once after open(). Sentences as above; errors as Store's.
  [[nodiscard]] Expected<std::vector<std::string>> remember(const Record& record);
  /// The next check may have the memory. `said`: what is announced now, since it was said; absent: nothing new was.
  [[nodiscard]] Expected<void> close(const std::optional<Announced>& said);

  /// The turn to tell of this check elsewhere, until this value ends: one check of a folder at a time, and none after a later one. Also where open() was
  /// refused. Errc::refused where a later one was quicker, or another one is not done within `patience`; any other error means that there is no
  /// folder in which turns could be taken.
  [[nodiscard]] Expected<void> take_turn(std::chrono::milliseconds patience);

 private:
  io::HelperProcess process_;
};

/// The memory for whoever only looks: read in a process of its own, which is who the folder belongs to.
class Reader {
 public:
  /// As Keeper.
  Reader(const Folder& folder, const std::optional<io::Identity>& caller);
  /// As Store::periods(), and with the damage that looking through the file finds; Errc::no_route where nothing is remembered there,
  /// Errc::not_permitted where it may not be read.
  [[nodiscard]] Expected<Remembered> periods(std::optional<Moment> since, std::int64_t most, std::optional<Moment> until = std::nullopt);

 private:
  io::HelperProcess process_;
};

}  // namespace ringback::history
