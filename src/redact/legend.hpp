#pragma once
/// What the masks of a redacted report stand for.
#include <string>
#include <vector>

#include "base/describe.hpp"

namespace ringback {

/// An address stays an address where a report is read by programs; people read the words: "public IPv4 #1".
struct Mask {
  std::string mask;         ///< as it stands in the report: "11.0.0.1", "3000::/64", "80:00:00:00:00:01"
  std::string stands_for;   ///< "temporary IPv6 #2 in prefix #1"

  bool operator==(const Mask&) const = default;
  static constexpr auto describe() { return std::tuple{field("mask", &Mask::mask), field("stands_for", &Mask::stands_for)}; }
};
using Legend = std::vector<Mask>;

}  // namespace ringback
