#pragma once
/// Where a check publishes what it found, as the user named it. Values: nothing is asked or opened here.
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.hpp"
#include "net/endpoint.hpp"

namespace ringback {

/// Somebody who is told over HTTP. The path and the query may be a secret (whoever knows a ping's URL may send it): only `place` is shown.
struct WebDestination {
  std::string url;              ///< http or https; the host in ASCII; without user information and fragment
  std::string host;             ///< a name in ASCII, or an address without brackets
  Port port = 443;
  std::string place;            ///< "https://hc-ping.com", with the port where the URL has one

  /// Errc::invalid_input says what is wrong and what would be right, and repeats nothing of the text.
  static Expected<WebDestination> parse(std::string_view text);
  /// The URL with this behind its path and before its query ("?create=1").
  [[nodiscard]] std::string under(std::string_view path) const;
  bool operator==(const WebDestination&) const = default;
};

/// An MQTT broker, "mqtt://[USER@]HOST[:1883]" or "mqtts://[USER@]HOST[:8883]", and how Home Assistant is told through it.
struct Broker {
  std::string host;             ///< a name in ASCII, or an address without brackets
  Port port = 1883;
  bool tls = false;
  std::optional<std::string> user;
  std::optional<std::string> password_file;
  std::optional<std::string> authorities_file;  ///< certificates (PEM) that the broker's is held against; absent: the system's
  std::optional<std::string> password;          ///< once the file was read
  std::optional<std::string> authorities;       ///< PEM, once the file was read
  std::string discovery = "homeassistant";      ///< Home Assistant's discovery prefix; empty: it is not told
  std::chrono::seconds expire_after{900};       ///< without a new check the sensors become unavailable; 0: never

  /// As WebDestination::parse. What the URL does not say has its default.
  static Expected<Broker> parse(std::string_view text);
  /// "broker.example:1883"
  [[nodiscard]] std::string place() const;
  bool operator==(const Broker&) const = default;
};

struct Destinations {
  std::optional<std::string> textfile;          ///< for the textfile collector of Prometheus' node_exporter
  std::optional<WebDestination> pushgateway;
  std::optional<Broker> mqtt;
  std::vector<WebDestination> pings;            ///< as healthchecks.io takes them
  std::optional<std::string> instance;          ///< what this host is called there; absent: its host name
  std::vector<std::string> troubles;            ///< a sentence for each that cannot be published to, because what was named is wrong

  bool operator==(const Destinations&) const = default;
};

/// Letters, digits, '.', '-' and '_', at most 64 of them, the first a letter or a digit: fits a URL's path, an MQTT topic and a label alike.
[[nodiscard]] bool is_instance(std::string_view text);
/// The same of any text: what does not fit becomes '_'. Empty where nothing is left.
[[nodiscard]] std::string as_instance(std::string_view text);

}  // namespace ringback
