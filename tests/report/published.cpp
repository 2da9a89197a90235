#include "published.hpp"

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

void look_for_undescribed(const PublishedJson& schema, const std::string& at, std::vector<std::string>& into) {
  if (schema.is_array())
    for (const auto& one : schema) look_for_undescribed(one, at, into);
  if (!schema.is_object()) return;
  for (const auto& [word, inner] : schema.items()) {
    if (word == "if" || word == "then") continue;
    if (word == "properties")
      for (const auto& [key, property] : inner.items())
        if (property.value("description", std::string()).empty()) into.push_back(at + "." + key);
    const bool names_what_follows = word == "properties" || word == "$defs";
    if (!names_what_follows) look_for_undescribed(inner, at, into);
    else
      for (const auto& [name, one] : inner.items()) look_for_undescribed(one, name, into);
  }
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
  look_for_undescribed(schema, "", result);
  return result;
}

}  // namespace ringback::test
