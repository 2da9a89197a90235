#include "cli/explain.hpp"

#include <sstream>

#include "cli/outputs.hpp"
#include "cli/watching.hpp"

namespace ringback::cli {
namespace {

using Strings = std::vector<std::string>;

po::options_description explain_options() {
  po::options_description d("Options");
  d.add_options()
      ("format,f", po::value<Strings>()->value_name("FORMAT"), "text, json, html or markdown (default text)")
      ("output,o", po::value<Strings>()->value_name("FILE"), "repeatable with -f; - is standard output")
      ("config,c", po::value<std::string>()->value_name("FILE"), "configuration file: no-color is taken from it")
      ("no-color", po::bool_switch(), "no colours (NO_COLOR in the environment does the same)")
      ("quiet,q", po::bool_switch(), "no warnings on standard error")
      ("verbose,v", po::bool_switch(), "whole pages in text, also where a list was asked for")
      ("help,h", po::bool_switch(), "this text")
      ("version,V", po::bool_switch(), "the version");
  return d;
}

std::string explain_help() {
  std::ostringstream out;
  out << "Usage: ringback explain [CODE]... [OPTIONS]\n\n"
         "Tells what a finding means, how it was told apart from its neighbours, what to\n"
         "do, what that costs, and where to read on. CODE is one that a report names,\n"
         "such as ipv4.cgnat, or the first part of it: dns lists all of that group.\n"
         "Without a CODE every code is listed. JSON, HTML and Markdown hold whole pages.\n\n"
      << explain_options() << "\nExit status: 0 explained, 64 wrong usage or no such code, 70 internal fault.\n";
  return out.str();
}

}  // namespace

Expected<CommandLine> parse_explain(std::span<const std::string> arguments, std::span<const ConfigFile> files) {
  CommandLine line{.subcommand = Subcommand::explain};
  const auto map = parse_watching(arguments, files, explain_options());
  if (!map) return tl::unexpected(map.error());
  line.help = explain_help();
  line.no_color = (*map)["no-color"].as<bool>();
  line.quiet = (*map)["quiet"].as<bool>();
  line.verbose = (*map)["verbose"].as<bool>();
  line.codes = operands_of(*map);
  // Once more for the order of -f and -o, which the map does not keep.
  using namespace po::command_line_style;
  const auto in_order = po::command_line_parser(Strings(arguments.begin(), arguments.end()))
                            .options(explain_options())
                            .style(unix_style & ~allow_guessing)
                            .run();
  auto outputs = read_outputs(in_order.options);
  if (!outputs) return tl::unexpected(outputs.error());
  line.outputs = std::move(*outputs);
  if ((*map)["help"].as<bool>()) line.subcommand = Subcommand::help;
  if ((*map)["version"].as<bool>()) line.subcommand = Subcommand::version;
  return line;
}

}  // namespace ringback::cli
