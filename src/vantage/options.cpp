#include "vantage/options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/variables_map.hpp>
#include <charconv>
#include <filesystem>
#include <fstream>

namespace ringback::vantage {
namespace {

namespace po = boost::program_options;
using Texts = std::vector<std::string>;

po::options_description settings() {
  po::options_description result("Options (each also a key of the configuration file, without the dashes)", 100, 60);
  const auto flag = [] { return po::value<bool>()->implicit_value(true, "")->default_value(false, "")->value_name("yes|no"); };
  result.add_options()
      ("listen", po::value<Texts>()->value_name("ADDRESS"), "listen on this address; repeatable; default: all")
      ("http-port", po::value<std::string>()->value_name("N"), "port of the vantage protocol; default: 8370; 0: any free one")
      ("stun-port", po::value<std::string>()->value_name("N"), "port of STUN; default: 3478; 0: none")
      ("knock-from", po::value<Texts>()->value_name("ADDRESS"),
       "knock from this address; repeatable; default: a listening address that differs from the one that was asked, where there is one")
      ("allow-special", flag(), "accept callers from special-purpose ranges: a lab or a LAN")
      ("stun-open", flag(), "answer STUN requests that are shorter than the answer")
      ("http-budget", po::value<std::string>()->value_name("N"),
       "answer at most N requests a second, of all callers together, besides those for knocks; default: 400000")
      ("stun-budget", po::value<std::string>()->value_name("N"),
       "read at most N STUN datagrams a second, of all callers together; default: 1000000")
      ("metrics", po::value<std::string>()->value_name("ADDRESS:PORT"), "serve Prometheus metrics there");
  return result;
}

po::options_description only_on_the_command_line() {
  po::options_description result;
  result.add_options()
      ("config", po::value<std::string>()->value_name("FILE"), "read options from this file: key = value")
      ("help,h", "show this and exit")
      ("version,V", "show the version and exit");
  return result;
}

Expected<Port> parse_port(const std::string& option, const std::string& text, Port fallback) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc{} && end == text.data() + text.size() && value <= 65535) return static_cast<Port>(value);
  return failure(Errc::invalid_input, fmt::format("--{} takes a number from 0 to 65535, as in \"--{} {}\", not \"{}\"", option, option,
                                                  fallback, text.substr(0, 60)));
}

Expected<unsigned> parse_budget(const std::string& option, const std::string& text) {
  constexpr unsigned most = 100'000'000;
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc{} && end == text.data() + text.size() && value >= 1 && value <= most) return value;
  return failure(Errc::invalid_input, fmt::format("--{} takes a number from 1 to {}, as in \"--{} 20000\", not \"{}\"", option, most,
                                                  option, text.substr(0, 60)));
}

Expected<std::vector<Address>> parse_addresses(const std::string& option, const Texts& texts) {
  std::vector<Address> result;
  for (const auto& text : texts) {
    const auto address = Address::parse(text);
    if (!address)
      return failure(
          Errc::invalid_input,
          fmt::format("--{} takes an IPv4 or IPv6 address without port, as in \"--{} 192.0.2.1\" or \"--{} 2001:db8::1\", not \"{}\"",
                      option, option, option, text.substr(0, 60)));
    if (std::ranges::find(result, *address) == result.end()) result.push_back(*address);
  }
  return result;
}

Expected<Options> to_options(const po::variables_map& given) {
  Options options;
  const auto texts = [&](const char* name) { return given.count(name) != 0 ? given[name].as<Texts>() : Texts{}; };
  const auto port = [&](const char* name, Port fallback) -> Expected<Port> {
    return given.count(name) != 0 ? parse_port(name, given[name].as<std::string>(), fallback) : fallback;
  };
  const auto listen = parse_addresses("listen", texts("listen"));
  if (!listen) return tl::unexpected(listen.error());
  options.listen = *listen;
  const auto knock_from = parse_addresses("knock-from", texts("knock-from"));
  if (!knock_from) return tl::unexpected(knock_from.error());
  options.knock_from = *knock_from;
  const auto http_port = port("http-port", options.http_port);
  if (!http_port) return tl::unexpected(http_port.error());
  options.http_port = *http_port;
  const auto stun_port = port("stun-port", *options.stun_port);
  if (!stun_port) return tl::unexpected(stun_port.error());
  options.stun_port = *stun_port == 0 ? std::nullopt : std::optional(*stun_port);
  options.allow_special = given["allow-special"].as<bool>();
  options.stun_open = given["stun-open"].as<bool>();
  for (const auto& [name, budget] : {std::pair("http-budget", &options.http_budget), std::pair("stun-budget", &options.stun_budget)}) {
    if (given.count(name) == 0) continue;
    const auto value = parse_budget(name, given[name].as<std::string>());
    if (!value) return tl::unexpected(value.error());
    *budget = *value;
  }
  if (given.count("metrics") != 0) {
    const auto& text = given["metrics"].as<std::string>();
    const auto endpoint = Endpoint::parse(text);
    if (!endpoint || endpoint->port == 0)
      return failure(Errc::invalid_input,
                     fmt::format("--metrics takes ADDRESS:PORT, as in \"--metrics 127.0.0.1:9370\" or \"--metrics [::1]:9370\", not \"{}\"",
                                 text.substr(0, 60)));
    options.metrics = *endpoint;
  }
  for (const auto& address : options.knock_from)
    if (address.is_unspecified() || address.is_multicast())
      return failure(Errc::invalid_input, fmt::format("--knock-from takes an address of this host, not \"{}\"", address.to_string()));
  return options;
}

Expected<void> read_file(const std::string& path, po::variables_map& given) {
  std::error_code none;
  std::ifstream file(path);
  if (!file || !std::filesystem::is_regular_file(path, none))
    return failure(Errc::invalid_input, fmt::format("--config: cannot read \"{}\"", path));
  try {
    po::store(po::parse_config_file(file, settings()), given);
  } catch (const po::error& error) {
    return failure(Errc::invalid_input, fmt::format("{}: {}; a line is \"key = value\", as in \"http-port = 8370\"", path, error.what()));
  }
  return {};
}

}  // namespace

Expected<CommandLine> parse_command_line(const std::vector<std::string>& arguments) {
  po::options_description all;
  all.add(settings()).add(only_on_the_command_line());
  po::variables_map given;
  try {
    const int style = po::command_line_style::default_style & ~po::command_line_style::allow_guessing;
    po::store(po::command_line_parser(arguments).options(all).positional({}).style(style).run(), given);
  } catch (const po::error& error) {
    return failure(Errc::invalid_input,
                   fmt::format("{}; the form is \"ringback-vantage [--listen ADDRESS] [--http-port N] …\", see --help", error.what()));
  }
  if (given.count("help") != 0) return CommandLine{CommandLine::Wanted::help, {}};
  if (given.count("version") != 0) return CommandLine{CommandLine::Wanted::version, {}};
  if (given.count("config") != 0)
    if (auto read = read_file(given["config"].as<std::string>(), given); !read) return tl::unexpected(read.error());
  return to_options(given).map([](const Options& options) { return CommandLine{CommandLine::Wanted::serve, options}; });
}

std::string help_text() {
  std::ostringstream text;
  text << "ringback-vantage: knocks on the address of whoever asks it to, and tells how it sees him.\n\n"
          "Usage: ringback-vantage [OPTIONS]\n\n"
       << settings() << only_on_the_command_line()
       << "\nExit statuses: 0 stopped by SIGTERM or SIGINT, 64 wrong usage, 69 cannot listen or knock from an address, 70 a "
          "fault of its own.\n";
  return text.str();
}

}  // namespace ringback::vantage
