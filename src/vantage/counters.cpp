#include "vantage/counters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace ringback::vantage {

std::size_t Counters::status_index(unsigned status) {
  const auto found = std::ranges::find(statuses, status);
  return found == statuses.end() ? 1 : static_cast<std::size_t>(found - statuses.begin());
}

std::string Counters::prometheus() const {
  std::string text;
  const auto out = std::back_inserter(text);
  const auto head = [&](std::string_view name, std::string_view kind, std::string_view help) {
    fmt::format_to(out, "# HELP ringback_vantage_{0} {1}\n# TYPE ringback_vantage_{0} {2}\n", name, help, kind);
  };
  head("requests_total", "counter", "HTTP requests by question and status of the answer.");
  for (const auto& question : enum_names(Question{}))
    for (std::size_t i = 0; i < statuses.size(); ++i)
      fmt::format_to(out, "ringback_vantage_requests_total{{question=\"{}\",status=\"{}\"}} {}\n", question.name, statuses[i],
                     requests_[static_cast<std::size_t>(question.value)][i]);
  head("knocks_total", "counter", "Finished knocks by protocol and result.");
  for (const auto& protocol : enum_names(Protocol{}))
    for (const auto& result : enum_names(Result{}))
      fmt::format_to(out, "ringback_vantage_knocks_total{{protocol=\"{}\",result=\"{}\"}} {}\n", protocol.name, result.name,
                     knocks_[static_cast<std::size_t>(protocol.value)][static_cast<std::size_t>(result.value)]);
  head("stun_requests_total", "counter", "STUN datagrams by outcome.");
  for (const auto& outcome : enum_names(StunOutcome{}))
    fmt::format_to(out, "ringback_vantage_stun_requests_total{{outcome=\"{}\"}} {}\n", outcome.name,
                   stun_[static_cast<std::size_t>(outcome.value)]);
  head("connections_refused_total", "counter", "Connections closed because too many were open.");
  fmt::format_to(out, "ringback_vantage_connections_refused_total {}\n", connections_refused);
  head("accepts_failed_total", "counter", "Times that no connection could be accepted, for want of descriptors or memory.");
  fmt::format_to(out, "ringback_vantage_accepts_failed_total {}\n", accepts_failed);
  head("faults_total", "counter", "Exceptions that ended a connection, an answer or a datagram.");
  fmt::format_to(out, "ringback_vantage_faults_total {}\n", faults);
  head("connections_open", "gauge", "Open HTTP connections.");
  fmt::format_to(out, "ringback_vantage_connections_open {}\n", connections_open);
  head("knocks_running", "gauge", "Knocks under way.");
  fmt::format_to(out, "ringback_vantage_knocks_running {}\n", knocks_running);
  return text;
}

}  // namespace ringback::vantage
