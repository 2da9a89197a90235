#include "wire/stun_binding.hpp"

#include <algorithm>
#include <cstring>

#include "wire/stun_attributes.hpp"

namespace ringback::wire::stun {
namespace {

constexpr unsigned request_type = 0x0001, success_type = 0x0101, error_type = 0x0111;  // RFC 8489 §5, of the method Binding
static_assert(BindingAnswer::most >= header_size + 8 + 4 + 2 * BindingRequest::most_unknown);

void put_u16(std::span<std::byte> bytes, std::size_t at, std::size_t value) {
  bytes[at] = static_cast<std::byte>(value >> 8);
  bytes[at + 1] = static_cast<std::byte>(value);
}

}  // namespace

void fill_up(std::span<std::byte> bytes, std::size_t bare) {
  std::ranges::fill(bytes.subspan(bare), std::byte{0});
  put_u16(bytes, bare, padding);
  put_u16(bytes, bare + 2, bytes.size() - bare - 4);
  cut_to(bytes, bytes.size());
}

void cut_to(std::span<std::byte> bytes, std::size_t bare) { put_u16(bytes, 2, bare - header_size); }

std::optional<BindingRequest> parse_binding_request(ByteView datagram) {
  Reader reader(datagram);
  const unsigned type = reader.u16();
  const std::size_t length = reader.u16();
  const auto cookie = reader.u32();
  const auto transaction = reader.bytes(sizeof(TransactionId));
  if (!reader.ok() || type != request_type || cookie != magic_cookie || length != reader.left() || length % 4 != 0) return std::nullopt;
  BindingRequest request;
  std::ranges::copy(transaction, request.transaction.begin());
  bool after_integrity = false;
  while (reader.left() > 0) {
    const auto attribute = reader.u16();
    const std::size_t size = reader.u16();
    const auto value = reader.bytes(padded(size));
    if (!reader.ok()) return std::nullopt;
    if (after_integrity) continue;
    if (attribute == change_request) {
      if (size != 4) return std::nullopt;
      const auto flags = Reader(value).u32();
      if (!request.change_request) request.change_request = ChangeRequest{(flags & 4) != 0, (flags & 2) != 0};
    }
    if (attribute == padding) request.padding = true;
    if (!is_understood(attribute)) request.add_unknown(attribute);
    after_integrity = attribute == message_integrity || attribute == message_integrity_sha256;
  }
  return request;
}

BindingAnswer BindingAnswer::success(const TransactionId& transaction, const Endpoint& mapped,
                                     const std::optional<ServerAddresses>& addresses) {
  std::array<std::uint8_t, 16> mask{0x21, 0x12, 0xA4, 0x42};
  std::memcpy(mask.data() + 4, transaction.data(), transaction.size());
  BindingAnswer answer;
  answer.begin(success_type, transaction);
  answer.address(xor_mapped_address, mapped, mask);
  if (addresses) {
    answer.address(mapped_address, mapped);
    answer.address(response_origin, addresses->origin);
    if (addresses->other) answer.address(other_address, *addresses->other);
  }
  answer.end();
  return answer;
}

BindingAnswer BindingAnswer::unknown_attributes(const BindingRequest& request) {
  BindingAnswer answer;
  answer.begin(error_type, request.transaction);
  for (const unsigned word : {unsigned{error_code}, 4U, 0U, 4U << 8 | 20U}) answer.u16(word);  // RFC 8489 §14.8: class 4, number 20
  answer.u16(stun::unknown_attributes);
  answer.u16(static_cast<unsigned>(2 * request.unknown_count));
  for (const auto type : request.unknown_attributes()) answer.u16(type);
  if (request.unknown_count % 2 != 0) answer.u16(0);
  answer.end();
  return answer;
}

void BindingAnswer::begin(unsigned type, const TransactionId& transaction) {
  for (const unsigned word : {type, 0U, magic_cookie >> 16, magic_cookie & 0xFFFF}) u16(word);
  std::ranges::copy(transaction, bytes_.begin() + static_cast<std::ptrdiff_t>(size_));
  size_ += transaction.size();
}

void BindingAnswer::end() {
  const auto size = std::exchange(size_, 2);
  u16(static_cast<unsigned>(size - header_size));
  size_ = size;
}

void BindingAnswer::u16(unsigned value) {
  bytes_[size_++] = static_cast<std::byte>(value >> 8);
  bytes_[size_++] = static_cast<std::byte>(value);
}

void BindingAnswer::address(std::uint16_t type, const Endpoint& endpoint, std::span<const std::uint8_t> mask) {
  const auto address = endpoint.address.bytes();
  const unsigned port_mask = mask.empty() ? 0 : magic_cookie >> 16;
  const auto length = static_cast<unsigned>(4 + address.size());
  for (const unsigned word : {unsigned{type}, length, endpoint.address.is_v4() ? 1U : 2U, endpoint.port ^ port_mask}) u16(word);
  for (std::size_t i = 0; i < address.size(); ++i) bytes_[size_++] = static_cast<std::byte>(address[i] ^ (mask.empty() ? 0 : mask[i]));
}

}  // namespace ringback::wire::stun
