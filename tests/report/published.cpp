#include "published.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "support/catch.hpp"

namespace ringback::test {
namespace {

namespace fs = std::filesystem;
using PublishedJson = nlohmann::ordered_json;

const fs::path kTree = fs::path(RINGBACK_FIXTURES).parent_path();

/// A folder of one test, removed with it.
struct DocumentFolder {
  fs::path path;
  DocumentFolder() {
    auto pattern = (fs::temp_directory_path() / "test-report-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    path = pattern;
  }
  DocumentFolder(const DocumentFolder&) = delete;
  DocumentFolder& operator=(const DocumentFolder&) = delete;
  ~DocumentFolder() { fs::remove_all(path); }
};

void write_file(const fs::path& path, const std::string& text) { REQUIRE(std::ofstream(path) << text); }

std::string read_file(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Calls `see(type, key, property)` for each property that the schema defines. What stands below "if" and "then" only restricts properties.
template <class See>
void for_each_property(const PublishedJson& schema, const std::string& at, const See& see) {
  if (schema.is_array())
    for (const auto& one : schema) for_each_property(one, at, see);
  if (!schema.is_object()) return;
  for (const auto& [word, inner] : schema.items()) {
    if (word == "if" || word == "then") continue;
    if (word == "properties")
      for (const auto& [key, property] : inner.items()) see(at, key, property);
    const bool names_what_follows = word == "properties" || word == "$defs";
    if (!names_what_follows) for_each_property(inner, at, see);
    else
      for (const auto& [name, one] : inner.items()) for_each_property(one, name, see);
  }
}

bool is_number(const PublishedJson& schema) {
  if (schema.contains("items")) return is_number(schema.at("items"));
  if (!schema.contains("type")) return false;
  const auto& type = schema.at("type");
  const auto names = [&](const char* one) { return type == one || (type.is_array() && std::ranges::find(type, PublishedJson(one)) != type.end()); };
  return names("integer") || names("number");
}

/// Follows "$ref", and of "null or something" takes the something.
const PublishedJson& resolved(const PublishedJson& schema, const PublishedJson& root) {
  if (schema.contains("$ref")) return resolved(root.at(PublishedJson::json_pointer(schema.at("$ref").get<std::string>().substr(1))), root);
  if (schema.contains("anyOf") && schema.at("anyOf")[0].contains("$ref")) return resolved(schema.at("anyOf")[0], root);
  return schema;
}

void look_for_disorder(const PublishedJson& given, const PublishedJson& root, const PublishedJson& value, const std::string& at, std::vector<std::string>& into) {
  const auto& schema = resolved(given, root);
  if (value.is_array() && schema.contains("items"))
    for (std::size_t i = 0; i < value.size(); ++i) look_for_disorder(schema.at("items"), root, value[i], at + std::to_string(i) + "/", into);
  if (!value.is_object() || !schema.contains("properties")) return;
  std::vector<std::string> keys, in_order;
  for (const auto& [key, inner] : value.items()) keys.push_back(key);
  for (const auto& [key, inner] : schema.at("properties").items())
    if (value.contains(key)) in_order.push_back(key);
  if (keys != in_order) into.push_back(at);
  for (const auto& key : in_order) look_for_disorder(schema.at("properties").at(key), root, value.at(key), at + key + "/", into);
}

}  // namespace

void check_is_published(const std::string& file, const PublishedJson& generated) {
  const auto text = generated.dump(2) + "\n";
  const auto path = kTree / "report" / file;
  if (std::getenv("RINGBACK_WRITE_SCHEMA") != nullptr) write_file(path, text);
  INFO("report/" << file << " is out of date; regenerate it: RINGBACK_WRITE_SCHEMA=1 test-report");
  CHECK((read_file(path) == text));
}

PublishedJson published(const std::string& file) { return PublishedJson::parse(read_file(kTree / "report" / file)); }

std::string validated(const std::string& file, const std::vector<std::pair<std::string, std::string>>& documents) {
  const DocumentFolder folder;
  auto command = "/usr/bin/python3 '" + (kTree / "tests/report/validate.py").string() + "' '" + (kTree / "report" / file).string() + "'";
  for (const auto& [name, text] : documents) {
    write_file(folder.path / name, text);
    command += " '" + (folder.path / name).string() + "'";
  }
  std::string output;
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  REQUIRE(pipe != nullptr);
  char buffer[4096];
  for (std::size_t n = 0; (n = fread(buffer, 1, sizeof buffer, pipe)) != 0;) output.append(buffer, n);
  CHECK(pclose(pipe) == 0);
  return output;
}

std::vector<std::string> undescribed(const PublishedJson& schema) {
  std::vector<std::string> result;
  for_each_property(schema, "", [&](const std::string& type, const std::string& key, const PublishedJson& property) {
    if (property.value("description", std::string()).empty()) result.push_back(type + "." + key);
  });
  return result;
}

std::vector<PublishedNumber> numbers(const PublishedJson& schema) {
  std::vector<PublishedNumber> result;
  for_each_property(schema, "", [&](const std::string& type, const std::string& key, const PublishedJson& property) {
    if (is_number(property)) result.push_back({type + "." + key, key, property.value("description", std::string())});
  });
  return result;
}

std::vector<std::string> out_of_order(const PublishedJson& schema, const PublishedJson& document) {
  std::vector<std::string> result;
  look_for_disorder(schema, schema, document, "/", result);
  return result;
}

}  // namespace ringback::test
