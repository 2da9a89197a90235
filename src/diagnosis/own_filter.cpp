#include "diagnosis/own_filter.hpp"

#include "diagnosis/shell_command.hpp"

namespace ringback::diagnosis {
namespace {

/// The word that a limit's rule says behind `mark`, in nft's words (nft(8) LIMIT, CT COUNT) or in iptables' own (iptables-extensions(8)).
std::string word_behind(const std::string& rule, std::string_view mark) {
  const auto at = rule.find(mark);
  if (at == std::string::npos) return {};
  const auto begin = at + mark.size();
  return plain_or(rule.substr(begin, rule.find(' ', begin) - begin), "");
}

/// "no more than 3 per minute"
std::string limit_in_words(const std::string& rule) {
  for (const auto* mark : {"limit rate over ", "limit rate ", "--limit "}) {
    const auto rate = word_behind(rule, mark);
    const auto slash = rate.find('/');
    if (slash != std::string::npos) return fmt::format("no more than {} per {}", rate.substr(0, slash), rate.substr(slash + 1));
  }
  for (const auto* mark : {"ct count over ", "--connlimit-above "})
    if (const auto count = word_behind(rule, mark); !count.empty()) return fmt::format("no more than {} connections at a time", count);
  return "only so many in a certain time";
}

/// For a rule that is quoted with its chain and table. Before it: what is alike for both families is told once.
std::string how_rules_are_kept(const filter::Walk& walk) {
  if (!walk.chain || !walk.table) return "";
  return fmt::format(" This host's firewall keeps its rules in lists (chains), and these in tables{}.",
                     walk.rule.value_or("").starts_with("policy") ? "; a list's policy says what becomes of what fits none of its rules" : "");
}

/// Where the sender stands in the rule that picks him out: "The set \"banned\", in which the rule looks senders up, holds 192.0.2.7."
std::string why_him(const filter::Walk& walk) {
  const auto who = walk.from ? walk.from->to_string() : std::string("the sender");
  const auto element = plain_or(walk.element.value_or(""), "");
  const bool itself = element == who;
  std::string picked;
  if (walk.picked_by) picked = fmt::format(" A rule in the chain {} leads {} there: \"{}\".", walk.picked_by->chain, who, walk.picked_by->rule);
  const auto* rule = walk.picked_by ? "that rule" : "the rule";
  if (walk.set && !element.empty())
    return picked + fmt::format(" The set \"{}\", in which {} looks senders up, holds {}{}.", plain_or(*walk.set, "?"), rule, element,
                                itself ? "" : ", which " + who + " is part of");
  if (walk.set) return picked + fmt::format(" {} is not in the set \"{}\", in which {} looks senders up.", who, plain_or(*walk.set, "?"), rule);
  if (!element.empty() && !itself) return picked + fmt::format(" {} is part of {}, which {} names.", who, element, rule);
  return picked;
}

bool blocks(const filter::Action action) { return action == filter::Action::drop || action == filter::Action::reject; }

/// It drops what this host would answer by another interface (RFC 3704 §2.2), as firewalld's rules for IPv6 do by default (IPv6_rpfilter): letting
/// the port in would not help.
bool is_reverse_path(const filter::Walk& walk) {
  const auto rule = walk.rule.value_or("");
  const auto says = [&](const char* words) { return rule.find(words) != std::string::npos; };
  return (says("fib saddr") && (says("oif missing") || says("oif 0"))) || says("rpfilter");
}

Judgement dropped_for_its_way_back(const Context& x, Confidence confidence) {
  const auto& by = x.knock.way_back;
  auto result = reply_lost(x, confidence,
                           fmt::format("and its answer would leave by {}: this host's packet filter drops what comes by one way and would be "
                                       "answered by another. That is {}.",
                                       by && !by->empty() ? *by : "another interface", rule_in_words(*x.filter.walk)),
                           x.filter.evidence);
  result.title = "This host's firewall drops visitors whom it would answer by another way";
  if (by) cite(result.evidence, pointer("inbound", "knocks", x.index, "way_back"));
  return result;
}

}  // namespace

Judgement host_firewall(const Context& x, Confidence confidence, const std::string& why) {
  const auto& filter = x.filter;
  if (filter.walk && blocks(filter.action) && is_reverse_path(*filter.walk)) return dropped_for_its_way_back(x, confidence);
  auto detail = "The knock arrived at this host's network card, and " + why;
  if (filter.walk && blocks(filter.action) && filter.singled_out) {
    detail = fmt::format("The knock from {} arrived at this host's network card, and {}", filter.walk->from->to_string(), why);
    detail += how_rules_are_kept(*filter.walk);
    detail += fmt::format(" The packet filter {}s what comes from there: {}.{}{} {}.", to_string(filter.action), rule_in_words(*filter.walk),
                          mark_in_words(*filter.walk) + passed_on_in_words(*filter.walk), why_him(*filter.walk), filter.others_get_in ? "Others the rules let in" : "Others may get in");
  } else if (filter.walk && blocks(filter.action)) {
    detail += how_rules_are_kept(*filter.walk);
    detail += fmt::format(" The packet filter {}s it: {}.{}{}{}", to_string(filter.action), rule_in_words(*filter.walk), mark_in_words(*filter.walk),
                          passed_on_in_words(*filter.walk), why_him(*filter.walk));
  } else if (filter.walk && !filter.walk->unclear.empty()) {
    detail += fmt::format(" It may be this rule, whose condition could not be evaluated: {}.", filter.walk->unclear.front());
  }
  if (x.sockets.state == Listening::nowhere) detail += " Besides, no program of this host listens on this port yet: start it as well.";
  auto result = no(x, StoppedAt::host_firewall, "inbound.host-firewall", filter.others_unread ? Confidence::possible : confidence, detail, filter.evidence);
  if (x.sockets.state == Listening::nowhere)
    cite(result.evidence, x.sockets.evidence);
  if (filter.singled_out && blocks(filter.action)) {
    result.this_visitor_alone = filter.others_get_in && (x.sockets.state == Listening::yes || x.sockets.state == Listening::unknown);
    result.title =
        filter.others_get_in ? "This host's firewall turns this one visitor away" : "This host's firewall turns this visitor away";
  }
  return result;
}

std::optional<Judgement> answer_held_back(const Context& x) {
  const auto& filter = x.filter;
  const bool may_get_in = filter.action == filter::Action::accept || filter.action == filter::Action::unknown;
  if (!filter.held_back || !may_get_in || x.knock.protocol != Protocol::tcp) return std::nullopt;
  const bool answered = x.sockets.state == Listening::yes && !has_unseen_filter(x.c.evidence);
  if (!answered && x.sockets.state != Listening::handed_on) return std::nullopt;
  auto result =
      no(x, StoppedAt::host_firewall, "inbound.host-firewall", answered ? Confidence::certain : Confidence::likely,
         fmt::format("The knock gets in, but the answer does not get out: the rules for what leaves this host {} it.{} That is {}.{}{}",
                     to_string(filter.held_back->action), how_rules_are_kept(*filter.held_back), rule_in_words(*filter.held_back), mark_in_words(*filter.held_back), why_him(*filter.held_back)),
         filter.held_back_evidence);
  cite(result.evidence, filter.evidence);
  result.title = "This host's own firewall keeps its answers to visitors in";
  return result;
}

std::optional<Judgement> one_too_many(const Context& x) {
  if (!x.filter.walk || !x.filter.walk->limit || x.sockets.state == Listening::nowhere) return std::nullopt;
  const auto& limit = *x.filter.walk->limit;
  auto result = no(
      x, StoppedAt::host_firewall, "inbound.host-firewall", x.sockets.ready ? Confidence::likely : Confidence::possible,
      fmt::format(
          "The knock arrived at this host's network card, and got no answer. A rule of this host's packet filter lets {} pass, and those "
          "beyond are kept out; this knock may have been one of them: \"{}\" in the chain {} of the table {}.",
          limit_in_words(limit.rule), limit.rule, limit.chain, limit.table),
      x.filter.evidence);
  result.title = "This host's own firewall lets only so many visitors in at a time";
  return result;
}

Judgement kept_out_unseen(const Context& x) {
  const bool own_walk = x.filter.walk && x.filter.walk->from;
  // A program that is ready is answered for by the kernel: it is not the program that keeps silent. The answer may have no way out.
  const bool sure = x.sockets.ready && x.c.facts.host_known && knows_the_way_back(x);
  auto result = no(x, sure ? StoppedAt::host_firewall : StoppedAt::unknown, "inbound.host-firewall", sure ? Confidence::likely : Confidence::possible,
                   fmt::format("The knock arrived at this host's network card, and nothing left in answer, although {}{}.",
                               x.sockets.ready ? "a program is ready and " : "",
                               own_walk ? "the rules of the packet filter let this very visitor in, and the answer to it out"
                                        : "the rules of the packet filter let strangers in"),
                   x.filter.evidence);
  result.title = "Something on this host keeps visitors out";
  const auto& known = x.c.facts.of(x.knock.family).facing;
  const auto facing = known.empty() ? std::string("CARD") : known;
  result.remedies = {
      advise_by_steps("Look for what stands beside the firewall",
                      {{"Linux's list of connections may be full: then its messages, which this command shows, say \"table full, dropping packet\".",
                        {{"sudo dmesg | grep -i conntrack"}}},
                       {"Rules that shape or police traffic may drop packets (the first command lists them), and so may small programs loaded into the system "
                        "(the second one, from Debian's package bpftool).",
                        {{"sudo tc filter show dev {} ingress", facing}, {"sudo bpftool net"}}},
                       {"If none of them is there, look into the log of the program that listens: it may not take connections just now."}})};
  return result;
}

}  // namespace ringback::diagnosis
