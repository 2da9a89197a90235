#pragma once
/// The evidence that findings point to, in a report as it was written (RFC 6901).
#include <string_view>

#include "evidence/json.hpp"

namespace ringback {

/// False also for what is no pointer.
[[nodiscard]] bool leads_somewhere(std::string_view pointer, const json::Value& document);

/// The first pointer of a finding that leads nowhere, with its place. What is not as the schema says otherwise is passed over.
[[nodiscard]] std::optional<Error> dangling_pointer(const json::Value& report);

/// Where a newer version's additions were taken out of a report, nothing points to them any more.
void drop_dangling_pointers(json::Value& report);

}  // namespace ringback
