#include "diagnosis/untold.hpp"

#include <algorithm>

#include "diagnosis/hoster_ports.hpp"
#include "diagnosis/records.hpp"

namespace ringback::diagnosis {
namespace {

/// One that was named and took the request.
std::optional<std::string> untold_vantage(const Case& c, Family family, const std::vector<Told>& told) {
  for (const auto& url : c.evidence.request.vantages) {
    if (std::ranges::find(told, url, &Told::vantage) != told.end()) continue;
    const auto took_it = [&](const inbound::Vantage& vantage) { return vantage.url == url && vantage.family == family && vantage.knocked; };
    if (std::ranges::any_of(c.evidence.inbound->vantages, took_it)) return url;
  }
  return std::nullopt;
}

/// An address of this host that stays, and that no knock was told of; with `published`, one that a name leads to.
std::optional<Address> untold_address(const Case& c, const std::vector<Told>& told, bool published) {
  for (const auto& own : c.facts.own) {
    const auto& address = own.value.address;
    if (!own.facing || !address.is_v6() || !own.is_stable_global() || (published && !is_published(c, address))) continue;
    if (std::ranges::find(told, address, &Told::target) == told.end()) return address;
  }
  return std::nullopt;
}

/// Whether the names that were asked for lead to one address of this host or to another was not seen.
bool names_unread(const Case& c) {
  if (c.evidence.request.names.empty()) return false;
  const auto count = c.evidence.dns ? c.evidence.dns->names.size() : 0;
  for (std::size_t i = 0; i < count; ++i)
    if (records_of(c.evidence, i, Family::ipv6).known) return false;
  return true;
}

}  // namespace

bool is_published(const Case& c, const Address& address) {
  if (!c.evidence.dns) return false;
  for (std::size_t i = 0; i < c.evidence.dns->names.size(); ++i) {
    const auto records = records_of(c.evidence, i, address.family());
    if (std::ranges::find(records.addresses, address) != records.addresses.end()) return true;
  }
  return false;
}

void allow_for_untold(const Case& c, Family family, const Address& target, const std::vector<Told>& told, bool other_address, Judgement& judgement) {
  const auto say = [&](const std::string& what) {
    judgement.verdict.confidence = Confidence::possible;
    judgement.detail += " " + what;
  };
  const bool in_vain = blames_the_way(judgement) || may_be_left_open(judgement);
  if (in_vain)
    if (const auto url = untold_vantage(c, family, told)) return say(fmt::format("What a knock from {} came to is unknown.", *url));
  const bool gets_in = judgement.verdict.reachable == Reachable::yes;
  if (family == Family::ipv4 || (!gets_in && !in_vain) || is_published(c, target)) return;
  if (!c.facts.host_known) return say("Which other addresses this host has, and visitors may come to, is unknown.");
  if (const auto address = untold_address(c, told, gets_in))
    return say(fmt::format("{} {}, another address of this host; what a knock there came to is unknown.", gets_in ? "A name leads to" : "Visitors may come to",
                           address->to_string()));
  if (gets_in && names_unread(c) && (other_address || untold_address(c, told, false))) say("Which of its addresses the name leads to is unknown.");
}

}  // namespace ringback::diagnosis
