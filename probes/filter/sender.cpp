#include "probes/filter/sender.hpp"

#include <algorithm>

#include "net/prefix.hpp"

namespace ringback::filter {
namespace {

bool is_sender(const Field& field, const Packet& packet) {
  return (field.layer == "ip" || field.layer == "ip6") && field.key == (packet.answer ? "daddr" : "saddr");
}

bool has_sender(const std::vector<Field>& fields, const Packet& packet) {
  return std::any_of(fields.begin(), fields.end(), [&](const Field& field) { return is_sender(field, packet); });
}

/// The statement's left side and what it is compared with.
struct Comparison {
  const std::vector<Field>* fields = nullptr;
  const std::optional<std::string>* set = nullptr;
  const Elements* elements = nullptr;
};

Comparison comparison_of(const Statement& statement) {
  if (const auto* match = std::get_if<Match>(&statement)) return {&match->left, &match->set, &match->right};
  if (const auto* map = std::get_if<VerdictMap>(&statement)) return {&map->key, &map->set, &map->elements};
  return {};
}

/// The prefix that these addresses are, where they are one: the same bits, and behind them all zeroes up to all ones.
std::optional<Prefix> prefix_of(const Addresses& range) {
  const auto low = range.low.bytes(), high = range.high.bytes();
  const auto bit = [](std::span<const std::uint8_t> bytes, unsigned at) { return (unsigned{bytes[at / 8]} >> (7 - at % 8) & 1U) != 0; };
  const auto bits = static_cast<unsigned>(low.size() * 8);
  unsigned length = 0;
  while (length < bits && bit(low, length) == bit(high, length)) ++length;
  for (auto at = length; at < bits; ++at)
    if (bit(low, at) || !bit(high, at)) return std::nullopt;
  return Prefix(range.low, length);
}

struct InWords {
  std::string operator()(const Anything&) const { return "*"; }
  std::string operator()(const std::string& name) const { return name; }
  std::string operator()(const Numbers& numbers) const {
    return numbers.low == numbers.high ? std::to_string(numbers.low) : std::to_string(numbers.low) + '-' + std::to_string(numbers.high);
  }
  std::string operator()(const Addresses& range) const {
    if (range.low == range.high) return range.low.to_string();
    if (const auto prefix = prefix_of(range)) return prefix->to_string();
    return range.low.to_string() + '-' + range.high.to_string();
  }
};

std::string in_words(const Element& element) {
  std::string text;
  for (const auto& piece : element.pieces) text += (text.empty() ? "" : " . ") + std::visit(InWords{}, piece);
  return text;
}

}  // namespace

bool looks_at_sender(const Rule& rule, const Packet& packet) {
  return packet.sender && std::any_of(rule.statements.begin(), rule.statements.end(), [&](const Statement& statement) {
    const auto comparison = comparison_of(statement);
    return comparison.fields != nullptr && has_sender(*comparison.fields, packet);
  });
}

Mention mention_of(const Rule& rule, const Table& table, const Packet& packet, const Journey& journey) {
  for (const auto& statement : rule.statements) {
    const auto comparison = comparison_of(statement);
    if (comparison.fields == nullptr || !has_sender(*comparison.fields, packet)) continue;
    Mention mention{*comparison.set, std::nullopt};
    const auto named = mention.set ? table.sets.find(*mention.set) : table.sets.end();
    if (mention.set && named == table.sets.end()) return mention;
    for (const auto& element : mention.set ? named->second : *comparison.elements) {
      if (matches(Match{*comparison.fields, Operation::equal, {element}, {}, false}, table, packet, journey) != Tri::yes) continue;
      mention.element = in_words(element);
      break;
    }
    return mention;
  }
  return {};
}

}  // namespace ringback::filter
