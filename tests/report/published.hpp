#pragma once
/// The published schemas, report/*.json, and what they say of documents.
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

namespace ringback::test {

/// The file in the folder report/ is what the types give. With RINGBACK_WRITE_SCHEMA in the environment it is made so.
void check_is_published(const std::string& file, const nlohmann::ordered_json& generated);

[[nodiscard]] nlohmann::ordered_json published(const std::string& file);

/// What the validator prints of documents with these names and texts: one line for each, "name: valid" or "name: PLACE: what is wrong"; of
/// NAME.jsonl one for each of its lines.
[[nodiscard]] std::string validated(const std::string& file, const std::vector<std::pair<std::string, std::string>>& documents);

/// "type.key" of each property that does not say what it is. What stands below "if" and "then" only restricts properties.
[[nodiscard]] std::vector<std::string> undescribed(const nlohmann::ordered_json& schema);

struct PublishedNumber {
  std::string name;          ///< "type.key"
  std::string key;
  std::string description;
};
/// Every property that is a number, or an array of numbers.
[[nodiscard]] std::vector<PublishedNumber> numbers(const nlohmann::ordered_json& schema);

/// The places of the objects whose keys do not stand in the order of the schema's properties, in the document's order.
[[nodiscard]] std::vector<std::string> out_of_order(const nlohmann::ordered_json& schema, const nlohmann::ordered_json& document);

}  // namespace ringback::test
