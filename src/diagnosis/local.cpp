#include "diagnosis/local.hpp"

#include <algorithm>

namespace ringback::diagnosis {
namespace {

bool takes_family(const Listener& listener, Family family) {
  const auto& local = listener.local.address;
  if (family == Family::ipv6) return local.is_v6() && !local.is_v4_mapped();
  if (local.is_v4() || local.is_v4_mapped()) return true;
  return local.is_unspecified() && !listener.v6_only;  // "::" takes IPv4 as well, RFC 3493 §5.3
}

std::vector<Address> facing_addresses(const Facts& facts, Family family) {
  std::vector<Address> result;
  for (const auto& own : facts.own) {
    if (own.value.address.family() != family || !own.facing || own.value.address.is_link_local()) continue;
    if (family == Family::ipv6 && !is_global(own.value.address)) continue;
    result.push_back(own.value.address);
  }
  return result;
}

enum class Match { takes, loopback, other_family, other_interface, other_address };

Match match(const Listener& listener, Family family, const std::vector<Address>& targets, const std::string& facing) {
  const auto local = listener.local.address.unmapped();
  const bool asked_for = std::ranges::find(targets, local) != targets.end();   // by a rule that sends visitors there
  if (local.is_loopback() && !asked_for) return Match::loopback;
  if (!takes_family(listener, family)) return Match::other_family;
  if (listener.interface && !facing.empty() && *listener.interface != facing) return Match::other_interface;
  if (local.is_unspecified() || targets.empty()) return Match::takes;
  return asked_for ? Match::takes : Match::other_address;
}

/// Why nobody comes to such a listener; behind its address.
std::string match_in_words(Match match, const Listener& listener) {
  switch (match) {
    case Match::loopback: return "which only this host itself can reach";
    case Match::other_family: return listener.local.address.unmapped().is_v4() ? "which takes IPv4 alone" : "which takes IPv6 alone";
    case Match::other_interface: return fmt::format("on the interface {} alone", *listener.interface);
    default: return "an address that visitors do not come to";
  }
}

/// "127.0.0.1:443 and [::1]:443, which only this host itself can reach"
struct Place {
  std::string at, why;
};

std::string places_in_words(const std::vector<Place>& all) {
  std::string text;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool same_as_next = i + 1 < all.size() && all[i + 1].why == all[i].why;
    text += all[i].at + (same_as_next ? " and " : ", " + all[i].why) + (same_as_next || i + 1 == all.size() ? "" : "; ");
  }
  return text;
}

/// The sockets bound to this very port.
Sockets bound(const Case& c, Protocol protocol, Port port, Family family, const std::vector<Address>& targets) {
  Sockets result{.state = Listening::nowhere};
  std::vector<Place> places;
  const auto wanted = targets.empty() ? facing_addresses(c.facts, family) : targets;
  for (std::size_t i = 0; i < c.evidence.listeners->listeners.size(); ++i) {
    const auto& listener = c.evidence.listeners->listeners[i];
    if (listener.protocol != protocol || listener.local.port != port) continue;
    const auto at = pointer("listeners", "listeners", i);
    const auto how = match(listener, family, wanted, c.facts.of(family).facing);
    if (how == Match::takes) {
      const bool known = listener.queued && listener.backlog;
      const bool busy = known && *listener.queued > *listener.backlog;   // sk_acceptq_is_full(), include/net/sock.h
      return {.state = Listening::yes, .program = listener.program.value_or(""), .busy = busy, .ready = known && !busy, .evidence = {at}};
    }
    result.state = Listening::elsewhere;
    places.push_back({listener.local.to_string(), match_in_words(how, listener)});
    result.where = places_in_words(places);
    if (listener.program) result.program = *listener.program;
    cite(result.evidence, at);
  }
  if (result.evidence.empty()) result.evidence = {pointer("listeners", "listeners")};
  return result;
}

/// Containers or virtual machines: their ports are passed on by rules of the packet filter.
bool runs_guests(const Evidence& evidence) {
  if (!evidence.host) return false;
  return std::ranges::find(evidence.host->system.firewall_tools, "docker") != evidence.host->system.firewall_tools.end();
}

}  // namespace

Sockets sockets_for(const Case& c, const Service& service, Family family, const std::vector<Address>& targets) {
  if (!c.evidence.listeners) return {};
  const auto rules = filter_for(c, service.protocol, family, service.inside);
  const auto translation = rules.walk ? rules.walk->translated_to : std::nullopt;
  if (!translation) {
    auto result = bound(c, service.protocol, service.inside, family, targets);
    const bool readable = c.evidence.filter && c.evidence.filter->readable;
    const bool guests = !rules.walk && runs_guests(c.evidence);   // a container's or a virtual machine's port needs no socket of this host
    result.doubtful = has_unseen_filter(c.evidence) || !readable || !rules.walk || !rules.walk->unclear.empty();
    if (result.state != Listening::yes && guests) return {};
    return result;
  }
  const bool here = translation->address.is_unspecified() || translation->address.is_loopback() || c.facts.find_own(translation->address);
  auto result = here ? bound(c, service.protocol, translation->port, family,
                             translation->address.is_unspecified() ? targets : std::vector{translation->address})
                     : Sockets{.state = Listening::handed_on, .where = translation->to_string()};
  cite(result.evidence, rules.evidence);
  return result;
}

Filter filter_for(const Case& c, Protocol protocol, Family family, Port port) {
  Filter result;
  if (!c.evidence.filter || !c.evidence.filter->readable) return result;
  const auto is_it = [&](const filter::Walk& walk) { return walk.protocol == protocol && walk.family == family && walk.port == port; };
  const auto& [walks, answers] = std::tie(c.evidence.filter->walks, c.evidence.filter->answers);
  if (const auto found = std::ranges::find_if(walks, is_it); found != walks.end()) {
    result.action = found->action;
    result.walk = &*found;
    result.evidence = {pointer("filter", "walks", static_cast<std::size_t>(found - walks.begin()))};
  }
  const auto answer = std::ranges::find_if(answers, is_it);
  if (answer == answers.end() || (answer->action != filter::Action::drop && answer->action != filter::Action::reject)) return result;
  result.held_back = &*answer;
  result.held_back_evidence = {pointer("filter", "answers", static_cast<std::size_t>(answer - answers.begin()))};
  return result;
}

namespace {

bool stops(const filter::Walk& walk) { return walk.action == filter::Action::drop || walk.action == filter::Action::reject; }

std::optional<std::size_t> find_visit(const std::vector<filter::Walk>& walks, const inbound::Knock& knock, const Address& from, Port port) {
  const auto found = std::ranges::find_if(walks, [&](const filter::Walk& walk) {
    return walk.protocol == knock.protocol && walk.family == knock.family && walk.port == port && walk.from == from;
  });
  return found == walks.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - walks.begin()));
}

}  // namespace

Filter filter_for(const Case& c, const inbound::Knock& knock, Port port) {
  auto result = filter_for(c, knock.protocol, knock.family, port);
  if (!c.evidence.filter || !c.evidence.filter->readable || (knock.arrivals.empty() && !knock.source)) return result;
  const auto& from = knock.arrivals.empty() ? knock.source->address : knock.arrivals.front().from.address;
  const auto& [visits, answers] = std::tie(c.evidence.filter->visits, c.evidence.filter->visit_answers);
  const auto visit = find_visit(visits, knock, from, port);
  if (!visit) return result;
  const auto& walk = visits[*visit];
  // By his address alone: he may have come by another card, or to another address, than any stranger is imagined to.
  result.singled_out = stops(walk) && walk.element && !(result.walk && stops(*result.walk));
  result.others_unread = result.singled_out && !result.walk;
  result.others_get_in = result.singled_out && result.action == filter::Action::accept;
  result.action = walk.action;
  result.walk = &walk;
  result.evidence.insert(result.evidence.begin(), pointer("filter", "visits", *visit));
  const auto answer = find_visit(answers, knock, from, port);
  result.held_back = answer && stops(answers[*answer]) ? &answers[*answer] : nullptr;
  result.held_back_evidence.clear();
  if (result.held_back) result.held_back_evidence = {pointer("filter", "visit_answers", *answer)};
  return result;
}

std::string rule_in_words(const filter::Walk& walk) {
  std::string result = walk.rule ? fmt::format("\"{}\"", *walk.rule) : std::string("a rule");
  if (walk.chain) result += fmt::format(" in the chain {}", *walk.chain);
  if (walk.table) result += fmt::format(" of the table {}", *walk.table);
  if (walk.kept_by == "iptables-legacy") result += " of iptables-legacy";
  return result;
}

std::string mark_in_words(const filter::Walk& walk) {
  const auto says = [&](std::string_view words) { return walk.rule && walk.rule->find(words) != std::string::npos; };
  if (!says("meta mark ") && !says("ct mark ") && !says("--mark ")) return "";   // nft(8) META, CT; iptables-extensions(8) mark, connmark
  return " The rule goes by a mark: a number that other rules of this host may put on a packet on its way. Visitors send none.";
}

/// What is passed on never comes to the rules that most people know, those for the host itself.
std::string passed_on_in_words(const filter::Walk& walk) {
  if (walk.hook != "forward" || !walk.translated_to) return "";
  return fmt::format(" This host passes the port on to {} (mostly that is a container or virtual machine on it): so the rules for what it passes on (forward) decide, and not "
                     "those for what it takes itself (input).", walk.translated_to->address.to_string());
}

bool has_unseen_filter(const Evidence& evidence) {
  if (evidence.filter && evidence.filter->legacy_read) return false;
  if (!evidence.host) return true;
  return std::ranges::find(evidence.host->system.firewall_tools, "iptables-legacy") != evidence.host->system.firewall_tools.end();
}

}  // namespace ringback::diagnosis
