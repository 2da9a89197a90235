#pragma once
/// Files under fixtures/.
#include <cstddef>
#include <fstream>
#include <iterator>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace ringback::test {

inline std::string fixture_text(const std::string& path) {
  std::ifstream file(std::string(RINGBACK_FIXTURES) + "/" + path, std::ios::binary);
  if (!file) throw std::runtime_error("no fixture " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline std::vector<std::byte> to_bytes(const std::string& text) {
  const auto bytes = std::as_bytes(std::span(text.data(), text.size()));
  return {bytes.begin(), bytes.end()};
}

inline std::vector<std::byte> fixture_bytes(const std::string& path) { return to_bytes(fixture_text(path)); }

}  // namespace ringback::test
