/// The packet filter's whole rules, of which a diagnosis asks no more than whose tables and chains are there: the walks through them are evidence
/// of their own.
#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "redact/masks.hpp"

namespace ringback::redaction {
namespace {

using Json = nlohmann::ordered_json;

std::string quoted(const std::string& text) { return Json(text).dump(-1, ' ', true, Json::error_handler_t::replace); }

const Json* member(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

}  // namespace

std::string Masks::ruleset(const std::string& json) {
  const auto document = Json::parse(json, nullptr, false);
  const auto* list = document.is_object() ? member(document, "nftables") : nullptr;
  if (json.empty() || list == nullptr || !list->is_array()) return json.empty() ? "" : "{}";
  std::string items;
  const auto add = [&](const std::string& item) { items += (items.empty() ? "" : ", ") + item; };
  for (const auto& element : *list) {
    for (const char* kind : {"table", "chain"}) {
      const auto* object = element.is_object() ? member(element, kind) : nullptr;
      if (object == nullptr || !object->is_object()) continue;
      // Written as nft does, with blanks.
      std::string members;
      for (const char* key : {"family", "table", "name", "type", "hook", "policy"})
        if (const auto* text = member(*object, key); text != nullptr && text->is_string())
          members += fmt::format("{}\"{}\": {}", members.empty() ? "" : ", ", key, quoted(code(text->get<std::string>())));
      add(fmt::format("{{\"{}\": {{{}}}}}", kind, members));
    }
  }
  for (const std::string word : {"icmpv6", "ipv6-icmp", "nd-neighbor", "icmpx"})
    if (json.find(word == "icmpx" ? quoted(word) : word) != std::string::npos) add(fmt::format("{{\"mentions\": {}}}", quoted(word)));
  return "{\"nftables\": [" + items + "]}";
}

std::string Masks::saved_rules(const std::string& text) {
  std::string result;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    const auto line = text.substr(begin, end - begin);
    if (line.starts_with('*') || line.starts_with(':') || line == "COMMIT") result += code(line) + "\n";   // "*filter", ":INPUT ACCEPT [0:0]"
    begin = end + 1;
  }
  return result;
}

}  // namespace ringback::redaction
