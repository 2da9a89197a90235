#include <algorithm>
#include <fmt/format.h>
#include <span>
#include <utility>

#include "diagnosis/explanations.hpp"
#include "report/details.hpp"
#include "report/in_words.hpp"
#include "report/safe_text.hpp"
#include "report/words.hpp"

namespace ringback {
namespace {

std::string addresses(const std::vector<Address>& list, std::size_t most) {
  std::string result;
  for (std::size_t i = 0; i < std::min(list.size(), most); ++i) result += (i == 0 ? "" : ", ") + list[i].to_string();
  if (list.size() > most) result += fmt::format(" and {} more", list.size() - most);
  return result;
}

}  // namespace

std::string type_sentence(const Connection& connection) {
  const auto doubt = words(connection.confidence);
  const bool say = !doubt.empty() && connection.type != ConnectionType::unknown;
  return std::string(words(connection.type)) + (say ? fmt::format(" ({})", doubt) : "");
}

std::string sentence(const Ipv4Connection& ipv4) {
  std::string result(words(ipv4.kind));
  if (ipv4.mapped_address) result += "; the internet sees " + ipv4.mapped_address->to_string();
  if (ipv4.wan_address && ipv4.wan_address != ipv4.mapped_address)
    result += "; the router's own outside address is " + ipv4.wan_address->to_string();
  return result;
}

std::string brief_sentence(const Ipv4Connection& ipv4) {
  const bool is_plain = ipv4.kind == Ipv4Kind::nat && ipv4.mapped_address && ipv4.wan_address.value_or(*ipv4.mapped_address) == *ipv4.mapped_address;
  return is_plain ? fmt::format("{}, your own public address, on the home router (NAT)", ipv4.mapped_address->to_string()) : sentence(ipv4);
}

namespace {

// RFC 4862 §5.5.3: no advertisement may shorten a lifetime below this; where less is left, the prefix is on its way out.
constexpr std::chrono::hours two_hours{2};

/// "3 h", "2 days": in the unit that leaves a small number.
std::string roughly(std::chrono::seconds left) {
  const auto seconds = std::max<long long>(left.count(), 0);   // a stored report may say anything
  if (seconds < 120) return fmt::format("{} s", seconds);
  if (seconds < 2 * 3600) return fmt::format("{} min", seconds / 60);
  if (seconds < 2 * 86400) return fmt::format("{} h", seconds / 3600);
  return fmt::format("{} days", seconds / 86400);
}

std::string_view why_it_stays(std::optional<IdentifierKind> kind) {
  switch (kind.value_or(IdentifierKind::unknown)) {
    case IdentifierKind::eui64: return "it stays: it is made from the hardware address";
    case IdentifierKind::stable_opaque: return "it stays as long as the prefix does";
    case IdentifierKind::dhcpv6: return "the router gives it to this host and to no other";
    case IdentifierKind::token: return "it stays: its last half was chosen by hand";
    case IdentifierKind::fixed: return "it stays: it was written by hand";
    default: return "it stays";
  }
}

/// Which address, why that one, and where outgoing connections, and so updaters that publish how they are seen, use another one.
std::string what_to_publish(const Ipv6Connection& ipv6, bool named_before) {
  auto result = fmt::format("a name should lead to {}, because {}", named_before ? "it" : ipv6.publish->to_string(), why_it_stays(ipv6.publish_kind));
  if (ipv6.publish_left) result += fmt::format(" (the router has to renew it within {})", roughly(*ipv6.publish_left));
  if (!ipv6.outgoing || ipv6.outgoing == ipv6.publish) return result;
  result += "; outgoing connections use " + ipv6.outgoing->to_string();
  const bool temporary = std::find(ipv6.temporary_addresses.begin(), ipv6.temporary_addresses.end(), *ipv6.outgoing) != ipv6.temporary_addresses.end();
  if (temporary) result += ", which is temporary";
  if (temporary && ipv6.outgoing_left)
    result += fmt::format(": another takes its place, and it is gone within days, in {} already where the router does not renew it", roughly(*ipv6.outgoing_left));
  return result;
}

}  // namespace

std::string sentence(const Ipv6Connection& ipv6, std::size_t most_addresses) {
  std::string result(words(ipv6.kind));
  // Told with its reason below, an address need not stand in a list of one before.
  const bool two = ipv6.publish && ipv6.outgoing && ipv6.publish != ipv6.outgoing;
  const auto is_alone = [&](const std::vector<Address>& list, const std::optional<Address>& address) { return two && list == std::vector{*address}; };
  if (!ipv6.stable_addresses.empty() && !is_alone(ipv6.stable_addresses, ipv6.publish)) result += "; this host has " + addresses(ipv6.stable_addresses, most_addresses);
  if (!ipv6.temporary_addresses.empty() && !is_alone(ipv6.temporary_addresses, ipv6.outgoing))
    result += "; temporary addresses, which change by themselves: " + addresses(ipv6.temporary_addresses, most_addresses);
  const bool last_named = !two && ipv6.publish && ipv6.stable_addresses == std::vector{*ipv6.publish} && ipv6.temporary_addresses.empty();
  if (ipv6.publish) result += "; " + what_to_publish(ipv6, last_named);
  if (ipv6.prefix && ipv6.stable_addresses.empty()) result += "; addresses at home begin with " + ipv6.prefix->to_string();
  return result;
}

std::string brief_sentence(const Ipv6Connection& ipv6, std::size_t most_addresses) {
  const bool is_alone = ipv6.publish && ipv6.stable_addresses == std::vector{*ipv6.publish} && ipv6.temporary_addresses.empty() &&
                        ipv6.outgoing.value_or(*ipv6.publish) == *ipv6.publish;
  const bool soon_gone = ipv6.publish_left && *ipv6.publish_left < two_hours;
  if (ipv6.kind != Ipv6Kind::native || !is_alone || soon_gone) return sentence(ipv6, most_addresses);
  return fmt::format("native; a name should lead to {}", ipv6.publish->to_string());
}

namespace {

/// The only one that was asked for.
std::optional<Family> asked_alone(const Report& report) {
  const auto& families = report.evidence.request.families;
  return families.size() == 1 ? std::optional(families.front()) : std::nullopt;
}

std::string_view option(Family family) { return family == Family::ipv4 ? "-4" : "-6"; }

}  // namespace

bool is_type_left_out(const Report& report) { return report.connection.type == ConnectionType::unknown && asked_alone(report); }

ConnectionLines connection_lines(const Report& report, std::size_t most_addresses, bool briefly) {
  const auto& ipv4 = report.connection.ipv4;
  const auto& ipv6 = report.connection.ipv6;
  const MasksInWords say(report.redaction);
  ConnectionLines lines{type_sentence(report.connection), say(briefly ? brief_sentence(ipv4) : sentence(ipv4)),
                        say(briefly ? brief_sentence(ipv6, most_addresses) : sentence(ipv6, most_addresses))};
  const auto alone = asked_alone(report);
  if (!alone) return lines;
  const auto left_out = fmt::format("left out of this run ({})", option(*alone));
  if (is_type_left_out(report)) lines.type = fmt::format("not known, for {} alone was asked for ({})", words(*alone), option(*alone));
  if (alone == Family::ipv6 && ipv4.kind == Ipv4Kind::unknown) lines.ipv4 = left_out;
  if (alone == Family::ipv4 && ipv6.kind == Ipv6Kind::unknown) lines.ipv6 = left_out;
  return lines;
}

std::vector<std::string> name_lines(const Report& report, std::size_t most_addresses, std::size_t most_apart) {
  struct Alike {
    std::string fate;
    std::vector<std::string> names;
  };
  std::vector<Alike> all;
  const MasksInWords say(report.redaction);
  for (std::size_t i = 0; i < std::min(report.names.size(), kMostCounted); ++i) {
    auto fate = say(sentence(report.names[i], most_addresses));
    auto same = std::ranges::find(all, fate, &Alike::fate);
    if (same == all.end()) same = all.insert(all.end(), {std::move(fate), {}});
    same->names.push_back(safe_text(report.names[i].name, {.longest = 255}));
  }
  std::vector<std::string> lines;
  for (const auto& [fate, names] : all) {
    if (names.size() <= most_apart) {
      for (const auto& name : names) lines.push_back(name + " " + fate);
      continue;
    }
    const auto left = names.size() - most_apart;
    lines.push_back(fmt::format("{} and {} more, each: {}", fmt::join(std::span(names).first(most_apart), ", "), left, fate));
  }
  if (lines.size() > kMostNames) {
    const auto left = lines.size() - kMostNames;
    lines.resize(kMostNames);
    lines.push_back(fmt::format("and {} more (-f json has them all)", left));
  }
  return lines;
}

std::vector<std::string> words_of_because(const Connection& connection, std::size_t lines) {
  constexpr std::size_t longest_line = 2000, most_words = 8;
  std::string text;
  for (std::size_t i = 0; i < std::min(connection.because.size(), lines); ++i) text.append(connection.because[i], 0, longest_line) += '\n';
  std::vector<std::string> result;
  for (const auto& [word, meaning] : diagnosis::words_in(text))
    if (result.size() < most_words) result.push_back(fmt::format("{}: {}", word, meaning));
  return result;
}

namespace {

bool any_begins_with(std::string_view prefix, const NameVerdict& name) {
  return std::ranges::any_of(name.findings, [&](const std::string& code) { return code.starts_with(prefix); });
}

/// Of a name that is not right: which of its two records that is, where it is one of them.
std::string records_of(const NameVerdict& name, std::size_t most_addresses) {
  struct Kind {
    std::string_view title, codes, other_codes;
    const std::vector<Address>& records;
  };
  std::vector<std::string> parts;
  for (const auto& [title, codes, other_codes, records] : {Kind{"IPv4 (A)", "dns.a-", "dns.aaaa-", name.a}, Kind{"IPv6 (AAAA)", "dns.aaaa-", "dns.a-", name.aaaa}}) {
    const bool is_wrong = name.verdict == NameState::wrong, is_proxied = any_begins_with("dns.proxied", name);
    const bool is_missing = is_wrong && any_begins_with(std::string(codes) + "missing", name);
    const bool is_blameless = is_wrong && !is_proxied && !any_begins_with(codes, name) && any_begins_with(other_codes, name);
    if (!records.empty())
      parts.push_back(fmt::format("{} {}{}", title, addresses(records, most_addresses), is_blameless ? " (nothing was found against this one)" : ""));
    else if (is_missing && !(name.a.empty() && name.aaaa.empty()))
      parts.push_back(fmt::format("{} is missing", title));
  }
  return fmt::format("{}", fmt::join(parts, "; "));
}

}  // namespace

std::string sentence(const NameVerdict& name, std::size_t most_addresses) {
  const auto records = records_of(name, most_addresses);
  const bool at_vpn = name.verdict == NameState::unknown &&
                      std::find(name.findings.begin(), name.findings.end(), "host.vpn-default-route") != name.findings.end();
  auto result = fmt::format("{}: {}", at_vpn ? "leads to your VPN's address" : words(name.verdict),
                            records.empty() ? "no addresses were found for it" : records);
  bool first = true;
  const auto add = [&](const std::vector<std::string>& sentences, std::size_t most) {
    for (std::size_t i = 0; i < std::min(sentences.size(), most); ++i) result += (std::exchange(first, false) ? ". " : " ") + safe_text(sentences[i], {});
  };
  if (name.verdict == NameState::unknown && !at_vpn) add(name.because, most_addresses);
  constexpr std::size_t families = 2;
  add(name.updates, families);
  return result;
}

}  // namespace ringback
