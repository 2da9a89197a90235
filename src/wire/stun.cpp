#include "wire/stun.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "wire/stun_attributes.hpp"

namespace ringback::wire::stun {
namespace {

constexpr std::size_t text_limit = 763;             // RFC 8489 §14.8, §14.14
constexpr std::size_t list_limit = 16;

/// The 16 bytes that an address is XORed with: the magic cookie, then the transaction id (RFC 8489 §14.2).
std::array<std::uint8_t, 16> xor_mask(const TransactionId& transaction) {
  std::array<std::uint8_t, 16> mask{0x21, 0x12, 0xA4, 0x42};
  for (std::size_t i = 0; i < transaction.size(); ++i) mask[4 + i] = std::to_integer<std::uint8_t>(transaction[i]);
  return mask;
}

Endpoint exclusive_or(const Endpoint& endpoint, const TransactionId& transaction) {
  auto mask = xor_mask(transaction);
  const auto bytes = endpoint.address.bytes();
  for (std::size_t i = 0; i < bytes.size(); ++i) mask[i] = static_cast<std::uint8_t>(mask[i] ^ bytes[i]);
  return {Address::from_bytes(std::span(mask).first(bytes.size())), static_cast<Port>(endpoint.port ^ (magic_cookie >> 16))};
}

Expected<Endpoint> parse_address(ByteView value, std::string_view name) {
  Reader reader(value);
  reader.skip(1);
  const auto family = reader.u8();
  Endpoint endpoint;
  endpoint.port = reader.u16();
  if (family != 1 && family != 2) return failure(Errc::malformed, fmt::format("{} has address family {}", name, family));
  endpoint.address = reader.address(family == 1 ? Family::ipv4 : Family::ipv6);
  if (!reader.ok() || reader.left() != 0) return failure(Errc::malformed, fmt::format("{} has {} bytes", name, value.size()));
  return endpoint;
}

/// The first of several attributes of one type counts (RFC 8489 §14).
Expected<void> keep_address(std::optional<Endpoint>& into, ByteView value, std::string_view name) {
  auto endpoint = parse_address(value, name);
  if (!endpoint) return tl::unexpected(endpoint.error());
  if (!into) into = *endpoint;
  return {};
}

Expected<void> keep_error(Message& message, ByteView value) {
  Reader reader(value);
  reader.skip(2);
  const unsigned hundreds = reader.u8() & 7U;
  const unsigned number = reader.u8();
  if (!reader.ok() || hundreds < 3 || hundreds > 6 || number > 99) return failure(Errc::malformed, "ERROR-CODE is no code from 300 to 699");
  if (!message.error) message.error = ErrorCode{hundreds * 100 + number, std::string(as_text(reader.rest()).substr(0, text_limit))};
  return {};
}

Expected<void> keep(Message& message, std::uint16_t type, ByteView value) {
  switch (type) {
    case mapped_address: return keep_address(message.mapped_address, value, "MAPPED-ADDRESS");
    case response_origin: return keep_address(message.response_origin, value, "RESPONSE-ORIGIN");
    case other_address: return keep_address(message.other_address, value, "OTHER-ADDRESS");
    case error_code: return keep_error(message, value);
    case xor_mapped_address: {
      auto endpoint = parse_address(value, "XOR-MAPPED-ADDRESS");
      if (!endpoint) return tl::unexpected(endpoint.error());
      if (!message.xor_mapped_address) message.xor_mapped_address = exclusive_or(*endpoint, message.transaction);
      return {};
    }
    case change_request: {
      if (value.size() != 4) return failure(Errc::malformed, fmt::format("CHANGE-REQUEST has {} bytes", value.size()));
      const auto flags = Reader(value).u32();
      if (!message.change_request) message.change_request = ChangeRequest{(flags & 4) != 0, (flags & 2) != 0};
      return {};
    }
    case software:
      if (!message.software) message.software = std::string(as_text(value).substr(0, text_limit));
      return {};
    case unknown_attributes: {
      Reader reader(value);
      while (reader.left() >= 2 && message.unknown_attributes.size() < list_limit) message.unknown_attributes.push_back(reader.u16());
      return {};
    }
    default:
      if (!is_understood(type) && message.not_understood.size() < list_limit) message.not_understood.push_back(type);
      return {};
  }
}

void put_attribute(Writer& writer, std::uint16_t type, ByteView value) {
  writer.u16(type).u16(static_cast<std::uint16_t>(value.size())).bytes(value).zeros(padded(value.size()) - value.size());
}

void put_text(Writer& writer, std::uint16_t type, std::string_view text) {
  put_attribute(writer, type, std::as_bytes(std::span(text.data(), std::min(text.size(), text_limit))));
}

void put_address(Writer& writer, std::uint16_t type, const std::optional<Endpoint>& endpoint) {
  if (!endpoint) return;
  Writer value;
  value.u8(0).u8(endpoint->address.is_v4() ? 1 : 2).u16(endpoint->port).address(endpoint->address);
  put_attribute(writer, type, value.take());
}

/// RFC 8489 §5: the class bits sit at positions 4 and 8 of the type, between the bits of the method.
std::uint16_t message_type(Class type, std::uint16_t method) {
  const unsigned c = static_cast<unsigned>(type), m = method;
  return static_cast<std::uint16_t>((m & 0x0F) | (c & 1) << 4 | (m & 0x70) << 1 | (c & 2) << 7 | (m & 0xF80) << 2);
}

}  // namespace

Expected<Message> parse(ByteView datagram) {
  Reader reader(datagram);
  const unsigned type = reader.u16();
  const std::size_t length = reader.u16();
  const auto cookie = reader.u32();
  const auto transaction = reader.bytes(12);
  if (!reader.ok()) return failure(Errc::malformed, fmt::format("{} bytes are too few for a STUN header", datagram.size()));
  if (type & 0xC000) return failure(Errc::malformed, fmt::format("message type {:#06x} is not STUN", type));
  if (cookie != magic_cookie) return failure(Errc::malformed, fmt::format("magic cookie is {:#010x}", cookie));
  if (length != reader.left() || length % 4 != 0)
    return failure(Errc::malformed, fmt::format("message length {} with {} bytes after the header", length, reader.left()));

  Message message;
  message.type = static_cast<Class>((type >> 4 & 1) | (type >> 7 & 2));
  message.method = static_cast<std::uint16_t>((type & 0x0F) | (type >> 1 & 0x70) | (type >> 2 & 0xF80));
  std::ranges::copy(transaction, message.transaction.begin());
  bool after_integrity = false;
  while (reader.left() > 0) {
    const auto attribute = reader.u16();
    const std::size_t size = reader.u16();
    const auto value = reader.bytes(padded(size));
    if (!reader.ok()) return failure(Errc::malformed, fmt::format("attribute {:#06x} with length {} runs over the end", attribute, size));
    if (after_integrity) continue;
    if (auto kept = keep(message, attribute, value.first(size)); !kept) return tl::unexpected(kept.error());
    after_integrity = attribute == message_integrity || attribute == message_integrity_sha256;
  }
  return message;
}

Bytes build(const Message& message) {
  Writer writer;
  writer.u16(message_type(message.type, message.method)).u16(0).u32(magic_cookie).bytes(message.transaction);
  if (const auto& error = message.error) {
    Writer value;
    value.u16(0).u8(static_cast<std::uint8_t>(error->code / 100)).u8(static_cast<std::uint8_t>(error->code % 100));
    value.text(std::string_view(error->reason).substr(0, text_limit));
    put_attribute(writer, error_code, value.take());
  }
  if (!message.unknown_attributes.empty()) {
    Writer value;
    for (const auto type : message.unknown_attributes) value.u16(type);
    put_attribute(writer, unknown_attributes, value.take());
  }
  if (const auto& change = message.change_request) {
    Writer value;
    put_attribute(writer, change_request, value.u32((change->address ? 4U : 0U) | (change->port ? 2U : 0U)).take());
  }
  if (message.xor_mapped_address)
    put_address(writer, xor_mapped_address, exclusive_or(*message.xor_mapped_address, message.transaction));
  put_address(writer, mapped_address, message.mapped_address);
  put_address(writer, response_origin, message.response_origin);
  put_address(writer, other_address, message.other_address);
  if (message.software) put_text(writer, software, *message.software);
  writer.patch_u16(2, static_cast<std::uint16_t>(writer.size() - header_size));
  return writer.take();
}

Bytes build_binding_request(const TransactionId& transaction, std::size_t size, std::optional<ChangeRequest> change) {
  Message message{.type = Class::request, .transaction = transaction, .change_request = change};
  const std::size_t bare = header_size + (change ? 8 : 0);
  if (size > bare) {
    message.software = "ringback";
    const auto room = size - std::min(size, bare + 4);
    message.software->resize(std::min(padded(room), padded(text_limit) - 4), ' ');
  }
  auto request = build(message);
  if (request.size() >= size) return request;
  // One SOFTWARE holds 763 bytes; of several the receiver may ignore all but the first (RFC 8489 §14).
  Writer writer;
  writer.bytes(request);
  while (writer.size() < size) {
    const auto room = size - std::min(size, writer.size() + 4);
    put_text(writer, software, std::string(std::min(padded(room), padded(text_limit) - 4), ' '));
  }
  writer.patch_u16(2, static_cast<std::uint16_t>(writer.size() - header_size));
  return writer.take();
}

Bytes build_padded_request(const TransactionId& transaction, std::size_t size) {
  auto request = build(Message{.type = Class::request, .transaction = transaction});
  const auto room = padded(size - std::min(size, request.size() + 4));
  Writer writer;
  writer.bytes(request).u16(padding).u16(static_cast<std::uint16_t>(room)).zeros(room);
  writer.patch_u16(2, static_cast<std::uint16_t>(writer.size() - header_size));
  return writer.take();
}

Bytes build_binding_success(const TransactionId& transaction, const Endpoint& mapped, const std::optional<ServerAddresses>& addresses) {
  Message message{.type = Class::success, .transaction = transaction, .xor_mapped_address = mapped};
  if (addresses) {
    message.mapped_address = mapped;
    message.response_origin = addresses->origin;
    message.other_address = addresses->other;
  }
  return build(message);
}

Bytes build_binding_error(const TransactionId& transaction, unsigned code, const std::string& reason,
                          const std::vector<std::uint16_t>& unknown) {
  return build({.type = Class::error, .transaction = transaction, .error = ErrorCode{code, reason}, .unknown_attributes = unknown});
}

}  // namespace ringback::wire::stun
