#pragma once
/// Is this JSON, small enough to build a document from, with no key that comes twice in an object? Nesting and object size are
/// bounded before anything is built: an ordered object is searched linearly, so a stranger could make a large one cost the square of
/// its size.
/// RFC 8259 §4: of a key that comes twice some readers take the first value and some the last.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace ringback {

struct JsonLimits {
  std::size_t bytes = 64 * 1024 * 1024;
  std::size_t levels = 64;
  std::size_t keys = 256;        ///< in one object
  std::size_t values = 2'000'000;
};

/// What is wrong and where; nothing if all is well.
[[nodiscard]] std::optional<std::string> json_fault(std::string_view text, const JsonLimits& limits);

}  // namespace ringback
