#pragma once
#include <algorithm>
#include <optional>
#include <string_view>

namespace ringback {

/// What stands behind `scheme` ("http://", small letters), which ignores case (RFC 3986 §3.1); nullopt: the URL has another one.
[[nodiscard]] inline std::optional<std::string_view> behind_scheme(std::string_view url, std::string_view scheme) {
  const auto small = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  if (url.size() < scheme.size() || !std::ranges::equal(url.substr(0, scheme.size()), scheme, {}, small)) return std::nullopt;
  return url.substr(scheme.size());
}

}  // namespace ringback
