#pragma once
/// Telling somebody over HTTP. What a destination's URL has behind the host may be a secret, and gets into no sentence.
#include <functional>
#include <optional>
#include <string>

#include "io/network.hpp"
#include "plan/destinations.hpp"
#include "publish/attempts.hpp"

namespace ringback::publish {

struct WebMessage {
  std::string method;
  std::string url;
  std::string content_type;
  std::string body;
};

/// What an answer with a status of 2xx means. `body` is its beginning.
using Understand = std::function<Attempt(const std::string& body)>;

/// Delivered when the answer is 2xx and `understand`, where given, says so. 429 and 5xx are tried again; redirections are not followed, so that
/// nothing is sent anywhere but where the user said. nullopt: delivered. Otherwise what went wrong, behind the destination's place.
[[nodiscard]] std::optional<std::string> send(const WebDestination& to, const WebMessage& message, io::Network& network, const Clock& clock,
                                              Deadline deadline, const Understand& understand = {});

}  // namespace ringback::publish
