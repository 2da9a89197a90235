/// A year of checks every five minutes, as the store keeps it: history-year FOLDER. Prints JSON.
#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <random>
#include <stdexcept>

#include "history/store.hpp"

namespace {

using namespace ringback;
using namespace ringback::history;
using Stopwatch = std::chrono::steady_clock;

constexpr int checks = 365 * 288;

double milliseconds_since(Stopwatch::time_point start) { return std::chrono::duration<double, std::milli>(Stopwatch::now() - start).count(); }

/// As a report's JSON, it shrinks to about a tenth.
std::string report_like(std::minstd_rand& random) {
  std::string text;
  while (text.size() < 60000) text += fmt::format(R"({{"destination":"192.0.2.{}","reply":"time-exceeded","sent":1,"round_trip_us":{}}},)", random() % 250, random() % 90000);
  return text;
}

State state_of(int number) {
  State state{.connection = ConnectionType::dual_stack,
              .ipv4 = *Address::parse(fmt::format("198.51.100.{}", number % 250)),
              .prefix = *Prefix::parse(fmt::format("2001:db8:{:x}::/64", number % 65536)),
              .ipv6 = *Address::parse(fmt::format("2001:db8:{:x}::1234:5678:9abc", number % 65536))};
  for (const auto* service : {"443/tcp", "80/tcp", "51820/udp"})
    for (const auto family : {Family::ipv4, Family::ipv6}) state.services.push_back({*Service::parse(service), family, Reachable::yes, std::nullopt});
  for (const auto* name : {"home.example.org", "photos.example.org"}) state.names.push_back({name, NameState::right});
  return state;
}

/// `each` checks in a row find the same.
std::string year(const std::string& folder, int each) {
  std::minstd_rand random(1);
  const auto report = report_like(random);
  const std::vector<std::string> changes{"The IPv6 prefix changed from 2001:db8:1::/64 to 2001:db8:2::/64; home.example.org followed."};
  double adding = 0;
  {
    auto store = Store::open(folder, Access::write).value();
    const auto start = Stopwatch::now();
    for (int i = 0; i < checks; ++i) {
      const Moment at{std::chrono::sys_seconds(std::chrono::seconds(1764000000 + 300LL * i))};
      const auto state = state_of(i / each);
      const auto now = standing_of(Level::ok, state);
      const Record record{.at = at, .duration = std::chrono::milliseconds(900), .level = Level::ok, .state = state, .changes = changes,
                          .announced = announce(std::nullopt, {now, at, std::nullopt}, 1), .report = i % each == 0 ? report : ""};
      if (const auto added = store.add(record, {}); !added) throw std::runtime_error(added.error().what);
    }
    adding = milliseconds_since(start) / checks;
  }
  const auto size = std::filesystem::file_size(database_path(folder));
  const auto start = Stopwatch::now();
  auto store = Store::open(folder, Access::write).value();
  const auto newest = store.periods(std::nullopt, 1).value();
  const auto seen = store.seen().value();
  (void)store.announced().value();
  (void)store.last_report().value();
  const auto opened = milliseconds_since(start);
  const auto periods = store.periods(std::nullopt, checks).value().periods.size();
  return fmt::format(R"({{"checks":{},"periods":{},"bytes":{},"add_ms":{:.3f},"open_ms":{:.3f}}})", checks, periods, size, adding, opened);
}

}  // namespace

int main(int argc, char* argv[]) {
  if (argc != 2) return 64;
  std::string lines;
  for (const auto& [name, each] : {std::pair{"nightly", 288}, {"flapping", 1}}) {
    const auto folder = fmt::format("{}/{}", argv[1], name);
    std::filesystem::create_directory(folder);
    lines += fmt::format(R"({}"{}":{})", lines.empty() ? "" : ",", name, year(folder, each));
  }
  fmt::print("{{{}}}\n", lines);
}
