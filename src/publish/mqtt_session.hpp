#pragma once
/// One connection to a broker, from its opening to its end.
#include <map>
#include <memory>

#include "publish/attempts.hpp"
#include "publish/mqtt.hpp"
#include "publish/mqtt_tls.hpp"

struct mosquitto;

namespace ringback::publish {

enum class MqttVersion { v5, v3_1_1 };

/// What the broker said, as libmosquitto's callbacks leave it.
struct MqttHeard {
  std::optional<int> connack;                       ///< its reason code
  std::map<int, std::string> unanswered;            ///< topics of what was published, by message identifier
  std::optional<std::string> refused_topic;
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
  [[nodiscard]] Attempt run(const Endpoint& to, MqttVersion version, Deadline deadline);
  /// The broker did not take this version, or ended the connection without a word: an older one may do.
  [[nodiscard]] bool may_want_older() const { return wants_older_; }

 private:
  enum class Wait { reached, late, broken };
  /// `broken`: error_ says why.
  Wait wait(const std::function<bool()>& reached, Deadline deadline);
  [[nodiscard]] bool prepare(MqttVersion version);
  [[nodiscard]] Attempt connect(const Endpoint& to, Deadline deadline);
  [[nodiscard]] Attempt publish(const std::vector<MqttMessage>& messages, Deadline deadline);
  [[nodiscard]] Attempt tidy_up(Deadline deadline);
  void say_goodbye(Deadline deadline);
  [[nodiscard]] Attempt why_broken() const;
  [[nodiscard]] Attempt why_refused(int reason) const;

  const Broker& broker_;
  const MqttDelivery& delivery_;
  const TlsContext* tls_;
  const Clock& clock_;
  MqttHeard heard_;
  mosquitto* handle_ = nullptr;
  bool wants_older_ = false;
  int error_ = 0;                          ///< MOSQ_ERR_…
  int system_error_ = 0;                   ///< errno with it
};

}  // namespace ringback::publish
