#pragma once
/// The report as metrics, for the textfile collector of Prometheus' node_exporter and for the Pushgateway.
#include <string>

#include "report/check.hpp"

namespace ringback {

/// The text exposition format 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/), UTF-8, one series for each thing at most,
/// without the timestamps of samples, which both places refuse. All are gauges:
///
///   ringback_build_info{version}                          1
///   ringback_check_level{level}                           1 for the level that is announced, 0 for the three others
///   ringback_check_level_since_timestamp_seconds          Unix time
///   ringback_last_check_timestamp_seconds                 Unix time; how old it is tells that checks have stopped
///   ringback_check_duration_seconds
///   ringback_check_troubles                               what could not be remembered or published
///   ringback_connection_info{type,confidence,ipv4,ipv6}   1
///   ringback_service_reachable{service,family}            1 or 0; no such series where it could not be tested
///   ringback_service_info{service,family,reachable,stopped_at,cause,confidence}  1; also of what could not be tested
///   ringback_name_right{name}                             1 or 0; no such series where it could not be tested
///   ringback_name_info{name,verdict}                      1
///   ringback_findings{severity}                           how many
///   ringback_finding{code,severity}                       how many have this code
///
/// Of services, names and codes there are as many as summary.hpp allows; the counts by severity are of all.
[[nodiscard]] std::string prometheus_text(const Report& report, const Announcement& announcement);

}  // namespace ringback
