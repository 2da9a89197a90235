#pragma once
/// Evidence to JSON and back, without loss.
#include <nlohmann/json_fwd.hpp>

#include "evidence/evidence.hpp"

namespace ringback {

[[nodiscard]] nlohmann::ordered_json evidence_to_json(const Evidence& evidence);
/// `at` is the pointer of `value` in its document ("/evidence"), for the error.
[[nodiscard]] Expected<Evidence> evidence_from_json(const nlohmann::ordered_json& value, const std::string& at);

}  // namespace ringback
