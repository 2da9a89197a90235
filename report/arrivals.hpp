#pragma once
/// `wait` and `read`, line by line: text for people, JSON lines for programs.
#include <chrono>
#include <string>

#include "arrivals/verdict.hpp"
#include "report/style.hpp"

namespace ringback {

/// How times are shown to people: the caller knows the time zone.
struct ArrivalStyle {
  TextStyle text;
  std::chrono::seconds utc_offset{};
  bool with_date = false;
};

/// One attempt, with what came of it. `program`: whose socket is there; empty: nobody's, or unknown.
[[nodiscard]] std::string arrival_text(const arrivals::Attempt& attempt, const arrivals::Judged& judged, const std::string& program,
                                       const ArrivalStyle& style);
/// Somebody who proves nothing.
[[nodiscard]] std::string ignored_text(const arrivals::Attempt& attempt, const ArrivalStyle& style);
[[nodiscard]] std::string verdict_text(const arrivals::Verdict& verdict, const TextStyle& style);

/// The first line of a watch. `interface`: a name, or "any".
[[nodiscard]] std::string watching_json(const char* schema, const Service& service, const std::string& interface, bool rules_readable);
/// `schema`: "ringback.wait/1" or "ringback.read/1". Plain ASCII, one object, no final newline.
[[nodiscard]] std::string arrival_json(const char* schema, const arrivals::Attempt& attempt, const arrivals::Judged& judged,
                                       const std::string& program);
[[nodiscard]] std::string ignored_json(const char* schema, const arrivals::Attempt& attempt);
/// `ended`: why the watch or the file ended.
[[nodiscard]] std::string verdict_json(const char* schema, const arrivals::Verdict& verdict, std::string_view ended, int exit_status);

}  // namespace ringback
