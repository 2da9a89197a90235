#include "net/moment.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace ringback {
namespace {

constexpr std::string_view moment_form = "dddd-dd-ddTdd:dd:ddZ";

bool has_moment_form(std::string_view text) {
  if (text.size() != moment_form.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (moment_form[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != moment_form[i]) return false;
  return true;
}

}  // namespace

Expected<Moment> Moment::parse(std::string_view text) {
  const auto number = [&](std::size_t from, std::size_t count) {
    int value = 0;
    std::from_chars(text.data() + from, text.data() + from + count, value);
    return value;
  };
  if (has_moment_form(text)) {
    using namespace std::chrono;
    const year_month_day day{year{number(0, 4)}, month{static_cast<unsigned>(number(5, 2))}, std::chrono::day{static_cast<unsigned>(number(8, 2))}};
    const int hour = number(11, 2), minute = number(14, 2), second = number(17, 2);
    if (day.ok() && day.year() >= year{1970} && hour < 24 && minute < 60 && second < 60)
      return Moment{sys_days{day} + hours{hour} + minutes{minute} + seconds{second}};
  }
  return failure(Errc::invalid_input, fmt::format("\"{}\" is not a time such as 2026-01-31T12:00:00Z", text.substr(0, 64)));
}

std::string Moment::to_string() const {
  using namespace std::chrono;
  const auto days = floor<std::chrono::days>(at);
  const year_month_day day{days};
  const hh_mm_ss time{at - days};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                     static_cast<unsigned>(day.day()), time.hours().count(), time.minutes().count(), time.seconds().count());
}

}  // namespace ringback
