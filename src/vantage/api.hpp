#pragma once
/// The vantage protocol's questions: who may ask what, how often, and the answers (PROTOCOL.md).
#include <ostream>

#include "vantage/http.hpp"
#include "vantage/knock_run.hpp"
#include "vantage/limits.hpp"
#include "vantage/log.hpp"

namespace ringback::vantage {

struct ApiOptions {
  bool allow_special = false;
  std::vector<Address> knock_from;
  /// Addresses that were named to listen on; empty for a family that listens on all of the host's.
  std::vector<Address> listening;
};

class Api : public http::Handler {
 public:
  /// Everything by reference outlives the Api.
  Api(asio::io_context& io, ApiOptions options, const Limits& limits, const Clock& clock, Random& random, FairPool& slots,
      Counters& counters, RefusalLog& log, Faults& faults);

  std::optional<http::Response> refuse(const http::Request& without_body) override;
  void answer(const http::Request& request, const std::shared_ptr<http::Exchange>& exchange) override;
  http::Response malformed(unsigned status, std::string_view detail) override;
  http::Response busy() override;
  http::Response broken() override;

 private:
  http::Response address(const http::Request& request);
  const std::vector<Family>& families();
  void knock(const http::Request& request, const std::shared_ptr<http::Exchange>& exchange);
  [[nodiscard]] KnockPath path(const http::Request& request) const;
  http::Response problem(Question question, const Problem& problem, std::optional<seconds> retry_after = {});

  asio::io_context& io_;
  ApiOptions options_;
  const Clock& clock_;
  Random& random_;
  FairPool& slots_;  ///< of the knocks
  Counters& counters_;
  RefusalLog& log_;
  Faults& faults_;
  std::vector<Family> families_;  ///< as the kernel said lately
  Instant families_until_{};
  CallerLimiter knock_limiter_;
  CallerLimiter question_limiter_;
};

}  // namespace ringback::vantage
