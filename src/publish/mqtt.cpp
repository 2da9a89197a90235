#include "publish/mqtt.hpp"

#include <mosquitto.h>

#include "publish/mqtt_session.hpp"

namespace ringback::publish {

MqttLibrary::MqttLibrary() { mosquitto_lib_init(); }
MqttLibrary::~MqttLibrary() { mosquitto_lib_cleanup(); }

std::optional<std::string> deliver(const Broker& broker, const MqttDelivery& delivery, io::Network& network, const Clock& clock, Deadline deadline) {
  Addresses addresses(broker.host, network);
  return try_until(deadline, clock, [&](std::size_t number, Deadline until) {
    const auto address = addresses.at(number, until);
    if (!address) return failed(address.error(), "cannot be asked: the name was not found");
    std::unique_ptr<TlsContext> tls;
    if (broker.tls) {
      auto made = TlsContext::make(broker.host, broker.authorities);
      if (!made) return hopeless("was not told: " + made.error().what);
      tls = std::move(*made);
    }
    return MqttSession(broker, delivery, tls.get(), clock).run({*address, broker.port}, until);
  });
}

}  // namespace ringback::publish
