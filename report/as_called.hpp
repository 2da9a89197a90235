#pragma once
/// Commands of a report name the program "ringback"; who renders it knows by which path it is found.
#include <string>
#include <string_view>

namespace ringback {

/// The command with `program` where it calls, or gives rights to, ringback. A path that no shell word can be made of changes nothing.
[[nodiscard]] std::string as_called(std::string_view command, const std::string& program);

}  // namespace ringback
