#include "probes/filter/rule_text.hpp"

#include <algorithm>
#include <charconv>

#include "probes/filter/json_values.hpp"

namespace ringback::filter {
namespace {

struct Word {
  std::string text;
  bool quoted = false;
};

/// Words between blanks; a quoted string is one word, and the comma that ends an element of a set is dropped.
std::vector<Word> split(std::string_view text) {
  std::vector<Word> words;
  for (std::size_t at = 0; (at = text.find_first_not_of(" \t", at)) != std::string_view::npos;) {
    const bool quoted = text[at] == '"';
    const auto end = std::min(text.size(), quoted ? text.find('"', at + 1) : text.find_first_of(" \t", at));
    Word word{std::string(quoted ? text.substr(at + 1, end - at - 1) : text.substr(at, end - at)), quoted};
    if (!quoted && word.text.size() > 1 && word.text.back() == ',') word.text.pop_back();
    words.push_back(std::move(word));
    at = quoted ? std::min(text.size(), end + 1) : end;
  }
  return words;
}

std::optional<std::uint64_t> number(std::string_view text) {
  const bool hexadecimal = text.starts_with("0x");
  if (hexadecimal) text.remove_prefix(2);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, hexadecimal ? 16 : 10);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

/// "22", "0x10", "60000-60010", "10.0.0.1-10.0.0.9", "192.168.0.0/16", or a symbol.
Piece read_value(const Word& word) {
  if (word.quoted) return word.text;
  if (const auto plain = number(word.text)) return Numbers{*plain, *plain};
  if (const auto dash = word.text.find('-'); dash != std::string::npos) {
    const auto low = word.text.substr(0, dash), high = word.text.substr(dash + 1);
    if (const auto first = number(low), last = number(high); first && last) return Numbers{*first, *last};
    const auto first = Address::parse(low), last = Address::parse(high);
    if (first && last && first->family() == last->family()) return Addresses{*first, *last};
  }
  if (word.text == "missing" || word.text == "exists") return Numbers{word.text == "exists" ? 1U : 0U, word.text == "exists" ? 1U : 0U};
  return read_symbol(word.text);
}

class Reader {
 public:
  explicit Reader(std::string_view text) : words_(split(text)) {}

  std::vector<Statement> read() {
    while (at_ < words_.size()) statement();
    return std::move(statements_);
  }

 private:
  [[nodiscard]] std::string peek(std::size_t ahead = 0) const { return at_ + ahead < words_.size() ? words_[at_ + ahead].text : std::string(); }
  std::string take() { return at_ < words_.size() ? words_[at_++].text : std::string(); }
  bool accept(const char* text) {
    if (peek() != text) return false;
    ++at_;
    return true;
  }

  void statement() {
    const auto word = take();
    if (word == "counter") return counter();
    if (word == "limit") return limit();
    if (word == "meter") return meter();
    if (word == "log") return log();
    if (word == "comment") return skip(1);
    if (word == "xt") return foreign();
    if (word == "reject") return reject();
    if (word == "dnat" || word == "redirect") return translation();
    if (word == "notrack") return statements_.emplace_back(NoTrack{}), void();
    if (word == "queue") return statements_.emplace_back(Elsewhere{}), skip(words_.size());
    if (word == "masquerade" || word == "snat") return skip(words_.size());
    if (verdict(word)) return;
    match(word);
  }

  void skip(std::size_t count) { at_ = std::min(words_.size(), at_ + count); }

  void counter() {
    if (accept("packets")) skip(3);  // N bytes M
  }

  /// limit rate [over] 3/minute [burst 10 packets]
  void limit() {
    accept("rate");
    const bool over = accept("over");
    skip(1);
    if (peek() == "bytes/second" || peek() == "kbytes/second" || peek() == "mbytes/second") skip(1);
    if (accept("burst")) skip(2);
    statements_.emplace_back(Limit{over, std::nullopt});
  }

  /// meter NAME { ip saddr timeout 60s limit rate over 3/minute }: what it keeps for a stranger begins with this packet.
  void meter() {
    bool over = false;
    while (at_ < words_.size() && !accept("}")) over = take() == "over" || over;
    statements_.emplace_back(Limit{over, std::nullopt});
  }

  void log() {
    static constexpr std::array options{"prefix", "level", "group", "snaplen", "queue-threshold", "flags"};
    while (std::any_of(options.begin(), options.end(), [&](const char* option) { return peek() == option; })) skip(2);
    statements_.emplace_back(Neutral{});
  }

  /// "xt match NAME" or "xt target NAME": not translated. A target that only writes something down decides nothing.
  void foreign() {
    const auto kind = take();
    const auto name = take();
    static constexpr std::array harmless{"LOG",  "NFLOG", "AUDIT", "TRACE",  "CHECKSUM", "TCPMSS", "DSCP", "TOS",     "CLASSIFY", "CONNSECMARK",
                                         "SECMARK", "TEE",  "TTL",   "HL",     "SET",      "RATEEST", "IDLETIMER", "LED", "comment"};
    const bool neutral = std::any_of(harmless.begin(), harmless.end(), [&](const char* known) { return name == known; });
    if (kind == "target" && name == "REJECT") return statements_.emplace_back(Reject{}), void();
    if (kind == "target" && !neutral) return statements_.emplace_back(Unclear{}), statements_.emplace_back(Elsewhere{}), void();
    if (neutral) return statements_.emplace_back(Neutral{}), void();
    // ufw's "limit": `recent --update --hitcount 6` lets the first knocks of a stranger pass by.
    const bool first_knock_passes = name == "recent" && (has("ufw-user-limit") || has("ufw6-user-limit"));
    if (first_knock_passes)
      statements_.emplace_back(Limit{true, std::nullopt});
    else
      statements_.emplace_back(Unclear{});
  }

  [[nodiscard]] bool has(const char* text) const {
    return std::any_of(words_.begin(), words_.end(), [&](const Word& w) { return w.text == text; });
  }

  /// reject [with tcp reset | with icmp [type] X]
  void reject() {
    Reject result;
    if (accept("with")) {
      result.with = take();
      accept("type");
      result.with += ' ' + take();
    }
    statements_.emplace_back(std::move(result));
  }

  /// dnat [ip] to 172.17.0.2:80, dnat to [fd00::2]:80, redirect to :443
  void translation() {
    Translation result;
    if (peek() == "ip" || peek() == "ip6") skip(1);
    if (accept("to")) {
      const auto target = take();
      result.readable = read_target(target, result);
    }
    statements_.emplace_back(std::move(result));
  }

  static bool read_target(const std::string& text, Translation& into) {
    if (text.starts_with(":")) {
      const auto port = number(std::string_view(text).substr(1));
      if (!port || *port > 65535) return false;
      into.port = static_cast<Port>(*port);
      return true;
    }
    if (const auto both = Endpoint::parse(text)) {
      into.address = both->address;
      into.port = both->port;
      return true;
    }
    const auto address = Address::parse(text);
    if (address) into.address = *address;
    return address.has_value();
  }

  bool verdict(const std::string& word) {
    struct Row {
      const char* name;
      VerdictKind kind;
      bool target;
    };
    static constexpr std::array rows{Row{"accept", VerdictKind::accept, false},         Row{"drop", VerdictKind::drop, false},
                                     Row{"return", VerdictKind::return_to_caller, false}, Row{"continue", VerdictKind::proceed, false},
                                     Row{"jump", VerdictKind::jump, true},              Row{"goto", VerdictKind::go_to, true}};
    for (const auto& row : rows) {
      if (word != row.name) continue;
      statements_.emplace_back(Verdict{row.kind, row.target ? take() : std::string()});
      return true;
    }
    return false;
  }

  /// "state", "original proto-dst", "reply ip saddr" (nft(8), CONNTRACK EXPRESSIONS).
  std::string connection_key() {
    auto key = take();
    if (key == "original" || key == "reply") key += ' ' + take();
    if (key.ends_with(" ip") || key.ends_with(" ip6")) key += ' ' + take();
    return key;
  }

  void match(const std::string& layer);
  std::optional<Field> field(const std::string& layer);
  Operation operation(bool& given);
  RightSide values();

  std::vector<Word> words_;
  std::size_t at_ = 0;
  std::vector<Statement> statements_;
};

bool is_flags(const Field& field) { return (field.layer == "tcp" && field.key == "flags") || (field.layer == "ct" && (field.key == "state" || field.key == "status")); }

std::optional<Field> Reader::field(const std::string& layer) {
  static constexpr std::array headers{"ip", "ip6", "tcp", "udp", "th", "icmp", "icmpv6", "ether", "udplite", "sctp", "dccp", "ah", "esp", "comp", "arp", "vlan"};
  static constexpr std::array unqualified{"iif", "iifname", "oif", "oifname", "pkttype", "mark", "skuid", "skgid", "cgroup"};  // of meta
  const auto known = [&](const auto& names) { return std::any_of(names.begin(), names.end(), [&](const char* name) { return layer == name; }); };
  if (known(unqualified)) return Field{"meta", layer, {}};
  if (layer == "ct") return Field{layer, connection_key(), {}};
  if (layer == "meta" || known(headers)) return Field{layer, take(), {}};
  if (layer == "rt" || layer == "frag" || layer == "hbh" || layer == "dst" || layer == "mh") return Field{"exthdr", layer + ' ' + take(), {}};
  if (layer == "exthdr") return skip(1), Field{"exthdr", "exists", {}};
  if (layer != "fib") return std::nullopt;
  std::string key = take();  // fib saddr . iif oif missing
  while (accept(".")) key += ' ' + take();
  return Field{"fib", key + ' ' + take(), {}};
}

Operation Reader::operation(bool& given) {
  struct Row {
    const char* name;
    Operation operation;
  };
  static constexpr std::array rows{Row{"==", Operation::equal}, Row{"!=", Operation::not_equal}, Row{"<=", Operation::at_most},
                                   Row{">=", Operation::at_least}, Row{"<", Operation::less}, Row{">", Operation::greater}};
  for (const auto& row : rows)
    if (accept(row.name)) return given = true, row.operation;
  return Operation::equal;
}

/// { 80, 443 }, @set, established,related, or one value.
RightSide Reader::values() {
  RightSide side;
  if (accept("{")) {
    while (at_ < words_.size() && !accept("}")) side.elements.push_back({{read_value(words_[at_++])}, std::nullopt});
    return side;
  }
  if (at_ >= words_.size()) return side;
  const auto& word = words_[at_++];
  if (word.text.starts_with("@")) {
    side.set = word.text.substr(1);
    return side;
  }
  std::size_t begin = 0;
  do {
    const auto comma = word.quoted ? std::string::npos : word.text.find(',', begin);
    side.elements.push_back({{read_value({word.text.substr(begin, comma - begin), word.quoted})}, std::nullopt});
    begin = comma == std::string::npos ? comma : comma + 1;
  } while (begin != std::string::npos);
  side.flags = side.elements.size() > 1;
  return side;
}

void Reader::match(const std::string& layer) {
  auto what = field(layer);
  if (!what) {
    // One unclear statement for all that is not understood up to the next word that is.
    if (statements_.empty() || !std::holds_alternative<Unclear>(statements_.back())) statements_.emplace_back(Unclear{});
    return;
  }
  if (accept("set")) {  // meta mark set 0x1
    const auto value = values();
    if (what->key != "mark") return;
    const auto* plain = value.elements.empty() ? nullptr : std::get_if<Numbers>(&value.elements[0].pieces[0]);
    statements_.emplace_back(SetMark{what->layer == "ct", plain != nullptr && at_ >= words_.size() ? std::optional(plain->low) : std::nullopt});
    return;
  }
  if (accept("&") || accept("and")) what->mask = values().elements;
  bool given = false;
  auto how = operation(given);
  auto side = values();
  const bool slash = accept("/");  // tcp flags syn / fin,syn,rst,ack
  if (slash) what->mask = values().elements;
  if (is_flags(*what) && !given && !slash && !what->mask) how = Operation::any_flag;
  statements_.emplace_back(Match{{std::move(*what)}, how, std::move(side.elements), std::move(side.set), side.flags});
}

}  // namespace

std::vector<Statement> read_rule_text(std::string_view text) { return Reader(text).read(); }

}  // namespace ringback::filter
