#include "wire/router_advertisement.hpp"

#include <fmt/format.h>

#include <array>

#include "wire/printable.hpp"

namespace ringback::wire {
namespace {

constexpr std::size_t header_size = 16;
constexpr std::size_t most = 16;

enum Option : std::uint8_t {
  prefix_information = 3, mtu_option = 5, route_information = 24, recursive_dns = 25, captive_portal_option = 37, pref64 = 38
};

template <class T>
void keep(std::vector<T>& list, T value) {
  if (list.size() < most) list.push_back(std::move(value));
}

void take_prefix(Reader option, RouterAdvertisement& into) {
  if (option.left() != 30) return;
  const auto length = option.u8();
  const auto flags = option.u8();
  OfferedPrefix offered{.on_link = (flags & 0x80) != 0, .autonomous = (flags & 0x40) != 0};
  offered.valid_s = option.u32();
  offered.preferred_s = option.u32();
  option.skip(4);
  // RFC 4862 §5.5.3 c: what is preferred for longer than it is valid is ignored.
  if (length > 128 || offered.preferred_s > offered.valid_s) return;
  offered.prefix = Prefix(option.address(Family::ipv6), length);
  keep(into.prefixes, offered);
}

/// The prefix takes as many bytes as it needs: none, 8 or 16.
void take_route(Reader option, RouterAdvertisement& into) {
  const auto length = option.u8();
  option.skip(1);
  OfferedRoute offered{.lifetime_s = option.u32()};
  const auto rest = option.rest();
  if (!option.ok() || length > 128 || rest.size() > 16 || rest.size() * 8 < length) return;
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = 0; i < rest.size(); ++i) bytes[i] = std::to_integer<std::uint8_t>(rest[i]);
  offered.prefix = Prefix(Address::v6(bytes), length);
  keep(into.routes, offered);
}

void take_resolvers(Reader option, RouterAdvertisement& into) {
  option.skip(2);
  if (option.u32() == 0) return;
  while (option.left() >= 16) keep(into.resolvers, option.address(Family::ipv6));
}

/// RFC 8781 §4: thirteen bits of lifetime in units of eight seconds, three of the prefix's length.
void take_nat64(Reader option, RouterAdvertisement& into) {
  constexpr std::array<std::uint8_t, 6> lengths{96, 64, 56, 48, 40, 32};
  if (option.left() != 14) return;
  const auto scaled = option.u16();
  const auto code = scaled & 7U;
  if (code >= lengths.size()) return;
  std::array<std::uint8_t, 16> bytes{};
  const auto highest = option.bytes(12);
  for (std::size_t i = 0; i < highest.size(); ++i) bytes[i] = std::to_integer<std::uint8_t>(highest[i]);
  keep(into.nat64, OfferedNat64{Prefix(Address::v6(bytes), lengths[code]), scaled & 0xFFF8U});
}

void take_portal(ByteView text, RouterAdvertisement& into) {
  const auto url = as_text(text);
  into.captive_portal = printable(url.substr(0, url.find('\0')));   // filled up with zeros to a multiple of eight
}

}  // namespace

Expected<RouterAdvertisement> parse_router_advertisement(ByteView message) {
  Reader reader(message);
  const auto type = reader.u8();
  const auto code = reader.u8();
  if (message.size() < header_size)
    return failure(Errc::malformed, fmt::format("a router advertisement has at least {} bytes, not {}", header_size, message.size()));
  if (type != icmpv6_router_advertisement || code != 0)
    return failure(Errc::malformed, fmt::format("ICMPv6 type {} code {} is no router advertisement", type, code));
  reader.skip(3);   // checksum, hop limit
  RouterAdvertisement advertisement;
  const auto flags = reader.u8();
  advertisement.managed = (flags & 0x80) != 0;
  advertisement.other_configuration = (flags & 0x40) != 0;
  advertisement.router_lifetime_s = reader.u16();
  reader.skip(8);   // reachable time, retransmission timer
  while (reader.left() > 0) {
    const auto option = reader.u8();
    const std::size_t size = std::size_t{8} * reader.u8();
    if (!reader.ok() || size == 0) return failure(Errc::malformed, "an option of length 0 (RFC 4861 §6.1.2)");
    const auto body = reader.bytes(size - 2);
    if (!reader.ok()) return failure(Errc::malformed, fmt::format("an option of {} bytes ends after the message", size));
    switch (option) {
      case prefix_information: take_prefix(Reader(body), advertisement); break;
      case mtu_option:
        if (body.size() == 6) advertisement.mtu = Reader(body.subspan(2)).u32();
        break;
      case route_information: take_route(Reader(body), advertisement); break;
      case recursive_dns: take_resolvers(Reader(body), advertisement); break;
      case captive_portal_option: take_portal(body, advertisement); break;
      case pref64: take_nat64(Reader(body), advertisement); break;
      default: break;
    }
  }
  return advertisement;
}

Bytes build_router_solicitation() { return Writer().u8(icmpv6_router_solicitation).zeros(7).take(); }

}  // namespace ringback::wire
