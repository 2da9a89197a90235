#include "history/keeper.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <thread>

#include "evidence/json.hpp"
#include "history/clock.hpp"
#include "history/folder.hpp"
#include "history/turns.hpp"
#include "io/privilege.hpp"

namespace ringback::history {
namespace {

/// What the processes say to each other: a line of JSON, and after it a text as it is.
struct OpenOrder {
  Moment now;
  std::int64_t patience_s = 0;
  static constexpr auto describe() { return std::tuple{field("now", &OpenOrder::now), field("patience_s", &OpenOrder::patience_s)}; }
};

struct ReadOrder {
  std::optional<Moment> since, until;
  std::int64_t most = 0;
  static constexpr auto describe() { return std::tuple{field("since", &ReadOrder::since), field("until", &ReadOrder::until), field("most", &ReadOrder::most)}; }
};

struct CloseOrder {
  std::optional<Announced> said;
  static constexpr auto describe() { return std::tuple{field("said", &CloseOrder::said)}; }
};

struct TurnOrder {
  std::chrono::milliseconds patience{};
  static constexpr auto describe() { return std::tuple{field("turn_within_ms", &TurnOrder::patience)}; }
};

struct Failure {
  int code = 0;
  std::string what;
  static constexpr auto describe() { return std::tuple{field("code", &Failure::code), field("what", &Failure::what)}; }
};

template <class T>
struct Reply {
  std::optional<Failure> failure;
  std::optional<T> done;
  static constexpr auto describe() { return std::tuple{field("failure", &Reply::failure), field("done", &Reply::done)}; }
};

template <class T>
std::string message(const T& value, const std::string& text = "") {
  return json::write(value).dump(-1, ' ', true, json::Value::error_handler_t::replace) + "\n" + text;
}

template <class T>
Expected<T> value_in(std::string_view message) {
  const auto value = json::Value::parse(message.substr(0, message.find('\n')), nullptr, false);
  if (value.is_discarded()) return failure(Errc::failed, "a message between the processes is damaged");
  return json::read<T>(value, "");
}

std::string text_in(const std::string& message) { return message.substr(std::min(message.size(), message.find('\n') + 1)); }

template <class T>
Reply<T> reply(Expected<T> result) {
  if (!result) return {.failure = Failure{static_cast<int>(result.error().code), result.error().what}};
  return {.done = std::move(*result)};
}

template <class T>
Expected<T> outcome(const Expected<std::string>& answer) {
  if (!answer) return failure(answer.error().code, "the memory of earlier checks: " + answer.error().what);
  auto replied = value_in<Reply<T>>(*answer);
  if (!replied) return tl::unexpected(replied.error());
  if (replied->failure) return failure(static_cast<Errc>(replied->failure->code), replied->failure->what);
  return std::move(*replied->done);
}

/// The child's side.
class Memory {
 public:
  Memory(Folder folder, const Retention& retention, const std::optional<io::Identity>& caller)
      : folder_(std::move(folder)), retention_(retention), caller_(caller) {}

  std::string serve(const std::string& request) {
    if (const auto order = value_in<OpenOrder>(request)) {
      auto opened = open(order->now, std::chrono::seconds(order->patience_s));
      const auto report = opened && opened->last_report ? *opened->last_report : "";
      return message(reply(std::move(opened)), report);
    }
    if (const auto order = value_in<CloseOrder>(request)) return message(reply(close(order->said)));
    if (const auto order = value_in<TurnOrder>(request)) return message(reply(turn(order->patience)));
    auto record = value_in<Record>(request);
    if (record) record->report = text_in(request);
    return message(reply(record ? remember(*record) : Expected<std::vector<std::string>>(tl::unexpected(record.error()))));
  }

 private:
  Expected<Opened> open(Moment now, std::chrono::seconds patience) {
    now_ = now;
    if (auto ready = enter_folder(folder_, caller_); !ready) return tl::unexpected(ready.error());
    has_entered_ = true;
    auto lock = lock_folder(folder_.path, patience);
    if (!lock) return tl::unexpected(lock.error());
    lock_ = std::move(*lock);
    number_ = next_number(lock_);
    const bool is_emptied = has_remembered(lock_) && is_empty_file(database_path(folder_.path));
    auto opened = read();
    if (opened && is_emptied) opened->troubles.push_back(fmt::format("The memory of earlier checks, {}, was empty. A new one is begun.", database_path(folder_.path)));
    if (opened || opened.error().code != Errc::malformed) return opened;
    const auto told = begin_anew(opened.error());
    if (!told) return tl::unexpected(told.error());
    opened = read();
    if (opened) opened->troubles.push_back(*told);
    return opened;
  }

  Expected<Opened> read() {
    auto store = Store::open(folder_.path, Access::write);
    if (!store) return tl::unexpected(store.error());
    store_.emplace(std::move(*store));
    Opened opened;
    auto newest = store_->periods(std::nullopt, 1);
    if (newest && (newest->unreadable > 0 || is_new_day(newest->periods))) {
      if (auto sound = store_->find_damage(); !sound) return tl::unexpected(sound.error());
      const auto dropped = store_->drop_unreadable();
      if (!dropped) return tl::unexpected(dropped.error());
      if (*dropped > 0)
        opened.troubles.push_back(fmt::format("In the memory of earlier checks, {}, {} damaged, and dropped.", database_path(folder_.path),
                                              *dropped == 1 ? "1 period was" : fmt::format("{} periods were", *dropped)));
      newest = store_->periods(std::nullopt, 1);
    }
    auto seen = store_->seen();
    auto announced = store_->announced();
    auto report = store_->last_report();
    if (!newest) return tl::unexpected(newest.error());
    if (!seen) return tl::unexpected(seen.error());
    if (!announced) return tl::unexpected(announced.error());
    if (!report) return tl::unexpected(report.error());
    if (!newest->periods.empty()) opened.newest = std::move(newest->periods.back());
    opened.seen = std::move(*seen);
    if (*announced) opened.announced = dated(std::move(**announced), now_);
    opened.last_report = std::move(*report);
    return opened;
  }

  [[nodiscard]] bool is_new_day(const std::vector<Period>& newest) const {
    const auto day = [](Moment moment) { return std::chrono::floor<std::chrono::days>(moment.at); };
    return !newest.empty() && day(newest.back().last) != day(now_);
  }

  Expected<std::vector<std::string>> remember(const Record& record) {
    if (!store_) return failure(Errc::failed, "the memory of earlier checks is not open");
    std::vector<std::string> troubles;
    auto added = store_->add(record, retention_);
    if (!added && added.error().code == Errc::malformed) {
      auto told = begin_anew(added.error());
      if (!told) return tl::unexpected(told.error());
      troubles.push_back(std::move(*told));
      if (auto opened = read(); !opened) return tl::unexpected(opened.error());
      added = store_->add(record, retention_);
    }
    store_.reset();   // closed as it should be, so that nothing is left beside the file
    if (!added) return tl::unexpected(added.error());
    note_remembered(lock_);
    return troubles;
  }

  /// True, or an error.
  Expected<bool> close(const std::optional<Announced>& said) {
    const auto written = lock_ && said ? announce(*said) : Expected<void>();
    lock_ = UniqueFd();
    return written.map([] { return true; });
  }

  Expected<void> announce(const Announced& said) {
    auto store = Store::open(folder_.path, Access::write);
    return store ? store->announce(said) : tl::unexpected(store.error());
  }

  Expected<bool> turn(std::chrono::milliseconds patience) {
    if (!has_entered_) return failure(Errc::no_route, "there is no folder of earlier checks");
    auto turn = take_turn(folder_.path, number_, patience);
    if (!turn) return tl::unexpected(turn.error());
    turn_ = std::move(*turn);
    return true;
  }

  /// What is to be said of it.
  Expected<std::string> begin_anew(const Error& damage) {
    store_.reset();
    if (auto moved = move_aside(folder_.path); !moved) return tl::unexpected(moved.error());
    return fmt::format("The memory of earlier checks was damaged ({}). It is {}.damaged now, and a new one is begun.", damage.what, database_path(folder_.path));
  }

  Folder folder_;
  Retention retention_;
  std::optional<io::Identity> caller_;
  Moment now_;
  UniqueFd lock_, turn_;
  bool has_entered_ = false;
  std::optional<std::uint64_t> number_;    ///< of this check, while others have theirs
  std::optional<Store> store_;
};

Expected<Remembered> periods_in(const Folder& folder, const std::optional<io::Identity>& caller, const Expected<ReadOrder>& order) {
  if (!order) return tl::unexpected(order.error());
  if (auto there = visit_folder(folder, caller); !there) return tl::unexpected(there.error());
  auto store = Store::open(folder.path, Access::read);
  if (!store) return tl::unexpected(store.error());
  auto found = store->periods(order->since, order->most, order->until);
  if (!found || found->damage) return found;
  if (const auto sound = store->find_damage(); !sound) found->damage = sound.error().what;
  return found;
}

}  // namespace

Reader::Reader(const Folder& folder, const std::optional<io::Identity>& caller)
    : process_([=](const std::string& request) { return message(reply(periods_in(folder, caller, value_in<ReadOrder>(request)))); }) {}

Expected<Remembered> Reader::periods(std::optional<Moment> since, std::int64_t most, std::optional<Moment> until) {
  constexpr std::chrono::seconds work{20};
  return outcome<Remembered>(process_.ask(message(ReadOrder{since, until, most}), work));
}

Keeper::Keeper(const Folder& folder, const Retention& retention, const std::optional<io::Identity>& caller)
    : process_([memory = std::make_shared<Memory>(folder, retention, caller)](const std::string& request) { return memory->serve(request); }) {}

Expected<Opened> Keeper::open(Moment now, std::chrono::seconds patience) {
  constexpr std::chrono::seconds work{10};
  const auto answer = process_.ask(message(OpenOrder{now, patience.count()}), patience + work);
  auto opened = outcome<Opened>(answer);
  if (opened)
    if (auto report = text_in(*answer); !report.empty()) opened->last_report = std::move(report);
  return opened;
}

Expected<std::vector<std::string>> Keeper::remember(const Record& record) {
  constexpr std::chrono::seconds work{20};
  return outcome<std::vector<std::string>>(process_.ask(message(record, record.report), work));
}

Expected<void> Keeper::close(const std::optional<Announced>& said) {
  constexpr std::chrono::seconds work{10};
  return outcome<bool>(process_.ask(message(CloseOrder{said}), work)).map([](bool) {});
}

Expected<void> Keeper::take_turn(std::chrono::milliseconds patience) {
  constexpr std::chrono::seconds work{2};
  return outcome<bool>(process_.ask(message(TurnOrder{patience}), std::chrono::ceil<std::chrono::seconds>(patience) + work)).map([](bool) {});
}

}  // namespace ringback::history
