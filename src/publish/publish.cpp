#include "publish/publish.hpp"

#include <fmt/format.h>

#include <functional>
#include <system_error>

#include "publish/mqtt.hpp"
#include "publish/ping.hpp"
#include "publish/push.hpp"
#include "report/prometheus.hpp"
#include "report/text.hpp"

namespace ringback::publish {
namespace {

constexpr std::size_t longest_host_name = 256;
constexpr std::string_view nobodys_name = "ringback";

using Job = std::function<std::string()>;   ///< the trouble; empty: none

std::string sentence(std::string_view kind, const std::string& place, const std::optional<std::string>& trouble) {
  return trouble ? fmt::format("{}: {} {}", kind, place, *trouble) : "";
}

std::vector<std::string> without_empty(std::vector<std::string> sentences) {
  std::erase(sentences, "");
  return sentences;
}

std::vector<std::string> side_by_side(const std::vector<Job>& jobs) {
  std::vector<std::string> troubles(jobs.size());
  GuardedThreads threads;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const auto work = [&, i] { troubles[i] = jobs[i](); };
    try {
      threads.start(work);
    } catch (const std::system_error&) {
      work();   // the system has no thread left: one after the other, then
    }
  }
  threads.join();
  return without_empty(std::move(troubles));
}

MqttDelivery delivery_of(std::vector<MqttMessage> messages, const HomeAssistant& how) {
  return {.messages = messages,
          .filters = mqtt_filters(how),
          .own_topic = mqtt_own_topic(how),
          .removals = [stay = std::move(messages), how](const auto& found) { return mqtt_removals(found, stay, how); }};
}

HomeAssistant home_assistant(const Broker& broker, const std::string& instance) {
  return {.instance = instance, .discovery = broker.discovery, .expire_after = broker.expire_after};
}

/// What is announced may differ from what this one check found.
std::string ping_text(const Report& report, const Announcement& announcement) {
  return fmt::format("{}{}{}\n\n{}", to_string(announcement.level), announcement.since.empty() ? "" : " since ", announcement.since, to_text(report));
}

}  // namespace

std::vector<std::string> publish(const Destinations& destinations, const Report& report, const Announcement& announcement, io::Network& network,
                                 const Clock& clock, Deadline deadline) {
  const MqttLibrary mqtt;
  const auto instance = instance_of(destinations, report.redacted, network);
  std::vector<Job> jobs;
  if (const auto& to = destinations.pushgateway)
    jobs.push_back([&] {
      return sentence("Pushgateway", to->place, push(*to, instance, prometheus_text(report, announcement), network, clock, deadline));
    });
  if (const auto& to = destinations.mqtt)
    jobs.push_back([&] {
      const auto how = home_assistant(*to, instance);
      auto delivery = delivery_of(mqtt_messages(report, announcement, how), how);
      delivery.last_will = mqtt_last_will(how);
      return sentence("MQTT", to->place(), deliver(*to, delivery, network, clock, deadline));
    });
  const auto text = destinations.pings.empty() ? "" : ping_text(report, announcement);
  for (const auto& to : destinations.pings)
    jobs.push_back([&] {
      return sentence("Ping", to.place, ping_end(to, static_cast<unsigned char>(announcement.level), text, network, clock, deadline));
    });
  auto troubles = destinations.troubles;
  for (auto& trouble : side_by_side(jobs)) troubles.push_back(std::move(trouble));
  return troubles;
}

StartPings::StartPings(const Destinations& destinations, io::Network& network, const Clock& clock, Deadline deadline)
    : troubles_(destinations.pings.size()) {
  for (std::size_t i = 0; i < destinations.pings.size(); ++i) {
    const auto& place = destinations.pings[i].place;
    try {
      threads_.start([this, i, to = destinations.pings[i], &network, &clock, deadline] {
        troubles_[i] = sentence("Ping", to.place, ping_start(to, network, clock, deadline));
      });
    } catch (const std::system_error&) {
      troubles_[i] = sentence("Ping", place, "was not told: this system has no thread left");   // the check goes on
    }
  }
}

std::vector<std::string> StartPings::troubles() {
  threads_.join();
  return without_empty(troubles_);
}

std::vector<std::string> remove_from_mqtt(const Destinations& destinations, bool redacted, io::Network& network, const Clock& clock, Deadline deadline) {
  auto troubles = destinations.troubles;
  if (!destinations.mqtt) return troubles;
  const MqttLibrary mqtt;
  const auto how = home_assistant(*destinations.mqtt, instance_of(destinations, redacted, network));
  auto delivery = delivery_of(mqtt_removals(how), how);
  delivery.must_look = true;
  const auto trouble = deliver(*destinations.mqtt, delivery, network, clock, deadline);
  if (trouble) troubles.push_back(sentence("MQTT", destinations.mqtt->place(), trouble));
  return troubles;
}

std::string instance_of(const Destinations& destinations, bool redacted, io::Network& network) {
  if (destinations.instance) return *destinations.instance;
  if (redacted) return std::string(nobodys_name);
  const auto name = network.read_file("/proc/sys/kernel/hostname", longest_host_name);
  const auto instance = name ? as_instance(name->substr(0, name->find_first_of(" \n"))) : "";
  return instance.empty() ? std::string(nobodys_name) : instance;
}

}  // namespace ringback::publish
