#include "probes/web/vantage_answer.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace ringback::web {

Expected<VantageAnswer> parse_vantage_answer(std::string_view body) {
  const auto wrong = [](const char* why) { return failure(Errc::malformed, std::string("the answer of the vantage point ") + why); };
  const auto json = nlohmann::json::parse(body, nullptr, false);
  if (!json.is_object()) return wrong("is no JSON object");
  const auto member = [&](const char* name) {
    const auto found = json.find(name);
    return found == json.end() ? nlohmann::json() : *found;
  };
  const auto address = member("address"), port = member("port"), families = member("families");
  if (!member("version").is_string()) return wrong("names no version");
  const auto parsed = address.is_string() ? Address::parse(address.get_ref<const std::string&>()) : wrong("names no address");
  if (!parsed) return wrong("names no address");
  if (!port.is_number_unsigned() || port.get<std::uint64_t>() == 0 || port.get<std::uint64_t>() > 65535) return wrong("names no port");
  if (!families.is_array() || families.size() > 2) return wrong("names no list of families");

  VantageAnswer answer{{parsed->unmapped(), port.get<Port>()}, {}};
  for (const auto& name : families) {
    const auto family = name.is_string() ? from_name<Family>(name.get_ref<const std::string&>()) : std::nullopt;
    if (!family) return wrong("names a family that is none");
    if (std::ranges::find(answer.families, *family) == answer.families.end()) answer.families.push_back(*family);
  }
  return answer;
}

}  // namespace ringback::web
