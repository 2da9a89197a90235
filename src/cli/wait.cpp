#include "cli/wait.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "cli/watching.hpp"

namespace ringback::cli {
namespace {

constexpr const char* usage = "ringback wait 443/tcp, or 8443:443/tcp where the outside port differs, or 51820/udp";

po::options_description wait_options() {
  po::options_description d("What to wait for, and when to stop (otherwise with Ctrl-C)");
  d.add_options()
      ("service,s", po::value<std::vector<std::string>>()->value_name("SERVICE"), "the same as SERVICE alone")
      ("count", po::value<std::string>()->value_name("N"), "after N attempts from outside whose end is known")
      ("for", po::value<std::string>()->value_name("SECONDS"), "after so many seconds");
  return d.add(watching_options(true));
}

Expected<std::uint64_t> positive(const char* option, const std::string& text, std::uint64_t most) {
  const bool digits = !text.empty() && text.size() <= 9 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  const std::uint64_t number = digits ? std::stoul(text) : 0;
  if (number < 1 || number > most)
    return failure(Errc::invalid_input, fmt::format("--{}: \"{}\" is not a number from 1 to {}", option, text.substr(0, 40), most));
  return number;
}

std::string wait_help() {
  std::ostringstream out;
  out << "Usage: ringback wait SERVICE [OPTIONS]\n\n"
         "Watches this host's network card and says, live, what arrives from outside for\n"
         "SERVICE (443/tcp, 51820/udp, or 8443:443/tcp: outside port first), what answers\n"
         "it, and whether the answer gets there. For people without a vantage point: it\n"
         "tells how to knock from a phone with its Wi-Fi switched off. It contacts nobody\n"
         "but the home router, which it asks for its internet address.\n\n"
      << wait_options()
      << "\nExit status: 0 visitors get in, 2 something stops them, 3 could not be\ndetermined, 64 wrong usage, 70 internal fault.\n";
  return out.str();
}

}  // namespace

Expected<CommandLine> parse_wait(std::span<const std::string> arguments, std::span<const ConfigFile> files) {
  CommandLine line{.subcommand = Subcommand::wait};
  const auto map = parse_watching(arguments, files, wait_options());
  if (!map) return tl::unexpected(map.error());
  if (auto taken = take_watching(*map, line, line.wait.ipv4, line.wait.ipv6); !taken) return tl::unexpected(taken.error());
  line.help = wait_help();
  if (line.subcommand != Subcommand::wait) return line;
  auto operands = operands_of(*map);
  if (map->count("service") != 0)
    for (const auto& text : (*map)["service"].as<std::vector<std::string>>()) operands.push_back(text);
  if (operands.size() != 1)
    return failure(Errc::invalid_input, operands.empty()
                                            ? fmt::format("wait takes a service: {}", usage)
                                            : fmt::format("wait takes one service, and here are {}: {}", operands.size(), usage));
  const auto service = Service::parse(operands.front());
  if (!service) return tl::unexpected(service.error());
  line.wait.service = *service;
  if (map->count("interface") != 0) line.wait.interface = (*map)["interface"].as<std::string>();
  if (map->count("count") != 0) {
    const auto count = positive("count", (*map)["count"].as<std::string>(), 1'000'000);
    if (!count) return tl::unexpected(count.error());
    line.wait.count = *count;
  }
  if (map->count("for") != 0) {
    const auto duration = positive("for", (*map)["for"].as<std::string>(), 604'800);   // a week
    if (!duration) return tl::unexpected(duration.error());
    line.wait.duration = std::chrono::seconds(*duration);
  }
  return line;
}

}  // namespace ringback::cli
