#include "report/picture.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "diagnosis/household.hpp"
#include "report/safe_text.hpp"
#include "report/summary.hpp"
#include "report/words.hpp"

namespace ringback {
namespace {

using Marks = std::array<Mark, 5>;

constexpr std::string_view kStalls = "stalls";   // in full it is wider than a terminal

constexpr std::string_view kAnswerLost = "answer lost";

constexpr std::string_view kNotForAll = "not for all";

/// Of a service that can be reached: it opens, and then large packets vanish; or it is kept from some visitors. Empty: neither.
std::string_view reservation(const ServiceVerdict& verdict, const Report& report) {
  const auto end = report.findings.begin() + static_cast<std::ptrdiff_t>(std::min(report.findings.size(), kMostFindings));
  const auto any = [&](const auto& is_it) {
    return std::any_of(report.findings.begin(), end, [&](const Finding& f) {
      return is_it(f) && f.severity != Severity::info && (!f.subject.service || *f.subject.service == verdict.service) &&
             (!f.subject.family || *f.subject.family == verdict.family);
    });
  };
  constexpr std::string_view blackhole = "inbound.mtu-blackhole";
  if (any([&](const Finding& f) { return f.code == blackhole; })) return kStalls;
  return any([&](const Finding& f) { return f.subject.service && f.code != blackhole && f.code.starts_with("inbound."); }) ? kNotForAll : std::string_view();
}

/// The card saw a stranger's knock on it: what lies before this host lets it pass.
bool got_here(const ServiceVerdict& verdict, const Report& report, const diagnosis::Facts& facts) {
  const auto& inbound = report.evidence.inbound;
  return inbound && std::ranges::any_of(inbound->knocks, [&](const inbound::Knock& knock) {
    return knock.service == verdict.service && knock.family == verdict.family && !knock.arrivals.empty() && diagnosis::proves(facts, knock);
  });
}

PictureRow row_of(const ServiceVerdict& verdict, const Report& report, const diagnosis::Facts& facts) {
  constexpr auto P = Mark::passed, S = Mark::stopped, D = Mark::doubtful, N = Mark::unreached;
  const auto row = [&](Marks marks, std::string_view outcome) {
    const auto tone = outcome == "reachable" ? Tone::good : outcome == "stopped" || outcome == kAnswerLost ? Tone::bad : Tone::doubtful;
    const auto in_full = outcome == kStalls       ? "reachable, large packets lost"
                         : outcome == kNotForAll  ? "reachable, not for all visitors"
                         : outcome == kAnswerLost ? "it gets here, and its answer is lost on the way back"
                                                  : outcome;
    return PictureRow{verdict.service, {}, verdict.family, marks, outcome, in_full, outcome == kAnswerLost, tone};
  };
  if (verdict.reachable == Reachable::yes) {
    const auto but = reservation(verdict, report);
    return row({P, P, P, P, P}, but.empty() ? "reachable" : but);
  }
  if (report.connection.type == ConnectionType::offline) return row({D, D, D, D, D}, "not tested");   // visitors' way does not even begin to be known
  const bool tested = verdict.reachable == Reachable::no;
  const auto way = got_here(verdict, report, facts) ? P : D;   // that it would end at this host is told without any knock as well
  // Nothing sets out: where it would end is no question.
  if (tested && verdict.cause == "ipv4.none") return row({N, N, N, N, N}, "no IPv4");
  if (tested && verdict.cause == "ipv6.none") return row({N, N, N, N, N}, "no IPv6");
  if (tested) {
    switch (verdict.stopped_at) {
      case StoppedAt::provider: return row({P, S, N, N, N}, "stopped");
      case StoppedAt::router: return row({P, P, S, N, N}, "stopped");
      case StoppedAt::upstream: return row({P, D, D, N, N}, "stopped");
      case StoppedAt::host_firewall: return row({P, way, way, S, N}, "stopped");
      case StoppedAt::listener: return row({P, way, way, way, S}, "stopped");
      case StoppedAt::return_path: return row({P, P, P, P, P}, kAnswerLost);   // it gets here: what stops is nothing on the way in
      case StoppedAt::none:
      case StoppedAt::unknown: return row({P, D, D, D, D}, "stopped");
    }
  }
  if (verdict.stopped_at == StoppedAt::host_firewall) return row({P, D, D, S, N}, "not tested");
  if (verdict.stopped_at == StoppedAt::listener) return row({P, D, D, D, S}, "not tested");
  return row({P, D, D, D, D}, "not tested");
}

constexpr std::size_t kMostApart = 3;   // services of one fate that are drawn one by one; the answer's sentence counts more than these, too

/// What becomes of visitors of one service, over each family.
using Fate = std::vector<std::tuple<Family, Marks, std::string_view>>;

struct Alike {
  Fate fate;
  std::vector<Service> services;
  std::size_t first_row = 0;
};

/// Behind the last of the rows that begin at `begin` and are of the same service.
std::size_t end_of_service(const std::vector<PictureRow>& rows, std::size_t begin) {
  auto end = begin;
  while (end < rows.size() && rows[end].service == rows[begin].service) ++end;
  return end;
}

Fate fate_of(const std::vector<PictureRow>& rows, std::size_t begin, std::size_t end) {
  Fate fate;
  for (auto i = begin; i < end; ++i) fate.emplace_back(rows[i].family, rows[i].marks, rows[i].outcome);
  return fate;
}

std::vector<Alike> by_fate(const std::vector<PictureRow>& rows) {
  std::vector<Alike> result;
  for (std::size_t begin = 0, end = 0; begin < rows.size(); begin = end) {
    end = end_of_service(rows, begin);
    auto fate = fate_of(rows, begin, end);
    const auto same = std::ranges::find(result, fate, &Alike::fate);
    if (same == result.end())
      result.push_back({std::move(fate), {rows[begin].service}, begin});
    else
      same->services.push_back(rows[begin].service);
  }
  return result;
}

/// Many services of one fate share the rows of the first: twenty pairs of rows that are the same say no more than one.
std::vector<PictureRow> folded(const std::vector<PictureRow>& rows) {
  const auto all = by_fate(rows);
  std::vector<PictureRow> result;
  for (std::size_t begin = 0, end = 0; begin < rows.size(); begin = end) {
    end = end_of_service(rows, begin);
    const auto group = std::ranges::find(all, fate_of(rows, begin, end), &Alike::fate);
    const bool shared = group != all.end() && group->services.size() > kMostApart;
    if (shared && begin != group->first_row) continue;
    for (auto i = begin; i < end; ++i) {
      result.push_back(rows[i]);
      if (shared) result.back().alike.assign(group->services.begin() + 1, group->services.end());
    }
  }
  return result;
}

Paint paint(Mark mark) {
  switch (mark) {
    case Mark::passed: return Paint::good;
    case Mark::stopped: return Paint::bad;
    case Mark::doubtful: return Paint::doubtful;
    case Mark::unreached: break;
  }
  return Paint::faint;
}

std::string padded(std::string_view text, std::size_t columns) {
  std::string result(text);
  const auto width = display_width(text);
  if (width < columns) result.append(columns - width, ' ');
  return result;
}

/// Where the marks stand: columns from the first.
using Columns = std::array<std::size_t, 5>;

/// Between the internet and the provider: an answer comes from the right and goes no further. "─✗←──" where there is room, "✗" where there is none.
std::vector<Cell> lost_answer(std::size_t width, const Page& page) {
  const auto line = [&](std::size_t columns) {
    std::string result;
    for (std::size_t i = 0; i < columns; ++i) result += page.symbol("─", "-");
    return result;
  };
  const auto cross = std::string(symbol(Mark::stopped, page.style().unicode));
  if (width < 3) return {{cross, Paint::bad}, {line(width - 1)}};
  const std::size_t before = width / 3;
  return {{line(before)}, {cross + std::string(page.symbol("←", "<")), Paint::bad}, {line(width - before - 2)}};
}

std::vector<Cell> rail(const PictureRow& row, const Columns& at, std::size_t width, const Page& page) {
  std::vector<Cell> cells;
  cells.push_back({std::string(at[0], ' ')});
  for (std::size_t i = 0; i < at.size(); ++i) {
    cells.push_back({std::string(symbol(row.marks[i], page.style().unicode)), paint(row.marks[i])});
    const std::size_t next = i + 1 < at.size() ? at[i + 1] : width;
    if (i == 0 && row.answer_lost) {
      for (auto& cell : lost_answer(next - at[i] - 1, page)) cells.push_back(std::move(cell));
      continue;
    }
    const bool joined = i + 1 < at.size() && row.marks[i] != Mark::doubtful &&
                        (row.marks[i + 1] == Mark::passed || row.marks[i + 1] == Mark::stopped);
    std::string line;
    for (std::size_t k = at[i] + 1; k < next; ++k) line += joined ? page.symbol("─", "-") : " ";
    cells.push_back({line});
  }
  return cells;
}

struct Labels {
  std::size_t width = 0;  ///< of the widest service
  bool services = true;   ///< named in front of every family, otherwise on lines of their own
};

void draw_rows(const std::vector<PictureRow>& rows, const Labels& labels, const Columns& at, std::size_t width, Page& page) {
  const Service* last = nullptr;
  for (const auto& row : rows) {
    const bool is_new = last == nullptr || *last != row.service;
    last = &row.service;
    std::string name = is_new ? label(row) : "";
    if (!labels.services) {
      if (is_new) page.cells({{name, Paint::heading}});
      name.clear();
    }
    std::vector<Cell> line{{padded(name, labels.width), Paint::heading},
                           {(labels.width != 0 ? "  " : "") + std::string(words(row.family)) + "  "}};
    for (auto& cell : rail(row, at, width, page)) line.push_back(std::move(cell));
    line.push_back({"  " + std::string(row.outcome), row.tone == Tone::good  ? Paint::good
                                                     : row.tone == Tone::bad ? Paint::bad
                                                                             : Paint::doubtful});
    page.cells(line);
  }
}

std::string names_of(const PictureRow& row) {
  std::vector<std::string> names{row.service.to_string()};
  for (const auto& service : row.alike) names.push_back(service.to_string());
  return listed(names);
}

constexpr std::size_t kOutcome = 13;  // two spaces and the longest outcome

}  // namespace

std::string_view symbol(Mark mark, bool unicode) {
  switch (mark) {
    case Mark::passed: return unicode ? "●" : "o";
    case Mark::stopped: return unicode ? "✗" : "X";
    case Mark::doubtful: return "?";
    case Mark::unreached: break;
  }
  return unicode ? "·" : ".";
}

std::string label(const PictureRow& row) {
  return row.alike.empty() ? row.service.to_string() : fmt::format("{} services", row.alike.size() + 1);
}

std::string legend(const std::vector<PictureRow>& rows, bool unicode) {
  const auto occurs = [&](Mark wanted) {
    return std::any_of(rows.begin(), rows.end(), [&](const auto& row) { return std::ranges::find(row.marks, wanted) != row.marks.end(); });
  };
  std::string result;
  const auto add = [&](std::string_view what, std::string_view meaning) {
    result += std::string(result.empty() ? "" : ", ") + std::string(what) + " = " + std::string(meaning);
  };
  const bool all_passed = !occurs(Mark::stopped) && !occurs(Mark::doubtful) && !occurs(Mark::unreached);
  if (!all_passed && occurs(Mark::passed)) add(symbol(Mark::passed, unicode), "passed");
  for (const auto& [mark, meaning] :
       {std::pair{Mark::stopped, "stops here"}, {Mark::doubtful, "not known"}, {Mark::unreached, "never got there"}})
    if (occurs(mark)) add(symbol(mark, unicode), meaning);
  if (std::any_of(rows.begin(), rows.end(), [](const PictureRow& row) { return row.outcome == kStalls; }))
    add(kStalls, "reachable, but large packets get lost");
  if (std::any_of(rows.begin(), rows.end(), [](const PictureRow& row) { return row.answer_lost; }))
    add(fmt::format("{} ({} on the line)", kAnswerLost, symbol(Mark::stopped, unicode)), "it gets here, and what this host answers does not get back");
  if (std::any_of(rows.begin(), rows.end(), [](const PictureRow& row) { return row.outcome == kNotForAll; }))
    add(kNotForAll, "some visitors get in, and others do not");
  if (!rows.empty() && rows.back().left_out > 0) add("not drawn", fmt::format("{} rows more, which -f json has", rows.back().left_out));
  const Service* last = nullptr;
  for (const auto& row : rows) {
    if (!row.alike.empty() && (last == nullptr || *last != row.service)) add(label(row), names_of(row));
    last = &row.service;
  }
  return result;
}

std::vector<PictureRow> picture(const Report& report) {
  std::vector<PictureRow> rows;
  const auto facts = diagnosis::gather_facts(report.evidence);
  for (std::size_t i = 0; i < std::min(report.services.size(), kMostCounted); ++i) rows.push_back(row_of(report.services[i], report, facts));
  rows = folded(rows);
  if (rows.size() <= kMostServices) return rows;
  const auto left = rows.size() - kMostServices;
  rows.resize(kMostServices);
  rows.back().left_out = left;
  return rows;
}

void draw(const std::vector<PictureRow>& rows, Page& page) {
  if (rows.empty()) return;
  Labels labels;
  for (const auto& row : rows) labels.width = std::max(labels.width, label(row).size());
  const std::size_t before = labels.width + 2 + 4 + 2;

  // "internet  provider  router  this host  service", each mark under the middle of its name.
  Columns at{};
  std::string names;
  for (std::size_t i = 0; i < kNodes.size(); ++i) {
    at[i] = names.size() + kNodes[i].size() / 2;
    names += std::string(kNodes[i]) + (i + 1 < kNodes.size() ? "  " : "");
  }
  if (before + names.size() + kOutcome <= page.style().columns) {
    page.cells({{std::string(before, ' ') + names, Paint::faint}});
    draw_rows(rows, labels, at, names.size(), page);
  } else {
    constexpr Columns kStair{0, 2, 4, 6, 8};
    labels.services = before + 9 + kOutcome <= page.style().columns;
    if (!labels.services) labels.width = 0;
    const std::string margin(labels.services ? before : 6, ' ');
    for (std::size_t i = 0; i < kNodes.size(); ++i) {
      std::string stair = margin;
      for (std::size_t k = 0; k < i; ++k) stair += std::string(page.symbol("│", "|")) + " ";
      page.cells({{stair + std::string(kNodes[i]), Paint::faint}});
    }
    draw_rows(rows, labels, kStair, 9, page);
  }
  if (const auto text = legend(rows, page.style().unicode); !text.empty()) page.paragraph(text, "", Paint::faint);
}

}  // namespace ringback
