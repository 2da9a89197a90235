#pragma once
/// Publishing a check's report where users look: a Pushgateway, an MQTT broker with Home Assistant behind it, ping URLs. Whatever goes wrong
/// there is a sentence for the user and nothing else: what a check found does not depend on it. No sentence has a password, a path or a query of
/// a URL in it.
#include <memory>

#include "base/guarded_threads.hpp"
#include "io/network.hpp"
#include "plan/destinations.hpp"
#include "report/check.hpp"

namespace ringback::publish {

/// All destinations side by side, each until the deadline at most. `destinations` as with_secrets() gives them; their own troubles come first in
/// the answer. The text file is not among them: whoever may still write it does (prometheus_text()). It starts threads, and has joined them.
[[nodiscard]] std::vector<std::string> publish(const Destinations& destinations, const Report& report, const Announcement& announcement,
                                               io::Network& network, const Clock& clock, Deadline deadline);

/// Tells those who take pings that a check has begun, while it goes on. To be made after privileges are gone, because it starts threads; what is
/// handed in must outlive it.
class StartPings {
 public:
  StartPings(const Destinations& destinations, io::Network& network, const Clock& clock, Deadline deadline);
  StartPings(const StartPings&) = delete;
  StartPings& operator=(const StartPings&) = delete;
  /// Waits for all of them: a ping that ends a check must not overtake the one that begins it.
  [[nodiscard]] std::vector<std::string> troubles();

 private:
  std::vector<std::string> troubles_;      ///< one for each destination; empty: told
  GuardedThreads threads_;
};

/// Has the broker forget all that it holds of this instance, also sensors of what is not checked any more. `redacted`: as the checks were.
[[nodiscard]] std::vector<std::string> remove_from_mqtt(const Destinations& destinations, bool redacted, io::Network& network, const Clock& clock,
                                                        Deadline deadline);

/// What this host is called there: as the user said, otherwise by its host name; of redacted reports "ringback".
[[nodiscard]] std::string instance_of(const Destinations& destinations, bool redacted, io::Network& network);

}  // namespace ringback::publish
