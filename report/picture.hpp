#pragma once
/// How far an incoming connection gets: internet, provider, router, this host, service; one row for each service and family.
#include <array>
#include <vector>

#include "report/page.hpp"
#include "report/report.hpp"
#include "report/summary.hpp"

namespace ringback {

enum class Mark {
  passed,
  stopped,
  doubtful,   ///< it may stop here
  unreached,
};

inline constexpr std::array<std::string_view, 5> kNodes{"internet", "provider", "router", "this host", "service"};

struct PictureRow {
  Service service;
  Family family = Family::ipv4;
  std::array<Mark, 5> marks{};
  std::string_view outcome;  ///< "reachable", "stopped", "not tested", "answer lost", "stalls"
  std::string_view in_full;  ///< where there is room: "reachable, large packets lost"
  Tone tone = Tone::doubtful;
};

[[nodiscard]] std::vector<PictureRow> picture(const Report& report);

/// As a table where the columns suffice, otherwise with the names on a stair.
void draw(const std::vector<PictureRow>& rows, Page& page);

/// "●", or "o" in ASCII.
[[nodiscard]] std::string_view symbol(Mark mark, bool unicode);

/// What the symbols mean, for the marks that occur, and what "stalls" does; empty where everything passed.
[[nodiscard]] std::string legend(const std::vector<PictureRow>& rows, bool unicode);

}  // namespace ringback
