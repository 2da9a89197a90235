#pragma once
/// Says once which members a value has and what they are called outside; JSON, the schema and redaction are made from it.
///
///   struct Hop {
///     Ttl ttl;
///     std::optional<Address> from;
///     static constexpr auto describe() { return std::tuple{field("ttl", &Hop::ttl), field("from", &Hop::from)}; }
///   };
///
/// An enumeration says its names in a function found by argument: `constexpr auto enum_names(Family) { return std::array{…}; }`.
/// A type with a text form has `static Expected<T> parse(std::string_view)` and `std::string to_string() const`.
#include <array>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/expected.hpp"

namespace ringback {

template <class Owner, class Member>
struct Field {
  std::string_view name;
  Member Owner::*member;
  bool later = false;   ///< reports of older versions lack it, and are read as if it had its default
};

template <class Owner, class Member>
constexpr Field<Owner, Member> field(std::string_view name, Member Owner::*member) {
  return {name, member};
}

/// A member that was added to a value of which stored reports are full.
template <class Owner, class Member>
constexpr Field<Owner, Member> later_field(std::string_view name, Member Owner::*member) {
  return {name, member, true};
}

template <class E>
struct EnumName {
  E value;
  std::string_view name;
};

template <class T>
concept Described = requires { T::describe(); };

template <class E>
concept NamedEnum = std::is_enum_v<E> && requires(E e) { enum_names(e); };

template <class T>
concept Textual = requires(const T& value, std::string_view text) {
  { T::parse(text) } -> std::same_as<Expected<T>>;
  { value.to_string() } -> std::convertible_to<std::string>;
};

template <NamedEnum E>
constexpr std::string_view to_string(E value) {
  for (const auto& entry : enum_names(value))
    if (entry.value == value) return entry.name;
  return "?";
}

template <NamedEnum E>
constexpr std::optional<E> from_name(std::string_view name) {
  for (const auto& entry : enum_names(E{}))
    if (entry.name == name) return entry.value;
  return std::nullopt;
}

}  // namespace ringback
