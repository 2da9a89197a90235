#pragma once
/// The vocabularies of the report in words for people, each term explained in half a sentence.
#include <string_view>

#include "report/report.hpp"

namespace ringback {

[[nodiscard]] std::string_view words(Family family);          ///< "IPv4"
[[nodiscard]] std::string_view words(ConnectionType type);
[[nodiscard]] std::string_view words(Ipv4Kind kind);
[[nodiscard]] std::string_view words(Ipv6Kind kind);
[[nodiscard]] std::string_view words(NameState state);
[[nodiscard]] std::string_view words(Severity severity);      ///< "Error"
[[nodiscard]] std::string_view words(Confidence confidence);  ///< empty for what is certain

}  // namespace ringback
