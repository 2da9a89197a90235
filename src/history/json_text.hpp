#pragma once
/// Described values as the text that is kept of them.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "evidence/json.hpp"

namespace ringback::history {

template <class T>
std::string as_json_text(const T& value) {
  return json::write(value).dump(-1, ' ', true, json::Value::error_handler_t::replace);
}

/// Errc::malformed: "a state is damaged: …"
template <class T>
Expected<T> from_json_text(const std::string& text, const char* what) {
  const auto value = json::Value::parse(text, nullptr, false);
  if (value.is_discarded()) return failure(Errc::malformed, fmt::format("{} is damaged", what));
  auto read = json::read<T>(value, "");
  if (!read) return failure(Errc::malformed, fmt::format("{} is damaged: {}", what, read.error().what));
  return read;
}

}  // namespace ringback::history
