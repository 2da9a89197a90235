#pragma once
/// XML from strangers, for the UPnP codecs alone: bounded, without document types and entities, walked without recursion.
#include <functional>
#include <memory>
#include <string_view>

#include "base/expected.hpp"

namespace pugi {
class xml_document;
class xml_node;
}  // namespace pugi

namespace ringback::wire::igd {

inline constexpr std::size_t largest_document = 128 * 1024;

struct XmlDeleter {
  void operator()(pugi::xml_document* document) const;
};
using Xml = std::unique_ptr<pugi::xml_document, XmlDeleter>;

/// Errc::malformed: too long, a document type declaration, or not XML. `what` names the document in the error.
[[nodiscard]] Expected<Xml> parse_xml(std::string_view text, std::string_view what);
/// The name without its namespace prefix: routers choose prefixes freely.
[[nodiscard]] std::string_view local_name(const pugi::xml_node& node);
/// The text of the first child element of that local name; empty where there is none.
[[nodiscard]] std::string_view child_text(const pugi::xml_node& node, std::string_view name);
/// Every element in document order until `visit` returns false. At most 8192 elements, and none deeper than 32.
void for_each_element(const pugi::xml_document& document, const std::function<bool(const pugi::xml_node&)>& visit);

}  // namespace ringback::wire::igd
