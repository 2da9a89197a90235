#include "evidence/evidence_json.hpp"

#include "evidence/json.hpp"

namespace ringback {

nlohmann::ordered_json evidence_to_json(const Evidence& evidence) { return json::Codec<Evidence>::write(evidence); }

Expected<Evidence> evidence_from_json(const nlohmann::ordered_json& value, const std::string& at) { return json::Codec<Evidence>::read(value, at); }

}  // namespace ringback
