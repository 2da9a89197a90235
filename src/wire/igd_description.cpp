#include "wire/igd_description.hpp"

#include <algorithm>
#include <pugixml.hpp>

#include "wire/igd_xml.hpp"
#include "wire/printable.hpp"

namespace ringback::wire::igd {
namespace {

constexpr std::size_t most_services = 64;
constexpr std::size_t longest_url = 1024;

/// The type goes back to the router inside a header line and an XML attribute.
bool is_service_type(std::string_view type) {
  return !type.empty() && type.size() <= 128 && std::ranges::all_of(type, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':' || c == '-' || c == '.' || c == '_';
  });
}

void keep_service(Description& description, const pugi::xml_node& node) {
  const auto type = child_text(node, "serviceType");
  const auto url = child_text(node, "controlURL");
  if (description.services.size() < most_services && is_service_type(type) && !url.empty() && url.size() <= longest_url)
    description.services.push_back({std::string(type), std::string(url)});
}

void keep_names(Description& description, const pugi::xml_node& node) {
  description.friendly_name = printable(child_text(node, "friendlyName"));
  description.manufacturer = printable(child_text(node, "manufacturer"));
  description.model = printable(child_text(node, "modelName"));
}

}  // namespace

Expected<Description> parse_description(std::string_view xml) {
  const auto document = parse_xml(xml, "device description");
  if (!document) return tl::unexpected(document.error());
  Description description;
  bool outermost = true;
  for_each_element(**document, [&](const pugi::xml_node& node) {
    const auto name = local_name(node);
    if (name == "service") keep_service(description, node);
    if (name == "URLBase" && description.url_base.empty()) description.url_base = std::string(node.child_value()).substr(0, longest_url);
    if (name == "device" && std::exchange(outermost, false)) keep_names(description, node);
    return true;
  });
  if (outermost) return failure(Errc::malformed, "device description: describes no device");
  return description;
}

bool is_wan_connection(const Service& service) {
  return service.type.starts_with("urn:schemas-upnp-org:service:WANIPConnection:") ||
         service.type.starts_with("urn:schemas-upnp-org:service:WANPPPConnection:");
}

bool is_ipv6_firewall(const Service& service) { return service.type.starts_with("urn:schemas-upnp-org:service:WANIPv6FirewallControl:"); }

}  // namespace ringback::wire::igd
