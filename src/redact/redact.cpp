#include "redact/redact.hpp"

#include "net/special_purpose.hpp"
#include "redact/characters.hpp"
#include "redact/masks.hpp"
#include "redact/meanings.hpp"

namespace ringback {
namespace {

using namespace redaction;

template <class T>
inline constexpr bool is_string = std::is_same_v<T, std::string>;
template <class T>
inline constexpr bool is_string<std::optional<T>> = is_string<T>;
template <class T>
inline constexpr bool is_string<std::vector<T>> = is_string<T>;

template <class T>
concept Masked = std::same_as<T, Address> || std::same_as<T, Prefix> || std::same_as<T, MacAddress>;
/// Says nothing of a household, by its type.
template <class T>
concept Harmless = std::is_arithmetic_v<T> || NamedEnum<T> || std::same_as<T, Service> || std::same_as<T, Moment>;

/// Each row of the table is a string of the type.
template <Described T>
consteval bool every_row_is_a_string() {
  return std::apply(
      [](const auto&... f) {
        for (const auto& row : meanings<T>)
          if (!((f.name == row.key && is_string<std::remove_cvref_t<decltype(std::declval<T&>().*(f.member))>>) || ...)) return false;
        return true;
      },
      T::describe());
}

class Redactor {
 public:
  explicit Redactor(Survey known) : masks_(std::move(known)) {}

  template <class T>
  void redact(T& value) {
    if constexpr (Described<T>) {
      static_assert(every_row_is_a_string<T>(), "a row of meanings<T> names no string of T");
      members(value, std::make_index_sequence<std::tuple_size_v<decltype(T::describe())>>());
    } else if constexpr (Masked<T>) {
      const auto mask = masks_.addresses.mask(value);
      if constexpr (std::same_as<T, MacAddress>) note(value.to_string(), mask.to_string());
      if constexpr (std::same_as<T, Address>)
        if (is_global(value)) note(value.to_string(), mask.to_string());
      value = mask;
    } else if constexpr (std::same_as<T, Endpoint>) {
      redact(value.address);
    } else {
      static_assert(Harmless<T>, "how values of this type are redacted is not decided");
    }
    if (masks_.addresses.exhausted() && !fault_) fault_ = at_;
  }
  template <class Rep, class Period>
  void redact(std::chrono::duration<Rep, Period>&) {}
  template <class T>
  void redact(std::optional<T>& value) {
    if (value) redact(*value);
  }
  template <class T>
  void redact(std::vector<T>& values) {
    const auto length = at_.size();
    for (std::size_t i = 0; i < values.size(); ++i) {
      at_ += "/" + std::to_string(i);
      redact(values[i]);
      at_.resize(length);
    }
  }
  void redact(std::string& text, Meaning meaning) {
    auto masked = mask(text, meaning);
    if (meaning == Meaning::domain && text.find('.') < text.size() - 1) note(text, masked);
    text = std::move(masked);
    if (masks_.addresses.exhausted() && !fault_) fault_ = at_;
  }
  template <class T>
  void redact(std::optional<T>& value, Meaning meaning) {
    if (value) redact(*value, meaning);
  }
  template <class T>
  void redact(std::vector<T>& values, Meaning meaning) {
    for (auto& value : values) redact(value, meaning);
  }

  /// Redacts a part of the report.
  template <class T>
  void part(T& value, const char* at) {
    at_ = at;
    redact(value);
  }
  [[nodiscard]] const Legend& legend() const { return masks_.addresses.legend(); }
  [[nodiscard]] const std::optional<std::string>& fault() const { return fault_; }
  /// A value that is some other's mask may be written.
  [[nodiscard]] std::set<std::string, std::less<>> hidden() const {
    auto result = values_;
    for (const auto& mask : written_) result.erase(mask);
    return result;
  }

 private:
  void note(std::string value, std::string mask) {
    if (value != mask) values_.insert(lower_case(std::move(value)));
    written_.insert(lower_case(std::move(mask)));
  }

  template <class T, std::size_t... I>
  void members(T& value, std::index_sequence<I...>) {
    (member<T, I>(value), ...);
  }

  template <class T, std::size_t I>
  void member(T& value) {
    constexpr auto field = std::get<I>(T::describe());
    using Member = std::remove_cvref_t<decltype(value.*(field.member))>;
    const auto length = at_.size();
    at_ += "/" + std::string(field.name);
    if constexpr (is_string<Member>) {
      constexpr auto meaning = meaning_of<T>(field.name);
      static_assert(meaning, "what this string means is not in meanings.hpp");
      redact(value.*(field.member), *meaning);
    } else {
      redact(value.*(field.member));
    }
    at_.resize(length);
  }

  std::string mask(const std::string& text, Meaning meaning) {
    switch (meaning) {
      case Meaning::domain: return masks_.names.domain(text);
      case Meaning::host: return masks_.names.host(text);
      case Meaning::server: return masks_.server(text);
      case Meaning::url: return masks_.url(text);
      case Meaning::interface: return masks_.interface(text);
      case Meaning::network: return masks_.network(text);
      case Meaning::program: return masks_.program(text);
      case Meaning::path: return masks_.path(text);
      case Meaning::uuid: return masks_.uuid(text);
      case Meaning::record: return masks_.record(text);
      case Meaning::label: return masks_.label(text);
      case Meaning::code: return masks_.code(text);
      case Meaning::ruleset: return masks_.ruleset(text);
      case Meaning::saved_rules: return masks_.saved_rules(text);
      case Meaning::address:
      case Meaning::text: break;
    }
    return masks_.text(text);
  }

  Masks masks_;
  std::string at_;
  std::set<std::string, std::less<>> values_, written_;
  std::optional<std::string> fault_;
};

}  // namespace

Expected<Redacted> redact(const Evidence& evidence, const std::vector<ProbeRun>& runs) {
  Redacted result{evidence, runs, {}, {}};
  Redactor redactor(survey(evidence));
  redactor.part(result.evidence, "/evidence");
  redactor.part(result.runs, "/probes");
  if (redactor.fault())
    return failure(Errc::exhausted, "the report cannot be redacted: " + *redactor.fault() + ": there is no mask left for it; nothing was written");
  result.legend = redactor.legend();
  result.hidden = redactor.hidden();
  return result;
}

}  // namespace ringback
