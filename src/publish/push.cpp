#include "publish/push.hpp"

#include "publish/web.hpp"

namespace ringback::publish {

std::optional<std::string> push(const WebDestination& to, const std::string& instance, const std::string& metrics, io::Network& network,
                                const Clock& clock, Deadline deadline) {
  const WebMessage message{.method = "PUT", .url = to.under("metrics/job/ringback/instance/" + instance), .content_type = "text/plain; version=0.0.4", .body = metrics};
  return send(to, message, network, clock, deadline);
}

}  // namespace ringback::publish
