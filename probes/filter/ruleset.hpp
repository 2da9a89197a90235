#pragma once
/// An nftables ruleset as values: what `nft -j list ruleset` says, read once and then walked for each packet.
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "net/endpoint.hpp"
#include "probes/filter/listing.hpp"

namespace ringback::filter {

enum class VerdictKind { accept, drop, return_to_caller, proceed, jump, go_to };

struct Verdict {
  VerdictKind kind = VerdictKind::proceed;
  std::string target;  ///< chain of a jump or goto
};

struct Numbers {
  std::uint64_t low = 0, high = 0;  ///< inclusive
};
struct Addresses {
  Address low, high;  ///< inclusive, of one family
};
struct Anything {};
/// One value of a match: symbols and interface names ("new", "eth0", "br-*") are text.
using Piece = std::variant<Anything, Numbers, Addresses, std::string>;

/// A value of a set, or several joined by " . "; in a verdict map with its verdict.
struct Element {
  std::vector<Piece> pieces;
  std::optional<Verdict> verdict;
};
using Elements = std::vector<Element>;

/// What a match looks at: {"tcp", "dport"}, {"meta", "iifname"}, {"ct", "state"}, {"fib", "daddr type"}. An empty layer: nothing this reads.
struct Field {
  std::string layer, key;
  std::optional<Elements> mask;  ///< the right side of "&": a number, an address or a list of flags
};

enum class Operation { equal, not_equal, less, greater, at_most, at_least, any_flag };

struct Match {
  std::vector<Field> left;  ///< several: joined by " . "
  Operation operation = Operation::equal;
  Elements right;
  std::optional<std::string> set;  ///< "@name" in place of `right`
  bool flags = false;              ///< `right` is one value: all these flags together
};
struct VerdictMap {
  std::vector<Field> key;
  Elements elements;
  std::optional<std::string> set;
};
/// limit, quota and connection count. One more packet of a stranger is within it.
struct Limit {
  bool over = false;  ///< true: it matches beyond the limit alone
  std::optional<std::string> name;
};
struct Reject {
  std::string with;  ///< "tcp reset", "icmpx port-unreachable"; empty: the family's own
};
/// dnat, or redirect where there is no address.
struct Translation {
  std::optional<Address> address;
  std::optional<Port> port;
  bool readable = true;  ///< false: the target is computed (a map, a range)
};
struct SetMark {
  bool connection = false;  ///< ct mark
  std::optional<std::uint64_t> value;
};
struct NoTrack {};
/// A match or action that this cannot read.
struct Unclear {};
/// A program decides (queue), or the packet takes another way (tproxy, synproxy, fwd).
struct Elsewhere {};
/// counter, log, comment and whatever else decides nothing.
struct Neutral {};
using Statement = std::variant<Match, VerdictMap, Limit, Verdict, Reject, Translation, SetMark, NoTrack, Unclear, Elsewhere, Neutral>;

struct Rule {
  unsigned handle = 0;
  std::string text;  ///< as nft prints it
  std::vector<Statement> statements;
};

/// A base chain's place in the packet's way.
struct Base {
  std::string type, hook;
  int priority = 0;
  bool drops = false;                 ///< the policy
  std::optional<std::string> device;  ///< of an ingress hook: absent where nft does not say
};

struct Chain {
  std::string name;
  std::optional<Base> base;
  std::vector<Rule> rules;
};

struct Table {
  std::string family, name;
  std::vector<Chain> chains;
  std::map<std::string, Elements> sets;
  std::map<std::string, bool> limits_over;  ///< named limits and quotas: do they match beyond the limit?
  bool legacy = false;                      ///< of iptables-legacy: beside nftables in the kernel
};

struct Ruleset {
  std::vector<Table> tables;
};

constexpr std::size_t largest_ruleset = 8U << 20U;  ///< bytes of JSON
constexpr std::size_t most_rules = 100'000;

/// `listing` has the text of the rules, and the meaning of those that iptables-nft wrote, which JSON does not spell out.
[[nodiscard]] Expected<Ruleset> parse_ruleset(std::string_view json, const Listing& listing);

}  // namespace ringback::filter
