#include "diagnosis/firewall_rule.hpp"

#include <algorithm>
#include <charconv>

namespace ringback::diagnosis::firewall {
namespace {

using filter::Walk;

bool stops(const Walk& walk) { return walk.action == filter::Action::drop || walk.action == filter::Action::reject; }

/// Of the finding's service, from any stranger.
const Walk* walk_of(const Finding& finding, const std::vector<Walk>& walks, bool stopped) {
  const auto found = std::ranges::find_if(walks, [&](const Walk& walk) {
    return walk.protocol == finding.subject.service->protocol && walk.port == finding.subject.service->inside &&
           walk.family == finding.subject.family && (!stopped || stops(walk));
  });
  return found == walks.end() ? nullptr : &*found;
}

/// The visitor's own walk that the finding cites: the rules told of him by name.
const Walk* cited(const Finding& finding, const char* list, const std::vector<Walk>& walks) {
  const auto prefix = pointer("filter", list) + "/";
  for (const auto& at : finding.evidence) {
    if (!at.starts_with(prefix)) continue;
    std::size_t index = 0;
    const auto* begin = at.data() + prefix.size();
    const auto [end, error] = std::from_chars(begin, at.data() + at.size(), index);
    if (error == std::errc() && end == at.data() + at.size() && index < walks.size()) return &walks[index];
  }
  return nullptr;
}

/// Where a rule translates the packet, the one that decides sees another address and port.
void follow_translation(Deciding& d, const Walk* visit) {
  if (!d.walk || !visit || !visit->translated_to || d.at("ingress")) return;
  const auto& to = *visit->translated_to;
  if (to.port != 0) d.port = to.port;
  if (d.at("forward")) d.guest = to.address;
}

bool is_here(const Address& address, const System& s) {
  if (address.is_unspecified() || address.is_loopback()) return true;
  if (!s.evidence || !s.evidence->host) return false;
  return std::ranges::any_of(s.evidence->host->interfaces, [&](const Interface& interface) {
    return std::ranges::any_of(interface.addresses, [&](const InterfaceAddress& own) { return own.address == address; });
  });
}

/// Of a knock on the finding's port: with two cards, strangers may come by either.
std::optional<std::string> arrived_by(const Finding& finding, const System& s) {
  if (!s.evidence || !s.evidence->inbound) return std::nullopt;
  for (const auto& knock : s.evidence->inbound->knocks)
    for (const auto& arrival : knock.arrivals)
      if (knock.family == finding.subject.family && knock.protocol == finding.subject.service->protocol &&
          arrival.to.port == finding.subject.service->inside && !arrival.interface.empty())
        return arrival.interface;
  return std::nullopt;
}

Keeper keeper_without_word(const Deciding& d, const System& s) {
  // ufw's chains are there whichever chain decides: iptables' own has its policy.
  const bool ufw =
      s.has_tool("ufw") || (s.evidence && s.evidence->filter && s.evidence->filter->ruleset.find("\"ufw") != std::string::npos);
  if (d.walk && d.walk->table && d.walk->chain) {
    if (d.walk->table->ends_with(" firewalld")) return Keeper::firewalld;
    if (d.walk->chain->starts_with("ufw")) return Keeper::ufw;
    const bool of_iptables = (d.walk->table == "ip filter" || d.walk->table == "ip6 filter") && d.walk->chain == "INPUT";
    if (of_iptables) return ufw ? Keeper::ufw : Keeper::iptables;
    return Keeper::nft;
  }
  if (ufw) return Keeper::ufw;
  if (s.has_tool("firewalld")) return Keeper::firewalld;
  return s.has_tool("iptables-legacy") ? Keeper::iptables_legacy : Keeper::nft;
}

Deciding about_service(const Finding& finding, const System& s) {
  Deciding result;
  result.ipv6 = finding.subject.family == Family::ipv6;
  result.interface = s.interface_of(finding.subject.family);
  if (!finding.subject.service) return result;
  result.port = finding.subject.service->inside;
  result.protocol = to_string(finding.subject.service->protocol);
  return result;
}

}  // namespace

Deciding deciding(const Finding& finding, const System& s) {
  auto result = about_service(finding, s);
  if (!finding.subject.service) return result;
  if (!s.evidence || !s.evidence->filter) return result;
  const auto& filter = *s.evidence->filter;
  const auto* stranger = walk_of(finding, filter.walks, false);   // its answer is translated back at the very end of its way
  const auto* visit = cited(finding, "visits", filter.visits);
  const auto* visit_answer = cited(finding, "visit_answers", filter.visit_answers);
  const auto* strangers_answer = walk_of(finding, filter.answers, true);
  if (visit && (stops(*visit) || (visit->limit && !visit_answer))) {
    result.walk = visit;
    result.one_visitor = stops(*visit) && !(stranger && stops(*stranger));
  } else if (visit_answer && stops(*visit_answer)) {
    result.walk = visit_answer;
    result.answer = true;
    result.one_visitor = !strangers_answer;
  } else if ((result.walk = walk_of(finding, filter.walks, true)) == nullptr) {
    result.walk = strangers_answer;
    result.answer = result.walk != nullptr;
  }
  follow_translation(result, visit ? visit : result.answer ? stranger : result.walk);
  return result;
}

Deciding letting_in(const Finding& finding, const System& s) {
  auto result = about_service(finding, s);
  if (!finding.subject.service) return result;
  if (const auto interface = arrived_by(finding, s)) result.interface = *interface;
  if (!s.evidence || !s.evidence->filter) return result;
  result.walk = walk_of(finding, s.evidence->filter->walks, false);
  if (result.walk && result.walk->translated_to && !is_here(result.walk->translated_to->address, s))
    result.guest = result.walk->translated_to->address;
  return result;
}

std::optional<Endpoint> passed_on_to(const Service& service, const System& s) {
  if (!s.evidence || !s.evidence->filter) return std::nullopt;
  for (const auto& walk : s.evidence->filter->walks)
    if (walk.protocol == service.protocol && walk.port == service.inside && walk.translated_to && !is_here(walk.translated_to->address, s))
      return walk.translated_to;
  return std::nullopt;
}

bool is_published_by_docker(const Finding& finding, const System& s) {
  if (!finding.subject.service || !s.evidence) return false;
  if (s.has_tool("docker") && letting_in(finding, s).guest) return true;
  const auto is_it = [&](const Listener& l) {
    return l.protocol == finding.subject.service->protocol && l.local.port == finding.subject.service->inside && l.program == "docker-proxy";
  };
  return s.evidence->listeners && std::ranges::any_of(s.evidence->listeners->listeners, is_it);
}

/// The deciding rule names its keeper better than what is installed.
Keeper keeper_of(const Deciding& d, const System& s) {
  const auto word = d.walk ? d.walk->kept_by.value_or("") : "";
  if (word == "ufw") return Keeper::ufw;
  if (word == "firewalld") return Keeper::firewalld;
  // Without IPv6, ufw sets the policies of iptables' own chains and adds none of its own.
  if (word == "iptables" && !d.walk->handle && s.has_tool("ufw")) return Keeper::ufw;
  if (word == "iptables") return Keeper::iptables;
  if (word == "iptables-legacy") return Keeper::iptables_legacy;
  return word == "nftables" ? Keeper::nft : keeper_without_word(d, s);
}

std::optional<TableName> table_name(const std::string& text) {
  const auto space = text.find(' ');
  if (space == std::string::npos) return std::nullopt;
  return TableName{{text.substr(0, space)}, {text.substr(space + 1)}};
}

std::string title(const Deciding& d, const char* program) {
  return fmt::format("{} this host's firewall, {}", d.answer ? "Let answers out of" : "Open the port in", program);
}

}  // namespace ringback::diagnosis::firewall
