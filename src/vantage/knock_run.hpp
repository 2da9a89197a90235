#pragma once
/// The knocks of one request: announced, then made, each result written as soon as it is known.
#include <memory>

#include "vantage/counters.hpp"
#include "vantage/fair_pool.hpp"
#include "vantage/http.hpp"
#include "vantage/knock.hpp"

namespace ringback::vantage {

/// A knock that the vantage point itself cannot make, and why.
struct Unable {
  KnockSpec spec;
  std::string reason;
};

/// Every socket of a request, open and bound, before anything is sent or said.
struct OpenedKnocks {
  std::vector<std::unique_ptr<Knocker>> knockers;
  std::vector<Unable> unable;
};
[[nodiscard]] OpenedKnocks open_knocks(const KnockRequest& request, const KnockPath& path, Random& random);

/// Runs until the last result is written or the caller is gone. Keeps itself, `slots` (one for each knocker) and `exchange` that long;
/// everything by reference outlives the handlers of `io`.
void run_knocks(asio::io_context& io, OpenedKnocks opened, milliseconds timeout, FairPool::Hold slots, Counters& counters, Faults& faults,
                const std::shared_ptr<http::Exchange>& exchange);

}  // namespace ringback::vantage
