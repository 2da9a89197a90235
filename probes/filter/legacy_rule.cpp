/// One rule in the words of iptables(8) and iptables-extensions(8).
#include <algorithm>

#include "probes/filter/legacy.hpp"
#include "probes/filter/legacy_values.hpp"

namespace ringback::filter {
namespace {

using namespace legacy;

constexpr std::array harmless_targets{"LOG", "NFLOG", "ULOG", "AUDIT", "TRACE", "CHECKSUM", "TCPMSS", "TCPOPTSTRIP", "DSCP", "TOS", "ECN", "CLASSIFY", "CONNSECMARK",
                                      "SECMARK", "TEE", "TTL", "HL", "SET", "RATEEST", "IDLETIMER", "LED", "MASQUERADE", "SNAT"};
/// Modules whose options alone are the condition. Any other is one by itself (-m socket), or is not known.
constexpr std::array modules{"tcp", "udp", "icmp", "icmp6", "multiport", "conntrack", "state", "comment", "limit", "hashlimit", "connlimit",
                             "recent", "addrtype", "mark", "connmark", "iprange", "pkttype", "policy", "rpfilter"};
/// Options that refine another one without narrowing what a stranger's first packet meets.
constexpr std::array refinements{"--comment", "--limit-burst", "--hashlimit-burst", "--hashlimit-mode", "--hashlimit-srcmask", "--hashlimit-dstmask",
                                 "--hashlimit-name", "--hashlimit-htable-size", "--hashlimit-htable-max", "--hashlimit-htable-expire",
                                 "--hashlimit-htable-gcinterval", "--connlimit-mask", "--connlimit-saddr", "--connlimit-daddr", "--seconds", "--name",
                                 "--mask", "--rsource", "--rdest", "--accept-local", "--dir"};

template <class Names>
bool is_among(const std::string& word, const Names& names) {
  return std::any_of(names.begin(), names.end(), [&](const char* name) { return word == name; });
}

class RuleReader {
 public:
  RuleReader(std::string_view text, Family family, const std::vector<Chain>& chains) : words_(split(text)), family_(family), chains_(chains) {}

  std::vector<Statement> read() {
    while (at_ < words_.size()) {
      negated_ = words_[at_] == "!";
      if (negated_) ++at_;
      if (at_ < words_.size()) option(words_[at_++]);
    }
    finish();
    return std::move(statements_);
  }

 private:
  std::string take() { return at_ < words_.size() ? words_[at_++] : std::string(); }
  [[nodiscard]] bool at_option() const { return at_ >= words_.size() || words_[at_] == "!" || (words_[at_].size() > 1 && words_[at_][0] == '-'); }
  /// The values of an option whose number is not known.
  void pass_values() {
    while (!at_option()) ++at_;
  }
  void unclear() {
    statements_.emplace_back(Unclear{});
    pass_values();
  }
  void match(Field field, std::optional<Elements> right) {
    if (!right) return unclear();
    statements_.emplace_back(Match{{std::move(field)}, negated_ ? Operation::not_equal : Operation::equal, std::move(*right), std::nullopt, false});
  }
  /// At least one of the flags, or with "!" none.
  void any_flag(Field field, Elements flags) {
    if (!negated_) return statements_.emplace_back(Match{{std::move(field)}, Operation::any_flag, std::move(flags), std::nullopt, true}), void();
    field.mask = std::move(flags);
    statements_.emplace_back(Match{{std::move(field)}, Operation::equal, numbers(0), std::nullopt, true});
  }

  void option(const std::string& name) {
    if (target_) return target_option(name);
    if (name == "-j" || name == "-g") return target_ = take(), goes_ = name == "-g", void();
    if (name == "-m") return module(take());
    if (is_among(name, refinements)) return pass_values();
    if (header(name) || connection(name) || limit(name) || place(name)) return;
    unclear();
  }

  void module(const std::string& name) {
    module_ = name;
    if (name == "rpfilter") return reverse_path();
    if (!is_among(name, modules)) unclear();
  }

  bool header(const std::string& name) {
    const auto* layer = family_ == Family::ipv4 ? "ip" : "ip6";
    if (name == "-s") return match({layer, "saddr", {}}, address(take())), true;
    if (name == "-d") return match({layer, "daddr", {}}, address(take())), true;
    if (name == "--src-range") return match({layer, "saddr", {}}, address_range(take())), true;
    if (name == "--dst-range") return match({layer, "daddr", {}}, address_range(take())), true;
    if (name == "-f") return match({"ip", "frag-off", {}}, numbers(1)), true;  // a first packet of a stranger is whole
    if (name == "-p") return protocol(lower(take())), true;
    if (name == "--dport" || name == "--dports") return port("dport", take()), true;
    if (name == "--sport" || name == "--sports") return port("sport", take()), true;
    if (name == "--tcp-flags") return tcp_flags(), true;
    if (name == "--icmp-type") return icmp("icmp", take()), true;
    if (name == "--icmpv6-type") return icmp("icmpv6", take()), true;
    return false;
  }

  void protocol(const std::string& name) {
    if (name == "all") return;
    if (const auto its = number(name)) return match({"meta", "l4proto", {}}, numbers(*its));
    match({"meta", "l4proto", {}}, Elements{one(name == "icmpv6" ? std::string("ipv6-icmp") : name)});
  }

  void port(const char* which, const std::string& text) {
    Elements all;
    for (const auto& part : list(text)) {
      const auto range = ports(part);
      if (!range) return unclear();
      all.push_back(one(*range));
    }
    match({"th", which, {}}, std::move(all));
  }

  static Elements flag_names(const std::string& text) {
    Elements flags;
    if (text == "NONE") return flags;
    for (const auto& name : list(text == "ALL" ? "FIN,SYN,RST,PSH,ACK,URG" : text)) flags.push_back(one(lower(name)));
    return flags;
  }

  void tcp_flags() {
    auto mask = flag_names(take());
    auto right = flag_names(take());
    statements_.emplace_back(Match{{{"tcp", "flags", std::move(mask)}}, negated_ ? Operation::not_equal : Operation::equal, std::move(right), std::nullopt, true});
  }

  /// "8", "3/1" or "any".
  void icmp(const char* layer, const std::string& text) {
    const auto slash = text.find('/');
    const auto type = number(std::string_view(text).substr(0, slash));
    if (text == "any" || type == 255U) return match({layer, "type", {}}, Elements{one(Anything{})});
    if (!type) return match({layer, "type", {}}, Elements{one(text)});
    if (slash == std::string::npos) return match({layer, "type", {}}, numbers(*type));
    const auto code = number(std::string_view(text).substr(slash + 1));
    if (!code || negated_) return unclear();
    match({layer, "type", {}}, numbers(*type));
    match({layer, "code", {}}, numbers(*code));
  }

  bool connection(const std::string& name) {
    if (name == "--ctstate" || name == "--state") return state(list(take())), true;
    if (name == "--ctstatus") return status(list(take())), true;
    if (name == "--ctdir") return match({"ct", "direction", {}}, Elements{one(lower(take()))}), true;
    if (name == "--ctproto") return unclear(), true;
    if (name == "--ctorigdstport") {
      const auto range = ports(take());
      return match({"ct", "original proto-dst", {}}, range ? std::optional(Elements{one(*range)}) : std::nullopt), true;
    }
    if (name == "--mark") return mark(take()), true;
    return false;
  }

  /// DNAT and SNAT are states to iptables, and status to the kernel; both in one list are not followed.
  void state(const std::vector<std::string>& names) {
    Elements states;
    for (const auto& name : names) states.push_back(one(lower(name)));
    const auto translated = std::count_if(names.begin(), names.end(), [](const std::string& n) { return n == "DNAT" || n == "SNAT"; });
    if (translated == 0) return any_flag({"ct", "state", {}}, std::move(states));
    if (translated != static_cast<std::ptrdiff_t>(names.size())) return unclear();
    any_flag({"ct", "status", {}}, std::move(states));
  }

  void status(const std::vector<std::string>& names) {
    Elements all;
    for (const auto& name : names) {
      if (name == "NONE") return unclear();
      all.push_back(one(name == "SEEN_REPLY" ? std::string("seen-reply") : lower(name)));
    }
    any_flag({"ct", "status", {}}, std::move(all));
  }

  /// -m mark and -m connmark share the word.
  void mark(const std::string& text) {
    const auto slash = text.find('/');
    const auto value = number(std::string_view(text).substr(0, slash));
    const auto mask = slash == std::string::npos ? std::optional<std::uint64_t>(0xffffffffU) : number(std::string_view(text).substr(slash + 1));
    if (!value || !mask) return unclear();
    match({module_ == "connmark" ? "ct" : "meta", "mark", numbers(*mask)}, numbers(*value));
  }

  bool limit(const std::string& name) {
    if (name == "--limit" || name == "--hashlimit" || name == "--hashlimit-upto" || name == "--connlimit-upto") return within(false), true;
    if (name == "--hashlimit-above" || name == "--connlimit-above") return within(true), true;
    if (name == "--set") return recent_set(), true;
    if (name == "--update" || name == "--rcheck") return recent_look(), true;
    if (name == "--hitcount") return pass_values(), true;
    return false;
  }

  void within(bool over) {
    pass_values();
    statements_.emplace_back(Limit{over != negated_, std::nullopt});
  }

  /// It writes the sender down, and is true.
  void recent_set() {
    if (negated_) unclear();
  }

  /// Has he knocked so often before? A stranger has not. Whether he stands on a list at all only the list knows.
  void recent_look() {
    const auto from = words_.begin() + static_cast<std::ptrdiff_t>(at_);
    const auto found = std::find(from, words_.end(), "--hitcount");
    const auto count = found == words_.end() || found + 1 == words_.end() ? std::nullopt : number(*(found + 1));
    if (!count || *count < 2) return unclear();
    statements_.emplace_back(Limit{!negated_, std::nullopt});
  }

  bool place(const std::string& name) {
    if (name == "-i") return interface("iifname", take()), true;
    if (name == "-o") return interface("oifname", take()), true;
    if (name == "--dst-type") return match({"fib", "daddr type", {}}, Elements{one(lower(take()))}), true;
    if (name == "--src-type") return match({"fib", "saddr type", {}}, Elements{one(lower(take()))}), true;
    if (name == "--pkt-type") return match({"meta", "pkttype", {}}, Elements{one(take())}), true;
    if (name == "--pol") return match({"meta", "ipsec", {}}, numbers(take() == "ipsec" ? 1 : 0)), true;
    return false;
  }

  /// A name that ends in "+" is the beginning of one.
  void interface(const char* which, std::string name) {
    if (name == "+") return match({"meta", which, {}}, Elements{one(Anything{})});
    if (name.ends_with('+')) name.back() = '*';
    match({"meta", which, {}}, Elements{one(std::move(name))});
  }

  /// True where the answer would leave by the way the packet came; --loose: by any way.
  void reverse_path() {
    bool loose = false, marked = false, inverted = false;
    for (; at_ < words_.size(); ++at_) {
      if (words_[at_] == "--loose") loose = true;
      else if (words_[at_] == "--validmark") marked = true;
      else if (words_[at_] == "--invert") inverted = true;
      else if (words_[at_] != "--accept-local") break;
    }
    negated_ = false;
    match({"fib", std::string("saddr ") + (marked ? "mark " : "") + (loose ? "" : "iif ") + "oif", {}}, numbers(inverted ? 0 : 1));
  }

  void target_option(const std::string& name) {
    const auto value = at_option() ? std::string() : take();
    pass_values();
    if (name == "--reject-with") reject_.with = rejection(value);
    if (name == "--to-destination") translation_.readable = destination(value);
    if (name == "--to-ports") translation_.readable = to_port(value);
    if (name == "--set-mark" || name == "--set-xmark") mark_ = whole_mark(value);
    if (name == "--notrack") notrack_ = true;
    if (name == "--random" || name == "--persistent" || name.starts_with("--log-") || name.starts_with("--nflog-")) return;
  }

  bool to_port(const std::string& text) {
    const auto port = number(text);
    if (port && *port <= 65535) translation_.port = static_cast<Port>(*port);
    return translation_.port.has_value();
  }

  bool destination(const std::string& text) {
    if (const auto both = Endpoint::parse(text)) {
      translation_.address = both->address;
      translation_.port = both->port;
      return true;
    }
    if (text.starts_with(":")) return to_port(text.substr(1));
    if (const auto only = Address::parse(text)) translation_.address = *only;
    return translation_.address.has_value();
  }

  static std::optional<std::uint64_t> whole_mark(const std::string& text) {
    const auto slash = text.find('/');
    const auto value = number(std::string_view(text).substr(0, slash));
    const bool whole = slash == std::string::npos || number(std::string_view(text).substr(slash + 1)) == 0xffffffffU;
    return whole ? value : std::nullopt;
  }

  void finish() {
    if (!target_) return;
    const auto& name = *target_;
    const auto add = [&](auto statement) { statements_.emplace_back(std::move(statement)); };
    if (goes_) return add(Verdict{VerdictKind::go_to, name});
    if (name == "ACCEPT") return add(Verdict{VerdictKind::accept, {}});
    if (name == "DROP") return add(Verdict{VerdictKind::drop, {}});
    if (name == "RETURN") return add(Verdict{VerdictKind::return_to_caller, {}});
    if (name == "REJECT") return add(reject_);
    if (name == "DNAT" || name == "REDIRECT") return add(translation_);
    if (name == "MARK" || name == "CONNMARK") return add(SetMark{name == "CONNMARK", mark_});
    if (name == "NOTRACK" || (name == "CT" && notrack_)) return add(NoTrack{});
    if (name == "CT" || is_among(name, harmless_targets)) return add(Neutral{});
    if (std::any_of(chains_.begin(), chains_.end(), [&](const Chain& c) { return c.name == name; })) return add(Verdict{VerdictKind::jump, name});
    if (name != "NFQUEUE" && name != "QUEUE" && name != "TPROXY" && name != "SYNPROXY") add(Unclear{});
    add(Elsewhere{});
  }

  std::vector<std::string> words_;
  std::size_t at_ = 0;
  Family family_;
  const std::vector<Chain>& chains_;
  std::vector<Statement> statements_;
  std::string module_;  ///< the last -m
  bool negated_ = false;
  std::optional<std::string> target_;
  bool goes_ = false, notrack_ = false;
  Reject reject_;
  Translation translation_;
  std::optional<std::uint64_t> mark_;
};

}  // namespace

std::vector<Statement> read_legacy_rule(std::string_view words, Family family, const std::vector<Chain>& chains) {
  return RuleReader(words, family, chains).read();
}

}  // namespace ringback::filter
