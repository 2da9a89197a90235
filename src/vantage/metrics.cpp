#include "vantage/metrics.hpp"

namespace ringback::vantage {
namespace {

http::Response text(unsigned status, std::string_view words) {
  return {status, "text/plain; charset=utf-8", std::string(words) + "\n", {}};
}

}  // namespace

std::optional<http::Response> MetricsPage::refuse(const http::Request& request) {
  if (request.path != "/metrics") return text(404, "there is GET /metrics");
  if (request.method == "GET") return std::nullopt;
  auto response = text(405, "/metrics takes GET");
  response.headers.emplace_back("Allow", "GET");
  return response;
}

void MetricsPage::answer(const http::Request&, const std::shared_ptr<http::Exchange>& exchange) {
  exchange->respond({200, "text/plain; version=0.0.4; charset=utf-8", counters_.prometheus(), {}});
}

http::Response MetricsPage::malformed(unsigned status, std::string_view detail) { return text(status, detail); }
http::Response MetricsPage::busy() { return text(503, "too many connections"); }
http::Response MetricsPage::broken() { return text(503, "a fault of the vantage point"); }

}  // namespace ringback::vantage
