#pragma once
/// The JSON of the vantage protocol, version 1 (PROTOCOL.md): requests in, lines and refusals out. Pure.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "net/endpoint.hpp"

namespace ringback::vantage {

inline constexpr std::size_t knocks_per_request = 16;
inline constexpr milliseconds shortest_timeout{100}, longest_timeout{10000}, default_timeout{3000};

struct KnockSpec {
  std::string id;            ///< 1 to 32 of [A-Za-z0-9._-], unique within its request
  Protocol protocol = Protocol::tcp;
  Port port = 0;             ///< 0 for ICMP
  bool operator==(const KnockSpec&) const = default;
};

struct KnockRequest {
  std::vector<KnockSpec> knocks;
  milliseconds timeout = default_timeout;  ///< of each knock
  bool operator==(const KnockRequest&) const = default;
};

/// Unknown keys are ignored. The error names the place as an RFC 6901 pointer and what would be right; it quotes nothing of the body.
[[nodiscard]] Expected<KnockRequest> parse_knock_request(std::string_view body);

/// What will be sent, said before anything is sent.
struct Announcement {
  std::string id;
  Protocol protocol = Protocol::tcp;
  Port port = 0;
  Address target;
  Address source;
  /// Source ports in the order of the attempts; for ICMP the echo identifier alone.
  std::vector<Port> ports;
  std::string nonce;         ///< 32 hexadecimal digits; part of UDP and ICMP payloads
  bool operator==(const Announcement&) const = default;
};

enum class Result { connected, refused, reset, replied, timeout, unreachable, unavailable };
constexpr auto enum_names(Result) {
  using enum Result;
  using N = EnumName<Result>;
  return std::array{N{connected, "connected"}, N{refused, "refused"},         N{reset, "reset"},            N{replied, "replied"},
                    N{timeout, "timeout"},     N{unreachable, "unreachable"}, N{unavailable, "unavailable"}};
}

/// Type and code of an ICMP or ICMPv6 error, by the family of the target.
struct IcmpCode {
  std::uint8_t type = 0;
  std::uint8_t code = 0;
  bool operator==(const IcmpCode&) const = default;
};

struct Outcome {
  Result result = Result::timeout;
  std::optional<IcmpCode> icmp;  ///< of `unreachable`
  std::string reason;            ///< of `unavailable`: why the vantage point itself could not knock
  bool operator==(const Outcome&) const = default;
};

/// One line each, with its newline.
[[nodiscard]] std::string announce_line(const Announcement& announcement);
[[nodiscard]] std::string result_line(const std::string& id, const Outcome& outcome, milliseconds elapsed);

[[nodiscard]] std::string address_body(const Endpoint& caller, const std::vector<Family>& families);

/// A refusal, RFC 9457.
struct Problem {
  unsigned status = 400;
  std::string_view type;         ///< the last part of its URN
  std::string_view title;
  std::string detail;
  bool operator==(const Problem&) const = default;
};
[[nodiscard]] std::string problem_body(const Problem& problem);

}  // namespace ringback::vantage
