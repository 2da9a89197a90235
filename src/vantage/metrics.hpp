#pragma once
/// GET /metrics on a listener of its own.
#include "vantage/http.hpp"

namespace ringback::vantage {

class MetricsPage : public http::Handler {
 public:
  explicit MetricsPage(const Counters& counters) : counters_(counters) {}

  std::optional<http::Response> refuse(const http::Request& request) override;
  void answer(const http::Request& request, const std::shared_ptr<http::Exchange>& exchange) override;
  http::Response malformed(unsigned status, std::string_view detail) override;
  http::Response busy() override;
  http::Response broken() override;

 private:
  const Counters& counters_;
};

}  // namespace ringback::vantage
