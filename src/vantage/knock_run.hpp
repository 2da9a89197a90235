#pragma once
/// The knocks of one request: announced, then made, each result written as soon as it is known.
#include <memory>

#include "vantage/counters.hpp"
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

/// How many knocks are under way, and whose. Fixed in size by the limit on knocks.
class KnockSlots {
 public:
  explicit KnockSlots(unsigned all) : free_(all) {}
  [[nodiscard]] unsigned free() const { return free_; }
  [[nodiscard]] unsigned of(std::uint64_t caller) const;
  void take(std::uint64_t caller);
  void give_back(std::uint64_t caller);

 private:
  unsigned free_;
  std::vector<std::uint64_t> callers_;  ///< one entry for each running knock
};

/// Runs until the last result is written or the caller is gone. Keeps itself, `slots` and `exchange` alive that long.
void run_knocks(asio::io_context& io, OpenedKnocks opened, milliseconds timeout, std::uint64_t caller,
                const std::shared_ptr<KnockSlots>& slots, Counters& counters, const std::shared_ptr<http::Exchange>& exchange);

}  // namespace ringback::vantage
