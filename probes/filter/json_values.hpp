#pragma once
/// Expressions of libnftables-json(5) as values. Nothing here calls itself: what nests deeper than nft ever writes is unclear.
#include <nlohmann/json.hpp>

#include "probes/filter/ruleset.hpp"

namespace ringback::filter {

using Json = nlohmann::ordered_json;

/// The left side of a match, or the key of a map; an empty layer for what is not read.
[[nodiscard]] std::vector<Field> read_fields(const Json& expression);

struct RightSide {
  Elements elements;
  std::optional<std::string> set;
  bool flags = false;
};
/// nullopt: not read.
[[nodiscard]] std::optional<RightSide> read_right_side(const Json& expression);

/// The elements of a set, or of a verdict map's [key, verdict] pairs. nullopt where one of them is not read.
[[nodiscard]] std::optional<Elements> read_elements(const Json& array);

[[nodiscard]] std::optional<Verdict> read_verdict(const Json& statement);
/// Appends what the statement means: as a rule one, of a translation by a map first the match on its keys.
void read_statement(const std::string& name, const Json& content, std::vector<Statement>& into);

/// A string of nft's: an address, a block of addresses, or a symbol.
[[nodiscard]] Piece read_symbol(const std::string& text);
/// {"key": …} with one key, as nft writes every expression; nullptr otherwise.
[[nodiscard]] const Json* member(const Json& object, const char* key);

}  // namespace ringback::filter
