#pragma once
/// STUN Binding messages (RFC 8489, with the attributes of RFC 5780 §7). Bytes to values and back, no I/O.
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "net/endpoint.hpp"
#include "wire/reader.hpp"

namespace ringback::wire::stun {

using TransactionId = std::array<std::byte, 12>;

enum class Class : std::uint8_t { request = 0, indication = 1, success = 2, error = 3 };  ///< RFC 8489 §5
inline constexpr std::uint16_t binding_method = 0x001;
inline constexpr std::size_t header_size = 20;

/// CHANGE-REQUEST, RFC 5780 §7.2: answer from your other address, from your other port.
struct ChangeRequest {
  bool address = false;
  bool port = false;
  bool operator==(const ChangeRequest&) const = default;
};

/// ERROR-CODE, RFC 8489 §14.8: 300 to 699.
struct ErrorCode {
  unsigned code = 0;
  std::string reason;  ///< as it came, at most 763 bytes
  bool operator==(const ErrorCode&) const = default;
};

struct Message {
  Class type = Class::request;
  std::uint16_t method = binding_method;  ///< 12 bits
  TransactionId transaction{};
  std::optional<Endpoint> mapped_address;      ///< RFC 8489 §14.1
  std::optional<Endpoint> xor_mapped_address;  ///< RFC 8489 §14.2, already decoded
  std::optional<Endpoint> response_origin;     ///< RFC 5780 §7.3: where the answer says it comes from
  std::optional<Endpoint> other_address;       ///< RFC 5780 §7.4: the server's other address and port
  std::optional<ChangeRequest> change_request;
  std::optional<ErrorCode> error;
  std::optional<std::string> software;         ///< as it came, at most 763 bytes
  std::vector<std::uint16_t> unknown_attributes;  ///< UNKNOWN-ATTRIBUTES, RFC 8489 §14.9, at most 16
  /// Comprehension-required attributes (0x0000 to 0x7FFF) that were there and that this codec does not know: a server answers
  /// such a request with 420, a client does not believe such an answer (RFC 8489 §6.3). At most 16; never built.
  std::vector<std::uint16_t> not_understood;

  bool operator==(const Message&) const = default;
};

/// One whole datagram. Errc::malformed names the rule that it breaks. MESSAGE-INTEGRITY and FINGERPRINT are not verified: there is
/// no shared secret, and a payload that an ALG rewrote shall be seen, not dropped. Attributes after MESSAGE-INTEGRITY are ignored.
[[nodiscard]] Expected<Message> parse(ByteView datagram);
[[nodiscard]] Bytes build(const Message& message);

/// A Binding request of at least `size` bytes (0 to 1472) and at most 3 more, where the header leaves the choice: filled up with SOFTWARE, which every server may ignore,
/// and not with PADDING (0x0026), which a server without RFC 5780 must refuse with 420.
[[nodiscard]] Bytes build_binding_request(const TransactionId& transaction, std::size_t size = 0,
                                          std::optional<ChangeRequest> change = std::nullopt);

/// A Binding request of `size` bytes, rounded up to four (at least 24), that asks for an answer filled up with PADDING (RFC 5780 §7.6).
[[nodiscard]] Bytes build_padded_request(const TransactionId& transaction, std::size_t size);

/// Of a Binding success response with all four address attributes and nothing else. A request of this size is never shorter
/// than its answer, so that answering it amplifies nothing.
[[nodiscard]] constexpr std::size_t full_answer_size(Family family) { return header_size + 4 * (family == Family::ipv4 ? 12U : 24U); }

/// What a server with a second address tells besides the mapped address (RFC 5780 §6.1).
struct ServerAddresses {
  Endpoint origin;
  std::optional<Endpoint> other;
};
/// XOR-MAPPED-ADDRESS alone, or with `addresses` MAPPED-ADDRESS, RESPONSE-ORIGIN and OTHER-ADDRESS too.
[[nodiscard]] Bytes build_binding_success(const TransactionId& transaction, const Endpoint& mapped,
                                          const std::optional<ServerAddresses>& addresses = std::nullopt);
/// `unknown`: the attributes that a 420 (Unknown Attribute) is about.
[[nodiscard]] Bytes build_binding_error(const TransactionId& transaction, unsigned code, const std::string& reason,
                                        const std::vector<std::uint16_t>& unknown = {});

}  // namespace ringback::wire::stun
