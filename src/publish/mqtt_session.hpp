#pragma once
/// One connection to a broker, from its opening to its end.
#include <set>

#include "publish/attempts.hpp"
#include "publish/mqtt.hpp"
#include "publish/mqtt_tls.hpp"

struct mosquitto;

namespace ringback::publish {

/// What the broker said, as libmosquitto's callbacks leave it.
struct MqttHeard {
  std::optional<int> connack;                       ///< its return code
  std::set<int> unanswered;                         ///< message identifiers of what was published
  std::optional<bool> may_look;                     ///< whether the subscription was granted
  std::string end_topic, end_payload;               ///< of the message to oneself
  bool end = false;                                 ///< it came
  std::vector<std::string> found;                   ///< topics of retained messages
};

class MqttSession {
 public:
  /// `tls` is null for a connection without it. What is referred to must outlive the session.
  MqttSession(const Broker& broker, const MqttDelivery& delivery, const TlsContext* tls, const Clock& clock);
  ~MqttSession();
  MqttSession(const MqttSession&) = delete;
  MqttSession& operator=(const MqttSession&) = delete;

  /// Once.
  [[nodiscard]] Attempt run(const Endpoint& to, Deadline deadline);

 private:
  enum class Wait { reached, late, broken };
  /// `broken`: error_ says why.
  Wait wait(const std::function<bool()>& reached, Deadline deadline);
  [[nodiscard]] bool prepare();
  [[nodiscard]] Attempt connect(const Endpoint& to, Deadline deadline);
  [[nodiscard]] Attempt publish(const std::vector<MqttMessage>& messages, Deadline deadline);
  [[nodiscard]] Attempt tidy_up(Deadline deadline);
  void say_goodbye(Deadline deadline);
  [[nodiscard]] Attempt why_broken() const;
  [[nodiscard]] Attempt why_refused(int code) const;

  const Broker& broker_;
  const MqttDelivery& delivery_;
  const TlsContext* tls_;
  const Clock& clock_;
  MqttHeard heard_;
  mosquitto* handle_ = nullptr;
  int error_ = 0;                          ///< MOSQ_ERR_…
  int system_error_ = 0;                   ///< errno with it
};

}  // namespace ringback::publish
