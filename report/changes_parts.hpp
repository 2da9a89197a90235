#pragma once
/// The parts of compare(), each about one thing.
#include <fmt/format.h>

#include "report/changes.hpp"

namespace ringback::changes {

struct Pair {
  const Report& before;
  const Report& after;
  bool addresses = true;   ///< may be compared: masks of two redacted reports may not
};

using Changes = std::vector<Change>;

/// Where this home is on the internet, and whether the names that led there followed.
void addresses(const Pair& pair, Changes& into);
void connection(const Pair& pair, Changes& into);
void services(const Pair& pair, Changes& into);
void names(const Pair& pair, Changes& into);
/// Those that neither stop a service nor make a name wrong: these are told there.
void findings(const Pair& pair, Changes& into);
/// Findings of both reports, graver in one of them.
void severities(const Pair& pair, Changes& into);
void measurements(const Pair& pair, Changes& into);

/// A verdict in the later report and in the earlier one: "leads here", "led here".
struct Verb {
  std::string_view is, was;
};

/// "cannot be reached: TITLE"; without a reason the verb alone.
[[nodiscard]] std::string with_reason(std::string_view verb, const std::string& reason);
/// "a", "a and b"; "none".
[[nodiscard]] std::string in_words(const std::vector<Address>& addresses);
/// Null: the report does not hold it.
[[nodiscard]] const NameVerdict* find_name(const Report& report, const std::string& name);
[[nodiscard]] const ServiceVerdict* find_service(const Report& report, const Service& service, Family family);
/// "443/tcp over IPv4", "home.example.org"; empty for the connection as a whole.
[[nodiscard]] std::string in_words(const Subject& subject);

}  // namespace ringback::changes
