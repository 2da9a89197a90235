/// XML and URLs from a router's web server: whatever the octets are, nothing crashes, and what is read keeps its bounds.
#include <cstdlib>

#include "wire/igd_description.hpp"
#include "wire/igd_soap.hpp"
#include "wire/igd_url.hpp"
#include "wire/printable.hpp"

using namespace ringback::wire;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void require_printable(const std::string& text) { require(printable(text, text.size()) == text); }

void check_description(std::string_view xml) {
  const auto description = igd::parse_description(xml);
  if (!description) return require_printable(description.error().what);
  for (const auto* text : {&description->friendly_name, &description->manufacturer, &description->model}) {
    require_printable(*text);
    require(text->size() <= 200);
  }
  require(description->services.size() <= 64);
  const auto base = igd::parse_url("http://192.0.2.1:49000/igd/desc.xml").value();
  for (const auto& service : description->services) {
    require_printable(service.type);
    require(service.type.find_first_of("\"<>&\r\n ") == std::string::npos);
    const auto url = igd::resolve_url(base, service.control_url);
    require_printable(url ? url->to_string() : url.error().what);
    if (url) require(url->to_string().find_first_of("\" \r\n") == std::string::npos);
  }
}

void check_soap(std::string_view xml, const char* action) {
  const auto answer = igd::parse_soap(xml, action);
  if (!answer) return require_printable(answer.error().what);
  require(answer->arguments.size() <= 32);
  for (const auto& [name, value] : answer->arguments) {
    require_printable(name);
    require(value.size() <= 1024);
  }
  require_printable(answer->error_description);
  require(!answer->upnp_error || answer->arguments.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_description(text);
  for (const auto* action : {"GetExternalIPAddress", "GetStatusInfo", "GetGenericPortMappingEntry", "GetFirewallStatus"}) check_soap(text, action);
  return 0;
}
