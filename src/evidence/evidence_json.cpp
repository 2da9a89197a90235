#include "evidence/evidence_json.hpp"

#include "evidence/json.hpp"

namespace ringback {

nlohmann::ordered_json evidence_to_json(const Evidence& evidence) { return json::write(evidence); }

Expected<Evidence> evidence_from_json(const nlohmann::ordered_json& value, const std::string& at) { return json::read<Evidence>(value, at); }

}  // namespace ringback
