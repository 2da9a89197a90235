#pragma once
/// What `diff -f json` writes, as a value: what stands in it and the schema of it are made from here.
#include "report/changes.hpp"

namespace ringback {

struct ComparedSide {
  std::string started;
  Tool tool;
  bool redacted = false;

  bool operator==(const ComparedSide&) const = default;
  static constexpr auto describe() {
    using S = ComparedSide;
    return std::tuple{field("started", &S::started), field("tool", &S::tool), field("redacted", &S::redacted)};
  }
};

struct ComparisonLine {
  std::string schema = "ringback.diff/1";
  ComparedSide before, after;
  std::vector<Change> changes;
  std::vector<std::string> caveats;

  bool operator==(const ComparisonLine&) const = default;
  static constexpr auto describe() {
    using L = ComparisonLine;
    return std::tuple{field("schema", &L::schema), field("before", &L::before), field("after", &L::after), field("changes", &L::changes),
                      field("caveats", &L::caveats)};
  }
};

}  // namespace ringback
