#include "cli/command_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <sstream>

#include "cli/check.hpp"
#include "cli/diff.hpp"
#include "cli/discreet.hpp"
#include "cli/explain.hpp"
#include "cli/history.hpp"
#include "cli/outputs.hpp"
#include "cli/read.hpp"
#include "cli/wait.hpp"
#include "net/international_name.hpp"
#include "net/url_scheme.hpp"

namespace ringback::cli {
namespace {

namespace po = boost::program_options;
using Strings = std::vector<std::string>;

constexpr std::size_t most_services = 256;   // 17 requests to each vantage point

template <class T>
po::typed_value<T>* value(const char* name) {
  return po::value<T>()->value_name(name);
}

/// Each is also a key of the configuration file.
po::options_description run_options() {
  po::options_description d("What to diagnose and how");
  d.add_options()
      ("service,s", value<Strings>("SERVICE"), "443/tcp, 51820/udp, or 8443:443/tcp (outside port first); repeatable; "
                                               "otherwise the listening sockets that are not bound to loopback")
      ("name,n", value<Strings>("HOSTNAME"), "a DNS name that should lead here; repeatable")
      ("vantage", value<Strings>("URL"), "http://HOST:PORT of a ringback-vantage that knocks from outside, or echoip+https://HOST of a "
                                           "port checker that speaks echoip's /port/N; repeatable")
      ("stun", value<Strings>("HOST[:PORT]"), "STUN server; repeatable; replaces the built-in list")
      ("public-resolver", value<Strings>("ADDRESS"), "public DNS resolver; repeatable; replaces the built-in list")
      ("only", value<Strings>("PROBE,…"), "run these probes alone")
      ("skip", value<Strings>("PROBE,…"), "leave these probes out")
      ("interface,i", value<std::string>("NAME"), "the interface that faces the home router; otherwise the default route's")
      ("ipv4,4", po::bool_switch(), "IPv4 alone")
      ("ipv6,6", po::bool_switch(), "IPv6 alone")
      ("deadline", value<std::string>("SECONDS"), "the whole run ends by then (default 10)")
      ("no-exposure", po::bool_switch(), "do not knock on services that were not named")
      ("no-third-party", po::bool_switch(), "contact only this host, its router, its own resolvers and the vantage points named")
      ("allow-mapping", po::bool_switch(), "may open a short-lived port mapping on the router and closes it again");
  return d;
}

po::options_description output_options() {
  po::options_description d("What to print");
  d.add_options()
      ("format,f", value<Strings>("FORMAT"), "text, json, html or markdown (default text)")
      ("output,o", value<Strings>("FILE"), "repeatable with -f: -f json -o a.json -f html -o a.html; - is standard output")
      ("redact", po::bool_switch(), "mask what identifies the household, the same value always with the same mask")
      ("no-color", po::bool_switch(), "no colours (NO_COLOR in the environment does the same)")
      ("quiet,q", po::bool_switch(), "no progress and no warnings on standard error")
      ("verbose,v", po::bool_switch(), "the evidence by probe, too");
  return d;
}

po::options_description other_options() {
  po::options_description d("Others");
  d.add_options()
      ("config,c", value<std::string>("FILE"), "configuration file: the long options as keys, \"service = 443/tcp\"")
      ("dry-run", po::bool_switch(), "print what would be done, and do nothing")
      ("rediagnose", po::bool_switch(), "show: judge the stored evidence with today's rules")
      ("help,h", po::bool_switch(), "this text")
      ("version,V", po::bool_switch(), "the version");
  return d;
}

tl::unexpected<Error> wrong(const std::string& what) { return failure(Errc::invalid_input, what); }

/// Reads every text of a repeatable option with `read`; the first that is wrong is the error.
template <class T, class Read>
Expected<std::vector<T>> read_all(const po::variables_map& map, const char* option, const Read& read) {
  std::vector<T> values;
  if (map.count(option) == 0) return values;
  for (const auto& text : map[option].as<Strings>()) {
    auto parsed = read(text);
    if (!parsed) return wrong(fmt::format("--{}: {}", option, parsed.error().what));
    values.push_back(std::move(*parsed));
  }
  return values;
}

Expected<std::string> read_vantage(const std::string& text) {
  constexpr std::array schemes{std::string_view("http://"), std::string_view("echoip+http://"), std::string_view("echoip+https://")};
  const auto scheme = std::ranges::find_if(schemes, [&](auto start) { return behind_scheme(text, start).has_value(); });
  const auto rest = std::string_view(text).substr(scheme == schemes.end() ? text.size() : scheme->size());
  const auto host = HostPort::parse(rest.substr(0, rest.find('/')), 80);
  const auto place = rest.substr(0, rest.find('/'));   // RFC 3986 §3.2.2
  if (scheme != schemes.end() && std::ranges::count(place, ':') > 1 && !place.starts_with('['))
    return wrong(fmt::format("\"{}\" is not a vantage point; an IPv6 address stands in brackets: {}[2001:db8::1]:8370", text.substr(0, 80), *scheme));
  if (scheme == schemes.end() || !host || text.find_first_of(" \t\r\n@?#") != std::string::npos)
    return wrong(fmt::format("\"{}\" is not a vantage point; write http://HOST:PORT, or echoip+https://HOST for a port checker", text.substr(0, 80)));
  return fmt::format("{}{}", *scheme, rest);
}

Expected<std::string> read_name(const std::string& text) {
  auto name = text.ends_with('.') ? text.substr(0, text.size() - 1) : text;
  const auto ascii = name_in_ascii(name);
  if (!ascii) return wrong(fmt::format("\"{}\" is not a host name: {}", text.substr(0, 80), ascii.error().what));
  const bool fits = !ascii->empty() && ascii->size() <= 253 && ascii->find("..") == std::string::npos && ascii->front() != '.';
  const auto allowed = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.'; };
  if (!fits || !std::ranges::all_of(*ascii, allowed) || Address::parse(name))
    return wrong(fmt::format("\"{}\" is not a host name; write one such as home.example.org", text.substr(0, 80)));
  std::ranges::transform(name, name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return name;
}

Expected<Strings> read_probes(const po::variables_map& map, const char* option) {
  Strings probes;
  if (map.count(option) == 0) return probes;
  for (const auto& list : map[option].as<Strings>()) {
    std::stringstream stream(list);
    for (std::string probe; std::getline(stream, probe, ',');) {
      if (std::ranges::find(probe_names, probe) == probe_names.end())
        return wrong(fmt::format("--{}: \"{}\" is no probe; there are {}", option, probe.substr(0, 40), fmt::join(probe_names, ", ")));
      probes.push_back(probe);
    }
  }
  return probes;
}

Expected<std::chrono::seconds> read_deadline(const std::string& text) {
  const bool digits = !text.empty() && text.size() <= 4 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  const int number = digits ? std::stoi(text) : 0;
  if (number < 1 || number > 600) return wrong(fmt::format("--deadline: \"{}\" is not a number of seconds from 1 to 600", text.substr(0, 40)));
  return std::chrono::seconds(number);
}

/// Assigns, or hands the error out.
template <class T>
bool take(Expected<T> from, T& into, std::optional<Error>& error) {
  if (from) into = std::move(*from);
  else if (!error) error = from.error();
  return from.has_value();
}

Expected<Options> read_options(const po::variables_map& map) {
  Options o;
  std::optional<Error> error;
  take(read_all<Service>(map, "service", [](const auto& text) { return Service::parse(text); }), o.services, error);
  if (o.services.size() > most_services) error = Error{Errc::invalid_input, fmt::format("--service: {} services; at most {} in one run", o.services.size(), most_services)};
  take(read_all<std::string>(map, "name", read_name), o.names, error);
  take(read_all<std::string>(map, "vantage", read_vantage), o.vantages, error);
  take(read_all<HostPort>(map, "stun", [](const auto& text) { return HostPort::parse(text, 3478); }), o.stun, error);
  take(read_all<Address>(map, "public-resolver", [](const auto& text) { return Address::parse(text); }), o.public_resolvers, error);
  take(read_probes(map, "only"), o.only, error);
  take(read_probes(map, "skip"), o.skip, error);
  if (map.count("deadline") != 0) take(read_deadline(map["deadline"].as<std::string>()), o.deadline, error);
  if (error) return tl::unexpected(*error);
  if (map.count("interface") != 0) o.interface = map["interface"].as<std::string>();
  if (map["ipv4"].as<bool>() && map["ipv6"].as<bool>()) return wrong("-4 and -6 exclude each other; without either both families are diagnosed");
  o.ipv4 = !map["ipv6"].as<bool>();
  o.ipv6 = !map["ipv4"].as<bool>();
  o.exposure = !map["no-exposure"].as<bool>();
  o.third_party = !map["no-third-party"].as<bool>();
  o.allow_mapping = map["allow-mapping"].as<bool>();
  return o;
}

Expected<CommandLine> understand(std::span<const std::string> arguments, std::span<const ConfigFile> files) {
  CommandLine line;
  Strings rest(arguments.begin(), arguments.end());
  if (!rest.empty() && !rest.front().starts_with('-')) {
    const auto behind = arguments.subspan(1);
    if (rest.front() == "wait") return parse_wait(behind, files);
    if (rest.front() == "read") return parse_read(behind, files);
    if (rest.front() == "diff") return parse_diff(behind);
    if (rest.front() == "explain") return parse_explain(behind, files);
    if (rest.front() == "history") return parse_history(behind, files);
    if (rest.front() == "check") line.subcommand = Subcommand::check;
    else if (rest.front() == "show") line.subcommand = Subcommand::show;
    else if (rest.front() != "run")
      return wrong(fmt::format("\"{}\" is no subcommand; there are run (the default), check, wait, read, show, diff, explain and history", up_to_host(rest.front()).substr(0, 40)));
    rest.erase(rest.begin());
  }
  po::options_description all, keys;
  keys.add(run_options()).add(output_options()).add(check_options());
  all.add(keys).add(other_options()).add_options()("operand", po::value<Strings>());
  po::positional_options_description positional;
  positional.add("operand", -1);
  using namespace po::command_line_style;
  const auto parsed = po::command_line_parser(rest).options(all).positional(positional).style(unix_style & ~allow_guessing).run();
  po::variables_map map;
  po::store(parsed, map);
  auto in_order = parsed.options;
  for (const auto& file : files) {
    std::istringstream text(file.text);
    try {
      const auto from_file = po::parse_config_file(text, keys);
      po::store(from_file, map);
      const auto said = [](const auto& option) { return option.string_key == "format" || option.string_key == "output"; };
      if (std::ranges::none_of(in_order, said)) in_order = from_file.options;
    } catch (const po::error& error) {
      return tl::unexpected(config_error(file, error));
    }
  }
  po::notify(map);
  if (map["help"].as<bool>()) line.subcommand = Subcommand::help;
  if (map["version"].as<bool>()) line.subcommand = Subcommand::version;
  const auto operands = map.count("operand") != 0 ? map["operand"].as<Strings>() : Strings{};
  if (line.subcommand == Subcommand::show) {
    if (operands.size() != 1) return wrong("show takes one stored report: ringback show REPORT.json");
    line.report_paths = operands;
  } else if (!operands.empty() && (line.subcommand == Subcommand::run || line.subcommand == Subcommand::check)) {
    return wrong(fmt::format("\"{}\" is no option; a service is named with --service, a host name with --name", up_to_host(operands.front()).substr(0, 40)));
  }
  if (line.subcommand == Subcommand::run || line.subcommand == Subcommand::show)
    for (const auto& option : parsed.options)
      if (check_options().find_nothrow(option.string_key, false) != nullptr) return wrong(fmt::format("--{} belongs to check: ringback check --{}", option.string_key, option.string_key));
  std::optional<Error> error;
  take(read_options(map), line.options, error);
  take(read_outputs(in_order), line.outputs, error);
  take(read_check(map), line.check, error);
  take(read_state_folder(map), line.state_folder, error);
  if (error) return tl::unexpected(*error);
  line.rediagnose = map["rediagnose"].as<bool>();
  line.redact = map["redact"].as<bool>();
  line.dry_run = map["dry-run"].as<bool>();
  line.no_color = map["no-color"].as<bool>();
  line.quiet = map["quiet"].as<bool>();
  line.verbose = map["verbose"].as<bool>();
  return line;
}

/// What stands behind an option in one of its spellings: `long_name`, or its letter, perhaps behind flags ("-qfjson"). Absent: it is none.
std::optional<std::string> value_of(std::span<const std::string> from, std::string_view long_name, char letter) {
  const auto& text = from.front();
  const auto next = from.size() > 1 ? from[1] : std::string();
  if (text == long_name) return next;
  if (text.starts_with(long_name) && text.size() > long_name.size() && text[long_name.size()] == '=') return text.substr(long_name.size() + 1);
  const auto at = text.find_first_not_of("46qvhV", 1);
  if (!text.starts_with('-') || at == std::string::npos || text[at] != letter) return std::nullopt;
  return at + 1 < text.size() ? text.substr(at + 1) : next;
}

/// Standard output is for a report; absent: nothing is said of outputs.
std::optional<bool> place_for_reports(std::span<const std::string> arguments) {
  std::optional<bool> is_for_them;
  bool in_other_form = false, is_open = false;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto rest = arguments.subspan(i);
    if (const auto format = value_of(rest, "--format", 'f')) {
      in_other_form = from_name<Format>(*format).value_or(Format::text) != Format::text;
      is_open = true;
    } else if (const auto output = value_of(rest, "--output", 'o')) {
      is_for_them = is_for_them.value_or(false) || (in_other_form && *output == "-");
      is_open = false;
    }
  }
  return is_open ? is_for_them.value_or(false) || in_other_form : is_for_them;
}

}  // namespace

std::optional<std::string> config_path(std::span<const std::string> arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto& text = arguments[i];
    if ((text == "-c" || text == "--config") && i + 1 < arguments.size()) return arguments[i + 1];
    if (text.starts_with("--config=")) return text.substr(9);
    if (text.starts_with("-c") && text.size() > 2) return text.substr(2);
  }
  return std::nullopt;
}

Expected<CommandLine> parse(std::span<const std::string> arguments, std::span<const ConfigFile> files) {
  try {
    return understand(arguments, files).map_error([](const Error& error) { return Error{error.code, urls_up_to_host(error.what)}; });
  } catch (const po::error& error) {
    return wrong(urls_up_to_host(error.what()));
  }
}

bool is_for_reports(std::span<const std::string> arguments, std::span<const ConfigFile> files) {
  if (const auto said = place_for_reports(arguments)) return *said;
  for (const auto& file : files) {
    Strings keys;
    std::istringstream lines(file.text);
    for (std::string line; std::getline(lines, line);) {
      std::erase_if(line, [](char c) { return c == ' ' || c == '\t' || c == '\r'; });
      keys.push_back("--" + line);
    }
    if (const auto said = place_for_reports(keys)) return *said;
  }
  return false;
}

std::string help_text() {
  std::ostringstream out;
  out << "Usage: ringback [run] [OPTIONS]\n"
         "       ringback check [OPTIONS]             the same for cron and monitoring,\n"
         "                                            and remembered\n"
         "       ringback history [OPTIONS]           what checks remember; see\n"
         "                                            history --help\n"
         "       ringback wait SERVICE [OPTIONS]      says live what arrives from outside,\n"
         "                                            and what answers it; see wait --help\n"
         "       ringback read FILE [OPTIONS]         the same from a capture file;\n"
         "                                            see read --help\n"
         "       ringback show REPORT.json [OPTIONS]  a stored report in any format\n"
         "       ringback diff OLD.json NEW.json      what changed between two of them;\n"
         "                                            see diff --help\n"
         "       ringback explain [CODE] [OPTIONS]    what a finding means, and what to\n"
         "                                            do; see explain --help\n\n"
         "Tells why this host cannot be reached from the internet, where an incoming\n"
         "connection stops, and what to change.\n\n"
      << run_options() << "\n" << output_options() << "\n" << check_options() << "\n" << other_options()
      << "\nExit status: 0 nothing wrong, 1 warnings only, 2 at least one error, 3 could not\n"
         "be determined, 64 wrong usage, 70 internal fault (of check 3, with the reason\nin its line).\n";
  return out.str();
}

}  // namespace ringback::cli
