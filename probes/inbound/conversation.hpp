#pragma once
/// The lines that a vantage point sends while it knocks (vantage protocol version 1): strict, bounded, no I/O.
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "probes/inbound/evidence.hpp"

namespace ringback::inbound {

/// Said before the first packet of this knock.
struct Announcement {
  std::string id;
  Address target;
  Endpoint source;             ///< ICMP echo: the port is the identifier
  std::vector<Port> ports;     ///< every source port it will come from, `source.port` included; at most 16
  std::string nonce;           ///< hexadecimal; in the payload of UDP and ICMP knocks
  bool operator==(const Announcement&) const = default;
};

struct ResultLine {
  std::string id;
  std::optional<Result> result;   ///< absent: the vantage point could not make this knock ("unavailable")
  std::optional<unsigned> icmp_type, icmp_code;
  bool operator==(const ResultLine&) const = default;
};

using Line = std::variant<Announcement, ResultLine>;

/// Errc::malformed says what is wrong with the line. Unknown keys are ignored: adding is free in this protocol.
[[nodiscard]] Expected<Line> parse_line(std::string_view line);

/// The body of POST /v1/knock.
[[nodiscard]] std::string knock_request(const std::vector<Knock>& knocks, std::chrono::milliseconds patience);

/// How the vantage point sees the caller, from GET /v1/address.
[[nodiscard]] Expected<Address> parse_seen_as(std::string_view body);

/// What a port checker says of one TCP port of ours (echoip's /port/N).
struct PortCheck {
  Address address;             ///< how it sees us, which is where it tried
  Port port = 0;
  bool reachable = false;
  bool operator==(const PortCheck&) const = default;
};
[[nodiscard]] Expected<PortCheck> parse_port_check(std::string_view body);

/// Cuts a stream into lines; a line longer than 4096 bytes is dropped and counted.
class LineCutter {
 public:
  /// The whole lines that this piece completes.
  std::vector<std::string> feed(std::string_view piece);
  [[nodiscard]] unsigned overlong() const { return overlong_; }

 private:
  std::string open_;
  bool skipping_ = false;
  unsigned overlong_ = 0;
};

}  // namespace ringback::inbound
