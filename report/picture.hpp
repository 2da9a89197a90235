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
  std::vector<Service> alike;  ///< many others of which all is the same: they have no rows of their own
  Family family = Family::ipv4;
  std::array<Mark, 5> marks{};
  std::string_view outcome;  ///< "reachable", "stopped", "not tested", "answer lost", "stalls", "no IPv6"
  std::string_view in_full;  ///< where there is room: "reachable, large packets lost"
  bool answer_lost = false;  ///< all passed on the way in; on the way back the answer does not get to the internet
  Tone tone = Tone::doubtful;
  std::size_t left_out = 0;  ///< of the last row: those that are not drawn below it
};

/// "443/tcp", or "20 services", which the legend names.
[[nodiscard]] std::string label(const PictureRow& row);

[[nodiscard]] std::vector<PictureRow> picture(const Report& report);

/// As a table where the columns suffice, otherwise with the names on a stair.
void draw(const std::vector<PictureRow>& rows, Page& page);

/// "●", or "o" in ASCII.
[[nodiscard]] std::string_view symbol(Mark mark, bool unicode);

/// What the symbols mean, for the marks that occur, what "stalls" does, and which "20 services" are; otherwise empty where everything passed.
[[nodiscard]] std::string legend(const std::vector<PictureRow>& rows, bool unicode);

}  // namespace ringback
