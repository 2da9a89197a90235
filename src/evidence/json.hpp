#pragma once
/// Described values to JSON and back. Reading is strict: an unknown key, a missing key or a wrong type is an error that names the
/// place as an RFC 6901 pointer and what would be right. Absent optionals are `null`. A key that older versions did not write may be missing.
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/describe.hpp"

namespace ringback::json {

using Value = nlohmann::ordered_json;

template <class T>
struct Codec;

template <class T>
Value write(const T& value) {
  return Codec<T>::write(value);
}

/// `at` is the pointer of `value` in its document, for the error.
template <class T>
Expected<T> read(const Value& value, const std::string& at) {
  return Codec<T>::read(value, at);
}

// What is the same for every type is compiled once: json.cpp.

[[nodiscard]] tl::unexpected<Error> wrong(const std::string& at, const std::string& expected, const Value& got);

/// Reads the members of an object one after the other; the first that is wrong is the error.
class Members {
 public:
  Members(const Value& object, const std::string& at) : object_(object), at_(at) {}

  /// Null: it is missing, which is an error unless `later`, or there is an error already. Otherwise `place()` is its pointer.
  [[nodiscard]] const Value* next(std::string_view name, bool later);
  [[nodiscard]] const std::string& place() const { return place_; }
  void fail(Error error) { error_ = std::move(error); }
  /// Also a key that is none of `names` is one.
  [[nodiscard]] std::optional<Error> error(std::span<const std::string_view> names);

 private:
  const Value& object_;
  const std::string& at_;
  std::string place_;
  std::optional<Error> error_;
  std::size_t known_ = 0;
};

void put(Value& object, std::string_view name, Value member);

template <>
struct Codec<bool> {
  static Value write(bool value) { return value; }
  static Expected<bool> read(const Value& value, const std::string& at) {
    if (!value.is_boolean()) return wrong(at, "true or false", value);
    return value.get<bool>();
  }
};

template <std::integral T>
struct Codec<T> {
  static Value write(T value) { return value; }
  static Expected<T> read(const Value& value, const std::string& at) {
    if (value.is_number_unsigned() && std::in_range<T>(value.get<std::uint64_t>())) return static_cast<T>(value.get<std::uint64_t>());
    if (value.is_number_integer() && !value.is_number_unsigned() && std::in_range<T>(value.get<std::int64_t>()))
      return static_cast<T>(value.get<std::int64_t>());
    return wrong(at, "a whole number in range", value);
  }
};

template <>
struct Codec<std::string> {
  static Value write(const std::string& value) { return value; }
  static Expected<std::string> read(const Value& value, const std::string& at) {
    if (!value.is_string()) return wrong(at, "a string", value);
    return value.get<std::string>();
  }
};

template <class Rep, class Period>
struct Codec<std::chrono::duration<Rep, Period>> {
  using D = std::chrono::duration<Rep, Period>;
  static Value write(D value) { return static_cast<std::int64_t>(value.count()); }
  static Expected<D> read(const Value& value, const std::string& at) {
    return json::read<std::int64_t>(value, at).map([](std::int64_t count) { return D(static_cast<Rep>(count)); });
  }
};

template <NamedEnum E>
struct Codec<E> {
  static Value write(E value) { return std::string(to_string(value)); }
  static Expected<E> read(const Value& value, const std::string& at) {
    if (value.is_string())
      if (const auto known = from_name<E>(value.get_ref<const std::string&>())) return *known;
    std::string names;
    for (const auto& entry : enum_names(E{})) names += (names.empty() ? "" : ", ") + std::string(entry.name);
    return wrong(at, "one of " + names, value);
  }
};

template <Textual T>
struct Codec<T> {
  static Value write(const T& value) { return value.to_string(); }
  static Expected<T> read(const Value& value, const std::string& at) {
    if (!value.is_string()) return wrong(at, "a string", value);
    auto parsed = T::parse(value.get_ref<const std::string&>());
    if (!parsed) return failure(Errc::invalid_input, at + ": " + parsed.error().what);
    return *parsed;
  }
};

template <class T>
struct Codec<std::optional<T>> {
  static Value write(const std::optional<T>& value) { return value ? json::write(*value) : Value(nullptr); }
  static Expected<std::optional<T>> read(const Value& value, const std::string& at) {
    if (value.is_null()) return std::optional<T>{};
    return json::read<T>(value, at).map([](T inner) { return std::optional<T>(std::move(inner)); });
  }
};

template <class T>
struct Codec<std::vector<T>> {
  static Value write(const std::vector<T>& values) {
    Value array = Value::array();
    for (const auto& value : values) array.push_back(json::write(value));
    return array;
  }
  static Expected<std::vector<T>> read(const Value& value, const std::string& at) {
    if (!value.is_array()) return wrong(at, "an array", value);
    std::vector<T> result;
    result.reserve(value.size());
    for (std::size_t i = 0; i < value.size(); ++i) {
      auto element = json::read<T>(value[i], at + "/" + std::to_string(i));
      if (!element) return tl::unexpected(element.error());
      result.push_back(std::move(*element));
    }
    return result;
  }
};

template <Described T>
struct Codec<T> {
  static Value write(const T& value) {
    Value object = Value::object();
    std::apply([&](const auto&... f) { (put(object, f.name, json::write(value.*(f.member))), ...); }, T::describe());
    return object;
  }
  static Expected<T> read(const Value& value, const std::string& at) {
    if (!value.is_object()) return wrong(at, "an object", value);
    T result{};
    Members members(value, at);
    auto error = std::apply(
        [&](const auto&... f) {
          (read_member(members, f, result), ...);
          return members.error(std::array{f.name...});
        },
        T::describe());
    if (error) return tl::unexpected(std::move(*error));
    return result;
  }

 private:
  template <class Member>
  static void read_member(Members& members, const Field<T, Member>& f, T& into) {
    const auto* found = members.next(f.name, f.later);
    if (!found) return;
    auto member = json::read<Member>(*found, members.place());
    if (member)
      into.*(f.member) = std::move(*member);
    else
      members.fail(std::move(member.error()));
  }
};

}  // namespace ringback::json
