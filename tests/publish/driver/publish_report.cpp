/// Publishes a stored report as a check would: `publish_report REPORT.json|- LEVEL [OPTIONS of publishing]`. For test_real.py, which holds the real
/// Prometheus, mosquitto and others against it. Troubles go to standard output, one in each line; with --prometheus the file is written as well.
#include <fmt/format.h>


#include "cli/files.hpp"
#include "cli/publishing.hpp"
#include "io/real_network.hpp"
#include "publish/publish.hpp"
#include "publish/secrets.hpp"
#include "report/json.hpp"
#include "report/prometheus.hpp"

using namespace ringback;

namespace {

namespace po = boost::program_options;

constexpr seconds patience{6};

po::variables_map understood(const std::vector<std::string>& arguments) {
  auto options = cli::publishing_options();
  options.add_options()("start", po::bool_switch())("remove", po::bool_switch())("seconds", po::value<int>()->default_value(patience.count()));
  po::variables_map map;
  po::store(po::command_line_parser(arguments).options(options).run(), map);
  po::notify(map);
  return map;
}

std::vector<std::string> act(const po::variables_map& map, const Report& report, Level level) {
  const io::RealClock clock;
  const auto destinations = publish::with_secrets(cli::read_publishing(map), {});
  const auto network = io::make_real_network(clock);
  const Deadline deadline{clock.now() + seconds(map["seconds"].as<int>())};
  if (map["start"].as<bool>()) return publish::StartPings(destinations, *network, clock, deadline).troubles();
  if (map["remove"].as<bool>()) return publish::remove_from_mqtt(destinations, report.redacted, *network, clock, deadline);
  Announcement announcement{.level = level, .since = report.started, .changed = true};
  announcement.troubles = publish::publish(destinations, report, announcement, *network, clock, deadline);
  if (destinations.textfile)
    if (const auto written = cli::write_file(*destinations.textfile, prometheus_text(report, announcement)); !written) announcement.troubles.push_back(written.error().what);
  return announcement.troubles;
}

}  // namespace

int main(int argc, char* argv[]) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() < 2) return 64;
  const auto text = cli::read_file(arguments[0] == "-" ? "/dev/stdin" : arguments[0]);
  const auto report = text ? from_json(*text) : Expected<Report>(tl::unexpected(text.error()));
  const auto level = from_name<Level>(arguments[1]);
  if (!report || !level) {
    fmt::print(stderr, "{}\n", report ? "no such level" : report.error().what);
    return 64;
  }
  for (const auto& trouble : act(understood({arguments.begin() + 2, arguments.end()}), *report, *level)) fmt::print("{}\n", trouble);
  return 0;
}
