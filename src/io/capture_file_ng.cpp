/// The blocks of a pcapng file (draft-ietf-opsawg-pcapng §3 and §4).
#include <fmt/format.h>
#include <pcap/pcap.h>

#include <algorithm>
#include <bit>

#include "io/capture_file.hpp"

namespace ringback::io {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::uint32_t section_header = 0x0a0d0d0a, interface_description = 1, obsolete_packet = 2, simple_packet = 3, enhanced_packet = 6;
constexpr std::uint32_t byte_order = 0x1a2b3c4d;
constexpr std::uint32_t most_captured = 262144;
constexpr std::uint32_t longest_block = 384 * 1024;   // of those that are read; others are passed over whatever their length
constexpr std::size_t most_interfaces = 1024;
constexpr std::uint64_t latest_second = 9'000'000'000;   // so that nanoseconds fit into 63 bits

std::size_t padded(std::size_t size) { return (size + 3) & ~std::size_t{3}; }

/// A count of units of if_tsresol since the epoch: the lower seven bits are the negative power of 10, or of 2 where the highest bit is set.
std::chrono::nanoseconds to_time(std::uint64_t units, std::uint8_t resolution, std::int64_t offset) {
  const unsigned power = resolution & 0x7fU;
  std::uint64_t whole = 0, nanoseconds = 0;
  if ((resolution & 0x80U) != 0) {
    whole = power < 64 ? units >> power : 0;
    std::uint64_t fraction = power < 64 ? units & ((std::uint64_t{1} << power) - 1) : units;
    unsigned bits = power;
    if (bits > 32) {   // what a nanosecond cannot hold is dropped, so that the product fits
      fraction = bits - 32 < 64 ? fraction >> (bits - 32) : 0;
      bits = 32;
    }
    nanoseconds = fraction * 1'000'000'000 >> bits;
  } else if (power < 20) {
    std::uint64_t per_second = 1;
    for (unsigned i = 0; i < power; ++i) per_second *= 10;
    whole = units / per_second;
    const auto rest = units % per_second;
    nanoseconds = per_second <= 1'000'000'000 ? rest * (1'000'000'000 / per_second) : rest / (per_second / 1'000'000'000);
  }
  const auto second = std::clamp<std::int64_t>(
      static_cast<std::int64_t>(std::min(whole, latest_second)) + std::clamp<std::int64_t>(offset, -1'000'000'000, 1'000'000'000), 0,
      static_cast<std::int64_t>(latest_second));
  return std::chrono::seconds(second) + std::chrono::nanoseconds(nanoseconds);
}

}  // namespace

/// Also the byte order of all that follows, until the next section.
Expected<void> CaptureFile::begin_section() {
  const auto head = peek(28);
  if (!head) return tl::unexpected(head.error());
  if (head->size() < 28) return cut_short(head->size(), 28);
  swapped_ = false;
  if (u32(*head, 8) != byte_order) swapped_ = true;
  if (u32(*head, 8) != byte_order) return broken("the section that begins here has no byte order mark");
  if (const auto version = u16(*head, 12); version != 1)
    return broken(fmt::format("pcapng version {} is not known, version 1 is", version));
  interfaces_.clear();   // they are numbered anew in each section
  return {};
}

Expected<void> CaptureFile::add_interface(Bytes body) {
  if (body.size() < 8) return broken("the description of an interface is too short");
  if (interfaces_.size() >= most_interfaces) return broken(fmt::format("more than {} interfaces", most_interfaces));
  constexpr std::uint16_t linktype_raw = 101, time_resolution = 9, time_offset = 14;
  Interface found{.link_type = u16(body, 0) == linktype_raw ? DLT_RAW : u16(body, 0), .snap_length = u32(body, 4)};
  for (std::size_t at = 8; at + 4 <= body.size();) {
    const auto code = u16(body, at);
    const std::size_t length = u16(body, at + 2);
    at += 4;
    if (code == 0 || length > body.size() - at) break;
    if (code == time_resolution && length >= 1) found.resolution = std::to_integer<std::uint8_t>(body[at]);
    if (code == time_offset && length >= 8) {
      const std::uint64_t high = u32(body, at + (swapped_ == (std::endian::native == std::endian::little) ? 0U : 4U));
      const std::uint64_t low = u32(body, at + (swapped_ == (std::endian::native == std::endian::little) ? 4U : 0U));
      found.offset_seconds = static_cast<std::int64_t>(high << 32U | low);
    }
    at += std::min(padded(length), body.size() - at);
  }
  interfaces_.push_back(found);
  return {};
}

Expected<bool> CaptureFile::enhanced(Bytes body, bool obsolete, Record& into) {
  if (body.size() < 20) return broken("a packet's block that is too short");
  const unsigned interface = obsolete ? u16(body, 0) : u32(body, 0);
  const auto captured = u32(body, 12);
  if (interface >= interfaces_.size())
    return broken(fmt::format("it belongs to interface {}, which the file does not describe", interface));
  if (captured > most_captured || captured > body.size() - 20)
    return broken(fmt::format("it claims to hold {} bytes, its block has {}", captured, body.size() - 20));
  const auto& from = interfaces_[interface];
  into.at = to_time(std::uint64_t{u32(body, 4)} << 32U | u32(body, 8), from.resolution, from.offset_seconds);
  into.link_type = from.link_type;
  into.interface = interface;
  into.length = u32(body, 16);
  into.outgoing.reset();
  into.frame = body.subspan(20, captured);
  constexpr std::uint16_t flags = 2;
  for (std::size_t at = 20 + padded(captured); at + 8 <= body.size();) {
    const auto code = u16(body, at);
    const std::size_t length = u16(body, at + 2);
    if (code == 0) break;
    if (code == flags && length == 4) {   // bits 0 and 1: 1 inbound, 2 outbound
      if (const auto direction = u32(body, at + 4) & 3U; direction == 1 || direction == 2) into.outgoing = direction == 2;
    }
    at += 4 + std::min(padded(length), body.size() - at - 4);
  }
  return true;
}

/// No time, and the first interface: what a small device can write.
Expected<bool> CaptureFile::simple(Bytes body, Record& into) {
  if (body.size() < 4) return broken("a packet's block that is too short");
  if (interfaces_.empty()) return broken("it belongs to an interface that the file does not describe");
  const auto& from = interfaces_.front();
  into.at = {};
  into.link_type = from.link_type;
  into.interface = 0;
  into.length = u32(body, 0);
  into.outgoing.reset();
  const auto limit = from.snap_length != 0 ? from.snap_length : most_captured;
  into.frame = body.subspan(4, std::min<std::size_t>({body.size() - 4, into.length, limit, most_captured}));
  return true;
}

Expected<bool> CaptureFile::next_block(Record& into) {
  for (;;) {
    const auto head = peek(8);
    if (!head) return tl::unexpected(head.error());
    if (head->empty()) return false;
    if (head->size() < 8) return cut_short(head->size(), 8);
    const auto type = u32(*head, 0);   // of a section header the same in either byte order
    if (type == section_header)
      if (auto begun = begin_section(); !begun) return tl::unexpected(begun.error());
    const auto again = peek(8);
    if (!again) return tl::unexpected(again.error());
    const auto length = u32(*again, 4);
    if (length < 12 || length % 4 != 0) return broken(fmt::format("a block of {} bytes", length));
    const bool wanted = type == interface_description || type == obsolete_packet || type == simple_packet || type == enhanced_packet;
    if (!wanted) {
      if (auto skipped = skip(length); !skipped) return tl::unexpected(skipped.error());
      continue;
    }
    if (length > longest_block) return broken(fmt::format("a block of {} bytes, more than any packet has", length));
    const auto block = peek(length);
    if (!block) return tl::unexpected(block.error());
    if (block->size() < length) return cut_short(block->size(), length);
    if (u32(*block, length - 4) != length) return broken("the block's two lengths differ");
    const auto body = block->subspan(8, length - 12);
    if (type == interface_description) {
      if (auto added = add_interface(body); !added) return tl::unexpected(added.error());
      take(length);
      continue;
    }
    const auto got = type == simple_packet ? simple(body, into) : enhanced(body, type == obsolete_packet, into);
    if (!got) return got;
    into.number = ++records_;
    into.offset = offset_;
    take(length);
    return true;
  }
}

}  // namespace ringback::io
