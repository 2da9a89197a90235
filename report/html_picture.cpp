/// The picture as SVG 1.1, drawn with the colours of the page. Screen readers get it in words.
#include <fmt/format.h>

#include "report/html.hpp"
#include "report/html_picture.hpp"
#include "report/picture.hpp"
#include "report/words.hpp"

namespace ringback {
namespace {

// In units of the picture, which is as wide as the page: on a phone of 360 pixels one is 0.8 of a pixel. Its letters are 14 units high, so that
// there they are legible; the names of two places next to each other need 64.
constexpr int kWidth = 416, kFirstMark = 52, kBetweenMarks = 64, kOutcomeAt = 326, kLine = 24, kRadius = 6;

int x_of(std::size_t node) { return kFirstMark + static_cast<int>(node) * kBetweenMarks; }

std::string_view spoken(Mark mark) {
  return mark == Mark::passed ? "passed" : mark == Mark::stopped ? "stops here" : mark == Mark::doubtful ? "not known" : "never got there";
}

bool is_certain(Mark mark) { return mark == Mark::passed || mark == Mark::stopped; }

std::string text_at(int x, int y, std::string_view css, std::string_view text) {
  return fmt::format("<text x=\"{}\" y=\"{}\" class=\"{}\">{}</text>\n", x, y, css, escape_html(text));
}

/// Around (x, y).
std::string drawn_mark(Mark mark, int x, int y) {
  switch (mark) {
    case Mark::passed: return fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"{}\" class=\"good\"/>\n", x, y, kRadius);
    case Mark::stopped:
      return fmt::format("<path d=\"M{0} {2}L{1} {3}M{0} {3}L{1} {2}\" class=\"bad\"/>\n", x - kRadius, x + kRadius, y - kRadius, y + kRadius);
    case Mark::doubtful: return text_at(x, y + 5, "node doubtful", "?");
    case Mark::unreached: break;
  }
  return fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"2\" class=\"soft\"/>\n", x, y);
}

/// On the line between the first two places: the answer comes from the right and goes no further.
std::string drawn_lost_answer(int y) {
  constexpr int at = kFirstMark + kBetweenMarks * 2 / 5, half = 4, tip = at + 7, tail = at + 19;
  return fmt::format("<path d=\"M{0} {2}L{1} {3}M{0} {3}L{1} {2}M{5} {6}H{4}M{7} {2}L{4} {6}L{7} {3}\" class=\"bad\"/>\n", at - half, at + half, y - half, y + half, tip, tail, y,
                     tip + half);
}

std::string drawn_row(const PictureRow& row, int y) {
  std::string out = text_at(8, y + 5, "", words(row.family));
  for (std::size_t i = 0; i + 1 < row.marks.size(); ++i)
    if (is_certain(row.marks[i]) && is_certain(row.marks[i + 1]))
      out += fmt::format("<path d=\"M{} {}H{}\" class=\"rail\"/>\n", x_of(i) + kRadius, y, x_of(i + 1) - kRadius);
  for (std::size_t i = 0; i < row.marks.size(); ++i) out += drawn_mark(row.marks[i], x_of(i), y);
  if (row.answer_lost) out += drawn_lost_answer(y);
  return out + text_at(kOutcomeAt, y + 5, row.tone == Tone::good ? "good" : row.tone == Tone::bad ? "bad" : "doubtful", row.outcome);
}

/// "443/tcp over IPv4: stopped; internet passed, provider stops here, router never got there, …".
std::string in_words(const PictureRow& row) {
  std::string result = fmt::format("{} over {}: {};", label(row), words(row.family), row.in_full);
  for (std::size_t i = 0; i < row.marks.size(); ++i) result += fmt::format("{} {} {}", i == 0 ? "" : ",", kNodes[i], spoken(row.marks[i]));
  return result + ".";
}

}  // namespace

std::string picture_svg(const std::vector<PictureRow>& rows) {
  std::string drawn, spoken_words = "How far a connection from the internet gets.";
  int y = kLine / 2;
  for (std::size_t i = 0; i < kNodes.size(); ++i) drawn += text_at(x_of(i), y + 5, "node soft", kNodes[i]);
  const Service* last = nullptr;
  for (const auto& row : rows) {
    if (last == nullptr || *last != row.service) {
      y += kLine + 4;
      drawn += text_at(0, y + 5, "service", label(row));
    }
    last = &row.service;
    y += kLine;
    drawn += drawn_row(row, y);
    spoken_words += " " + in_words(row);
  }
  return fmt::format("<svg class=\"picture\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">\n{}</svg>\n", kWidth, y + kLine / 2, escape_html(spoken_words), drawn);
}

}  // namespace ringback
