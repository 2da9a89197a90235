#include "wire/igd_soap.hpp"

#include <fmt/format.h>

#include <charconv>
#include <pugixml.hpp>

#include "wire/igd_xml.hpp"
#include "wire/printable.hpp"

namespace ringback::wire::igd {
namespace {

constexpr std::size_t most_arguments = 32;
constexpr std::size_t longest_value = 1024;

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&': result += "&amp;"; break;
      case '<': result += "&lt;"; break;
      case '>': result += "&gt;"; break;
      default: result += c;
    }
  }
  return result;
}

std::optional<unsigned> number(std::string_view digits) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

void keep_arguments(SoapAnswer& answer, const pugi::xml_node& node) {
  for (const auto& child : node.children())
    if (child.type() == pugi::node_element && answer.arguments.size() < most_arguments)
      answer.arguments.emplace_back(printable(local_name(child)), std::string(child.child_value()).substr(0, longest_value));
}

}  // namespace

std::string soap_header(std::string_view service_type, std::string_view action) {
  return fmt::format("SOAPACTION: \"{}#{}\"", service_type, action);
}

std::string soap_body(std::string_view service_type, std::string_view action, const Arguments& arguments) {
  std::string inside;
  for (const auto& [name, value] : arguments) inside += fmt::format("<{0}>{1}</{0}>", name, escaped(value));
  return fmt::format(
      "<?xml version=\"1.0\"?>\r\n"
      "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\">"
      "<s:Body><u:{0} xmlns:u=\"{1}\">{2}</u:{0}></s:Body></s:Envelope>\r\n",
      action, service_type, inside);
}

std::optional<std::string_view> SoapAnswer::argument(std::string_view name) const {
  for (const auto& [key, value] : arguments)
    if (key == name) return value;
  return std::nullopt;
}

Expected<SoapAnswer> parse_soap(std::string_view xml, std::string_view action) {
  const auto document = parse_xml(xml, fmt::format("answer to {}", action));
  if (!document) return tl::unexpected(document.error());
  const auto response = std::string(action) + "Response";
  std::optional<SoapAnswer> answer;
  for_each_element(**document, [&](const pugi::xml_node& node) {
    const auto name = local_name(node);
    if (name == response) {
      keep_arguments(answer.emplace(), node);
    } else if (name == "UPnPError") {
      if (const auto code = number(child_text(node, "errorCode")))
        answer = SoapAnswer{{}, code, printable(child_text(node, "errorDescription"))};
    }
    return !answer;
  });
  if (!answer) return failure(Errc::malformed, fmt::format("answer to {}: neither its result nor a UPnP fault", action));
  return *answer;
}

}  // namespace ringback::wire::igd
