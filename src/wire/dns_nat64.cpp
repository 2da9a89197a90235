#include "wire/dns_nat64.hpp"

#include <algorithm>
#include <array>

namespace ringback::wire::dns {
namespace {

constexpr std::array lengths{32U, 40U, 48U, 56U, 64U, 96U};
constexpr std::array well_known{Address::v4(0xc00000aa), Address::v4(0xc00000ab)};  // 192.0.0.170 and .171, RFC 7050 §2.2

// RFC 6052 §2.2: the four octets follow the prefix, and stride over octet 8 (bits 64 to 71), which is zero.
std::array<std::size_t, 4> places(unsigned length) {
  std::array<std::size_t, 4> result{};
  std::size_t at = length / 8;
  for (auto& place : result) {
    if (at == 8) ++at;
    place = at++;
  }
  return result;
}

struct Match {
  Prefix prefix;
  Address embedded;  ///< which of the two
  bool operator==(const Match&) const = default;
};

std::vector<Match> matches(const Address& address) {
  std::vector<Match> result;
  if (!address.is_v6() || address.bytes()[8] != 0) return result;
  for (const auto length : lengths) {
    const Prefix prefix(address, length);
    for (const auto& embedded : well_known) {
      const auto made = nat64_address(prefix, embedded);
      const auto end = places(length).back() + 1;  // what follows is a suffix that may be anything
      if (std::ranges::equal(made.bytes().first(end), address.bytes().first(end))) result.push_back({prefix, embedded});
    }
  }
  return result;
}

// RFC 7050 §3: found more than once, the search with the other well-known address tells which place is the right one.
bool is_confirmed(const Match& match, std::span<const Address> records) {
  const Match other{match.prefix, match.embedded == well_known[0] ? well_known[1] : well_known[0]};
  return std::ranges::any_of(records, [&](const Address& record) { return std::ranges::count(matches(record), other) > 0; });
}

}  // namespace

std::vector<Prefix> nat64_prefixes(std::span<const Address> ipv4only_arpa) {
  std::vector<Prefix> result;
  for (const auto& record : ipv4only_arpa) {
    const auto found = matches(record);
    for (const auto& match : found)
      if ((found.size() == 1 || is_confirmed(match, ipv4only_arpa)) && std::ranges::find(result, match.prefix) == result.end())
        result.push_back(match.prefix);
  }
  return result;
}

Address nat64_address(const Prefix& prefix, const Address& v4) {
  std::array<std::uint8_t, 16> bytes{};
  std::ranges::copy(prefix.address().bytes(), bytes.begin());
  const auto at = places(prefix.length());
  for (std::size_t i = 0; i < at.size(); ++i) bytes[at[i]] = v4.bytes()[i];
  return Address::v6(bytes);
}

}  // namespace ringback::wire::dns
