#pragma once
/// What every string of the evidence is, and so how it is masked. The table is the decision; a string that is missing in it does not compile
/// (redact.cpp), and neither does a row that no string has.
#include <array>
#include <optional>
#include <string_view>

#include "evidence/evidence.hpp"

namespace ringback::redaction {

enum class Meaning {
  domain,        ///< a domain name
  host,          ///< what a machine is called
  server,        ///< an address or a domain name
  address,       ///< an address as somebody wrote it, or something else
  url,
  interface,
  network,       ///< of NetworkManager: mostly an SSID
  program,
  path,
  uuid,
  record,        ///< "home.example.org. AAAA"
  text,          ///< a sentence, or a name that people gave
  label,         ///< what people wrote on a device or a forward
  code,          ///< words of a language: a rule, a setting, the name of a table
  ruleset,       ///< `nft -j list ruleset`
  saved_rules,   ///< `iptables-save`
};

struct Meant {
  std::string_view key;
  Meaning meaning;
};

template <class T>
inline constexpr std::array<Meant, 0> meanings{};

// One specialisation for each type that has strings, in the order of the evidence.
// clang-format off
template <> inline constexpr std::array meanings<Request>{Meant{"names", Meaning::domain}, Meant{"vantages", Meaning::url}};
template <> inline constexpr std::array meanings<ProbeRun>{Meant{"name", Meaning::code}, Meant{"reason", Meaning::text}};

template <> inline constexpr std::array meanings<Interface>{Meant{"name", Meaning::interface}, Meant{"kind", Meaning::code}};
template <> inline constexpr std::array meanings<Route>{Meant{"interface", Meaning::interface}, Meant{"protocol", Meaning::code}};
template <> inline constexpr std::array meanings<Neighbour>{Meant{"interface", Meaning::interface}};
template <> inline constexpr std::array meanings<RouteLookup>{Meant{"interface", Meaning::interface}};
template <> inline constexpr std::array meanings<Listener>{Meant{"interface", Meaning::interface}, Meant{"program", Meaning::program}};

template <> inline constexpr std::array meanings<host::Ipv6Settings>{Meant{"interface", Meaning::interface}};
template <> inline constexpr std::array meanings<host::Ipv4Settings>{Meant{"interface", Meaning::interface}};
template <> inline constexpr std::array meanings<host::System>{
    Meant{"name", Meaning::text},          Meant{"id", Meaning::code},          Meant{"version", Meaning::text},         Meant{"kernel", Meaning::text},
    Meant{"manager_file", Meaning::path},  Meant{"renderer", Meaning::code},    Meant{"connection", Meaning::network},   Meant{"connection_uuid", Meaning::uuid},
    Meant{"firewall_tools", Meaning::code}};
template <> inline constexpr std::array meanings<host::Uplink>{Meant{"interface", Meaning::interface}, Meant{"default_interface", Meaning::interface}};
template <> inline constexpr std::array meanings<host::Published>{
    Meant{"interface", Meaning::interface}, Meant{"setting", Meaning::code}, Meant{"parameter", Meaning::code},
    Meant{"service", Meaning::server}};
template <> inline constexpr std::array meanings<host::Updater>{
    Meant{"program", Meaning::program}, Meant{"file", Meaning::path}, Meant{"names", Meaning::domain}, Meant{"unit", Meaning::path}};
template <> inline constexpr std::array meanings<host::Destination>{Meant{"place", Meaning::server}};
template <> inline constexpr std::array meanings<host::Evidence>{Meant{"host_name", Meaning::host}, Meant{"troubles", Meaning::text}};

template <> inline constexpr std::array meanings<link::Advertisement>{Meant{"captive_portal", Meaning::url}};
template <> inline constexpr std::array meanings<link::Dhcpv6Offer>{Meant{"aftr_name", Meaning::domain}};
template <> inline constexpr std::array meanings<link::Evidence>{
    Meant{"interface", Meaning::interface}, Meant{"rejected", Meaning::text}, Meant{"troubles", Meaning::text}};

template <> inline constexpr std::array meanings<stun::Observation>{
    Meant{"server_name", Meaning::server}, Meant{"interface", Meaning::interface}, Meant{"trouble", Meaning::text}, Meant{"rejected", Meaning::text}};
template <> inline constexpr std::array meanings<stun::Evidence>{Meant{"unresolved", Meaning::text}};
template <> inline constexpr std::array meanings<web::Observation>{
    Meant{"url", Meaning::url}, Meant{"redirect", Meaning::url}, Meant{"trouble", Meaning::text}};

template <> inline constexpr std::array meanings<router::Exchange>{Meant{"rejected", Meaning::text}};
template <> inline constexpr std::array meanings<router::PinholeTrial>{Meant{"error_description", Meaning::text}};
template <> inline constexpr std::array meanings<router::AvmIpv6>{Meant{"external_address", Meaning::address}, Meant{"prefix", Meaning::address}};
template <> inline constexpr std::array meanings<router::WanConnection>{
    Meant{"service_type", Meaning::code}, Meant{"control_url", Meaning::url}, Meant{"external_text", Meaning::address}, Meant{"status", Meaning::text}};
template <> inline constexpr std::array meanings<router::Mapping>{Meant{"description", Meaning::label}};
template <> inline constexpr std::array meanings<router::Igd>{
    Meant{"location", Meaning::url}, Meant{"friendly_name", Meaning::label}, Meant{"manufacturer", Meaning::text}, Meant{"model", Meaning::text},
    Meant{"troubles", Meaning::text}};
template <> inline constexpr std::array meanings<router::Gateway>{Meant{"rejected", Meaning::text}};
template <> inline constexpr std::array meanings<path::FamilyPath>{Meant{"trouble", Meaning::text}};

template <> inline constexpr std::array meanings<dns::Answer>{
    Meant{"server_name", Meaning::domain}, Meant{"question", Meaning::domain}, Meant{"type", Meaning::code}, Meant{"rcode", Meaning::code},
    Meant{"names", Meaning::domain}, Meant{"unchecked_rcode", Meaning::code}, Meant{"trouble", Meaning::text}, Meant{"rejected", Meaning::text}};
template <> inline constexpr std::array meanings<dns::Applications>{Meant{"trouble", Meaning::text}};
template <> inline constexpr std::array meanings<dns::Delegation>{
    Meant{"zone", Meaning::domain}, Meant{"server_name", Meaning::domain}, Meant{"child", Meaning::domain}, Meant{"servers", Meaning::domain}};
template <> inline constexpr std::array meanings<dns::AliasEnd>{Meant{"name", Meaning::domain}, Meant{"zone", Meaning::domain}};
template <> inline constexpr std::array meanings<dns::DnssecSource>{Meant{"zone", Meaning::domain}, Meant{"record", Meaning::record}};
template <> inline constexpr std::array meanings<dns::Dnssec>{
    Meant{"zone", Meaning::domain}, Meant{"record", Meaning::record}, Meant{"anchor", Meaning::text}};
template <> inline constexpr std::array meanings<dns::Name>{
    Meant{"name", Meaning::domain}, Meant{"asked_as", Meaning::domain}, Meant{"zone", Meaning::domain}, Meant{"zone_servers", Meaning::domain}};
template <> inline constexpr std::array meanings<dns::Zone>{Meant{"name", Meaning::domain}};
template <> inline constexpr std::array meanings<dns::Evidence>{Meant{"name_sources", Meaning::code}, Meant{"troubles", Meaning::text}};

template <> inline constexpr std::array meanings<filter::RulePlace>{
    Meant{"table", Meaning::code}, Meant{"chain", Meaning::code}, Meant{"rule", Meaning::code}};
template <> inline constexpr std::array meanings<filter::Walk>{
    Meant{"rejects_with", Meaning::code}, Meant{"table", Meaning::code}, Meant{"chain", Meaning::code}, Meant{"hook", Meaning::code},
    Meant{"kept_by", Meaning::code}, Meant{"rule", Meaning::code}, Meant{"unclear", Meaning::code}, Meant{"set", Meaning::code},
    Meant{"element", Meaning::code}};
template <> inline constexpr std::array meanings<filter::Evidence>{
    Meant{"trouble", Meaning::text}, Meant{"ruleset", Meaning::ruleset}, Meant{"legacy_ipv4", Meaning::saved_rules},
    Meant{"legacy_ipv6", Meaning::saved_rules}};

template <> inline constexpr std::array meanings<inbound::Arrival>{Meant{"interface", Meaning::interface}};
template <> inline constexpr std::array meanings<inbound::Departure>{Meant{"interface", Meaning::interface}};
template <> inline constexpr std::array meanings<inbound::Knock>{
    Meant{"vantage", Meaning::url}, Meant{"id", Meaning::code}, Meant{"way_back", Meaning::interface}};
template <> inline constexpr std::array meanings<inbound::Vantage>{Meant{"url", Meaning::url}, Meant{"trouble", Meaning::text}};
template <> inline constexpr std::array meanings<inbound::CaptureState>{Meant{"interface", Meaning::interface}, Meant{"trouble", Meaning::text}};
// clang-format on

template <class T>
constexpr std::optional<Meaning> meaning_of(std::string_view key) {
  for (const auto& one : meanings<T>)
    if (one.key == key) return one.meaning;
  return std::nullopt;
}

}  // namespace ringback::redaction
