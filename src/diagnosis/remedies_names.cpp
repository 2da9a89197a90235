#include "diagnosis/remedies_names.hpp"

namespace ringback::diagnosis {
namespace {

std::string name_of(const Finding& f) { return f.subject.name.value_or("the name"); }

Remedy set_record(const Finding& f, const char* type, const std::string& value) {
  return {fmt::format("Correct the {} record of {}", type, name_of(f)),
          {"Log in where the zone of the name is kept (the domain's provider or the DynDNS service).",
           fmt::format("Set the {} record of {} to {}.", type, name_of(f), value),
           "If an updater keeps it, correct the updater, or it will put the wrong address back."},
          {fmt::format("dig +short {} {}", name_of(f), type)}};
}

std::string a_value(const System& s) { return s.mapped_ipv4.empty() ? "the public IPv4 address that the home router's menu shows" : s.mapped_ipv4; }

}  // namespace

Remedies stable_address(const Finding&, const System& s) {
  auto with = s.stable_address_steps();
  with.title = "Give this host an IPv6 address that stays";
  return {with};
}

Remedies updater(const Finding&, const System& s) {
  auto stable = s.stable_address_steps();
  stable.title = "Or let this host use its stable address for everything";
  return {{"Let the updater publish the stable address",
           {"Tell the DynDNS updater to take the address from the interface instead of asking a web site how it is seen.",
            fmt::format("In ddclient: usev6=ifv6, ifv6={}. In inadyn: iface = {}.", s.interface, s.interface),
            fmt::format("The stable address is {}.", s.stable_ipv6)},
           {fmt::format("ip -6 address show dev {} scope global -temporary -deprecated", s.interface)}},
          stable};
}

Remedies a_record(const Finding& f, const System& s) { return {set_record(f, "A", a_value(s))}; }
Remedies aaaa_record(const Finding& f, const System& s) { return {set_record(f, "AAAA", s.stable_ipv6)}; }

Remedies aaaa_router(const Finding& f, const System& s) {
  auto remedy = set_record(f, "AAAA", s.stable_ipv6);
  remedy.steps.emplace_back(s.fritzbox ? "The FRITZ!Box's own DynDNS publishes the box's address: use an updater on this host, or a MyFRITZ! name of this "
                                         "device, or <ip6lanprefix> in the update URL."
                                       : "A router's own DynDNS publishes the router's address: run the updater on this host instead.");
  return {remedy};
}

Remedies name_missing(const Finding& f, const System& s) {
  return {{"Create the name",
           {"Check the spelling of the name.", "Log in where the zone of the name is kept.",
            fmt::format("Add an AAAA record with {}, and an A record with {} if IPv4 can come in here.", s.stable_ipv6, a_value(s))},
           {fmt::format("dig +trace {}", name_of(f))}}};
}

Remedies a_useless(const Finding& f, const System&) {
  return {{fmt::format("Remove the A record of {}", name_of(f)),
           {"Log in where the zone of the name is kept, and delete the A record.", "Tell the updater to publish IPv6 alone.",
            "Or point the A record at a server elsewhere that passes visitors on."},
           {fmt::format("dig +short {} A", name_of(f))}}};
}

Remedies zone_servers(const Finding& f, const System&) {
  return {{"Make the zone's servers agree",
           {"Log in where the domain is registered, and compare its list of name servers with the NS records of the zone.",
            "Remove a server that no longer serves the zone; raise the serial number so that secondaries fetch the new version."},
           {fmt::format("dig +nssearch {}", name_of(f)), fmt::format("dig +norecurse {} AAAA @SERVER", name_of(f))}}};
}

Remedies resolver_filters(const Finding& f, const System& s) {
  return {{"Make an exception from rebind protection",
           {s.fritzbox ? fmt::format("In the FRITZ!Box: Home Network > Network > Network Settings > DNS Rebind Protection: add {}.", name_of(f))
                       : fmt::format("Look in the home router's menu for \"DNS rebind protection\" and add {} as an exception.", name_of(f)),
            fmt::format("With dnsmasq the line is rebind-domain-ok=/{}/, with unbound private-domain: \"{}\".", name_of(f), name_of(f))},
           {fmt::format("dig {} AAAA", name_of(f))}}};
}

Remedies resolver_broken(const Finding&, const System&) {
  return {{"Take the dead resolver out",
           {"Restart the home router: it is usually the resolver.", "If the resolver is listed by hand, remove it from the network settings."},
           {"cat /etc/resolv.conf", "resolvectl status"}}};
}

Remedies stale_cache(const Finding& f, const System&) {
  return {{"Wait, or empty the cache",
           {"The old answer goes away by itself when its time is over.", "Set a shorter TTL for the record, such as 60 to 300 seconds."},
           {fmt::format("dig {} ANY", name_of(f))}}};
}

Remedies bogus(const Finding& f, const System&) {
  return {{"Repair DNSSEC",
           {"Look at the zone on https://dnsviz.net to see which signature or DS record does not fit.",
            "Where the domain is registered, remove the DS record or replace it by the current one of the zone."},
           {fmt::format("dig +dnssec {} SOA", name_of(f)), fmt::format("delv {}", name_of(f))}}};
}

Remedies ttl_long(const Finding& f, const System&) {
  return {{"Shorten the TTL", {fmt::format("Set the TTL of {} to 300 seconds or less while the address may change.", name_of(f))}, {}}};
}

}  // namespace ringback::diagnosis
