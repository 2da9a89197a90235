#pragma once
/// RFC 6901 pointers into the report: where the evidence stands that a conclusion rests on.
#include <fmt/format.h>

#include <string>
#include <vector>

namespace ringback::diagnosis {

using Pointers = std::vector<std::string>;

/// pointer("stun", "observations", 0, "mapped") → "/evidence/stun/observations/0/mapped". The keys of the evidence hold neither '/' nor
/// '~', so nothing is escaped (RFC 6901 §3).
template <class... Parts>
std::string pointer(const Parts&... parts) {
  std::string result = "/evidence";
  ((result += fmt::format("/{}", parts)), ...);
  return result;
}

/// Adds what is not there yet.
inline void cite(Pointers& into, const std::string& at) {
  for (const auto& known : into)
    if (known == at) return;
  into.push_back(at);
}

inline void cite(Pointers& into, const Pointers& more) {
  for (const auto& at : more) cite(into, at);
}

[[nodiscard]] inline Pointers together(Pointers first, const Pointers& second) {
  cite(first, second);
  return first;
}

}  // namespace ringback::diagnosis
