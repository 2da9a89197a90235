#include "cli/publishing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace ringback::cli {
namespace {

namespace po = boost::program_options;
using Strings = std::vector<std::string>;

constexpr std::size_t most_pings = 8, longest_prefix = 100;
constexpr long longest_expiry = 31 * 24 * 3600;   // seconds

po::typed_value<std::string>* text(const char* name) { return po::value<std::string>()->value_name(name); }

std::optional<std::string> value_of(const po::variables_map& map, const char* option) {
  if (map.count(option) == 0) return std::nullopt;
  return map[option].as<std::string>();
}

/// Levels of a topic, none of which is empty or a wildcard (MQTT 3.1.1 §4.7).
bool is_prefix(std::string_view prefix) {
  const auto fits = [](char c) { return c > ' ' && c < '\x7f' && c != '+' && c != '#' && c != '$'; };
  return prefix.size() <= longest_prefix && std::ranges::all_of(prefix, fits) && !prefix.starts_with('/') && !prefix.ends_with('/') &&
         prefix.find("//") == std::string_view::npos;
}

std::optional<std::chrono::seconds> expiry_of(const std::string& digits) {
  long number = -1;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || end != digits.data() + digits.size() || number < 0 || number > longest_expiry) return std::nullopt;
  return std::chrono::seconds(number);
}

void read_pings(const po::variables_map& map, Destinations& into) {
  if (map.count("ping") == 0) return;
  const auto& texts = map["ping"].as<Strings>();
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto which = texts.size() == 1 ? std::string("--ping") : fmt::format("--ping (number {})", i + 1);
    if (into.pings.size() == most_pings) {
      into.troubles.push_back(fmt::format("{}: there are {} of them; {} are told", which, texts.size(), most_pings));
      return;
    }
    auto parsed = WebDestination::parse(texts[i]);
    if (parsed) into.pings.push_back(std::move(*parsed));
    else into.troubles.push_back(fmt::format("{}: {}", which, parsed.error().what));
  }
}

void read_pushgateway(const po::variables_map& map, Destinations& into) {
  const auto url = value_of(map, "pushgateway");
  if (!url) return;
  auto parsed = WebDestination::parse(*url);
  if (parsed) into.pushgateway = std::move(*parsed);
  else into.troubles.push_back("--pushgateway: " + parsed.error().what);
}

/// What keeps the broker from being told; empty: nothing.
std::string read_broker(const po::variables_map& map, const std::string& url, Destinations& into) {
  auto broker = Broker::parse(url);
  if (!broker) return "--mqtt: " + broker.error().what;
  broker->password_file = value_of(map, "mqtt-password-file");
  broker->authorities_file = value_of(map, "mqtt-ca");
  if (broker->password_file && !broker->user) return "--mqtt-password-file: whose password is it? Name the user: mqtt://USER@HOST";
  if (broker->authorities_file && !broker->tls) return "--mqtt-ca: without TLS no certificate is asked for; write mqtts://HOST";
  if (const auto prefix = value_of(map, "mqtt-discovery")) {
    if (!is_prefix(*prefix)) return "--mqtt-discovery: this is no prefix of a topic; Home Assistant's own is homeassistant";
    broker->discovery = *prefix;
  }
  if (const auto seconds = value_of(map, "mqtt-expire")) {
    const auto expiry = expiry_of(*seconds);
    if (!expiry) return fmt::format("--mqtt-expire: this is no number of seconds from 0 to {}", longest_expiry);
    broker->expire_after = *expiry;
  }
  into.mqtt = std::move(*broker);
  return "";
}

}  // namespace

po::options_description publishing_options() {
  po::options_description d("Where else to say it");
  d.add_options()
      ("prometheus", text("FILE"), "write metrics for node_exporter's textfile collector; the file's name ends in .prom")
      ("pushgateway", text("URL"), "push the same metrics to a Pushgateway: http://HOST:9091")
      ("mqtt", text("URL"), "publish to an MQTT broker, where Home Assistant finds it: mqtt://[USER@]HOST[:1883], or mqtts://[USER@]HOST[:8883] for TLS")
      ("mqtt-password-file", text("FILE"), "the broker's password, in the first line of a file that only its owner may read")
      ("mqtt-ca", text("FILE"), "certificates (PEM) that the broker's is held against; otherwise the system's")
      ("mqtt-discovery", text("PREFIX"), "Home Assistant's discovery prefix (default homeassistant); empty: it is not told")
      ("mqtt-expire", text("SECONDS"), "after so long without a check its sensors become unavailable (default 900, three checks of five minutes; 0: never)")
      ("ping", po::value<Strings>()->value_name("URL"), "a ping URL of healthchecks.io or its like, told of start and end with the exit status and the report; repeatable")
      ("instance", text("NAME"), "what this host is called there; otherwise its host name, or \"ringback\" with --redact");
  return d;
}

Destinations read_publishing(const po::variables_map& map) {
  Destinations destinations;
  destinations.textfile = value_of(map, "prometheus");
  if (destinations.textfile && destinations.textfile->empty()) {
    destinations.troubles.push_back("--prometheus: an empty file name");
    destinations.textfile.reset();
  }
  if (destinations.textfile && !destinations.textfile->ends_with(".prom") && !destinations.textfile->empty()) {
    destinations.troubles.push_back("--prometheus: node_exporter reads no file but those whose name ends in .prom");
    destinations.textfile.reset();
  }
  read_pushgateway(map, destinations);
  if (map.count("mqtt") == 0)
    for (const auto* option : {"mqtt-password-file", "mqtt-ca", "mqtt-discovery", "mqtt-expire"})
      if (map.count(option) != 0) destinations.troubles.push_back(fmt::format("--{}: of which broker? Name it with --mqtt mqtt://USER@HOST", option));
  if (const auto url = value_of(map, "mqtt"))
    if (auto trouble = read_broker(map, *url, destinations); !trouble.empty()) destinations.troubles.push_back(std::move(trouble));
  read_pings(map, destinations);
  if (const auto name = value_of(map, "instance")) {
    if (is_instance(*name)) destinations.instance = *name;
    else
      destinations.troubles.push_back("--instance: a name has letters, digits, \".\", \"-\" and \"_\", 64 at most, and begins with a letter or a digit; "
                                      "the host name is used");
  }
  return destinations;
}

}  // namespace ringback::cli
