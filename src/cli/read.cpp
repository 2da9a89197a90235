#include "cli/read.hpp"

#include <sstream>

#include "cli/watching.hpp"

namespace ringback::cli {
namespace {

po::options_description read_options() {
  po::options_description d("What to look for");
  d.add_options()("service,s", po::value<std::string>()->value_name("SERVICE"),
                  "443/tcp, 51820/udp, or 8443:443/tcp (outside port first); otherwise every port that somebody outside came to");
  return d.add(watching_options(false));
}

std::string read_help() {
  std::ostringstream out;
  out << "Usage: ringback read FILE [OPTIONS]\n\n"
         "Says of a capture file (pcap or pcapng; - is standard input) what came from\noutside, what answered it, and whether the answer "
         "got there.\n\n"
      << read_options()
      << "\nExit status: 0 visitors get in, 1 the same and the file is damaged, 2 something\nstops them, 3 could not be determined, 64 "
         "wrong usage or no capture file,\n"
         "70 internal fault.\n";
  return out.str();
}

}  // namespace

Expected<CommandLine> parse_read(std::span<const std::string> arguments, std::span<const ConfigFile> files) {
  CommandLine line{.subcommand = Subcommand::read};
  const auto map = parse_watching(arguments, files, read_options());
  if (!map) return tl::unexpected(map.error());
  if (auto taken = take_watching(*map, line, line.read.ipv4, line.read.ipv6); !taken) return tl::unexpected(taken.error());
  line.help = read_help();
  if (line.subcommand != Subcommand::read) return line;
  const auto operands = operands_of(*map);
  if (operands.size() != 1 || operands.front().empty())
    return failure(Errc::invalid_input, "read takes one capture file: ringback read FILE; - is standard input");
  line.read.path = operands.front();
  if (map->count("service") != 0) {
    const auto service = Service::parse((*map)["service"].as<std::string>());
    if (!service) return failure(Errc::invalid_input, "--service: " + service.error().what);
    line.read.service = *service;
  }
  return line;
}

}  // namespace ringback::cli
