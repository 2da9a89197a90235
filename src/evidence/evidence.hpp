#pragma once
/// Everything one run observed. A value: it goes to JSON and back without loss, and the diagnosis needs nothing else.
#include "evidence/past.hpp"
#include "net/service.hpp"
#include "probes/dns/evidence.hpp"
#include "probes/filter/evidence.hpp"
#include "probes/host/evidence.hpp"
#include "probes/inbound/evidence.hpp"
#include "probes/link/evidence.hpp"
#include "probes/listeners/evidence.hpp"
#include "probes/path/evidence.hpp"
#include "probes/router/evidence.hpp"
#include "probes/stun/evidence.hpp"
#include "probes/web/evidence.hpp"

namespace ringback {

/// What was asked for: it decides what counts as an error.
struct Request {
  std::vector<Service> services;           ///< named by the user, or else the listening sockets
  bool services_named = false;
  std::vector<std::string> names;
  std::vector<Family> families;            ///< both, or one with -4 or -6
  std::vector<std::string> vantages;       ///< URLs; empty: nobody could knock
  bool third_party = true;                 ///< false with --no-third-party

  bool operator==(const Request&) const = default;
  static constexpr auto describe() {
    using R = Request;
    return std::tuple{field("services", &R::services), field("services_named", &R::services_named), field("names", &R::names),
                      field("families", &R::families), field("vantages", &R::vantages), field("third_party", &R::third_party)};
  }
};

enum class ProbeStatus { done, not_run, failed, timed_out };
constexpr auto enum_names(ProbeStatus) {
  using enum ProbeStatus;
  using N = EnumName<ProbeStatus>;
  return std::array{N{done, "done"}, N{not_run, "not-run"}, N{failed, "failed"}, N{timed_out, "timed-out"}};
}

/// How a probe ended. `failed` means that the probe could not work; a network that fails is `done`, with evidence.
struct ProbeRun {
  std::string name;
  ProbeStatus status = ProbeStatus::not_run;
  std::chrono::milliseconds duration{};
  std::optional<std::string> reason;       ///< of everything but `done`

  bool operator==(const ProbeRun&) const = default;
  static constexpr auto describe() {
    using P = ProbeRun;
    return std::tuple{field("name", &P::name), field("status", &P::status), field("duration_ms", &P::duration),
                      field("reason", &P::reason)};
  }
};

/// A member is absent where its probe did not run or could not work: unknown, never "no".
struct Evidence {
  Request request;
  std::optional<host::Evidence> host;
  std::optional<link::Evidence> link;
  std::optional<stun::Evidence> stun;
  std::optional<web::Evidence> web;
  std::optional<router::Evidence> router;
  std::optional<path::Evidence> path;
  std::optional<dns::Evidence> dns;
  std::optional<listeners::Evidence> listeners;
  std::optional<filter::Evidence> filter;
  std::optional<inbound::Evidence> inbound;
  std::optional<past::Evidence> past;      ///< of `check`: what earlier ones saw; absent: none is remembered

  bool operator==(const Evidence&) const = default;
  static constexpr auto describe() {
    using E = Evidence;
    return std::tuple{field("request", &E::request), field("host", &E::host), later_field("link", &E::link), field("stun", &E::stun), field("web", &E::web),
                      field("router", &E::router), field("path", &E::path), field("dns", &E::dns), field("listeners", &E::listeners),
                      field("filter", &E::filter), field("inbound", &E::inbound), later_field("past", &E::past)};
  }
};

}  // namespace ringback
