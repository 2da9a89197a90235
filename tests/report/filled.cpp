/// Fills every string of a value, through its description: a new field is covered without being named here.
#include "reports.hpp"

namespace ringback::test {
namespace {

template <class T>
struct Fill {
  static void with(const std::string&, T&) {}
};

template <>
struct Fill<std::string> {
  static void with(const std::string& text, std::string& value) { value = text; }
};

template <>
struct Fill<Service> {
  static void with(const std::string&, Service& value) { value = {Protocol::tcp, 443, 443}; }
};

template <class T>
struct Fill<std::optional<T>> {
  static void with(const std::string& text, std::optional<T>& value) { Fill<T>::with(text, value.emplace()); }
};

template <class T>
struct Fill<std::vector<T>> {
  static void with(const std::string& text, std::vector<T>& values) {
    values.resize(1);
    Fill<T>::with(text, values.front());
  }
};

template <Described T>
struct Fill<T> {
  static void with(const std::string& text, T& value) {
    std::apply([&](const auto&... f) { (Fill<std::remove_cvref_t<decltype(value.*(f.member))>>::with(text, value.*(f.member)), ...); }, T::describe());
  }
};

}  // namespace

Report filled_with(const std::string& text) {
  Report report;
  Fill<Report>::with(text, report);
  report.schema = Report{}.schema;
  report.findings.front().severity = Severity::error;
  return report;
}

Report storable_filled_with(const std::string& text) {
  auto report = filled_with(text);
  report.started = "2026-01-31T12:00:00.000Z";
  report.findings.front().code = "ipv4.cgnat";
  report.findings.front().evidence = {"/evidence/host/interfaces/0"};
  report.services.front().cause = "ipv4.cgnat";
  report.names.front().findings = {"dns.a-wrong"};
  return report;
}

}  // namespace ringback::test
