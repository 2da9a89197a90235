#pragma once
/// What the rules about services, names and measurement share: the evidence and what was concluded from it so far.
#include "diagnosis/access.hpp"
#include "diagnosis/household.hpp"

namespace ringback::diagnosis {

struct Internet {
  bool offline = false;
  bool portal = false;
  Confidence confidence = Confidence::possible;
  Pointers evidence;
  std::string detail;
};

struct Case {
  const Evidence& evidence;
  Facts facts;
  Ipv4Access ipv4;
  Ipv6Access ipv6;
  Internet internet;
  Connection connection;
};

using Findings = std::vector<Finding>;

/// What is asked for by name breaks; that a stranger cannot reach what merely happens to listen is as it should be.
[[nodiscard]] inline Severity service_severity(const Case& c) {
  return c.evidence.request.services_named ? Severity::error : Severity::info;
}

[[nodiscard]] constexpr Confidence weaker(Confidence a, Confidence b) { return a < b ? a : b; }

// connection.cpp, internet.cpp
/// False where this host has the public address itself, or a carrier's, and its gateway is no private one.
[[nodiscard]] bool has_home_router(const Case& c);
[[nodiscard]] Internet judge_internet(const Evidence& evidence, const Facts& facts);
[[nodiscard]] Connection judge_connection(const Ipv4Access& ipv4, const Ipv6Access& ipv6, const Internet& internet);

// Each rule family: what it finds. They do not see each other's findings.
[[nodiscard]] Findings access_findings(const Case& c, const std::vector<ServiceVerdict>& services);
[[nodiscard]] Findings address_findings(const Case& c);
[[nodiscard]] Findings router_findings(const Case& c, const std::vector<ServiceVerdict>& services);
[[nodiscard]] Findings exposure_findings(const Case& c);
[[nodiscard]] Findings measurement_findings(const Case& c, const std::vector<ServiceVerdict>& services);

struct InboundJudgement {
  std::vector<ServiceVerdict> services;
  Findings findings;
};
[[nodiscard]] InboundJudgement judge_inbound(const Case& c);

struct NamesJudgement {
  std::vector<NameVerdict> names;
  Findings findings;
};
[[nodiscard]] NamesJudgement judge_names(const Case& c, const std::vector<ServiceVerdict>& services);

}  // namespace ringback::diagnosis
