#pragma once
/// The JSON Schema (draft 2020-12) of the report, made from the descriptions of its types: it cannot differ from what is written.
#include <nlohmann/json_fwd.hpp>

namespace ringback {

[[nodiscard]] nlohmann::ordered_json report_schema();

}  // namespace ringback
