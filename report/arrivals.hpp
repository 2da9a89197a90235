#pragma once
/// `wait` and `read`, line by line: text for people, JSON lines for programs.
#include <chrono>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>

#include "arrivals/file_contents.hpp"
#include "arrivals/verdict.hpp"
#include "report/style.hpp"

namespace ringback {

/// How times are shown to people: the caller knows the time zone.
struct ArrivalStyle {
  TextStyle text;
  std::chrono::seconds utc_offset{};
  bool with_date = false;
};

/// Reasons that stand on the screen: each is told once.
class AlreadyTold {
 public:
  [[nodiscard]] bool has(const std::string& reason) const { return reasons_.contains(reason); }
  /// False: it was told before.
  bool tell(const std::string& reason) {
    if (reasons_.size() >= most) reasons_.clear();
    return reasons_.insert(reason).second;
  }

 private:
  static constexpr std::size_t most = 64;
  std::set<std::string> reasons_;
};

/// "Waiting for somebody outside …". `ends_itself`: after a count or a time.
[[nodiscard]] std::string watching_text(const Service& service, const std::optional<std::string>& interface, bool ends_itself,
                                        const TextStyle& style);
/// What to do, before anything has come.
[[nodiscard]] std::string guide_text(const Remedy& guide, const TextStyle& style);
/// One attempt, with what came of it. `program`: whose socket is there; empty: nobody's, or unknown. Null: why it was stopped is told
/// elsewhere.
[[nodiscard]] std::string arrival_text(const arrivals::Attempt& attempt, const arrivals::Judged& judged, const std::string& program,
                                       const ArrivalStyle& style, AlreadyTold* told);
/// Somebody who proves nothing; the notes of the verdict say why.
[[nodiscard]] std::string ignored_text(const arrivals::Attempt& attempt, const ArrivalStyle& style);
/// What is in `told` is not told again.
[[nodiscard]] std::string verdict_text(const arrivals::Verdict& verdict, const TextStyle& style, const AlreadyTold& told = {});
/// What a file held in which nobody came.
[[nodiscard]] std::string contents_text(const arrivals::FileContents& contents, const TextStyle& style);

/// What stops it, in a few words without a full stop; empty: nothing, or it is not known.
[[nodiscard]] std::string title_of(const arrivals::Outcome& outcome);

/// What a watch begins with. `interface`: a name, or "any".
struct Watching {
  Service service;
  std::string interface;
  bool rules_readable = false;
  std::optional<Address> ipv4, ipv6;       ///< where to knock, as far as this home knows it
  Remedy guide;
};
/// `schema`: "ringback.wait/1" or "ringback.read/1". Plain ASCII, one object, no final newline.
[[nodiscard]] std::string watching_json(const char* schema, const Watching& watching);
[[nodiscard]] std::string arrival_json(const char* schema, const arrivals::Attempt& attempt, const arrivals::Judged& judged,
                                       const std::string& program);
[[nodiscard]] std::string ignored_json(const char* schema, const arrivals::Attempt& attempt);
/// `ended`: why the watch or the file ended. `file`: of `read`.
[[nodiscard]] std::string verdict_json(const char* schema, const arrivals::Verdict& verdict, std::string_view ended, int exit_status,
                                       const arrivals::FileContents* file = nullptr);

/// Of any of these lines (JSON Schema, draft 2020-12), made from the types that they are written from.
[[nodiscard]] nlohmann::ordered_json arrivals_schema();

}  // namespace ringback
