#include "probes/router/device.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "probes/router/answers.hpp"
#include "probes/router/trials.hpp"
#include "wire/igd_description.hpp"
#include "wire/igd_soap.hpp"
#include "wire/igd_xml.hpp"

namespace ringback::router {
namespace {

using wire::igd::Arguments;
using wire::igd::SoapAnswer;
using wire::igd::Url;

constexpr milliseconds for_device{3000};
constexpr milliseconds for_request{1200};
constexpr std::size_t largest_answer = 16 * 1024;
constexpr std::size_t most_connections = 4;
constexpr std::size_t most_mappings = 128;
constexpr std::size_t most_repeated = 3;
constexpr std::size_t most_troubles = 16;

class Reader {
 public:
  Reader(const Found& found, const Leg& leg, const io::World& world, Deadline deadline, std::optional<MomentaryOpening> opening)
      : found_(found), leg_(leg), world_(world), opening_(opening), deadline_(deadline.or_earlier(world.clock.now() + for_device)) {
    igd_.responder = found.responder;
    igd_.location = found.location.to_string();
  }

  Igd read() {
    const auto description = describe();
    if (!description) return trouble(description.error().what), std::move(igd_);
    igd_.friendly_name = description->friendly_name;
    igd_.manufacturer = description->manufacturer;
    igd_.model = description->model;
    const auto base = base_of(*description);
    std::vector<std::pair<wire::igd::Service, Url>> connections;
    for (const auto& service : description->services) {
      if (!wire::igd::is_wan_connection(service) && !wire::igd::is_ipv6_firewall(service)) continue;
      const auto url = control_url(base, service);
      if (!url) continue;
      if (wire::igd::is_ipv6_firewall(service) && !igd_.ipv6_firewall) read_firewall(service, *url);
      if (wire::igd::is_wan_connection(service) && connections.size() < most_connections) connections.emplace_back(service, *url);
    }
    for (const auto& [service, url] : connections) read_connection(service, url);
    if (is_avm(igd_.manufacturer) && !connections.empty()) read_avm(connections.front().first, connections.front().second);
    for (const auto& [service, url] : connections) read_mappings(service, url);
    return std::move(igd_);
  }

 private:
  Expected<wire::igd::Description> describe() {
    const auto response = request({.url = found_.location.to_string(), .max_bytes = wire::igd::largest_document}, found_.location);
    if (!response) return tl::unexpected(response.error());
    if (response->status != 200) return failure(Errc::malformed, fmt::format("device description: HTTP status {}", response->status));
    return wire::igd::parse_description(response->body);
  }

  /// URLBase of UPnP 1.0, where it is of any use.
  Url base_of(const wire::igd::Description& description) {
    if (description.url_base.empty()) return found_.location;
    const auto base = wire::igd::parse_url(description.url_base);
    if (base && base->endpoint.address == found_.responder) return *base;
    trouble(base ? fmt::format("URLBase leads to {}", base->endpoint.to_string()) : "URLBase: " + base.error().what);
    return found_.location;
  }

  std::optional<Url> control_url(const Url& base, const wire::igd::Service& service) {
    const auto url = wire::igd::resolve_url(base, service.control_url);
    if (url && url->endpoint.address == found_.responder) return *url;
    trouble(url ? fmt::format("control URL of {} leads to {}", service.type, url->endpoint.to_string())
                : fmt::format("control URL of {}: {}", service.type, url.error().what));
    return std::nullopt;
  }

  Expected<io::HttpResponse> request(io::HttpRequest http, const Url& url) {
    if (gave_up_) return failure(Errc::timed_out, fmt::format("{}: not asked after another request was not answered", url.to_string()));
    http.connect_to = url.endpoint;
    http.local = leg_.source;
    if (leg_.bind) http.interface = leg_.interface;
    auto response = world_.network.http(http, deadline_.or_earlier(world_.clock.now() + for_request));
    gave_up_ = !response && response.error().code == Errc::timed_out;
    return response;
  }

  Expected<SoapAnswer> call(const wire::igd::Service& service, const Url& url, const char* action, const Arguments& arguments = {}) {
    io::HttpRequest http{.method = "POST", .url = url.to_string()};
    http.headers = {"Content-Type: text/xml; charset=\"utf-8\"", wire::igd::soap_header(service.type, action)};
    http.body = wire::igd::soap_body(service.type, action, arguments);
    http.max_bytes = largest_answer;
    const auto response = request(std::move(http), url);
    if (!response) return tl::unexpected(response.error());
    auto answer = wire::igd::parse_soap(response->body, action);  // a fault comes with HTTP status 500
    if (!answer && response->status != 200) return failure(Errc::malformed, fmt::format("{}: HTTP status {}", action, response->status));
    return answer;
  }

  /// The same, with the trouble noted where it failed; a fault stays an answer.
  std::optional<SoapAnswer> ask(const wire::igd::Service& service, const Url& url, const char* action, const Arguments& arguments = {}) {
    auto answer = call(service, url, action, arguments);
    if (answer) return std::move(*answer);
    trouble(answer.error().what);
    return std::nullopt;
  }

  void read_connection(const wire::igd::Service& service, const Url& url) {
    WanConnection connection{.service_type = service.type, .control_url = url.to_string()};
    if (const auto answer = ask(service, url, "GetExternalIPAddress")) take_external_address(*answer, connection);
    if (const auto answer = ask(service, url, "GetStatusInfo")) take_status(*answer, connection);
    igd_.connections.push_back(std::move(connection));
  }

  void read_firewall(const wire::igd::Service& service, const Url& url) {
    const auto answer = ask(service, url, "GetFirewallStatus");
    if (!answer) return;
    auto firewall = to_firewall(*answer);
    if (firewall)
      igd_.ipv6_firewall = *firewall;
    else
      trouble(firewall.error().what);
    if (opening_ && opening_->ipv6 && deadline_.left(world_.clock) > 2 * for_request) try_pinhole(service, url);
  }

  /// WANIPv6FirewallControl:1 §2.5. Every sender may use it (RemoteHost empty, RemotePort 0), as a port of a server is meant to be used; but
  /// nothing listens on the port, and it closes by itself.
  void try_pinhole(const wire::igd::Service& service, const Url& url) {
    const auto answer = ask(service, url, "AddPinhole",
                            {{"RemoteHost", ""}, {"RemotePort", "0"}, {"InternalClient", opening_->ipv6->to_string()},
                             {"InternalPort", std::to_string(opening_->port)}, {"Protocol", "6"}, {"LeaseTime", std::to_string(trial_lifetime_s)}});
    if (!answer) {   // it may have been opened all the same, and closes by itself at the end of its lease
      igd_.pinhole = PinholeTrial{.error_description = "no answer: an opening may stand until its lease ends"};
      return;
    }
    igd_.pinhole = to_pinhole(*answer);
    if (!igd_.pinhole->unique_id) return;
    const Arguments id{{"UniqueID", std::to_string(*igd_.pinhole->unique_id)}};
    const auto promise = world_.network.leave_last_words({.protocol = Protocol::tcp, .to = url.endpoint, .local = leg_.source,
                                                          .bytes = closing_request(service, url, id)});
    const auto closed = ask(service, url, "DeletePinhole", id);
    igd_.pinhole->closed = closed && !closed->upnp_error;
  }

  static io::Bytes closing_request(const wire::igd::Service& service, const Url& url, const Arguments& id) {
    const auto body = wire::igd::soap_body(service.type, "DeletePinhole", id);
    const auto text = fmt::format("POST {} HTTP/1.0\r\nHost: {}\r\nContent-Type: text/xml; charset=\"utf-8\"\r\n{}\r\nContent-Length: {}\r\n\r\n{}",
                                  url.target, url.endpoint.to_string(), wire::igd::soap_header(service.type, "DeletePinhole"), body.size(), body);
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
  }

  /// What the box knows of its line's IPv6 (names after the published SCPD "igdconnSCPD.xml" of AVM).
  void read_avm(const wire::igd::Service& service, const Url& url) {
    AvmIpv6 avm;
    if (const auto answer = ask(service, url, "X_AVM_DE_GetExternalIPv6Address")) take_avm_address(*answer, avm);
    if (const auto answer = ask(service, url, "X_AVM_DE_GetIPv6Prefix")) take_avm_prefix(*answer, avm);
    if (avm != AvmIpv6{}) igd_.avm = std::move(avm);
  }

  void read_mappings(const wire::igd::Service& service, const Url& url) {
    std::size_t repeated = 0;  // a second service often shows the same table, and some routers never say that it ends
    for (std::size_t index = 0; index < most_mappings && repeated < most_repeated; ++index) {
      const auto answer = ask(service, url, "GetGenericPortMappingEntry", {{"NewPortMappingIndex", std::to_string(index)}});
      if (!answer) return;
      if (answer->upnp_error == wire::igd::specified_array_index_invalid || answer->upnp_error == wire::igd::no_such_entry_in_array) return;
      if (answer->upnp_error) return trouble(fmt::format("mapping {}: {}", index, fault(*answer)));
      auto mapping = to_mapping(*answer);
      if (!mapping) {
        trouble(fmt::format("mapping {}: {}", index, mapping.error().what));
      } else if (std::ranges::find(igd_.mappings, *mapping) != igd_.mappings.end()) {
        ++repeated;
      } else if (igd_.mappings.size() == most_mappings) {
        break;
      } else {
        repeated = 0;
        igd_.mappings.push_back(std::move(*mapping));
      }
    }
    if (repeated < most_repeated) trouble(fmt::format("the mapping list was read to {} entries, its end was not reached", most_mappings));
  }

  void trouble(std::string why) {
    if (igd_.troubles.size() < most_troubles && std::ranges::find(igd_.troubles, why) == igd_.troubles.end())
      igd_.troubles.push_back(std::move(why));
  }

  const Found& found_;
  const Leg& leg_;
  const io::World& world_;
  std::optional<MomentaryOpening> opening_;
  Deadline deadline_;
  bool gave_up_ = false;
  Igd igd_;
};

}  // namespace

Igd read_device(const Found& found, const Leg& leg, const io::World& world, Deadline deadline, std::optional<MomentaryOpening> open_for_a_moment) {
  return Reader(found, leg, world, deadline, open_for_a_moment).read();
}

}  // namespace ringback::router
