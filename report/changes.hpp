#pragma once
/// What changed between two reports of one household, as a person would tell it. Pure.
#include "report/report.hpp"

namespace ringback {

enum class Effect { worse, better, neither };
constexpr auto enum_names(Effect) {
  using N = EnumName<Effect>;
  return std::array{N{Effect::worse, "worse"}, N{Effect::better, "better"}, N{Effect::neither, "neither"}};
}

enum class About { service, name, ipv4, ipv6, connection, finding, measurement };
constexpr auto enum_names(About) {
  using enum About;
  using N = EnumName<About>;
  return std::array{N{service, "service"}, N{name, "name"},       N{ipv4, "ipv4"},              N{ipv6, "ipv6"},
                    N{connection, "connection"}, N{finding, "finding"}, N{measurement, "measurement"}};
}

struct Change {
  About about = About::connection;
  Effect effect = Effect::neither;
  Subject subject;
  std::optional<std::string> code;           ///< the finding that came or went, or that stops the service now
  std::optional<std::string> before, after;  ///< absent: there was none, or it was not known
  std::string text;                          ///< one or two sentences

  bool operator==(const Change&) const = default;
  static constexpr auto describe() {
    using C = Change;
    return std::tuple{field("about", &C::about), field("effect", &C::effect), field("subject", &C::subject), field("code", &C::code),
                      field("before", &C::before), field("after", &C::after), field("text", &C::text)};
  }
};

struct Comparison {
  std::vector<Change> changes;               ///< what got worse first, then what got better
  std::vector<std::string> caveats;          ///< why some of it may not be compared

  bool operator==(const Comparison&) const = default;
};

[[nodiscard]] Comparison compare(const Report& before, const Report& after);

/// The same evidence, judged twice: one sentence for each verdict, finding and address that differs, for how grave and how certain they are, and
/// for the exit status.
[[nodiscard]] std::vector<std::string> judged_otherwise(const Report& before, const Report& after);
/// Anything that was judged, sentences and advice included.
[[nodiscard]] bool is_judged_alike(const Report& before, const Report& after);

}  // namespace ringback
