#include "report/pointers.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ringback {
namespace {

using json::Value;

/// RFC 6901 §4; absent: an escape that there is not.
std::optional<std::string> unescaped(std::string_view token) {
  std::string result;
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] != '~') {
      result += token[i];
      continue;
    }
    const auto next = ++i < token.size() ? token[i] : '\0';
    if (next != '0' && next != '1') return std::nullopt;
    result += next == '0' ? '~' : '/';
  }
  return result;
}

/// Null: there is no such member or element.
const Value* child(const Value& of, const std::string& token) {
  if (of.is_object()) {
    const auto found = of.find(token);
    return found == of.end() ? nullptr : &*found;
  }
  constexpr std::size_t most_digits = 9;
  const bool is_index = !token.empty() && token.size() <= most_digits && token.find_first_not_of("0123456789") == std::string::npos && (token == "0" || token.front() != '0');
  if (!of.is_array() || !is_index) return nullptr;
  const auto index = std::stoul(token);
  return index < of.size() ? &of[index] : nullptr;
}

/// A member of that name, if it is a list.
template <class Json>
Json* list_of(Json& object, const char* name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  return found != object.end() && found->is_array() ? &*found : nullptr;
}

}  // namespace

bool leads_somewhere(std::string_view pointer, const Value& document) {
  const auto* at = &document;
  while (at && !pointer.empty()) {
    if (pointer.front() != '/') return false;
    const auto end = std::min(pointer.find('/', 1), pointer.size());
    const auto token = unescaped(pointer.substr(1, end - 1));
    at = token ? child(*at, *token) : nullptr;
    pointer.remove_prefix(end);
  }
  return at != nullptr;
}

std::optional<Error> dangling_pointer(const Value& report) {
  const auto* findings = list_of(report, "findings");
  for (std::size_t i = 0; findings && i < findings->size(); ++i) {
    const auto* pointers = list_of((*findings)[i], "evidence");
    for (std::size_t j = 0; pointers && j < pointers->size(); ++j) {
      const auto& pointer = (*pointers)[j];
      if (pointer.is_string() && !leads_somewhere(pointer.get_ref<const std::string&>(), report))
        return json::wrong(fmt::format("/findings/{}/evidence/{}", i, j), "a pointer to what stands in this report, such as /evidence/stun", pointer).value();
    }
  }
  return std::nullopt;
}

void drop_dangling_pointers(Value& report) {
  auto* findings = list_of(report, "findings");
  for (std::size_t i = 0; findings && i < findings->size(); ++i) {
    auto* pointers = list_of((*findings)[i], "evidence");
    if (!pointers) continue;
    auto kept = Value::array();
    for (auto& pointer : *pointers)
      if (!pointer.is_string() || leads_somewhere(pointer.get_ref<const std::string&>(), report)) kept.push_back(pointer);
    *pointers = std::move(kept);
  }
}

}  // namespace ringback
