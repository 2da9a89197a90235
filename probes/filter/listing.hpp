#pragma once
/// The text of each rule, from `nft -a -s list ruleset`.
#include <map>
#include <string>
#include <string_view>

namespace ringback::filter {

struct ListedChain {
  std::string heading;                       ///< "type filter hook input priority filter; policy drop;"
  std::map<unsigned, std::string> rules;     ///< by handle, without it
};

/// By "FAMILY TABLE CHAIN".
using Listing = std::map<std::string, ListedChain>;

[[nodiscard]] std::string chain_key(std::string_view family, std::string_view table, std::string_view chain);
/// What is not of the expected form is left out.
[[nodiscard]] Listing parse_listing(std::string_view text);

}  // namespace ringback::filter
