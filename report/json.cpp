#include "report/json.hpp"

#include <algorithm>

#include "evidence/evidence_json.hpp"
#include "evidence/json.hpp"
#include "report/json_limits.hpp"
#include "report/pointers.hpp"
#include "report/promises.hpp"
#include "report/safe_text.hpp"

namespace ringback {

// Compiled in evidence_json.cpp: it takes longer than everything else in this file.
template <>
json::Value json::write(const Evidence& value) {
  return evidence_to_json(value);
}
template <>
Expected<Evidence> json::read(const Value& value, const std::string& at) {
  return evidence_from_json(value, at);
}

namespace {

using json::Value;

/// What an older version did not observe: unknown, nothing, or not so. nullopt: a report without it is none.
template <class T>
std::optional<Value> unobserved(const T*) { return std::nullopt; }
template <class T>
std::optional<Value> unobserved(const std::optional<T>*) { return Value(nullptr); }
template <class T>
std::optional<Value> unobserved(const std::vector<T>*) { return Value::array(); }
inline std::optional<Value> unobserved(const bool*) { return Value(false); }

template <class T>
struct Tolerant {
  static void adapt(Value&, bool) {}
};

template <class T>
struct Tolerant<std::optional<T>> {
  static void adapt(Value& value, bool fill) { Tolerant<T>::adapt(value, fill); }
};

template <class T>
struct Tolerant<std::vector<T>> {
  static void adapt(Value& value, bool fill) {
    if (!value.is_array()) return;
    for (auto& element : value) Tolerant<T>::adapt(element, fill);
  }
};

/// Keeps the keys that this version knows. `fill`: what an older version did not observe is added as that. Recursion follows the types.
template <Described T>
struct Tolerant<T> {
  static void adapt(Value& value, bool fill) {
    if (!value.is_object()) return;
    Value kept = Value::object();
    std::apply([&](const auto&... f) { (keep(value, kept, f, fill || std::is_same_v<T, Evidence>), ...); }, T::describe());
    value = std::move(kept);
  }

 private:
  template <class Member>
  static void keep(Value& from, Value& to, const Field<T, Member>& f, bool fill) {
    const std::string key(f.name);
    if (const auto found = from.find(key); found != from.end()) {
      Tolerant<Member>::adapt(*found, fill);
      to[key] = std::move(*found);
    } else if (auto missing = unobserved(static_cast<const Member*>(nullptr)); missing && fill) {
      to[key] = std::move(*missing);
    }
  }
};

/// Of "ringback.report/2", where `ours` is "ringback.report/1": by which version of the program it was written. Empty: it is no such schema.
std::string_view whose(const Value& schema, std::string_view ours) {
  if (!schema.is_string()) return "";
  const auto theirs = schema.get<std::string>();
  const auto behind_slash = ours.find('/') + 1;
  if (theirs.substr(0, behind_slash) != ours.substr(0, behind_slash)) return "";
  const auto number = std::string_view(theirs).substr(std::min(behind_slash, theirs.size())), our_number = ours.substr(behind_slash);
  const bool has_leading_zero = number.size() > 1 && number.front() == '0';
  if (number.empty() || has_leading_zero || number == our_number || number.find_first_not_of("0123456789") != std::string_view::npos) return "";
  const bool is_newer = number.size() != our_number.size() ? number.size() > our_number.size() : number > our_number;
  return is_newer ? "a newer version of ringback wrote it" : "an older version of ringback wrote it, and this one does not read it";
}

Expected<Report> read(Value document) {
  const std::string ours = Report{}.schema;
  if (!document.is_object()) return json::wrong("", "a report, which is an object", document);
  const auto schema = document.find("schema");
  if (schema == document.end()) return failure(Errc::invalid_input, "/schema: is missing; a report says \"" + ours + "\" there");
  if (*schema != ours) {
    auto fault = json::wrong("/schema", "\"" + ours + "\"", *schema);
    if (const auto writer = whose(*schema, ours); !writer.empty()) fault.value().what += "; " + std::string(writer);
    return fault;
  }
  if (auto fault = dangling_pointer(document)) return tl::unexpected(std::move(*fault));
  Tolerant<Report>::adapt(document, false);
  drop_dangling_pointers(document);
  auto report = json::read<Report>(document, "");
  if (!report) return report;
  if (auto fault = broken_promise(*report)) return tl::unexpected(std::move(*fault));
  return report;
}

}  // namespace

std::string to_json(const Report& report, bool pretty) {
  return json::write(report).dump(pretty ? 2 : -1, ' ', true, Value::error_handler_t::replace);
}

Expected<Report> from_json(std::string_view text) {
  if (auto fault = json_fault(text, {})) return failure(Errc::invalid_input, safe_text(*fault, {.longest = 400}));
  auto report = read(Value::parse(text, nullptr, false));
  if (!report) return failure(report.error().code, safe_text(report.error().what, {.longest = 400}));
  return report;
}

}  // namespace ringback
