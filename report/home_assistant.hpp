#pragma once
/// The report as MQTT messages: a state that anybody can read, and what makes Home Assistant show it as one device with its sensors
/// (https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery).
///
/// Of the two forms of discovery this is the one with a topic for each sensor: Home Assistant has known it for as long as there is discovery, the
/// form with one topic for a whole device only since 2024.11. Everything is retained, so that whoever subscribes later sees it at once.
///
/// A check connects for a moment, so "is the client connected?" says nothing about the time between two checks. The availability topic says
/// "online" once a check was delivered, and the broker says "offline" there (last will) where a check breaks off in the middle; that no further
/// check comes Home Assistant notices by itself after `expire_after`. The sensor "Last check" has neither: it goes on telling when that was.
#include <chrono>
#include <string>
#include <vector>

#include "report/check.hpp"

namespace ringback {

struct MqttMessage {
  std::string topic;
  std::string payload;                     ///< empty: the broker forgets what was retained under this topic (MQTT 3.1.1 §3.3.1.3)
  bool retain = true;

  bool operator==(const MqttMessage&) const = default;
};

struct HomeAssistant {
  std::string instance;                    ///< what this host is called; one for each device
  std::string discovery = "homeassistant"; ///< prefix; empty: the state alone is published
  std::chrono::seconds expire_after{900};  ///< 0: never
};

/// In this order: configurations, the availability, the state.
[[nodiscard]] std::vector<MqttMessage> mqtt_messages(const Report& report, const Announcement& announcement, const HomeAssistant& how);

/// "offline", should the connection break.
[[nodiscard]] MqttMessage mqtt_last_will(const HomeAssistant& how);

/// Filters of subscriptions that match whatever such messages of this instance a broker may still hold: sensors of a service that is not
/// checked any more, too.
[[nodiscard]] std::vector<std::string> mqtt_filters(const HomeAssistant& how);

/// Empty messages that remove what is held under `found` and is not among the messages that stay; topics of others are left alone.
[[nodiscard]] std::vector<MqttMessage> mqtt_removals(const std::vector<std::string>& found, const std::vector<MqttMessage>& stay,
                                                     const HomeAssistant& how);

/// The same of what every check of this instance leaves, whether it is held or not.
[[nodiscard]] std::vector<MqttMessage> mqtt_removals(const HomeAssistant& how);

/// A topic of this instance under which nothing is retained; for a message to oneself.
[[nodiscard]] std::string mqtt_own_topic(const HomeAssistant& how);

}  // namespace ringback
