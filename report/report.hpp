#pragma once
/// The report, schema "ringback.report/1": what a run found, and all that it rests on.
#include "diagnosis/diagnosis.hpp"
#include "redact/legend.hpp"

namespace ringback {

struct Tool {
  std::string name = "ringback";
  std::string version = RINGBACK_VERSION;

  bool operator==(const Tool&) const = default;
  static constexpr auto describe() { return std::tuple{field("name", &Tool::name), field("version", &Tool::version)}; }
};

struct Report {
  std::string schema = "ringback.report/1";
  Tool tool;
  std::string started;                     ///< RFC 3339, UTC, milliseconds
  std::chrono::milliseconds duration{};
  bool redacted = false;
  Legend redaction;                        ///< of a redacted report: what its masks stand for
  Connection connection;
  std::vector<ServiceVerdict> services;
  std::vector<NameVerdict> names;
  std::vector<Finding> findings;
  std::vector<ProbeRun> probes;
  Evidence evidence;

  bool operator==(const Report&) const = default;
  static constexpr auto describe() {
    using R = Report;
    return std::tuple{field("schema", &R::schema),     field("tool", &R::tool),         field("started", &R::started),
                      field("duration_ms", &R::duration), field("redacted", &R::redacted), later_field("redaction", &R::redaction),
                      field("connection", &R::connection),
                      field("services", &R::services), field("names", &R::names),       field("findings", &R::findings),
                      field("probes", &R::probes),     field("evidence", &R::evidence)};
  }
};

}  // namespace ringback
