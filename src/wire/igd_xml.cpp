#include "wire/igd_xml.hpp"

#include <fmt/format.h>

#include <pugixml.hpp>

namespace ringback::wire::igd {
namespace {

constexpr int most_elements = 8192;
constexpr int deepest = 32;

std::string_view without_space(std::string_view text) {
  constexpr std::string_view space = " \t\r\n";
  const auto first = text.find_first_not_of(space);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(space) - first + 1);
}

}  // namespace

void XmlDeleter::operator()(pugi::xml_document* document) const { delete document; }

Expected<Xml> parse_xml(std::string_view text, std::string_view what) {
  if (text.size() > largest_document) return failure(Errc::malformed, fmt::format("{}: {} bytes are too many", what, text.size()));
  // UPnP knows no document types; what they are good for here is attacks.
  if (text.find("<!DOCTYPE") != std::string_view::npos || text.find("<!ENTITY") != std::string_view::npos)
    return failure(Errc::malformed, fmt::format("{}: has a document type declaration", what));
  Xml document(new pugi::xml_document);
  const auto result = document->load_buffer(text.data(), text.size(), pugi::parse_default);
  if (!result) return failure(Errc::malformed, fmt::format("{}: not XML: {} at byte {}", what, result.description(), result.offset));
  return document;
}

std::string_view local_name(const pugi::xml_node& node) {
  const std::string_view name = node.name();
  const auto colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

std::string_view child_text(const pugi::xml_node& node, std::string_view name) {
  for (const auto& child : node.children())
    if (child.type() == pugi::node_element && local_name(child) == name) return without_space(child.child_value());
  return {};
}

void for_each_element(const pugi::xml_document& document, const std::function<bool(const pugi::xml_node&)>& visit) {
  int elements = 0, depth = 0;
  for (pugi::xml_node node = document.first_child(); node;) {
    if (node.type() == pugi::node_element && (++elements > most_elements || !visit(node))) return;
    if (depth < deepest && node.first_child()) {
      node = node.first_child();
      ++depth;
      continue;
    }
    while (node && !node.next_sibling()) {
      node = node.parent();
      --depth;
    }
    if (node) node = node.next_sibling();
  }
}

}  // namespace ringback::wire::igd
