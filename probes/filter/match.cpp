#include "probes/filter/match.hpp"

#include <algorithm>

#include "probes/filter/field_value.hpp"
#include "probes/filter/stranger.hpp"

namespace ringback::filter {
namespace {

Tri tri(bool value) { return value ? Tri::yes : Tri::no; }

/// An interface's name, in which nft lets the last character be a wildcard: "br-*".
bool names_it(const std::string& pattern, const std::string& name) {
  if (pattern.ends_with('*')) return name.starts_with(pattern.substr(0, pattern.size() - 1));
  return pattern == name;
}

/// The bits of a number or of a symbol; a symbol that nobody knows is nullopt.
std::optional<std::uint64_t> bits_of(const Piece& piece, const Flags& flags) {
  if (const auto* numbers = std::get_if<Numbers>(&piece)) return numbers->low == numbers->high ? std::optional(numbers->low) : std::nullopt;
  const auto* name = std::get_if<std::string>(&piece);
  if (name == nullptr) return std::nullopt;
  for (const auto& bit : flags.names)
    if (bit.name == *name) return bit.value;
  return std::nullopt;
}

/// All elements together, as one set of flags.
std::optional<std::uint64_t> all_bits(const Elements& elements, const Flags& flags) {
  std::uint64_t all = 0;
  for (const auto& element : elements) {
    const auto bits = element.pieces.size() == 1 ? bits_of(element.pieces[0], flags) : std::nullopt;
    if (!bits) return std::nullopt;
    all |= *bits;
  }
  return all;
}

struct Holds {
  const Piece& piece;
  const Packet& packet;

  Tri operator()(const Absent&) const { return Tri::no; }
  Tri operator()(const Unknown&) const { return Tri::maybe; }
  Tri operator()(const Known& known) const {
    if (const auto* numbers = std::get_if<Numbers>(&piece))
      return known.number ? tri(*known.number >= numbers->low && *known.number <= numbers->high) : Tri::maybe;
    const auto* name = std::get_if<std::string>(&piece);
    if (name == nullptr || known.names.empty()) return Tri::maybe;
    return tri(std::any_of(known.names.begin(), known.names.end(), [&](const std::string& its) { return names_it(*name, its); }));
  }
  Tri operator()(const Flags& flags) const {
    const auto bits = bits_of(piece, flags);
    return bits ? tri(flags.bits == *bits) : Tri::maybe;
  }
  Tri operator()(const Stranger&) const {
    const auto* range = std::get_if<Addresses>(&piece);
    return range != nullptr ? holds_a_stranger({*range}, packet.family) : Tri::maybe;
  }
  Tri operator()(const ClientPort&) const {
    const auto* range = std::get_if<Numbers>(&piece);
    return range != nullptr ? holds_a_client_port({*range}) : Tri::maybe;
  }
  Tri operator()(const OneOf& one) const {
    const auto* range = std::get_if<Addresses>(&piece);
    if (range == nullptr || one.addresses.empty()) return Tri::maybe;
    const auto inside = std::count_if(one.addresses.begin(), one.addresses.end(), [&](const Address& a) {
      return a.family() == range->low.family() && a >= range->low && a <= range->high;
    });
    return inside == 0 ? Tri::no : inside == static_cast<std::ptrdiff_t>(one.addresses.size()) ? Tri::yes : Tri::maybe;
  }
};

Tri holds(const Piece& piece, const FieldValue& value, const Packet& packet) {
  if (std::holds_alternative<Anything>(piece)) return std::holds_alternative<Absent>(value) ? Tri::no : Tri::yes;
  return std::visit(Holds{piece, packet}, value);
}

/// Each of the joined values in its place.
Tri holds(const Element& element, const std::vector<FieldValue>& values, const Packet& packet) {
  if (element.pieces.size() == 1 && std::holds_alternative<Anything>(element.pieces[0])) return Tri::yes;
  if (element.pieces.size() != values.size()) return Tri::maybe;
  auto result = Tri::yes;
  for (std::size_t i = 0; i < values.size(); ++i) result = both(result, holds(element.pieces[i], values[i], packet));
  return result;
}

template <class Range>
std::vector<Range> ranges_of(const Elements& elements) {
  std::vector<Range> ranges;
  for (const auto& element : elements)
    for (const auto& piece : element.pieces)
      if (const auto* range = std::get_if<Range>(&piece)) ranges.push_back(*range);
  return ranges;
}

/// Is the value one of the set's? The parts of the internet that several elements cover add up.
Tri in_set(const Elements& elements, const std::vector<FieldValue>& values, const Packet& packet) {
  if (values.size() == 1 && std::holds_alternative<Stranger>(values[0]))
    return holds_a_stranger(ranges_of<Addresses>(elements), packet.family);
  if (values.size() == 1 && std::holds_alternative<ClientPort>(values[0])) return holds_a_client_port(ranges_of<Numbers>(elements));
  auto result = Tri::no;
  for (const auto& element : elements) {
    result = either(result, holds(element, values, packet));
    if (result == Tri::yes) break;
  }
  return result;
}

/// An order is one of numbers: the packet's against the first of the right side.
Tri compare(Operation operation, const FieldValue& value, const Elements& right) {
  const auto* limit = right.size() == 1 && right[0].pieces.size() == 1 ? std::get_if<Numbers>(&right[0].pieces[0]) : nullptr;
  if (limit == nullptr) return Tri::maybe;
  const auto least = std::uint64_t{0}, most = ~std::uint64_t{0}, bound = limit->low;
  Numbers right_values{least, most};
  if (operation == Operation::less) right_values = bound == 0 ? Numbers{1, 0} : Numbers{least, bound - 1};
  if (operation == Operation::at_most) right_values.high = bound;
  if (operation == Operation::greater) right_values = bound == most ? Numbers{1, 0} : Numbers{bound + 1, most};
  if (operation == Operation::at_least) right_values.low = bound;
  if (std::holds_alternative<ClientPort>(value)) return holds_a_client_port({right_values});
  const auto* known = std::get_if<Known>(&value);
  if (known == nullptr || !known->number) return Tri::maybe;
  return tri(*known->number >= right_values.low && *known->number <= right_values.high);
}

std::vector<std::uint8_t> masked(std::span<const std::uint8_t> bytes, std::span<const std::uint8_t> mask) {
  std::vector<std::uint8_t> result(bytes.begin(), bytes.end());
  for (std::size_t i = 0; i < result.size(); ++i) result[i] &= mask[i];
  return result;
}

/// The packet's value with the mask laid over it.
FieldValue apply_mask(FieldValue value, const Elements& mask) {
  if (std::holds_alternative<Absent>(value)) return value;
  if (auto* flags = std::get_if<Flags>(&value)) {
    const auto bits = all_bits(mask, *flags);
    if (!bits) return Unknown{};
    flags->bits &= *bits;
    return value;
  }
  const auto* piece = mask.size() == 1 && mask[0].pieces.size() == 1 ? &mask[0].pieces[0] : nullptr;
  if (piece == nullptr) return Unknown{};
  const auto* known = std::get_if<Known>(&value);
  if (const auto* number = std::get_if<Numbers>(piece); known != nullptr && known->number && number != nullptr)
    return Known{*known->number & number->low, {}};
  const auto* address = std::get_if<Addresses>(piece);
  auto* one = std::get_if<OneOf>(&value);
  if (one == nullptr || address == nullptr) return Unknown{};
  for (auto& its : one->addresses)
    if (its.family() == address->low.family()) its = Address::from_bytes(masked(its.bytes(), address->low.bytes()));
  return value;
}

std::vector<FieldValue> values_of(const std::vector<Field>& fields, const Packet& packet, const Journey& journey) {
  std::vector<FieldValue> values;
  for (const auto& field : fields) {
    auto value = value_of(field, packet, journey);
    values.push_back(field.mask ? apply_mask(std::move(value), *field.mask) : std::move(value));
  }
  return values;
}

bool is_any_absent(const std::vector<FieldValue>& values) {
  return std::any_of(values.begin(), values.end(), [](const FieldValue& v) { return std::holds_alternative<Absent>(v); });
}

const Elements* elements_of(const std::optional<std::string>& set, const Elements& here, const Table& table) {
  if (!set) return &here;
  const auto found = table.sets.find(*set);
  return found == table.sets.end() ? nullptr : &found->second;
}

Tri compare_flags(const Match& match, const Flags& flags, const Elements& right) {
  const auto bits = all_bits(right, flags);
  if (!bits) return Tri::maybe;
  if (match.operation == Operation::any_flag) return tri((flags.bits & *bits) != 0);
  const auto same = tri(flags.bits == *bits);
  return match.operation == Operation::not_equal ? !same : same;
}

}  // namespace

Tri matches(const Match& match, const Table& table, const Packet& packet, const Journey& journey) {
  const auto values = values_of(match.left, packet, journey);
  if (values.empty()) return Tri::maybe;
  if (is_any_absent(values)) return Tri::no;
  const auto* right = elements_of(match.set, match.right, table);
  if (right == nullptr) return Tri::maybe;
  const auto* flags = values.size() == 1 ? std::get_if<Flags>(&values[0]) : nullptr;
  if (flags != nullptr && (match.flags || match.operation == Operation::any_flag)) return compare_flags(match, *flags, *right);
  switch (match.operation) {
    case Operation::equal: return in_set(*right, values, packet);
    case Operation::not_equal: return !in_set(*right, values, packet);
    case Operation::any_flag: return Tri::maybe;
    default: return values.size() == 1 ? compare(match.operation, values[0], *right) : Tri::maybe;
  }
}

std::optional<std::vector<PossibleVerdict>> look_up(const VerdictMap& map, const Table& table, const Packet& packet,
                                                    const Journey& journey) {
  const auto values = values_of(map.key, packet, journey);
  std::vector<PossibleVerdict> possible;
  if (values.empty()) return std::nullopt;
  if (is_any_absent(values)) return possible;
  const auto* elements = elements_of(map.set, map.elements, table);
  if (elements == nullptr) return std::nullopt;
  const Element* otherwise = nullptr;
  for (const auto& element : *elements) {
    if (!element.verdict) return std::nullopt;
    if (element.pieces.size() == 1 && std::holds_alternative<Anything>(element.pieces[0])) {
      otherwise = &element;
      continue;
    }
    const auto when = holds(element, values, packet);
    if (when != Tri::no) possible.push_back({*element.verdict, when});
    if (when == Tri::yes) return possible;
  }
  if (otherwise != nullptr) possible.push_back({*otherwise->verdict, Tri::yes});
  return possible;
}

}  // namespace ringback::filter
