#pragma once
/// A schema generator over describe(). Described types become definitions, named by their C++ name without "ringback::".
#include <limits>

#include "evidence/json.hpp"
#include "report/report.hpp"

namespace ringback::schema {

using json::Value;

/// "path.Hop" for ringback::path::Hop. GCC says "… [with T = X; …]", clang "… [T = X]".
template <class T>
std::string type_name() {
  const std::string_view whole = __PRETTY_FUNCTION__;
  const auto start = whole.find("T = ") + 4;
  std::string name(whole.substr(start, whole.find_first_of(";]", start) - start));
  if (name.starts_with("ringback::")) name.erase(0, 10);
  for (auto at = name.find("::"); at != std::string::npos; at = name.find("::")) name.replace(at, 2, ".");
  return name;
}

template <class T>
struct Schema;

/// What may stand for a T; definitions that it needs are added to `defs`.
template <class T>
Value of(Value& defs) {
  return Schema<T>::of(defs);
}

template <>
struct Schema<bool> {
  static Value of(Value&) { return {{"type", "boolean"}}; }
};

template <std::integral T>
struct Schema<T> {
  static Value of(Value&) {
    Value schema = {{"type", "integer"}};
    if constexpr (std::is_unsigned_v<T>) schema["minimum"] = 0;
    if constexpr (std::is_unsigned_v<T> && sizeof(T) < sizeof(std::uint64_t)) schema["maximum"] = std::numeric_limits<T>::max();
    return schema;
  }
};

template <>
struct Schema<std::string> {
  static Value of(Value&) { return {{"type", "string"}}; }
};

template <class Rep, class Period>
struct Schema<std::chrono::duration<Rep, Period>> {
  static Value of(Value&) { return {{"type", "integer"}}; }
};

template <NamedEnum E>
struct Schema<E> {
  static Value of(Value&) {
    Value names = Value::array();
    for (const auto& entry : enum_names(E{})) names.push_back(std::string(entry.name));
    return {{"enum", names}};
  }
};

inline Value reference(const std::string& name) { return {{"$ref", "#/$defs/" + name}}; }

/// The form of values that are written as text stands in schema.cpp.
[[nodiscard]] Value textual(const std::string& name);

template <Textual T>
struct Schema<T> {
  static Value of(Value& defs) {
    const auto name = type_name<T>();
    if (!defs.contains(name)) defs[name] = textual(name);
    return reference(name);
  }
};

template <class T>
struct Schema<std::optional<T>> {
  static Value of(Value& defs) {
    Value inner = schema::of<T>(defs);
    if (inner.contains("type")) {
      inner["type"] = Value::array({inner["type"], "null"});
      return inner;
    }
    if (inner.contains("enum")) {
      inner["enum"].push_back(nullptr);
      return inner;
    }
    return {{"anyOf", Value::array({inner, {{"type", "null"}}})}};
  }
};

template <class T>
struct Schema<std::vector<T>> {
  static Value of(Value& defs) { return {{"type", "array"}, {"items", schema::of<T>(defs)}}; }
};

template <Described T>
struct Schema<T> {
  static Value of(Value& defs) {
    const auto name = type_name<T>();
    if (!defs.contains(name)) {
      defs[name] = nullptr;  // the definition stands in front of those it needs
      Value required = Value::array(), properties = Value::object();
      const auto add = [&](const auto& f) {
        if (!f.later) required.push_back(std::string(f.name));
        properties[std::string(f.name)] = schema::of<std::remove_cvref_t<decltype(std::declval<T>().*(f.member))>>(defs);
      };
      std::apply([&](const auto&... f) { (add(f), ...); }, T::describe());
      defs[name] = {{"type", "object"}, {"required", required}, {"properties", properties}};
    }
    return reference(name);
  }
};

}  // namespace ringback::schema
