/// Where this home is on the internet, and whether the names that led there followed.
#include <algorithm>

#include "net/interface_identifier.hpp"
#include "report/changes_parts.hpp"

namespace ringback::changes {
namespace {

bool any_in(const std::vector<Address>& addresses, const Prefix& prefix) {
  return std::ranges::any_of(addresses, [&](const Address& address) { return prefix.contains(address); });
}

/// A name that led into the old block, and what became of it. `is_late`: one still does, and to the new one it does not lead.
std::string followers(const Pair& pair, const char* type, std::vector<Address> NameVerdict::*records, const Prefix& old_block, const Prefix& new_block,
                      bool& is_late) {
  std::string result;
  for (const auto& before : pair.before.names) {
    const auto* after = find_name(pair.after, before.name);
    if (!after || !any_in(before.*records, old_block)) continue;
    const auto& now = after->*records;
    if (any_in(now, new_block)) {
      result += fmt::format(" The {} record of {} followed.", type, before.name);
    } else if (any_in(now, old_block)) {
      is_late = true;
      result += fmt::format(" The {} record of {} did not follow: it still has {}.", type, before.name, in_words(now));
    }
  }
  return result;
}

void ipv4(const Pair& pair, Changes& into) {
  const auto &before = pair.before.connection.ipv4.mapped_address, &after = pair.after.connection.ipv4.mapped_address;
  if (!before || !after || *before == *after) return;
  bool is_late = false;
  const auto told = followers(pair, "A", &NameVerdict::a, Prefix(*before, 32), Prefix(*after, 32), is_late);
  into.push_back({.about = About::ipv4, .effect = is_late ? Effect::worse : Effect::neither, .subject = {.family = Family::ipv4},
                  .before = before->to_string(), .after = after->to_string(),
                  .text = fmt::format("The IPv4 address that the internet sees changed from {} to {}.{}", before->to_string(), after->to_string(), told)});
}

/// The same second half below the new prefix.
std::string kept_identifier(const Pair& pair) {
  for (const auto& one : pair.before.connection.ipv6.stable_addresses)
    for (const auto& other : pair.after.connection.ipv6.stable_addresses)
      if (one != other && interface_identifier(one) == interface_identifier(other))
        return fmt::format(" This host kept the second half of its address: {} became {}.", one.to_string(), other.to_string());
  return "";
}

/// "2026-01-31 12:00 UTC" from "2026-01-31T12:00:00Z".
std::string at_minute(const Moment& moment) {
  const auto text = moment.to_string();
  return fmt::format("{} {} UTC", text.substr(0, 10), text.substr(11, 5));
}

/// As the checks remember it that ran between the two reports. Between the one and the other it may have been a third one.
std::string when_it_changed(const Pair& pair, const Prefix& then, const Prefix& now) {
  if (!pair.after.evidence.past) return "";
  const auto& seen = pair.after.evidence.past->prefixes;
  const auto old = std::find_if(seen.rbegin(), seen.rend(), [&](const auto& one) { return one.prefix == then; });
  if (old == seen.rend()) return "";
  const auto present = std::find_if(old.base(), seen.end(), [&](const auto& one) { return one.prefix == now; });
  return fmt::format(" The old one was last seen at {}{}.", at_minute(old->last),
                     present == seen.end() ? "" : ", the new one first at " + at_minute(present->first));
}

void ipv6(const Pair& pair, Changes& into) {
  const auto &then = pair.before.connection.ipv6, &now = pair.after.connection.ipv6;
  if (!then.prefix || !now.prefix) return;
  if (*then.prefix != *now.prefix) {
    bool is_late = false;
    const auto told = followers(pair, "AAAA", &NameVerdict::aaaa, *then.prefix, *now.prefix, is_late);
    into.push_back({.about = About::ipv6, .effect = is_late ? Effect::worse : Effect::neither, .subject = {.family = Family::ipv6},
                    .before = then.prefix->to_string(), .after = now.prefix->to_string(),
                    .text = fmt::format("The IPv6 prefix changed from {} to {}.{}{}{}", then.prefix->to_string(), now.prefix->to_string(),
                                        when_it_changed(pair, *then.prefix, *now.prefix), kept_identifier(pair), told)});
  } else if (then.publish && now.publish && *then.publish != *now.publish) {
    into.push_back({.about = About::ipv6, .subject = {.family = Family::ipv6}, .before = then.publish->to_string(), .after = now.publish->to_string(),
                    .text = fmt::format("The address of this host that a name should lead to was {}, and is {} now.", then.publish->to_string(),
                                        now.publish->to_string())});
  }
}

}  // namespace

void addresses(const Pair& pair, Changes& into) {
  if (!pair.addresses) return;
  ipv4(pair, into);
  ipv6(pair, into);
}

}  // namespace ringback::changes
