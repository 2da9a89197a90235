#pragma once
/// Delivering messages to an MQTT broker, over libmosquitto.
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "io/network.hpp"
#include "plan/destinations.hpp"
#include "report/home_assistant.hpp"

namespace ringback::publish {

/// Owns libmosquitto's process-wide state. To be made before there are threads, and to outlive them: its end unloads what TLS of other threads
/// may be using.
class MqttLibrary {
 public:
  MqttLibrary();
  ~MqttLibrary();
  MqttLibrary(const MqttLibrary&) = delete;
  MqttLibrary& operator=(const MqttLibrary&) = delete;
};

/// What a broker is to know afterwards.
struct MqttDelivery {
  std::vector<MqttMessage> messages;                ///< published in this order, each until the broker has taken it (QoS 1)
  std::optional<MqttMessage> last_will;
  /// Then: what the broker holds under these filters is handed to `removals`, and what that says is published, too.
  std::vector<std::string> filters;
  std::string own_topic;                            ///< matched by a filter; a message to oneself there comes behind what is held
  std::function<std::vector<MqttMessage>(const std::vector<std::string>& found)> removals;
  bool must_look = false;                           ///< that it could not be seen what the broker holds is a trouble
};

/// MQTT 3.1.1, which every broker speaks. (In MQTT 5 libmosquitto 2.0.11 ends the program by an assertion when a broker sends a property that it does
/// not know, or wants smaller messages than ours.) It has no word for "you may not write there": such a broker takes the message and drops it.
/// Connections are tried again until the deadline. nullopt: the broker has taken everything. Otherwise what went wrong, behind the broker's place;
/// without passwords. An MqttLibrary must be alive.
[[nodiscard]] std::optional<std::string> deliver(const Broker& broker, const MqttDelivery& delivery, io::Network& network, const Clock& clock,
                                                 Deadline deadline);

}  // namespace ringback::publish
