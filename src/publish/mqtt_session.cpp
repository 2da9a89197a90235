#include "publish/mqtt_session.hpp"

#include <fmt/format.h>
#include <mosquitto.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "io/tcp_loss.hpp"

namespace ringback::publish {
namespace {

constexpr int keep_alive_seconds = 60, at_least_once = 1;
constexpr milliseconds longest_turn{100}, longest_look{1000}, longest_goodbye{1000};
constexpr std::uint64_t most_received = 4U << 20U;   // libmosquitto itself would take 256 MiB in one message
constexpr std::size_t most_found = 2000;   // 64 services, 64 names and what was once there

/// No exception may cross libmosquitto. What there was no memory for is waited for until the deadline.
template <class Note>
void note(void* user, const Note& what) {
  auto& heard = *static_cast<MqttHeard*>(user);
  try {
    what(heard);
  } catch (const std::bad_alloc&) {
  }
}

extern "C" {

static void ringback_on_connect(mosquitto*, void* user, int code) {
  note(user, [&](MqttHeard& heard) { heard.connack = code; });
}

static void ringback_on_publish(mosquitto*, void* user, int identifier) {
  note(user, [&](MqttHeard& heard) { heard.unanswered.erase(identifier); });
}

/// 0x80: refused (MQTT 3.1.1 §3.9.3).
static void ringback_on_subscribe(mosquitto*, void* user, int, int count, const int* granted) {
  note(user, [&](MqttHeard& heard) { heard.may_look = std::all_of(granted, granted + count, [](int code) { return code < 0x80; }); });
}

static void ringback_on_message(mosquitto*, void* user, const mosquitto_message* message) {
  note(user, [&](MqttHeard& heard) {
    const std::string_view payload(static_cast<const char*>(message->payload), static_cast<std::size_t>(message->payloadlen));
    if (message->topic == heard.end_topic) heard.end = heard.end || payload == heard.end_payload;
    else if (message->retain && heard.found.size() < most_found) heard.found.emplace_back(message->topic);
  });
}

}  // extern "C"

bool is_done(const Attempt& attempt) { return attempt.end == Attempt::End::done; }

}  // namespace

MqttSession::MqttSession(const Broker& broker, const MqttDelivery& delivery, const TlsContext* tls, const Clock& clock)
    : broker_(broker), delivery_(delivery), tls_(tls), clock_(clock), handle_(mosquitto_new(nullptr, true, &heard_)) {}

MqttSession::~MqttSession() {
  if (handle_ != nullptr) mosquitto_destroy(handle_);
}

Attempt MqttSession::run(const Endpoint& to, Deadline deadline) {
  if (handle_ == nullptr || !prepare()) return hopeless("was not told: its user, or the size of a message, does not fit into MQTT");
  auto attempt = connect(to, deadline);
  if (is_done(attempt)) attempt = publish(delivery_.messages, deadline);
  if (is_done(attempt) && !delivery_.filters.empty()) attempt = tidy_up(deadline);
  if (heard_.connack == 0) say_goodbye(deadline);
  return attempt;
}

bool MqttSession::prepare() {
  mosquitto_connect_callback_set(handle_, ringback_on_connect);
  mosquitto_publish_callback_set(handle_, ringback_on_publish);
  mosquitto_subscribe_callback_set(handle_, ringback_on_subscribe);
  mosquitto_message_callback_set(handle_, ringback_on_message);
  int result = mosquitto_int_option(handle_, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V311);
  const auto step = [&](const auto& act) {
    if (result == MOSQ_ERR_SUCCESS) result = act();
  };
  step([&] { return mosquitto_int_option(handle_, MOSQ_OPT_TCP_NODELAY, 1); });
  if (broker_.user)
    step([&] { return mosquitto_username_pw_set(handle_, broker_.user->c_str(), broker_.password ? broker_.password->c_str() : nullptr); });
  if (tls_ != nullptr) {
    step([&] { return mosquitto_int_option(handle_, MOSQ_OPT_SSL_CTX_WITH_DEFAULTS, 0); });
    step([&] { return mosquitto_void_option(handle_, MOSQ_OPT_SSL_CTX, tls_->get()); });
  }
  if (const auto& will = delivery_.last_will)
    step([&] { return mosquitto_will_set(handle_, will->topic.c_str(), static_cast<int>(will->payload.size()), will->payload.data(), at_least_once, will->retain); });
  return result == MOSQ_ERR_SUCCESS;
}

MqttSession::Wait MqttSession::wait(const std::function<bool()>& reached, Deadline deadline) {
  while (!reached()) {
    const auto left = deadline.left(clock_);
    if (left == milliseconds{0}) return Wait::late;
    errno = 0;
    error_ = mosquitto_loop(handle_, static_cast<int>(std::min(left, longest_turn).count()), 1);
    system_error_ = errno;
    if (tls_ != nullptr && tls_->broken_by() != 0) {   // whatever a further attempt on the dead connection ended in
      error_ = MOSQ_ERR_ERRNO;
      system_error_ = tls_->broken_by();
    }
    if (error_ == MOSQ_ERR_SUCCESS && io::received_bytes(mosquitto_socket(handle_)) > most_received) error_ = MOSQ_ERR_OVERSIZE_PACKET;
    if (error_ != MOSQ_ERR_SUCCESS) return reached() ? Wait::reached : Wait::broken;
  }
  return Wait::reached;
}

Attempt MqttSession::connect(const Endpoint& to, Deadline deadline) {
  errno = 0;
  error_ = mosquitto_connect_async(handle_, to.address.to_string().c_str(), to.port, keep_alive_seconds);
  system_error_ = errno;
  if (error_ != MOSQ_ERR_SUCCESS) return why_broken();
  switch (wait([&] { return heard_.connack.has_value(); }, deadline)) {
    case Wait::late: return {Attempt::End::silent, {}};
    case Wait::broken: return why_broken();
    case Wait::reached: return *heard_.connack == 0 ? Attempt{} : why_refused(*heard_.connack);
  }
  return {};
}

Attempt MqttSession::publish(const std::vector<MqttMessage>& messages, Deadline deadline) {
  for (const auto& message : messages) {
    int identifier = 0;
    error_ = mosquitto_publish(handle_, &identifier, message.topic.c_str(), static_cast<int>(message.payload.size()), message.payload.data(), at_least_once,
                               message.retain);
    if (error_ != MOSQ_ERR_SUCCESS) return why_broken();
    heard_.unanswered.insert(identifier);
  }
  switch (wait([&] { return heard_.unanswered.empty(); }, deadline)) {
    case Wait::late: return failed("took not all that it was sent");
    case Wait::broken: return why_broken();
    case Wait::reached: break;
  }
  return {};
}

Attempt MqttSession::tidy_up(Deadline deadline) {
  const auto gave_up = [&](std::string trouble) { return delivery_.must_look ? hopeless(std::move(trouble)) : Attempt{}; };
  std::vector<char*> filters;
  for (const auto& filter : delivery_.filters) filters.push_back(const_cast<char*>(filter.c_str()));   // not written to
  heard_.end_topic = delivery_.own_topic;
  heard_.end_payload = fmt::format("{}", clock_.now().time_since_epoch().count());
  if (mosquitto_subscribe_multiple(handle_, nullptr, static_cast<int>(filters.size()), filters.data(), at_least_once, 0, nullptr) != MOSQ_ERR_SUCCESS)
    return gave_up("cannot be asked what it holds");
  const auto looking = deadline.or_earlier(clock_.now() + longest_look);
  const auto answered = wait([&] { return heard_.may_look.has_value(); }, looking);
  if (answered == Wait::broken) return why_broken();
  if (answered == Wait::late || !*heard_.may_look) return gave_up("does not let this user read what it holds, so nothing else can be removed");
  // What is held was queued when the subscription was granted, and comes before this.
  const MqttMessage end{delivery_.own_topic, heard_.end_payload, false};
  if (auto sent = publish({end}, looking); sent.end != Attempt::End::done) return delivery_.must_look ? sent : Attempt{};
  const auto looked = wait([&] { return heard_.end; }, looking);
  if (looked == Wait::broken) return why_broken();
  if (looked == Wait::late && delivery_.must_look) return hopeless("did not show what it holds, so there may be more to remove");
  return publish(delivery_.removals(heard_.found), deadline);
}

void MqttSession::say_goodbye(Deadline deadline) {
  // Without it the broker would publish the last will.
  if (mosquitto_disconnect(handle_) != MOSQ_ERR_SUCCESS) return;
  static_cast<void>(wait([&] { return mosquitto_socket(handle_) < 0; }, deadline.or_earlier(clock_.now() + longest_goodbye)));
}

Attempt MqttSession::why_broken() const {
  if (tls_ != nullptr && !tls_->objection().empty()) return hopeless("has a certificate that is not accepted: " + tls_->objection());
  switch (error_) {
    case MOSQ_ERR_TLS:
    case MOSQ_ERR_TLS_HANDSHAKE: return failed("does not speak TLS as it should");
    case MOSQ_ERR_PROTOCOL:
    case MOSQ_ERR_MALFORMED_PACKET: return failed("answers, but not as an MQTT broker does");
    case MOSQ_ERR_CONN_LOST: return failed("closed the connection");
    case MOSQ_ERR_OVERSIZE_PACKET: return hopeless("sends more than anybody asked for");
    case MOSQ_ERR_ERRNO: break;
    default: return failed(fmt::format("was not told: {}", mosquitto_strerror(error_)));
  }
  if (system_error_ == ETIMEDOUT) return {Attempt::End::silent, {}};
  return failed(system_error_ == 0 ? std::string("answers, but not as an MQTT broker does") : fmt::format("was not told: {}", std::strerror(system_error_)));
}

/// MQTT 3.1.1 §3.2.2.3.
Attempt MqttSession::why_refused(int code) const {
  switch (code) {
    case 1: return hopeless("does not speak MQTT 3.1.1");
    case 3: return failed("takes no connections at the moment");
    case 4:
    case 5:
      if (!broker_.user) return hopeless("wants a user and a password (mqtt://USER@HOST with --mqtt-password-file FILE)");
      if (!broker_.password) return hopeless("wants a password (--mqtt-password-file FILE)");
      return hopeless("does not accept this user with this password");
    default: return hopeless(fmt::format("refuses the connection: {}", mosquitto_connack_string(code)));
  }
}

}  // namespace ringback::publish
