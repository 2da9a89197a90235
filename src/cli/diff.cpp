#include "cli/diff.hpp"

#include <fmt/format.h>

#include <sstream>

#include "cli/watching.hpp"

namespace ringback::cli {
namespace {

po::options_description diff_options() {
  po::options_description d("Options");
  d.add_options()
      ("format,f", po::value<std::string>()->value_name("FORMAT"), "text, json or markdown (default text)")
      ("output,o", po::value<std::string>()->value_name("FILE"), "into this file; - is standard output")
      ("no-color", po::bool_switch(), "no colours (NO_COLOR in the environment does the same)")
      ("help,h", po::bool_switch(), "this text")
      ("version,V", po::bool_switch(), "the version");
  return d;
}

std::string diff_help() {
  std::ostringstream out;
  out << "Usage: ringback diff OLD.json NEW.json [OPTIONS]\n\n"
         "Says in words what changed between two stored reports (-f json) of a household.\n- is standard input, for one of them.\n\n"
      << diff_options() << "\nExit status: 0 they were compared, 64 wrong usage or no report, 70 internal fault.\n";
  return out.str();
}

}  // namespace

Expected<CommandLine> parse_diff(std::span<const std::string> arguments) {
  CommandLine line{.subcommand = Subcommand::diff};
  const auto parsed = parse_watching(arguments, {}, diff_options());
  if (!parsed) return tl::unexpected(parsed.error());
  const auto& map = *parsed;
  line.help = diff_help();
  if (map["help"].as<bool>()) line.subcommand = Subcommand::help;
  if (map["version"].as<bool>()) line.subcommand = Subcommand::version;
  if (line.subcommand != Subcommand::diff) return line;
  line.report_paths = operands_of(map);
  if (line.report_paths.size() != 2 || line.report_paths[0].empty() || line.report_paths[1].empty())
    return failure(Errc::invalid_input, "diff takes two stored reports, the older one first: ringback diff OLD.json NEW.json");
  if (line.report_paths[0] == "-" && line.report_paths[1] == "-") return failure(Errc::invalid_input, "only one of the reports can come from standard input");
  Output output;
  if (map.count("format") != 0) {
    const auto text = map["format"].as<std::string>();
    const auto format = from_name<Format>(text);
    if (!format || *format == Format::html) return failure(Errc::invalid_input, fmt::format("--format: \"{}\" is none of text, json, markdown", text.substr(0, 40)));
    output.format = *format;
  }
  if (map.count("output") != 0) output.path = map["output"].as<std::string>();
  if (output.path.empty()) return failure(Errc::invalid_input, "--output: an empty file name; - is standard output");
  line.outputs = {output};
  line.no_color = map["no-color"].as<bool>();
  return line;
}

}  // namespace ringback::cli
