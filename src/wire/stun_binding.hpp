#pragma once
/// The server's half of a Binding, for one that answers as fast as the line brings requests: no allocation, whatever comes.
#include <span>

#include "wire/stun.hpp"

namespace ringback::wire::stun {

/// What a server needs to know of a request.
struct BindingRequest {
  static constexpr std::size_t most_unknown = 16;

  TransactionId transaction{};
  std::optional<ChangeRequest> change_request;
  bool padding = false;                                ///< RFC 5780 §7.6: the answer shall be filled up
  std::array<std::uint16_t, most_unknown> unknown{};  ///< comprehension-required attributes that are not understood, the first few
  std::size_t unknown_count = 0;

  void add_unknown(std::uint16_t type) {
    if (unknown_count < most_unknown) unknown[unknown_count++] = type;
  }
  [[nodiscard]] std::span<const std::uint16_t> unknown_attributes() const { return std::span(unknown).first(unknown_count); }
};

/// nullopt: no Binding request in good form (RFC 8489 §6). Addresses and texts in a request mean nothing and are not looked into.
[[nodiscard]] std::optional<BindingRequest> parse_binding_request(ByteView datagram);

/// Makes the message of `bare` bytes, a multiple of four, at the beginning of `bytes` one that fills them, with PADDING (RFC 5780 §7.6).
/// `bytes` are a multiple of four too, and at least 4 more.
void fill_up(std::span<std::byte> bytes, std::size_t bare);
/// Takes that back.
void cut_to(std::span<std::byte> bytes, std::size_t bare);

/// An answer of a size that is known beforehand.
class BindingAnswer {
 public:
  static constexpr std::size_t most = full_answer_size(Family::ipv6);

  /// The bytes of build_binding_success().
  static BindingAnswer success(const TransactionId& transaction, const Endpoint& mapped,
                               const std::optional<ServerAddresses>& addresses = {});
  /// The bytes of build_binding_error(transaction, 420, "", unknown).
  static BindingAnswer unknown_attributes(const BindingRequest& request);

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  operator ByteView() const { return std::span(bytes_).first(size_); }  // NOLINT: it is nothing but bytes

 private:
  void begin(unsigned type, const TransactionId& transaction);
  void end();
  void u16(unsigned value);
  void address(std::uint16_t type, const Endpoint& endpoint, std::span<const std::uint8_t> mask = {});

  std::array<std::byte, most> bytes_;
  std::size_t size_ = 0;
};

}  // namespace ringback::wire::stun
