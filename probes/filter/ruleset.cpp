#include "probes/filter/ruleset.hpp"

#include <algorithm>

#include "probes/filter/json_values.hpp"
#include "probes/filter/rule_text.hpp"

namespace ringback::filter {
namespace {

std::string text_of(const Json& object, const char* key) {
  const auto* value = member(object, key);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

unsigned handle_of(const Json& object) {
  const auto* value = member(object, "handle");
  return value != nullptr && value->is_number_unsigned() ? value->get<unsigned>() : 0;
}

bool flag_of(const Json& object, const char* key) {
  const auto* value = member(object, key);
  return value != nullptr && value->is_boolean() && value->get<bool>();
}

/// Values are copied with all that is in them, by recursion: what is nested too deep for that must not even be parsed.
bool is_nested_too_deep(std::string_view json) {
  constexpr std::size_t deepest = 64;   // nft's own is about a dozen
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == '"') quoted = !quoted;
    else if (quoted) i += c == '\\' ? 1 : 0;
    else if ((c == '[' || c == '{') && ++depth > deepest) return true;
    else if ((c == ']' || c == '}') && depth > 0) --depth;
  }
  return false;
}

/// JSON of nft 1.0 leaves the device of an ingress chain out; the heading has it: … hook ingress device "eth0" priority …
std::optional<std::string> device_of(const Json& chain, const std::string& heading) {
  if (auto device = text_of(chain, "dev"); !device.empty()) return device;
  static constexpr std::string_view mark = " device \"";
  const auto begin = heading.find(mark);
  if (begin == std::string::npos) return std::nullopt;
  const auto rest = std::string_view(heading).substr(begin + mark.size());
  return std::string(rest.substr(0, rest.find('"')));
}

/// Puts the objects of the list where they belong. Chains come before their rules, as nft writes them.
class Builder {
 public:
  explicit Builder(const Listing& listing) : listing_(listing) {}

  void add(const std::string& kind, const Json& object) {
    if (kind == "table") {
      ruleset_.tables.push_back({text_of(object, "family"), text_of(object, "name"), {}, {}, {}});
      return;
    }
    auto* table = find_table(text_of(object, "family"), text_of(object, "table"));
    if (table == nullptr) return;
    if (kind == "chain") add_chain(*table, object);
    if (kind == "rule") add_rule(*table, object);
    if (kind == "limit" || kind == "quota") table->limits_over[text_of(object, "name")] = flag_of(object, "inv");
    if (kind == "set" || kind == "map") add_set(*table, object);
  }

  [[nodiscard]] std::size_t rules() const { return rules_; }
  Ruleset take() { return std::move(ruleset_); }

 private:
  Table* find_table(const std::string& family, const std::string& name) {
    const auto found = std::find_if(ruleset_.tables.rbegin(), ruleset_.tables.rend(),
                                    [&](const Table& t) { return t.family == family && t.name == name; });
    return found == ruleset_.tables.rend() ? nullptr : &*found;
  }

  /// Rules stand chain by chain, and these in their order: it is the last one, or one soon behind it.
  Chain* find_chain(Table& table, const std::string& name) {
    for (std::size_t tried = 0; tried < table.chains.size(); ++tried, ++last_) {
      last_ %= table.chains.size();
      if (table.chains[last_].name == name) return &table.chains[last_];
    }
    return nullptr;
  }

  [[nodiscard]] const ListedChain* listed(const Table& table, const std::string& chain) const {
    const auto found = listing_.find(chain_key(table.family, table.name, chain));
    return found == listing_.end() ? nullptr : &found->second;
  }

  void add_chain(Table& table, const Json& object) const {
    Chain chain{.name = text_of(object, "name"), .base = {}, .rules = {}};
    if (auto hook = text_of(object, "hook"); !hook.empty()) {
      const auto* shown = listed(table, chain.name);
      const auto* priority = member(object, "prio");
      chain.base = Base{.type = text_of(object, "type"),
                        .hook = std::move(hook),
                        .priority = priority != nullptr && priority->is_number_integer() ? priority->get<int>() : 0,
                        .drops = text_of(object, "policy") == "drop",
                        .device = device_of(object, shown != nullptr ? shown->heading : std::string())};
    }
    table.chains.push_back(std::move(chain));
  }

  /// Elements that are not read leave the set out, which makes every match on it unclear.
  static void add_set(Table& table, const Json& object) {
    const auto* elements = member(object, "elem");
    auto read = elements != nullptr ? read_elements(*elements) : Elements{};
    if (read) table.sets[text_of(object, "name")] = std::move(*read);
  }

  void add_rule(Table& table, const Json& object) {
    const auto name = text_of(object, "chain");
    auto* chain = find_chain(table, name);
    if (chain == nullptr) return;
    ++rules_;
    Rule rule{.handle = handle_of(object), .text = {}, .statements = {}};
    if (const auto* shown = listed(table, name)) {
      const auto text = shown->rules.find(rule.handle);
      if (text != shown->rules.end()) rule.text = text->second;
    }
    const auto* expressions = member(object, "expr");
    const bool written_by_iptables =
        expressions != nullptr && expressions->is_array() &&
        std::any_of(expressions->begin(), expressions->end(), [](const Json& e) { return member(e, "xt") != nullptr; });
    if (written_by_iptables && !rule.text.empty()) {
      rule.statements = read_rule_text(rule.text);
      add_target_without_text(*expressions, rule.statements);
    } else if (expressions != nullptr && expressions->is_array())
      for (const auto& expression : *expressions)
        if (expression.is_object() && !expression.empty())
          read_statement(expression.begin().key(), expression.begin().value(), rule.statements);
    if (rule.text.empty()) rule.text = "rule " + std::to_string(rule.handle);
    chain->rules.push_back(std::move(rule));
  }

  /// nft 1.0.6 prints nothing at all in place of some targets of ip6tables (DNAT, MASQUERADE): without it the rule would seem to decide nothing.
  static void add_target_without_text(const Json& expressions, std::vector<Statement>& statements) {
    const auto* target = member(expressions.back(), "xt");
    if (target == nullptr || text_of(*target, "type") != "target" || std::any_of(statements.begin(), statements.end(), decides)) return;
    const auto name = text_of(*target, "name");
    if (name == "MASQUERADE" || name == "SNAT") return;   // of the source, behind every filter
    if (name == "DNAT" || name == "REDIRECT") return statements.emplace_back(Translation{.address = {}, .port = {}, .readable = false}), void();
    for (auto& statement : read_rule_text("xt target " + name)) statements.push_back(std::move(statement));
  }
  static bool decides(const Statement& statement) {
    return std::holds_alternative<Verdict>(statement) || std::holds_alternative<Reject>(statement) || std::holds_alternative<Translation>(statement) ||
           std::holds_alternative<Elsewhere>(statement) || std::holds_alternative<NoTrack>(statement);
  }

  const Listing& listing_;
  Ruleset ruleset_;
  std::size_t rules_ = 0, last_ = 0;
};

}  // namespace

Expected<Ruleset> parse_ruleset(std::string_view json, const Listing& listing) {
  if (json.size() > largest_ruleset) return failure(Errc::exhausted, "the ruleset is longer than 8 MiB");
  if (is_nested_too_deep(json)) return failure(Errc::exhausted, "the ruleset has values nested in each other too deep");
  const auto document = Json::parse(json, nullptr, false);
  const auto* list = document.is_discarded() ? nullptr : member(document, "nftables");
  if (list == nullptr || !list->is_array()) return failure(Errc::malformed, "the ruleset is not the JSON that nft writes");
  Builder builder(listing);
  for (const auto& entry : *list) {
    if (!entry.is_object() || entry.size() != 1) continue;
    builder.add(entry.begin().key(), entry.begin().value());
    if (builder.rules() > most_rules) return failure(Errc::exhausted, "the ruleset has more than 100000 rules");
  }
  return builder.take();
}

}  // namespace ringback::filter
