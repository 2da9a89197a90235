#include "redact/address_blocks.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "diagnosis/public_proxies.hpp"

namespace ringback::redaction {
namespace {

struct Row {
  Prefix prefix;
  Treatment treatment;
  unsigned length;
};

Row keep(const char* text) {
  const auto prefix = Prefix::parse(text).value();
  return {prefix, Treatment::kept, prefix.length()};
}
Row within(const char* text) {
  const auto prefix = Prefix::parse(text).value();
  return {prefix, Treatment::inside, prefix.length()};
}
Row within(const char* text, unsigned length) { return {Prefix::parse(text).value(), Treatment::inside, length}; }

// Public resolvers and the root's servers (IANA, "Root Servers") are asked by everybody. The more specific row stands first.
const std::vector<Row>& ipv4_rows() {
  static const std::vector rows{
      keep("1.0.0.1/32"), keep("1.1.1.1/32"), keep("8.8.4.4/32"), keep("8.8.8.8/32"), keep("9.9.9.9/32"), keep("149.112.112.112/32"),
      keep("208.67.220.220/32"), keep("208.67.222.222/32"),
      keep("198.41.0.4/32"), keep("170.247.170.2/32"), keep("192.33.4.12/32"), keep("199.7.91.13/32"), keep("192.203.230.10/32"),
      keep("192.5.5.241/32"), keep("192.112.36.4/32"), keep("198.97.190.53/32"), keep("192.36.148.17/32"), keep("192.58.128.30/32"),
      keep("193.0.14.129/32"), keep("199.7.83.42/32"), keep("202.12.27.33/32"),
      keep("0.0.0.0/32"), within("0.0.0.0/8"), within("10.0.0.0/8"), within("100.64.0.0/10"), keep("127.0.0.0/8"), within("169.254.0.0/16"),
      within("172.16.0.0/12"), keep("192.0.0.0/24"), within("192.0.2.0/24"), keep("192.31.196.0/24"), keep("192.52.193.0/24"),
      keep("192.88.99.0/24"), within("192.168.0.0/16"), keep("192.175.48.0/24"), within("198.18.0.0/15"), within("198.51.100.0/24"),
      within("203.0.113.0/24"), keep("224.0.0.0/24"), keep("239.255.255.250/32"), within("224.0.0.0/4"), keep("255.255.255.255/32"),
      within("240.0.0.0/4")};
  return rows;
}

const std::vector<Row>& ipv6_rows() {
  static const std::vector rows{
      keep("2620:fe::fe/128"), keep("2620:fe::9/128"), keep("2606:4700:4700::1111/128"), keep("2606:4700:4700::1001/128"),
      keep("2001:4860:4860::8888/128"), keep("2001:4860:4860::8844/128"), keep("2620:119:35::35/128"), keep("2620:119:53::53/128"),
      keep("2001:503:ba3e::2:30/128"), keep("2801:1b8:10::b/128"), keep("2001:500:2::c/128"), keep("2001:500:2d::d/128"),
      keep("2001:500:a8::e/128"), keep("2001:500:2f::f/128"), keep("2001:500:12::d0d/128"), keep("2001:500:1::53/128"),
      keep("2001:7fe::53/128"), keep("2001:503:c27::2:30/128"), keep("2001:7fd::1/128"), keep("2001:500:9f::42/128"), keep("2001:dc3::35/128"),
      keep("::/127"), within("::/64", 64), within("64:ff9b:1::/48"), within("64::/16", 48), within("100::/64"), within("100:0:0:1::/64"),
      keep("2001:1::1/128"), keep("2001:1::2/128"), keep("2001:1::3/128"), within("2001:2::/48"), within("2001:3::/32"), keep("2001:4:112::/48"),
      within("2001:20::/28"), within("2001:30::/28"), within("2001::/23", 32), within("2001:db8::/32"), within("3fff::/20"), keep("2620:4f:8000::/48"),
      within("5f00::/16"), within("fc00::/7", 8), within("fe80::/10"), within("fec0::/10"),
      // Groups that protocols have; behind ff02::1:ff stand the last bits of an address (RFC 4291 §2.7.1).
      keep("ff02::1:2/128"), keep("ff02::1:3/128"), keep("ff05::1:3/128"), within("ff02::1:ff00:0/104"), within("ff00::/8", 16)};
  return rows;
}

/// ff02::1 and its kin: a group that is a small number.
bool is_known_group(const Address& address) {
  const auto bytes = address.bytes();
  return address.is_v6() && address.is_multicast() && std::ranges::all_of(bytes.subspan(2, 12), [](auto byte) { return byte == 0; });
}

unsigned replaced_bits(Family family) { return family == Family::ipv4 ? 8 : 16; }

/// Nothing in it is kept, or known to be of another kind.
bool is_plain(unsigned first) {
  const Prefix block(Address::v4(first << 24), 8);
  const auto overlaps = [&](const Prefix& other) { return block.contains(other.address()) || other.contains(block.address()); };
  return std::ranges::none_of(ipv4_rows(), [&](const Row& row) { return overlaps(row.prefix); }) &&
         std::ranges::none_of(diagnosis::networks_of_proxies(), overlaps);
}

const std::vector<unsigned>& ipv4_replacements() {
  static const std::vector<unsigned> list = [] {
    std::vector<unsigned> all{11, 21, 22, 26, 28, 29, 30, 33, 55, 214, 215, 6, 7};
    for (unsigned first = 1; first < 224; ++first)
      if (is_plain(first) && std::ranges::find(all, first) == all.end()) all.push_back(first);
    return all;
  }();
  return list;
}

}  // namespace

Block block_of(const Address& address) {
  if (is_known_group(address)) return {Treatment::kept, 128};
  for (const auto& row : address.is_v4() ? ipv4_rows() : ipv6_rows())
    if (row.prefix.contains(address)) return {row.treatment, row.length};
  for (const auto& network : diagnosis::networks_of_proxies())
    if (network.contains(address)) return {Treatment::inside, network.length(), true};
  const auto is_unicast = address.is_v4() || (address.bytes()[0] & 0xe0U) == 0x20;   // 2000::/3; nothing beyond is given to anybody
  return is_unicast ? Block{Treatment::allotted, replaced_bits(address.family())} : Block{Treatment::inside, 16};
}

std::optional<std::uint64_t> replacement(Family family, std::size_t index) {
  constexpr std::uint64_t first_ipv6 = 0x3000, end_ipv6 = 0x3ffe;   // 3fff::/20 is for documents
  if (family == Family::ipv6) return index < end_ipv6 - first_ipv6 ? std::optional(first_ipv6 + index) : std::nullopt;
  const auto& list = ipv4_replacements();
  return index < list.size() ? std::optional<std::uint64_t>(list[index]) : std::nullopt;
}

}  // namespace ringback::redaction
