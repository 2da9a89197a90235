/// Statements of libnftables-json(5).
#include <algorithm>
#include <array>

#include "probes/filter/json_values.hpp"

namespace ringback::filter {
namespace {

std::optional<Operation> read_operation(const Json& match) {
  const auto* op = member(match, "op");
  if (op == nullptr || !op->is_string()) return std::nullopt;
  struct Row {
    const char* name;
    Operation operation;
  };
  static constexpr std::array rows{Row{"==", Operation::equal},   Row{"!=", Operation::not_equal}, Row{"<", Operation::less},
                                   Row{">", Operation::greater},  Row{"<=", Operation::at_most},   Row{">=", Operation::at_least},
                                   Row{"in", Operation::any_flag}};
  const auto& name = op->get_ref<const std::string&>();
  for (const auto& row : rows)
    if (name == row.name) return row.operation;
  return std::nullopt;
}

Statement read_match(const Json& content) {
  const auto operation = read_operation(content);
  const auto* left = member(content, "left");
  const auto* right = member(content, "right");
  if (!operation || left == nullptr || right == nullptr) return Unclear{};
  auto side = read_right_side(*right);
  if (!side) return Unclear{};
  return Match{read_fields(*left), *operation, std::move(side->elements), std::move(side->set), side->flags};
}

Statement read_verdict_map(const Json& content) {
  const auto* key = member(content, "key");
  const auto* data = member(content, "data");
  if (key == nullptr || data == nullptr) return Unclear{};
  auto side = read_right_side(*data);
  if (!side) return Unclear{};
  return VerdictMap{read_fields(*key), std::move(side->elements), std::move(side->set)};
}

/// A limit, quota or connection count is an object, or the name of one.
Statement read_limit(const Json& content) {
  if (content.is_string()) return Limit{false, content.get<std::string>()};
  const auto* inverse = member(content, "inv");
  return Limit{inverse != nullptr && inverse->is_boolean() && inverse->get<bool>(), std::nullopt};
}

Statement read_reject(const Json& content) {
  Reject reject;
  const auto* type = member(content, "type");
  const auto* expression = member(content, "expr");
  if (type != nullptr && type->is_string()) reject.with = type->get<std::string>();
  if (expression != nullptr && expression->is_string()) reject.with += ' ' + expression->get<std::string>();
  return reject;
}

Statement read_translation(const Json& content) {
  Translation translation;
  if (const auto* address = member(content, "addr")) {
    const auto parsed = address->is_string() ? Address::parse(address->get<std::string>()) : failure(Errc::unsupported, "");
    translation.readable = parsed.has_value();
    if (parsed) translation.address = *parsed;
  }
  if (const auto* port = member(content, "port")) {
    const bool plain = port->is_number_unsigned() && port->get<std::uint64_t>() <= 65535;
    if (plain) translation.port = port->get<Port>();
    translation.readable = translation.readable && plain;
  }
  return translation;
}

Statement read_mangle(const Json& content) {
  const auto* key = member(content, "key");
  const auto* value = member(content, "value");
  if (key == nullptr || value == nullptr) return Neutral{};
  const auto fields = read_fields(*key);
  if (fields.size() != 1 || fields[0].key != "mark") return Neutral{};
  return SetMark{fields[0].layer == "ct", value->is_number_unsigned() ? std::optional(value->get<std::uint64_t>()) : std::nullopt};
}

/// "add @set { … limit … }" and "meter": what is kept for each stranger begins with this packet, so only a limit in it can stop the rule.
Statement read_keeper(const Json& content) {
  const auto* inner = member(content, "stmt");
  if (inner == nullptr) return Neutral{};
  const Json* first = inner->is_array() ? (inner->empty() ? nullptr : &(*inner)[0]) : inner;
  if (first == nullptr) return Neutral{};
  for (const auto* name : {"limit", "quota", "ct count"})
    if (const auto* limit = member(*first, name)) return read_limit(*limit);
  if (member(*first, "counter") != nullptr) return Neutral{};
  return Unclear{};
}

bool is_one_of(const std::string& name, std::initializer_list<const char*> names) {
  return std::any_of(names.begin(), names.end(), [&](const char* known) { return name == known; });
}

/// dnat to tcp dport map { 8090 : 172.17.0.9 }: applies to the keys of the map alone.
std::optional<Statement> read_keys(const Json& content) {
  for (const auto* part : {"addr", "port"}) {
    const auto* target = member(content, part);
    const auto* map = target != nullptr ? member(*target, "map") : nullptr;
    if (map == nullptr) continue;
    auto read = read_verdict_map(*map);
    auto* keys = std::get_if<VerdictMap>(&read);
    if (keys == nullptr) return Statement(Unclear{});
    return Statement(Match{std::move(keys->key), Operation::equal, std::move(keys->elements), std::move(keys->set), false});
  }
  return std::nullopt;
}

Statement read_one(const std::string& name, const Json& content) {
  if (name == "match") return read_match(content);
  if (name == "vmap") return read_verdict_map(content);
  if (is_one_of(name, {"limit", "quota", "ct count"})) return read_limit(content);
  if (name == "reject") return read_reject(content);
  if (is_one_of(name, {"dnat", "redirect"})) return read_translation(content);
  if (name == "mangle") return read_mangle(content);
  if (is_one_of(name, {"set", "map", "meter"})) return read_keeper(content);
  if (name == "notrack") return NoTrack{};
  if (is_one_of(name, {"queue", "tproxy", "synproxy", "fwd"})) return Elsewhere{};
  if (is_one_of(name, {"counter", "log", "comment", "dup", "snat", "masquerade", "ct helper", "ct timeout", "ct expectation", "secmark", "last", "flow"}))
    return Neutral{};
  Json statement = Json::object();
  statement[name] = content;
  if (const auto verdict = read_verdict(statement)) return *verdict;
  return Unclear{};
}

}  // namespace

void read_statement(const std::string& name, const Json& content, std::vector<Statement>& into) {
  if (name == "dnat" || name == "redirect")
    if (auto keys = read_keys(content)) into.push_back(std::move(*keys));
  into.push_back(read_one(name, content));
}

}  // namespace ringback::filter
