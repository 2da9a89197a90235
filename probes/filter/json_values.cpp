#include "net/prefix.hpp"
#include "probes/filter/json_values.hpp"

#include <algorithm>

#include "net/prefix.hpp"

namespace ringback::filter {
namespace {

Addresses block(const Address& address, unsigned length) {
  const Prefix prefix(address, length);
  std::array<std::uint8_t, 16> last{};
  const auto bytes = prefix.address().bytes();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto fixed = std::min<std::size_t>(8, prefix.length() > i * 8 ? prefix.length() - i * 8 : 0);
    last[i] = static_cast<std::uint8_t>(bytes[i] | (0xffU >> fixed));
  }
  return {prefix.address(), Address::from_bytes({last.data(), bytes.size()})};
}

std::optional<std::uint64_t> number(const Json& value) {
  if (value.is_boolean()) return value.get<bool>() ? 1 : 0;
  if (value.is_number_unsigned()) return value.get<std::uint64_t>();
  return std::nullopt;
}

std::optional<Piece> read_prefix(const Json& content) {
  const auto* address = member(content, "addr");
  const auto* length = member(content, "len");
  if (address == nullptr || length == nullptr || !address->is_string() || !number(*length)) return std::nullopt;
  const auto parsed = Address::parse(address->get<std::string>());
  if (!parsed) return std::nullopt;
  return block(*parsed, static_cast<unsigned>(std::min<std::uint64_t>(*number(*length), 128)));
}

std::optional<Piece> read_range(const Json& content) {
  if (!content.is_array() || content.size() != 2) return std::nullopt;
  const auto low = number(content[0]), high = number(content[1]);
  if (low && high) return Numbers{*low, *high};
  if (!content[0].is_string() || !content[1].is_string()) return std::nullopt;
  const auto first = Address::parse(content[0].get<std::string>()), last = Address::parse(content[1].get<std::string>());
  if (!first || !last || first->family() != last->family()) return std::nullopt;
  return Addresses{*first, *last};
}

/// One value: a number, a symbol, a prefix or a range.
std::optional<Piece> read_piece(const Json& value) {
  if (const auto plain = number(value)) return Numbers{*plain, *plain};
  if (value.is_string()) return read_symbol(value.get<std::string>());
  if (const auto* prefix = member(value, "prefix")) return read_prefix(*prefix);
  if (const auto* range = member(value, "range")) return read_range(*range);
  return std::nullopt;
}

/// One value or several joined ones, in the "elem" that carries time-outs and counters, or without it.
std::optional<Element> read_element(const Json& value) {
  const Json* inner = &value;
  if (const auto* elem = member(value, "elem")) inner = member(*elem, "val");
  if (inner == nullptr) return std::nullopt;
  Element element;
  const auto* joined = member(*inner, "concat");
  if (joined == nullptr) {
    auto piece = read_piece(*inner);
    if (!piece) return std::nullopt;
    element.pieces.push_back(std::move(*piece));
    return element;
  }
  if (!joined->is_array()) return std::nullopt;
  for (const auto& part : *joined) {
    auto piece = read_piece(part);
    if (!piece) return std::nullopt;
    element.pieces.push_back(std::move(*piece));
  }
  return element;
}

std::string text_of(const Json& object, const char* key) {
  const auto* value = member(object, key);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

Field read_fib(const Json& content) {
  std::string flags;
  if (const auto* list = member(content, "flags"); list != nullptr && list->is_array())
    for (const auto& flag : *list)
      if (flag.is_string()) flags += flag.get<std::string>() + ' ';
  return {"fib", flags + text_of(content, "result"), {}};
}

Field read_extension(const Json& content) {
  const auto field = text_of(content, "field");
  return {"exthdr", field.empty() ? "exists" : text_of(content, "name") + ' ' + field, {}};
}

/// Without a mask.
Field read_plain_field(const Json& expression) {
  if (const auto* payload = member(expression, "payload")) return {text_of(*payload, "protocol"), text_of(*payload, "field"), {}};
  if (const auto* meta = member(expression, "meta")) return {"meta", text_of(*meta, "key"), {}};
  if (const auto* ct = member(expression, "ct")) {
    const auto direction = text_of(*ct, "dir");
    return {"ct", direction.empty() ? text_of(*ct, "key") : direction + ' ' + text_of(*ct, "key"), {}};
  }
  if (const auto* fib = member(expression, "fib")) return read_fib(*fib);
  if (const auto* extension = member(expression, "exthdr")) return read_extension(*extension);
  return {};
}

Field read_field(const Json& expression) {
  const auto* masked = member(expression, "&");
  if (masked == nullptr) return read_plain_field(expression);
  if (!masked->is_array() || masked->size() != 2) return {};
  auto field = read_plain_field((*masked)[0]);
  auto mask = read_right_side((*masked)[1]);
  if (!mask || mask->set) return {};
  field.mask = std::move(mask->elements);
  return field;
}

}  // namespace

const Json* member(const Json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

Piece read_symbol(const std::string& text) {
  if (text == "*") return Anything{};
  if (const auto address = Address::parse(text)) return Addresses{*address, *address};
  if (const auto prefix = Prefix::parse(text)) return block(prefix->address(), prefix->length());
  return text;
}

std::vector<Field> read_fields(const Json& expression) {
  const auto* joined = member(expression, "concat");
  if (joined == nullptr) return {read_field(expression)};
  std::vector<Field> fields;
  if (joined->is_array())
    for (const auto& part : *joined) fields.push_back(read_field(part));
  return fields;
}

std::optional<Elements> read_elements(const Json& array) {
  Elements elements;
  if (!array.is_array()) {  // a set of one
    auto only = read_element(array);
    if (!only) return std::nullopt;
    elements.push_back(std::move(*only));
    return elements;
  }
  elements.reserve(array.size());
  for (const auto& value : array) {
    const bool pair = value.is_array() && value.size() == 2;
    auto element = read_element(pair ? value[0] : value);
    if (!element) return std::nullopt;
    if (pair) element->verdict = read_verdict(value[1]);
    elements.push_back(std::move(*element));
  }
  return elements;
}

std::optional<RightSide> read_right_side(const Json& expression) {
  RightSide side;
  if (expression.is_string() && expression.get_ref<const std::string&>().starts_with("@")) {
    side.set = expression.get<std::string>().substr(1);
    return side;
  }
  const auto* flags = member(expression, "|");
  if (flags == nullptr && expression.is_array()) flags = &expression;
  if (flags != nullptr) side.flags = true;
  const auto* set = member(expression, "set");
  auto elements = read_elements(flags != nullptr ? *flags : set != nullptr ? *set : expression);
  if (!elements) return std::nullopt;
  side.elements = std::move(*elements);
  return side;
}

std::optional<Verdict> read_verdict(const Json& statement) {
  if (!statement.is_object() || statement.size() != 1) return std::nullopt;
  const std::string& name = statement.begin().key();
  const Json& content = statement.begin().value();
  const auto kind = name == "accept"     ? std::optional(VerdictKind::accept)
                    : name == "drop"     ? std::optional(VerdictKind::drop)
                    : name == "return"   ? std::optional(VerdictKind::return_to_caller)
                    : name == "continue" ? std::optional(VerdictKind::proceed)
                    : name == "jump"     ? std::optional(VerdictKind::jump)
                    : name == "goto"     ? std::optional(VerdictKind::go_to)
                                         : std::nullopt;
  if (!kind) return std::nullopt;
  return Verdict{*kind, text_of(content, "target")};
}

}  // namespace ringback::filter
